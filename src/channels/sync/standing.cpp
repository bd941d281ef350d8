#include "channels/sync/standing.h"

#include <algorithm>
#include <set>

#include "channels/sync/vouched.h"

namespace nc::sync {
namespace {

// A node is certified once by a node that was certified before, so a few rounds reach all.
std::set<NodeId> certified_below(const std::vector<journal::Certificate>& certificates, const NodeId& self,
                                 const std::optional<NodeId>& parent) {
  std::set<NodeId> out = {self};
  for (bool more = true; more;) {
    more = false;
    for (const auto& one : certificates)
      if (one.by != one.node && out.contains(one.by) && one.node != parent) more = out.insert(one.node).second || more;
  }
  out.erase(self);
  return out;
}

bool is_own_unit(const journal::Certificate& one, const Peer& self) { return std::ranges::find(self.units, one.unit) != self.units.end(); }

}  // namespace

bool stands_above(const journal::Certificate& one, const Peer& self, const orgtree::OrgTree& tree) {
  if (one.node == self.node || is_own_unit(one, self)) return false;
  if (holds_whole(one)) return !self.whole;
  return std::ranges::any_of(self.units, [&](const UnitId& unit) { return lies_under(tree, unit, {one.unit}, false); });
}

Result<Chain> chain_of(store::Database& db, const records::World& world, const NodeId& self,
                       const std::vector<journal::Certificate>& certificates, const std::optional<NodeId>& parent) {
  Chain out;
  std::map<NodeId, journal::Certificate> last;
  for (const auto& one : certificates) {
    if (one.node == self && one.by != self) out.parent = one.by;
    if (!one.in_reserve) last[one.node] = one;
  }
  if (parent) out.parent = parent;
  const auto by_certificate = certified_below(certificates, self, out.parent);
  const auto own = peer_of(db, world, self);
  if (!own && own.error().code != ErrorCode::kNotFound) return fail(own.error());
  for (const auto& [node, one] : last) {
    if (node == self || node == out.parent) continue;
    const bool certified = by_certificate.contains(node);
    const bool here =
        !own || own->whole || holds_whole(one) || is_own_unit(one, *own) || lies_under(*world.tree, one.unit, own->units, true);
    if (certified && here) out.below[node] = Standing::kBelow;
    else if (certified && one.by == self) out.below[node] = Standing::kMoved;
    else if (own && !own->whole && !holds_whole(one) && here && !is_own_unit(one, *own)) out.below[node] = Standing::kUnlinked;
  }
  return out;
}

}  // namespace nc::sync
