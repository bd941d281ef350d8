#include "channels/sync/copies.h"

#include <algorithm>
#include <set>

#include "channels/sync/peer.h"
#include "channels/sync/vouched.h"

namespace nc::sync {
namespace {

// What the node was ever certified for, cut off or not: what it had it keeps.
Result<Peer> ever(Vouched& vouched, const std::vector<journal::Certificate>& certificates) {
  Peer out;
  out.ceiling = 0;
  for (const auto& one : certificates) {
    out.node = one.node;
    out.whole = out.whole || holds_whole(one);
    out.units.push_back(one.unit);
    NC_ASSIGN(const auto ceiling, vouched.ceiling(one));
    out.ceiling = std::max(out.ceiling, ceiling);
  }
  return out;
}

}  // namespace

Result<std::vector<CopyHolder>> copy_holders(const records::Ledger& ledger, const std::vector<journal::PartKey>& below,
                                             const journal::PartKey& above) {
  std::vector<CopyHolder> out;
  const auto world = ledger.world();
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    Vouched vouched(db, *world);
    if (auto read = vouched.read_all(); !read) return read;
    NC_ASSIGN(const auto all, journal::certificates(db));
    std::set<NodeId> nodes;
    for (const auto& one : all) nodes.insert(one.node);
    nodes.erase(ledger.identity().node);
    for (const auto& node : nodes) {
      NC_ASSIGN(const auto certificates, vouched.of(node));
      if (certificates.empty()) continue;
      NC_ASSIGN(const auto peer, ever(vouched, certificates));
      Subscription subscription(peer, *world->tree);
      if (std::none_of(below.begin(), below.end(), [&](const auto& part) { return subscription.has(part); })) continue;
      const auto used = std::find_if(certificates.rbegin(), certificates.rend(), [](const auto& one) { return !one.in_reserve; });
      const auto& last = used == certificates.rend() ? certificates.back() : *used;
      out.push_back({node, last.record, last.unit, subscription.has(above), last.ended});
    }
    return {};
  }));
  const auto code = [&](const CopyHolder& one) {
    const auto* unit = world->tree->find(one.unit);
    return std::pair(unit != nullptr ? unit->code : std::string(), one.node);
  };
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return code(a) < code(b); });
  return out;
}

}  // namespace nc::sync
