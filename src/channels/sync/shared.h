// Inside the room only: what two nodes share, seen from one of them, and its digests.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "channels/sync/messages.h"
#include "channels/sync/peer.h"
#include "channels/sync/vouched.h"

namespace nc::sync {

inline constexpr auto kRestrictedLevel = static_cast<journal::HandlingLevel>(catalog::Handling::kRestricted);

class Shared {
 public:
  // A peer or self that is not certified here yet (a node that has just joined) is taken as one that holds the whole tree or
  // nothing.
  static Result<std::unique_ptr<Shared>> with(store::Database& db, const records::Ledger& ledger, const NodeId& peer);
  [[nodiscard]] bool has(const journal::PartKey& part) { return mine_.has(part) && there_.has(part); }
  // The same of the text of a part, remembered; as long as this lives.
  [[nodiscard]] std::function<bool(std::string_view)> parts();
  // What the peer may have, whatever it takes now.
  [[nodiscard]] Subscription& theirs() { return theirs_; }
  // The highest handling that this node takes now.
  [[nodiscard]] journal::HandlingLevel taken_here() const { return taken_here_; }
  // The peer might have more from here than it takes now.
  [[nodiscard]] bool takes_less() const { return there_.ceiling() < std::min(theirs_.ceiling(), self_.ceiling); }
  [[nodiscard]] bool restricted_here() const { return taken_here_ >= kRestrictedLevel; }
  [[nodiscard]] const Peer& peer() const { return peer_; }
  [[nodiscard]] bool peer_is_certified() const { return certified_; }
  [[nodiscard]] const records::World& world() const { return *world_; }
  // Held streams of the shared set, authority first.
  Result<std::vector<journal::HeldStream>> streams(store::Database& db);
  // What a child hands to its parent: what the parent subscribes to; and what this node or one below it wrote, whoever above it
  // may read it. Nothing above the parent's ceiling and what it takes now.
  Result<std::vector<journal::HeldStream>> to_hand_up(store::Database& db);

 private:
  struct Taken {
    journal::HandlingLevel here, there;
  };
  Shared(std::shared_ptr<const records::World> world, const Peer& self, const Peer& peer, bool certified, Taken taken)
      : world_(std::move(world)),
        self_(self),
        peer_(peer),
        certified_(certified),
        taken_here_(taken.here),
        mine_(up_to(self, taken.here), *world_->tree),
        there_(up_to(peer, taken.there), *world_->tree),
        theirs_(peer, *world_->tree) {}
  static Peer up_to(Peer who, journal::HandlingLevel taken);
  Result<bool> is_below(Vouched& vouched, const NodeId& node) const;
  std::shared_ptr<const records::World> world_;
  Peer self_, peer_;
  bool certified_;
  journal::HandlingLevel taken_here_;
  std::map<std::string, bool, std::less<>> known_parts_;
  Subscription mine_, there_, theirs_;  // `there_`: of the peer, as far as it takes it now
};

// 8 bytes over the lines of streams, whatever their order.
[[nodiscard]] std::string digest_of(std::vector<journal::HeldStream> streams);
// The same for each channel, by tag.
[[nodiscard]] std::map<std::string, std::string> channel_digests(const std::vector<journal::HeldStream>& streams);
[[nodiscard]] std::string incarnation_tag(const IncarnationId& incarnation);

}  // namespace nc::sync
