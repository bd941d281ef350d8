// Which cuts are in force. A cut counts when its writer stands above the target: it certified the
// target's incarnation, or one that did, and so on; or is a later incarnation of one of these, after a
// restore; or is the target itself. Cuts are taken from the
// root downward, so that what a thief cut after his own cut has no effect, in whatever order it came.
#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "ledger/journal/admission.h"

namespace nc::journal {
namespace {

// "node/incarnation" of a stream's name.
std::string owner(const std::string& stream) { return stream.substr(0, 2 * NodeId::kSize + 1 + 2 * IncarnationId::kSize); }

std::string node_of(const std::string& incarnation) { return incarnation.substr(0, 2 * NodeId::kSize + 1); }

struct Candidate {
  std::size_t rank = 0;
  std::int64_t depth = 0, seq = 0;
  EntryHash hash;
  std::string stream, target, limit_seq, limit_hash;
};

}  // namespace

Result<Cuts::Certifiers> Cuts::load_certifiers(store::Database& db) {
  Certifiers out;
  NC_ASSIGN(auto query, db.prepare("SELECT f.subject, s.name FROM journal_fact f JOIN journal_entry e ON e.arrival=f.entry "
                                   "JOIN journal_stream s ON s.id=e.stream WHERE f.kind='certify-node' AND e.status NOT IN (1, 4)"));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    if (const auto writer = owner(query.text(1)); writer != query.text_view(0)) out[query.text(0)].push_back(writer);
  }
}

std::set<std::string> Cuts::all_above(const std::string& target) const {
  std::set<std::string> out;
  std::vector<std::string> work = {target};
  while (!work.empty()) {
    const auto found = certifiers_.find(work.back());
    work.pop_back();
    if (found == certifiers_.end()) continue;
    for (const auto& certifier : found->second)
      if (out.insert(certifier).second) work.push_back(certifier);
  }
  return out;
}

bool Cuts::above(const std::string& writer, const std::string& target) const {
  auto all = all_above(target);
  // A later incarnation stands where an earlier one of the same node stood, when that one itself, or somebody above it, certified it.
  for (bool more = true; more && !all.contains(writer);) {
    more = false;
    for (const auto& [incarnation, certifiers] : certifiers_) {
      if (all.contains(incarnation)) continue;
      for (auto one = all.lower_bound(node_of(incarnation)); one != all.end() && node_of(*one) == node_of(incarnation); ++one) {
        const auto over = all_above(*one);
        if (std::none_of(certifiers.begin(), certifiers.end(), [&](const auto& by) { return by == *one || over.contains(by); })) continue;
        all.insert(incarnation);
        more = true;
        break;
      }
    }
  }
  return all.contains(writer);
}

// Steps from the root, which nobody certified; from one incarnation of a node to the next is none.
std::size_t Cuts::rank(const std::string& who) const {
  std::size_t steps = 0;
  std::set<std::string> seen;
  std::vector<std::string> level = {who}, next;
  while (!level.empty()) {
    while (!level.empty()) {
      const auto one = level.back();
      level.pop_back();
      const auto found = certifiers_.find(one);
      if (found == certifiers_.end()) return steps;
      if (!seen.insert(one).second) continue;
      for (const auto& certifier : found->second) (node_of(certifier) == node_of(one) ? level : next).push_back(certifier);
    }
    level.swap(next);
    ++steps;
  }
  return steps;
}

Result<Cuts> Cuts::load(store::Database& db) {
  Cuts cuts;
  std::vector<Candidate> candidates;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT e.depth, e.seq, e.hash, s.name, f.subject, f.value, f.detail FROM journal_fact f "
                                     "JOIN journal_entry e ON e.arrival=f.entry JOIN journal_stream s ON s.id=e.stream "
                                     "WHERE f.kind='cut' AND e.status NOT IN (1, 4)"));
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      candidates.push_back(
          {0, query.integer(0), query.integer(1), query.id<EntryHash>(2), query.text(3), query.text(4), query.text(5), query.text(6)});
    }
  }
  if (candidates.empty()) return cuts;
  NC_ASSIGN(cuts.certifiers_, load_certifiers(db));
  for (auto& candidate : candidates) candidate.rank = cuts.rank(owner(candidate.stream));
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return std::tie(a.rank, a.depth, a.hash) < std::tie(b.rank, b.depth, b.hash); });
  for (const auto& candidate : candidates) {
    NC_ASSIGN(const bool void_itself, cuts.beyond(db, candidate.stream, candidate.seq, candidate.hash));
    const auto writer = owner(candidate.stream), target = owner(candidate.target);
    if (void_itself || (writer != target && !cuts.above(writer, target))) continue;
    Limit limit;
    std::from_chars(candidate.limit_seq.data(), candidate.limit_seq.data() + candidate.limit_seq.size(), limit.seq);
    limit.hash = EntryHash::from_hex(candidate.limit_hash).value_or(EntryHash{});
    if (candidate.target == target) {
      cuts.ended_.insert(target);
      continue;
    }
    const auto [held, fresh] = cuts.limits_.emplace(candidate.target, limit);
    if (!fresh && std::tie(limit.seq, limit.hash) < std::tie(held->second.seq, held->second.hash)) held->second = limit;
  }
  return cuts;
}

Result<bool> Cuts::readmitted(store::Database& db, const std::string& target, const EntryHash& hash) const {
  NC_ASSIGN(auto query,
            db.prepare("SELECT s.name FROM journal_fact f JOIN journal_entry e ON e.arrival=f.entry "
                       "JOIN journal_stream s ON s.id=e.stream WHERE f.kind='readmit' AND f.subject=?1 AND e.status IN (0, 3)"));
  query.bind(1, hash.hex());
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return false;
    if (above(owner(query.text(0)), target)) return true;
  }
}

bool Cuts::names(const std::string& incarnation) const {
  if (ended_.contains(incarnation)) return true;
  const auto stream = limits_.lower_bound(incarnation + "/");
  return stream != limits_.end() && stream->first.starts_with(incarnation + "/");
}

Result<bool> Cuts::beyond(store::Database& db, const std::string& stream, std::int64_t seq, const EntryHash& hash) const {
  const auto limit = limits_.find(stream);
  // Of an incarnation that is cut whole, streams stay as far as cuts of their own leave them.
  const bool outside = limit == limits_.end() ? ended_.contains(owner(stream))
                                              : seq > limit->second.seq || (seq == limit->second.seq && hash != limit->second.hash);
  if (!outside) return false;
  NC_ASSIGN(const bool back, readmitted(db, owner(stream), hash));
  return !back;
}

}  // namespace nc::journal
