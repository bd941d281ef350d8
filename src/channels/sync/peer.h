// Who the other node is, and to what it subscribes: docs/formats/sync.md section "Who gets what".
//
// Values and pure functions of the authority that is held; no clock, no permission of a person.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ledger/journal/passing_on.h"
#include "ledger/records/ledger.h"

namespace nc::sync {

struct Peer {
  NodeId node;
  IncarnationId incarnation;  // the one that was certified last and is in use
  PublicKey key;              // of it
  bool whole = false;         // holds the whole tree
  std::vector<UnitId> units;
  journal::HandlingLevel ceiling = 1;
};

// kNotFound: no certificate of the node counts here.
Result<Peer> peer_of(store::Database& db, const records::World& world, const NodeId& node);

// The subscription of one node; remembers what it worked out. One thread.
class Subscription {
 public:
  Subscription(const Peer& peer, const orgtree::OrgTree& tree) : peer_(peer), tree_(tree) {}
  [[nodiscard]] bool has(const journal::PartKey& part);
  [[nodiscard]] journal::HandlingLevel ceiling() const { return peer_.ceiling; }

 private:
  [[nodiscard]] bool has_unit(const journal::Audience& audience);
  Peer peer_;
  const orgtree::OrgTree& tree_;
  std::map<journal::Audience, bool> known_;
};

}  // namespace nc::sync
