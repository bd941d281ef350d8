#include "ledger/records/candidates.h"

#include <algorithm>

namespace nc::records {
namespace {

constexpr std::size_t kFirstPiece = 128;
constexpr std::size_t kPieceMax = 2048;

}  // namespace

Candidates::Candidates(store::Database& db, Lead lead, Order order, ListPlace from)
    : db_(db),
      lead_(std::move(lead)),
      newest_(order != Order::kOldest),
      any_order_(order == Order::kAny),
      sql_(lane_sql()),
      begin_(from),
      from_(from),
      piece_(kFirstPiece) {}

std::size_t Candidates::lanes() const {
  return lead_.by == Lead::By::kHome ? lead_.homes.size() : lead_.by == Lead::By::kType ? lead_.types.size() : lead_.targets.size();
}

// A lane has one first parameter (home, type or target) and goes on from day ?2 and id ?3; that of links has no ids in
// order, begins with the whole day, and leaves out what is not past.
std::string Candidates::lane_sql() const {
  const std::string less = newest_ ? "<" : ">", order = newest_ ? " DESC" : " ASC";
  switch (lead_.by) {
    case Lead::By::kHome:
      return "SELECT day, sid, id, type, handling, audience, voided, last FROM shelf WHERE home = ?1 AND (day, id) " + less +
             " (?2, ?3) ORDER BY day" + order + ", id" + order;
    case Lead::By::kType:
      return "SELECT day, sid, id FROM record WHERE type = ?1 AND (day, id) " + less + " (?2, ?3) ORDER BY day" + order + ", id" + order;
    case Lead::By::kLink:
      return "SELECT l.day, l.sid, r.id, r.type FROM link l CROSS JOIN record r ON r.sid = l.sid WHERE"
             " l.target = ?1 AND l.day " +
             less + "= ?2 ORDER BY l.day" + order;
  }
  return {};
}

bool Candidates::before(const Candidate& a, const Candidate& b) const {
  return newest_ ? std::tie(a.day, a.id) > std::tie(b.day, b.id) : std::tie(a.day, a.id) < std::tie(b.day, b.id);
}

bool Candidates::past(const Candidate& candidate) const {
  if (candidate.day != from_.day) return newest_ ? candidate.day < from_.day : candidate.day > from_.day;
  return from_.id && (newest_ ? candidate.id < *from_.id : candidate.id > *from_.id);
}

// Keeps the `piece_` first of all lanes: a lane is left as soon as it has nothing that comes before the last of them.
Status Candidates::add_lane(std::size_t lane, std::vector<Candidate>& best) {
  NC_ASSIGN(auto row, db_.prepare(sql_));
  switch (lead_.by) {
    case Lead::By::kHome: row.bind(1, lead_.homes[lane]); break;
    case Lead::By::kType: row.bind(1, lead_.types[lane]); break;
    case Lead::By::kLink: row.bind(1, lead_.targets[lane]); break;
  }
  row.bind(2, from_.day);
  if (lead_.by == Lead::By::kLink) {
    // has no third parameter
  } else if (from_.id) {
    row.bind(3, *from_.id);
  } else {
    row.bind_blob(3,
                  newest_ ? std::string_view() : std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"));
  }
  const auto later = [this](const Candidate& a, const Candidate& b) { return before(a, b); };
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return {};
    Candidate found;
    found.day = row.integer(0);
    const bool full = best.size() >= piece_;
    if (full && (newest_ ? found.day < best.front().day : found.day > best.front().day)) return {};
    found.sid = row.integer(1);
    found.id = row.id<RecordId>(2);
    if (!past(found)) continue;
    if (full && !before(found, best.front())) {
      if (lead_.by == Lead::By::kLink) continue;
      return {};
    }
    found.type = lead_.by == Lead::By::kType ? lead_.types[lane] : row.text(3);
    if (lead_.by == Lead::By::kHome) {
      found.handling = static_cast<int>(row.integer(4));
      found.audience = row.integer(5);
      found.voided = row.integer(6) != 0;
      found.last = row.optional_integer(7);
    }
    best.push_back(std::move(found));
    std::push_heap(best.begin(), best.end(), later);
    if (!full) continue;
    std::pop_heap(best.begin(), best.end(), later);
    best.pop_back();
  }
}

bool Candidates::cut(std::vector<Candidate>& best) {
  std::sort(best.begin(), best.end(), [this](const auto& a, const auto& b) { return before(a, b); });
  if (best.size() < piece_) return false;
  // The parts of a record come together: those of the last one are read again, whole.
  const auto last = std::find_if(best.begin(), best.end(), [&](const auto& one) { return one.id == best.back().id; });
  if (last != best.begin()) best.erase(last, best.end());
  from_ = {best.back().day, best.back().id};
  piece_ = std::min(2 * piece_, kPieceMax);
  return true;
}

Result<std::vector<Candidate>> Candidates::next() {
  std::vector<Candidate> best;
  if (any_order_) {
    while (best.empty() && lane_ < lanes()) {
      NC_TRY(add_lane(lane_, best));
      if (cut(best)) continue;
      ++lane_;
      from_ = begin_;
    }
    return best;
  }
  if (over_) return best;
  for (std::size_t lane = 0; lane < lanes(); ++lane) NC_TRY(add_lane(lane, best));
  over_ = !cut(best);
  return best;
}

Result<std::size_t> count_of_types(store::Database& db, const std::vector<std::string>& types, std::size_t max) {
  std::size_t count = 0;
  for (const auto& type : types) {
    if (count >= max) break;
    NC_ASSIGN(const auto some, db.integer("SELECT count(*) FROM (SELECT 1 FROM record WHERE type = ? LIMIT ?)", type, max - count));
    count += static_cast<std::size_t>(some);
  }
  return count;
}

Result<std::size_t> count_of_links(store::Database& db, const std::vector<RecordId>& targets, std::size_t max) {
  std::size_t count = 0;
  for (const auto& target : targets) {
    if (count >= max) break;
    NC_ASSIGN(const auto some, db.integer("SELECT count(*) FROM (SELECT 1 FROM link WHERE target = ? LIMIT ?)", target, max - count));
    count += static_cast<std::size_t>(some);
  }
  return count;
}

}  // namespace nc::records
