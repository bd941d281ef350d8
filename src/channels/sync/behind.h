// Inside the room only: how many entries of what two nodes share the other is not known to hold, and since when.
//
// Reading only; of one transaction. Times are this node's wall clock, in ms.
#pragma once

#include "channels/sync/contacts.h"
#include "channels/sync/shared.h"

namespace nc::sync {

struct Behind {
  std::int64_t entries = 0, since_ms = 0;  // `since_ms`: when the first of them came here; 0: not known
};
// To the parent, by stream: what follows the number that it has named.
Result<Behind> parent_behind(store::Database& db, Shared& shared, const NodeId& parent);
// To a child: what follows its cursors, and what came since entries were last put in order; but for what came from it.
Result<Behind> child_behind(store::Database& db, Shared& shared, const NodeId& child);

}  // namespace nc::sync
