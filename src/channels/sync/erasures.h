// At how many of the nodes that may hold a record's sealed data the key was erased: docs/formats/keys.md section "Reports".
//
// Reading only. Nobody is asked whether he may know it: the caller decides. Threads: any.
#pragma once

#include <vector>

#include "channels/sync/copies.h"

namespace nc::sync {

struct Erasures {
  std::size_t holders = 0;          // this node, and those that are certified, not cut and may hold one of the parts
  std::size_t erased = 0;           // this node, and those of the others whose report is here
  std::vector<CopyHolder> waiting;  // holders that have not reported yet
  std::vector<CopyHolder> cut_off;  // they keep what they had, and are told nothing
};
// Of a record whose erasure two persons have signed. `parts`: those in which sealed values stand, at least one.
Result<Erasures> erasures_of(const records::Ledger& ledger, const RecordId& record, const std::vector<journal::PartKey>& parts);

}  // namespace nc::sync
