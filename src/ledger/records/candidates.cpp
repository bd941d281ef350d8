#include "ledger/records/candidates.h"

#include <algorithm>

namespace nc::records {
namespace {

constexpr std::size_t kFirstPiece = 128;
constexpr std::size_t kPieceMax = 2048;

}  // namespace

Candidates::Candidates(store::Database& db, Lead lead, Order order, ListPlace from, std::optional<std::int64_t> since)
    : db_(db),
      lead_(std::move(lead)),
      newest_(order != Order::kOldest),
      any_order_(order == Order::kAny),
      since_(since),
      near_(since ? std::optional(*since - kLastingDays) : std::nullopt),
      sql_(lane_sql(false)),
      lasting_sql_(lane_sql(true)),
      lanes_(lanes()),
      begin_(from),
      from_(from),
      piece_(kFirstPiece) {}

std::vector<Candidates::Lane> Candidates::lanes() const {
  using By = Lead::By;
  const auto leads = lead_.by == By::kHome ? lead_.homes.size() : lead_.by == By::kType ? lead_.types.size() : lead_.targets.size();
  std::vector<Lane> out;
  for (std::size_t i = 0; i < leads; ++i) out.push_back({i, false});
  for (std::size_t i = 0; near_ && i < leads; ++i) out.push_back({i, true});
  return out;
}

// A lane has one first parameter (home, type or target) and goes on from day ?2 and id ?3; that of links has no ids in
// order, begins with the whole day, and leaves out what is not past. ?4: what ended before is left out.
std::string Candidates::lane_sql(bool lasting) const {
  const std::string less = newest_ ? "<" : ">", order = newest_ ? " DESC" : " ASC";
  const auto table = [&](const std::string& name, const char* index) { return lasting ? name + " INDEXED BY " + index : name; };
  const auto only = [&](const std::string& last, const std::string& day) {
    return (since_ ? " AND " + last + " >= ?4" : "") +
           (lasting ? " AND " + last + " - " + day + " > " + std::to_string(kLastingDays) : std::string());
  };
  switch (lead_.by) {
    case Lead::By::kHome:
      return "SELECT day, sid, id, type, handling, audience, voided, last FROM " + table("shelf", "shelf_lasting") +
             " WHERE home = ?1 AND (day, id) " + less + " (?2, ?3)" + only("last", "day") + " ORDER BY day" + order + ", id" + order;
    case Lead::By::kType:
      return "SELECT day, sid, id FROM " + table("record", "record_lasting") + " WHERE type = ?1 AND (day, id) " + less + " (?2, ?3)" +
             only("day_last", "day") + " ORDER BY day" + order + ", id" + order;
    case Lead::By::kLink:
      return "SELECT l.day, l.sid, r.id, r.type FROM " + table("link l", "link_lasting") +
             " CROSS JOIN record r ON r.sid = l.sid WHERE l.target = ?1 AND l.day " + less + "= ?2" + only("l.last", "l.day") +
             " ORDER BY l.day" + order;
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

// From where it goes on: no lane reads the days of the other.
Result<store::Statement> Candidates::begin_lane(const Lane& lane) const {
  NC_ASSIGN(auto row, db_.prepare(lane.lasting ? lasting_sql_ : sql_));
  switch (lead_.by) {
    case Lead::By::kHome: row.bind(1, lead_.homes[lane.lead]); break;
    case Lead::By::kType: row.bind(1, lead_.types[lane.lead]); break;
    case Lead::By::kLink: row.bind(1, lead_.targets[lane.lead]); break;
  }
  auto from = from_;
  if (near_ && newest_ && lane.lasting && from.day >= *near_) from = {*near_, {}};
  if (near_ && !newest_ && !lane.lasting && from.day < *near_) from = {*near_ - 1, {}};
  row.bind(2, from.day);
  if (lead_.by == Lead::By::kLink) {
    // has no third parameter
  } else if (from.id) {
    row.bind(3, *from.id);
  } else {
    row.bind_blob(3,
                  newest_ ? std::string_view() : std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"));
  }
  if (since_) row.bind(4, *since_);
  return Result<store::Statement>(std::move(row));
}

bool Candidates::is_over(const Lane& lane, std::int64_t day) const {
  if (!near_) return false;
  return newest_ ? !lane.lasting && day < *near_ : lane.lasting && day >= *near_;
}

// Keeps the `piece_` first of all lanes: a lane is left as soon as it has nothing that comes before the last of them.
Status Candidates::add_lane(const Lane& lane, std::vector<Candidate>& best) {
  NC_ASSIGN(auto row, begin_lane(lane));
  const auto later = [this](const Candidate& a, const Candidate& b) { return before(a, b); };
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return {};
    Candidate found;
    found.day = row.integer(0);
    if (is_over(lane, found.day)) return {};
    const bool full = best.size() >= piece_;
    if (full && (newest_ ? found.day < best.front().day : found.day > best.front().day)) return {};
    found.sid = row.integer(1);
    found.id = row.id<RecordId>(2);
    if (!past(found)) continue;
    if (full && !before(found, best.front())) {
      if (lead_.by == Lead::By::kLink) continue;
      return {};
    }
    found.type = lead_.by == Lead::By::kType ? lead_.types[lane.lead] : row.text(3);
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
    while (best.empty() && lane_ < lanes_.size()) {
      NC_TRY(add_lane(lanes_[lane_], best));
      if (cut(best)) continue;
      ++lane_;
      from_ = begin_;
    }
    return best;
  }
  if (over_) return best;
  for (const auto& lane : lanes_) NC_TRY(add_lane(lane, best));
  over_ = !cut(best);
  return best;
}

Result<std::size_t> count_of_types(store::Database& db, const std::vector<std::string>& types, const DaysAsked& days, std::size_t max) {
  std::size_t count = 0;
  for (const auto& type : types) {
    if (count >= max) break;
    NC_ASSIGN(const auto some, db.integer("SELECT count(*) FROM (SELECT 1 FROM record WHERE type = ? AND day BETWEEN ? AND ? LIMIT ?)",
                                          type, days.from, days.until, max - count));
    count += static_cast<std::size_t>(some);
  }
  return count;
}

Result<std::size_t> count_of_links(store::Database& db, const std::vector<RecordId>& targets, const DaysAsked& days, std::size_t max) {
  std::size_t count = 0;
  for (const auto& target : targets) {
    if (count >= max) break;
    NC_ASSIGN(const auto some, db.integer("SELECT count(*) FROM (SELECT 1 FROM link WHERE target = ? AND day BETWEEN ? AND ? LIMIT ?)",
                                          target, days.from, days.until, max - count));
    count += static_cast<std::size_t>(some);
  }
  return count;
}

}  // namespace nc::records
