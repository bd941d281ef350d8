// Letting the node hold restricted content without an encrypted volume: by a person who answers for it (the capability
// waive_volume over the node's own unit), in his own name, one waiver at a time.
#pragma once

#include "ledger/records/ledger.h"

namespace nc::records {

struct Waiving {
  PersonId person;  // who decides: the author himself, unless the console writes it down
  std::string reason;
  std::int32_t until = 0;  // last day, from today on, at most kWaiverDaysMax
  bool replace = false;    // what is in force ends with it
};

// kConflict while one is in force and is not to be replaced; kDenied when the author does not answer for the node.
WriteResult waive(Ledger& ledger, const access::Subject& who, const Waiving& what);

}  // namespace nc::records
