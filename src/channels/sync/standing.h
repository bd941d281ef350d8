// Inside the room only: which nodes stand below this one: by certificates, which lead downward, and by where their units stand today.
//
// Reading only. Source of the rule: docs/formats/sync.md section "Who gets what"; a reorganisation moves a unit and leaves its
// certificate as it was.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "channels/sync/peer.h"

namespace nc::sync {

enum class Standing {
  kBelow,     // its unit stands under ours, and it hands in to us or to one below us
  kUnlinked,  // its unit stands under ours now, and whoever let it in does not stand here
  kMoved,     // this node let it in; its unit has moved away
};
struct Chain {
  std::optional<NodeId> parent;  // as given; without one whoever certified this node last
  std::map<NodeId, Standing> below;
};
Result<Chain> chain_of(store::Database& db, const records::World& world, const NodeId& self,
                       const std::vector<journal::Certificate>& certificates, const std::optional<NodeId>& parent);

// Whether the node of that certificate stands above a unit of `self` today, and is not of the same unit.
[[nodiscard]] bool stands_above(const journal::Certificate& one, const Peer& self, const orgtree::OrgTree& tree);

}  // namespace nc::sync
