#include "channels/sync/shared.h"

#include <algorithm>

#include "channels/sync/runs.h"
#include "foundation/crypto/hash.h"

namespace nc::sync {

namespace {

journal::HandlingLevel highest_taken(const records::Ledger& ledger) {
  for (const auto one : {catalog::Handling::kRestricted, catalog::Handling::kInternal})
    if (ledger.may_hold(one)) return static_cast<journal::HandlingLevel>(one);
  return static_cast<journal::HandlingLevel>(catalog::Handling::kOpen);
}

}  // namespace

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
  NC_ASSIGN(const bool takes, takes_restricted(db, node));
  const auto there = static_cast<journal::HandlingLevel>(takes ? kRestrictedLevel : kRestrictedLevel - 1);
  return std::unique_ptr<Shared>(new Shared(std::move(world), *self, *peer, certified, {highest_taken(ledger), there}));
}

Peer Shared::up_to(Peer who, journal::HandlingLevel taken) {
  who.ceiling = std::min(who.ceiling, taken);
  return who;
}

namespace {

Result<std::vector<journal::HeldStream>> in_order(Result<std::vector<journal::HeldStream>> held) {
  NC_ASSIGN(auto all, std::move(held));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::pair(a.key.lane, a.key.part.handling) < std::pair(b.key.lane, b.key.part.handling);
  });
  return all;
}

}  // namespace

Result<std::vector<journal::HeldStream>> Shared::streams(store::Database& db) { return in_order(journal::held_streams(db, parts())); }

std::function<bool(std::string_view)> Shared::parts() {
  return [this](std::string_view part) {
    const auto known = known_parts_.find(part);
    if (known != known_parts_.end()) return known->second;
    const auto key = journal::PartKey::parse(part);
    return known_parts_.emplace(part, !key || has(*key)).first->second;  // what is no part is named by whoever reads it
  };
}

Result<bool> Shared::is_below(Vouched& vouched, const NodeId& node) const {
  if (node == self_.node) return true;
  NC_ASSIGN(const auto certificates, vouched.of(node));
  return std::any_of(certificates.begin(), certificates.end(),
                     [this](const auto& one) { return lies_under(*world_->tree, one.unit, self_.units, true); });
}

Result<std::vector<journal::HeldStream>> Shared::to_hand_up(store::Database& db) {
  NC_ASSIGN(const auto all, in_order(journal::held_streams(db)));
  Vouched vouched(db, *world_);
  std::vector<journal::HeldStream> out;
  for (const auto& one : all) {
    const auto& part = one.key.part;
    if (part.handling > there_.ceiling()) continue;
    // Of a superior whose certificate has not come it is not known what he may have.
    const bool for_all = part.audience.kind == journal::Audience::Kind::kAll || part.audience.kind == journal::Audience::Kind::kAuthority;
    bool goes = certified_ ? there_.has(part) : for_all;
    // Whoever still hands in to a former superior hands in what it and those below it write, so that it goes up and comes to the new
    // one. What a former superior gave it is not for the new one.
    if (!goes) { NC_ASSIGN(goes, is_below(vouched, one.key.node)); }
    if (goes) out.push_back(one);
  }
  return out;
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
