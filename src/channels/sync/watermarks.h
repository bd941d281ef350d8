// Inside the room only: up to when all is known that the nodes below a child have written, docs/formats/sync.md section "Complete to".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/sync/outbox.h"
#include "channels/sync/shared.h"

namespace nc::sync {

inline constexpr std::size_t kWatermarksMax = 256;  // of one request
inline constexpr std::int64_t kWatermarkStepMs = 60 * 60 * 1000;

struct Watermark {
  NodeId node;
  std::int64_t ms = 0;
};
[[nodiscard]] std::string encode(const std::vector<Watermark>& marks);
// Nothing: it is none. At most kWatermarksMax are read.
std::optional<std::vector<Watermark>> decode_watermarks(std::string_view content);

// By a child: whether its parent subscribes to the units of a node, so that it may hear of it.
Result<bool> parent_hears_of(Vouched& vouched, Shared& shared, const NodeId& node);
// By a parent: whether its child may speak of the node: it lies below the child, and the parent did not certify it itself.
Result<bool> child_speaks_of(Vouched& vouched, const orgtree::OrgTree& tree, const NodeId& self, const Peer& child, const NodeId& node);

// By a child: those that moved since they were told, or (`all`) each.
Result<std::vector<Watermark>> watermarks_to_tell(store::Database& db, const records::World& world, Shared& shared, bool all);
Status put_watermarks(Outbox& out, const std::vector<Watermark>& marks);
Status set_watermarks_told(store::Database& db, const std::vector<Watermark>& marks);
// The parent is another than before.
Status forget_watermarks_told(store::Database& db);

// By a parent: what its child says of nodes that lie below it.
Status take_watermarks(store::Database& db, const records::World& world, const NodeId& self, const Peer& child,
                       const std::vector<Watermark>& marks, std::int64_t now_ms);

}  // namespace nc::sync
