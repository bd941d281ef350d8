// Which other own nodes hold, or may hold, a part of a record: for whoever is about to withdraw it there.
//
// What a node was entitled to it is taken to have: a stick may have brought it, and a parent hands on what a child cannot see.
// Reading only. Nobody is asked whether he may know it: the caller decides. Threads: any.
#pragma once

#include <vector>

#include "ledger/records/ledger.h"

namespace nc::sync {

struct CopyHolder {
  NodeId node;
  RecordId record;     // of its certificate
  UnitId unit;         // zero: the whole tree
  bool keeps = false;  // it gets the higher part too, and goes on showing the record
  bool ended = false;  // cut off: it is told nothing any more
};

// Of the nodes certified here, this one aside: those that get one of `below`; by unit.
Result<std::vector<CopyHolder>> copy_holders(const records::Ledger& ledger, const std::vector<journal::PartKey>& below,
                                             const journal::PartKey& above);

}  // namespace nc::sync
