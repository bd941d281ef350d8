// Whether this node follows another branch of a forked authority than those above it.
//
// Two machines wrote as one node (a copied disk, an old state put back), both laid something down about nodes or keys, and the other
// branch is the one that the superior has and has built upon. The first branch here stays (docs/formats/journal.md), so nothing that
// stands on the other can ever be taken: the machine is set up anew from a card. Reading only. Threads: any.
#pragma once

#include <optional>

#include "ledger/records/ledger.h"

namespace nc::sync {

// `parent` as known_parent tells. It may be true for a moment while entries are on their way; true after a contact in which nothing came
// it stays so.
Result<bool> follows_another_branch(const records::Ledger& ledger, const std::optional<NodeId>& parent);
// docs/operations/copied-disk.md.
[[nodiscard]] Error another_branch();

}  // namespace nc::sync
