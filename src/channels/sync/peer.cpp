#include "channels/sync/peer.h"

#include <algorithm>
#include <set>

namespace nc::sync {
namespace {

using journal::Audience;

// The superior by the link that began last, whether or not it has ended.
std::optional<UnitId> superior(const orgtree::OrgTree& tree, const UnitId& unit, orgtree::Line line) {
  if (const auto now = tree.parent(unit, line, kDayMax)) return now;
  const orgtree::Link* last = nullptr;
  const auto links = tree.links_of(unit);
  for (const auto& link : links) {
    if (link.line != line) continue;
    const auto key = [](const orgtree::Link& one) { return std::pair(one.from.value_or(kDayMin), one.source); };
    if (last == nullptr || key(*last) < key(link)) last = &link;
  }
  return last != nullptr ? std::optional(last->parent) : std::nullopt;
}

}  // namespace

Result<Peer> peer_of(store::Database& db, const records::World& world, const NodeId& node) {
  NC_ASSIGN(auto certificates, journal::certificates(db, node));
  std::erase_if(certificates, [](const auto& one) { return one.ended; });
  if (certificates.empty())
    return fail(
        Error(ErrorCode::kNotFound, NC_MSG("No node {1} is certified here"), {node.hex()}).then(NC_MSG("Enrol it first: nhipcau enrol")));
  Peer out;
  out.node = node;
  std::optional<journal::HandlingLevel> ceiling;
  for (const auto& one : certificates) {
    out.whole = out.whole || one.founding || one.unit.is_zero();
    out.units.push_back(one.unit);
    if (!one.in_reserve) {
      out.incarnation = one.incarnation;
      out.key = one.key;
    }
    if (const auto said = world.ceilings.find(one.record); said != world.ceilings.end())
      ceiling = static_cast<journal::HandlingLevel>(said->second);
  }
  out.ceiling = ceiling.value_or(out.whole ? journal::HandlingLevel{2} : journal::HandlingLevel{1});
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
  const auto under = [&](const UnitId& unit) { return lies_under(unit, peer_.units, true); };
  if (std::any_of(audience.units.begin(), audience.units.end(), under)) return true;
  if (audience.kind != Audience::Kind::kBelow) return false;
  // What goes down goes by superiors alone: who stands between a unit and its successor would not have it to pass on.
  return std::any_of(peer_.units.begin(), peer_.units.end(), [&](const UnitId& unit) { return lies_under(unit, audience.units, false); });
}

bool Subscription::lies_under(const UnitId& unit, const std::vector<UnitId>& tops, bool heirs) const {
  std::set<UnitId> seen;
  std::vector<UnitId> work = {unit};
  while (!work.empty()) {
    const auto one = work.back();
    work.pop_back();
    if (!seen.insert(one).second) continue;
    if (std::find(tops.begin(), tops.end(), one) != tops.end()) return true;
    for (const auto line : {orgtree::Line::kCommand, orgtree::Line::kGuidance})
      if (const auto above = superior(tree_, one, line)) work.push_back(*above);
    if (!heirs) continue;
    for (const auto& change : tree_.lineage_of(one))
      if (change.from == one) work.push_back(change.to);
  }
  return false;
}

}  // namespace nc::sync
