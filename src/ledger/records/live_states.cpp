#include "ledger/records/live_states.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "ledger/records/checks.h"
#include "ledger/records/seen.h"

namespace nc::records {
namespace {

constexpr std::string_view kPrefix = "keep-state:";

using Entries = std::vector<journal::Stored>;

bool is_step(const journal::Stored& stored) { return stored.entry.header.form == journal::Form::kAct && !stored.entry.body.state.empty(); }

// What the entry has in its past, of this record.
std::set<EntryHash> past_of(const std::unordered_map<EntryHash, const journal::Stored*>& by_hash, const journal::Stored& stored) {
  std::set<EntryHash> out;
  std::vector<EntryHash> open = stored.entry.header.base;
  while (!open.empty()) {
    const auto hash = open.back();
    open.pop_back();
    const auto at = by_hash.find(hash);
    if (at == by_hash.end() || !out.insert(hash).second) continue;
    open.insert(open.end(), at->second->entry.header.base.begin(), at->second->entry.header.base.end());
  }
  return out;
}

// Steps that no other step has seen.
std::vector<const journal::Stored*> last_steps(const Entries& entries) {
  std::unordered_map<EntryHash, const journal::Stored*> by_hash;
  for (const auto& stored : entries) by_hash.emplace(stored.entry.hash, &stored);
  std::set<EntryHash> seen;
  for (const auto& stored : entries)
    if (is_step(stored)) seen.merge(past_of(by_hash, stored));
  std::vector<const journal::Stored*> out;
  for (const auto& stored : entries)
    if (is_step(stored) && !seen.contains(stored.entry.hash)) out.push_back(&stored);
  return out;
}

}  // namespace

std::vector<LiveState> live_states(const Entries& entries, const catalog::Type& type) {
  std::vector<journal::Entry> all;
  all.reserve(entries.size());
  for (const auto& stored : entries) all.push_back(stored.entry);
  const auto merged = journal::merge_record(all, rank_by(type));
  std::vector<LiveState> out;
  if (merged.live_states.size() < 2) return out;
  const auto last = last_steps(entries);
  for (const auto& state : merged.live_states) {
    LiveState live{state, {}, false};
    for (const auto* stored : last)
      if (stored->entry.body.state == state) live.setters.push_back(stored->entry.hash);
    live.binding = std::any_of(entries.begin(), entries.end(), [&](const auto& stored) {
      return stored.entry.body.state == state &&
             std::find(merged.bindings.begin(), merged.bindings.end(), stored.entry.hash) != merged.bindings.end();
    });
    out.push_back(std::move(live));
  }
  return out;
}

Result<std::vector<LiveState>> live_states(store::Database& db, const journal::Journal& journal, const RecordView& record) {
  if (record.type == nullptr) return std::vector<LiveState>{};
  NC_ASSIGN(const auto entries, journal.entries_of(db, record.id));
  return live_states(entries, *record.type);
}

std::string keep_state(std::string_view state) { return std::string(kPrefix) + std::string(state); }

std::optional<std::string> kept_state(std::string_view act) {
  if (!act.starts_with(kPrefix) || act.size() == kPrefix.size()) return std::nullopt;
  return std::string(act.substr(kPrefix.size()));
}

bool entered_one_alone(const Entries& entries, const std::vector<LiveState>& states, const PersonId& person) {
  const auto his = [&](const EntryHash& hash) {
    const auto at = std::find_if(entries.begin(), entries.end(), [&](const auto& stored) { return stored.entry.hash == hash; });
    if (at == entries.end() || is_moving(*at)) return false;
    const auto persons = persons_of(*at);
    return std::find(persons.begin(), persons.end(), person) != persons.end();
  };
  return std::any_of(states.begin(), states.end(), [&](const LiveState& live) {
    return !live.setters.empty() && std::all_of(live.setters.begin(), live.setters.end(), his);
  });
}

}  // namespace nc::records
