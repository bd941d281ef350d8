#include "ledger/journal/purges.h"

#include <algorithm>

#include "ledger/journal/kept_aside.h"
#include "ledger/journal/rows.h"

namespace nc::journal {

Result<bool> empty_purged(store::Database& db, const ReceiveRules& rules, std::vector<Journal::Incoming>& entries) {
  NC_ASSIGN(const auto any, db.integer("SELECT EXISTS (SELECT 1 FROM journal_fact WHERE kind=?1)", acts::kPurge));
  if (any == 0) return false;
  Admission admission(db, rules);
  return drop_purged(db, admission, entries);
}

Result<Wishes> purge_wishes(store::Database& db, const ReceiveRules& rules, const EntryHash& hash) {
  Wishes out;
  NC_ASSIGN(const auto row, find_row(db, hash));
  if (!row) return out;
  NC_ASSIGN(const auto key, StreamKey::parse(row->stream_name));
  NC_ASSIGN(const auto persons, Admission(db, rules).who_want(acts::kPurge, hash.hex(), {key.part.audience}));
  NC_ASSIGN(auto query, db.prepare("SELECT e.hash FROM journal_fact f JOIN journal_entry e ON e.arrival=f.entry "
                                   "WHERE f.kind=?1 AND f.subject=?2 AND e.status IN (0, 3)"));
  const auto subject = hash.hex();
  query.bind_all(acts::kPurge, subject);
  std::vector<EntryHash> acts;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) break;
    acts.push_back(query.id<EntryHash>(0));
  }
  for (const auto& one : acts) {
    NC_ASSIGN(const auto found, find_row(db, one));
    if (!found) continue;
    NC_ASSIGN(const auto entry, decode_whole(*found));
    if (!persons.contains(entry.body.author)) continue;
    auto& first = out.try_emplace(entry.body.author, entry.header.wall_ms).first->second;
    first = std::min(first, entry.header.wall_ms);
  }
  return out;
}

}  // namespace nc::journal
