// What two persons have destroyed, as the faces tell of it. Threads: any.
#pragma once

#include <vector>

#include "ledger/records/ledger.h"

namespace nc::records {

struct Purge {
  std::vector<PersonId> by;  // who wanted the content of the entry gone
  std::int64_t at_ms = 0;    // since when two of them did, as their nodes claim
};
// Of a history item that is purged; nobody when it is not known here.
Result<Purge> purge_of(const Ledger& ledger, const EntryHash& entry);

// Whether the personal data of the record are erased: nobody will ever open what is sealed in it.
Result<bool> is_erased(const Ledger& ledger, const RecordId& record);

}  // namespace nc::records
