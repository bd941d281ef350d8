#include "channels/sync/shared.h"

#include <algorithm>
#include <functional>

#include "channels/sync/runs.h"
#include "foundation/crypto/hash.h"

namespace nc::sync {

Result<std::unique_ptr<Shared>> Shared::with(store::Database& db, const records::Ledger& ledger, const NodeId& node) {
  auto world = ledger.world();
  auto self = peer_of(db, *world, ledger.identity().node);
  if (!self && self.error().code != ErrorCode::kNotFound) return fail(self.error());
  auto peer = peer_of(db, *world, node);
  if (!peer && peer.error().code != ErrorCode::kNotFound) return fail(peer.error());
  const bool certified = peer.has_value();
  if (!self) {
    self = Peer{};
    self->node = ledger.identity().node;
  }
  if (!peer) {
    peer = Peer{};
    peer->node = node;
    peer->whole = true;
  }
  return std::unique_ptr<Shared>(new Shared(std::move(world), *self, *peer, certified));
}

namespace {

Result<std::vector<journal::HeldStream>> held_where(store::Database& db, const std::function<bool(const journal::PartKey&)>& wanted) {
  NC_ASSIGN(auto all, journal::held_streams(db));
  std::erase_if(all, [&](const auto& one) { return !wanted(one.key.part); });
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::pair(a.key.lane, a.key.part.handling) < std::pair(b.key.lane, b.key.part.handling);
  });
  return all;
}

}  // namespace

Result<std::vector<journal::HeldStream>> Shared::streams(store::Database& db) {
  return held_where(db, [this](const journal::PartKey& part) { return has(part); });
}

Result<std::vector<journal::HeldStream>> Shared::to_hand_up(store::Database& db) {
  return held_where(db, [this](const journal::PartKey& part) { return goes_up(part); });
}

std::string digest_of(std::vector<journal::HeldStream> streams) {
  std::sort(streams.begin(), streams.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  crypto::Sha256 hash;
  for (const auto& one : streams) hash.update(one.name + " " + std::to_string(one.seq) + " " + one.head.hex() + "\n");
  const auto digest = hash.finish();
  return {reinterpret_cast<const char*>(digest.bytes.data()), kDigestBytes};
}

std::map<std::string, std::string> channel_digests(const std::vector<journal::HeldStream>& streams) {
  std::map<std::string, std::vector<journal::HeldStream>> by_channel;
  for (const auto& one : streams) by_channel[tag_of(channel_text(one.key.part, one.key.lane))].push_back(one);
  std::map<std::string, std::string> out;
  for (auto& [tag, some] : by_channel) out[tag] = digest_of(std::move(some));
  return out;
}

std::string incarnation_tag(const IncarnationId& incarnation) {
  return {reinterpret_cast<const char*>(incarnation.bytes.data()), kIncarnationBytes};
}

}  // namespace nc::sync
