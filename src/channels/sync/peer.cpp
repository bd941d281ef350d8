#include "channels/sync/peer.h"

#include <algorithm>

#include "channels/sync/vouched.h"

namespace nc::sync {
namespace {

using journal::Audience;

}  // namespace

Result<Peer> peer_of(store::Database& db, const records::World& world, const NodeId& node) {
  Vouched vouched(db, world);
  NC_ASSIGN(auto certificates, vouched.of(node));
  const auto ended = std::erase_if(certificates, [](const auto& one) { return one.ended; });
  if (certificates.empty() && ended > 0)
    return fail(Error(ErrorCode::kNotFound, NC_MSG("The node {1} was cut off: nothing is written for it"), {node.hex()})
                    .then(NC_MSG("Let a machine of its unit in anew: docs/operations/replace-machine.md")));
  if (certificates.empty())
    return fail(
        Error(ErrorCode::kNotFound, NC_MSG("No node {1} is certified here"), {node.hex()}).then(NC_MSG("Enrol it first: nhipcau enrol")));
  Peer out;
  out.node = node;
  for (const auto& one : certificates) {
    out.whole = out.whole || holds_whole(one);
    out.units.push_back(one.unit);
    if (!one.in_reserve) {
      out.incarnation = one.incarnation;
      out.key = one.key;
    }
    NC_ASSIGN(out.ceiling, vouched.ceiling(one));
  }
  return out;
}

bool Subscription::has(const journal::PartKey& part) {
  if (part.handling > peer_.ceiling) return false;
  if (peer_.whole || part.audience.kind == Audience::Kind::kAll || part.audience.kind == Audience::Kind::kAuthority) return true;
  const auto [at, fresh] = known_.emplace(part.audience, false);
  if (fresh) at->second = has_unit(part.audience);
  return at->second;
}

bool Subscription::has_unit(const Audience& audience) {
  const auto under = [&](const UnitId& unit) { return sync::lies_under(tree_, unit, peer_.units, true); };
  if (std::any_of(audience.units.begin(), audience.units.end(), under)) return true;
  if (audience.kind != Audience::Kind::kBelow) return false;
  // What goes down goes by superiors alone: who stands between a unit and its successor would not have it to pass on.
  return std::any_of(peer_.units.begin(), peer_.units.end(),
                     [&](const UnitId& unit) { return sync::lies_under(tree_, unit, audience.units, false); });
}

}  // namespace nc::sync
