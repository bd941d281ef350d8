// The tail of the journal: entries that are acknowledged and do not yet stand in their tables.
//
// A new entry would touch a page of each index of journal_entry, one of its stream and one of the seals. Into the tail it is
// written behind the one before it, with its seal, and nothing else: one page or two for a commit. Whatever is not such an entry
// takes the tail in first, many entries at once, so that they share the pages.
//
// Into the tail goes what append was given with a body made ready ahead (Draft::ready): the first entry of its part, outside the
// authority. Append of any other, receive and migrate take it in themselves. Who reads the tables must have had that done in a
// committed transaction (records does it with the rows that wait): nothing that reads looks into the tail.
// Threads: those of the connection given.
#pragma once

#include "foundation/store/database.h"

namespace nc::journal {

// Brings the tail into the tables, in a transaction of the caller. Little work when it is empty.
Status take_in(store::Database& db);
// The number of the entry that arrived last, whether it lies in the tail or not; 0: there is none. Also of a database whose
// tables are of an older version.
Result<std::int64_t> newest_arrival(store::Database& db);

}  // namespace nc::journal
