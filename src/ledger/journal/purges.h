// What purges want, asked of entries whether they are held or not, and who wanted it. Threads: those of the connection given.
#pragma once

#include <map>
#include <vector>

#include "ledger/journal/journal.h"

namespace nc::journal {

// Of entries on their way that are purged, or have the body of one that is, the body is emptied: nobody needs to keep it. Only
// headers are asked, so that of a body as much need be here as came. Whether there was one.
Result<bool> empty_purged(store::Database& db, const ReceiveRules& rules, std::vector<Journal::Incoming>& entries);

// As Journal::who_want_purged, of an entry that is held, with the instant that each person's first act claims.
using Wishes = std::map<PersonId, std::int64_t>;
Result<Wishes> purge_wishes(store::Database& db, const ReceiveRules& rules, const EntryHash& hash);

}  // namespace nc::journal
