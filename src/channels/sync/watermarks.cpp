#include "channels/sync/watermarks.h"

#include <algorithm>

namespace nc::sync {

std::string encode(const std::vector<Watermark>& marks) {
  Packer out;
  for (const auto& one : marks) out.id(one.node).number(one.ms);
  return out.take();
}

std::optional<std::vector<Watermark>> decode_watermarks(std::string_view content) {
  Unpacker in(content);
  std::vector<Watermark> out;
  while (!in.empty()) {
    Watermark one;
    one.node = in.id<NodeId>();
    one.ms = in.count();
    if (!in.good()) return std::nullopt;
    if (out.size() < kWatermarksMax) out.push_back(one);
  }
  return out;
}

Result<bool> parent_hears_of(Vouched& vouched, Shared& shared, const NodeId& node) {
  NC_ASSIGN(const auto certificates, vouched.of(node));
  return std::any_of(certificates.begin(), certificates.end(), [&](const auto& certificate) {
    return !holds_whole(certificate) && shared.theirs().has({0, journal::Audience::own(certificate.unit)});
  });
}

Result<bool> child_speaks_of(Vouched& vouched, const orgtree::OrgTree& tree, const NodeId& self, const Peer& child, const NodeId& node) {
  if (node == child.node || node == self) return false;
  NC_ASSIGN(const auto certificates, vouched.of(node));
  // Of its own children it knows better itself.
  return !certificates.empty() && std::all_of(certificates.begin(), certificates.end(), [&](const auto& certificate) {
    return certificate.by != self && !holds_whole(certificate) && (child.whole || lies_under(tree, certificate.unit, child.units, true));
  });
}

Result<std::vector<Watermark>> watermarks_to_tell(store::Database& db, const records::World& world, Shared& shared, bool all) {
  std::vector<Watermark> moved, out;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT c.node, c.ms, coalesce(t.ms, -1) FROM sync_complete c "
                                     "LEFT JOIN sync_complete_told t ON t.node=c.node ORDER BY t.ms, c.node"));
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      if (all || query.integer(2) < 0 || query.integer(1) >= query.integer(2) + kWatermarkStepMs)
        moved.push_back({query.id<NodeId>(0), query.integer(1)});
    }
  }
  Vouched vouched(db, world);
  for (const auto& one : moved) {
    if (out.size() >= kWatermarksMax) break;
    NC_ASSIGN(const bool known, parent_hears_of(vouched, shared, one.node));
    if (known) out.push_back(one);
  }
  return out;
}

Status put_watermarks(Outbox& out, const std::vector<Watermark>& marks) {
  constexpr std::size_t kInOne = 16;  // fits the smallest frame
  for (std::size_t at = 0; at < marks.size(); at += kInOne) {
    const auto begin = marks.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = marks.begin() + static_cast<std::ptrdiff_t>(std::min(marks.size(), at + kInOne));
    NC_TRY(out.put(kComplete, encode(std::vector<Watermark>(begin, end))));
  }
  return {};
}

Status set_watermarks_told(store::Database& db, const std::vector<Watermark>& marks) {
  for (const auto& one : marks) NC_TRY(db.run("INSERT OR REPLACE INTO sync_complete_told(node, ms) VALUES(?1, ?2)", one.node, one.ms));
  return {};
}

Status forget_watermarks_told(store::Database& db) { return db.run("DELETE FROM sync_complete_told"); }

Status take_watermarks(store::Database& db, const records::World& world, const NodeId& self, const Peer& child,
                       const std::vector<Watermark>& marks, std::int64_t now_ms) {
  Vouched vouched(db, world);
  for (const auto& one : marks) {
    NC_ASSIGN(const bool below, child_speaks_of(vouched, *world.tree, self, child, one.node));
    if (below) NC_TRY(note_complete(db, one.node, std::min(one.ms, now_ms)));
  }
  return {};
}

}  // namespace nc::sync
