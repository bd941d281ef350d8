// Ids of records that name the node that may create them: docs/formats/journal.md section "Ids".
//
// A node that knows a record's id could otherwise create "it" anew for an audience of its own, and no node
// can prove who was first. Such an id says so by itself. Ids that are computed from a row alone, and those of
// before that were drawn at random, name nobody: only who holds the whole tree begins such records.
#pragma once

#include <cstdint>
#include <utility>

#include "base/id.h"
#include "base/rng.h"

namespace nc::journal {

// One that `node` may create. `nonce` should be given out once in the 65.5 seconds that the id
// remembers, and is drawn at random: a count would tell how many records were made that one does not see.
RecordId bound_id(std::int64_t wall_ms, std::uint32_t nonce, const NodeId& node);
std::uint32_t make_nonce(Rng& rng);
// The same for a row of a file, by the hash of its source and key: equal each time that this node imports it.
RecordId bound_row_id(const Digest& row, const NodeId& node);
// The ids of that row, whoever imported it, lie from the first to the second: of those that name a node.
std::pair<RecordId, RecordId> bound_row_ids(const Digest& row);
// It names some node.
[[nodiscard]] bool is_bound(const RecordId& id);
[[nodiscard]] bool is_bound_to(const RecordId& id, const NodeId& node);

}  // namespace nc::journal
