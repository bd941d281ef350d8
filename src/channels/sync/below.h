// Inside the room only: how the nodes below a child stand, as that one sees them, docs/formats/sync.md section "Below".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/sync/contacts.h"
#include "channels/sync/outbox.h"
#include "channels/sync/shared.h"

namespace nc::sync {

inline constexpr std::size_t kBelowMax = 256;                 // nodes of one request
inline constexpr std::int64_t kBelowStepMs = 60 * 60 * 1000;  // looked at no oftener

// Of a node, by its superior: times are that one's clock, in ms.
struct Below {
  NodeId node;
  std::int64_t at_ms = 0;  // of the last contact; 0: none yet
  Way way = Way::kLink;
  bool same = false;                           // both held the same at that contact, and still do as far as the superior knows
  std::int64_t behind = 0;                     // entries that it is not known to hold, counted to kBehindCountedMax
  std::int64_t behind_since_ms = 0;            // when the first of them came to the superior; 0: not known
  std::optional<std::int64_t> clock_ahead_ms;  // the node's clock before the superior's
  std::string version;
};
[[nodiscard]] std::string encode(const Below& below);
// Nothing: it is none.
std::optional<Below> decode_below(std::string_view content);

// By a child: what its parent was not told in these words; nothing within kBelowStepMs of the last look, unless `all`.
struct BelowNow {
  std::vector<Below> news;
  std::optional<std::int64_t> looked_ms;  // all of what there was to tell is in `news`
};
Result<BelowNow> below_to_tell(store::Database& db, const records::Ledger& ledger, const NodeId& parent, Shared& shared, bool all);
Status put_below(Outbox& out, const std::vector<Below>& news);
Status set_below_told(store::Database& db, const BelowNow& now);
// The parent is another than before.
Status forget_below_told(store::Database& db);

// By a parent: what its child says of nodes that lie below it.
Status take_below(store::Database& db, const records::World& world, const NodeId& self, const Peer& child, const std::vector<Below>& news,
                  std::int64_t now_ms);
Result<std::optional<Below>> seen_below(store::Database& db, const NodeId& node);

}  // namespace nc::sync
