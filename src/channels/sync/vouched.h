// Which certificates of a node say who it is to those who talk to it.
//
// That a node was certified is not enough: whoever may certify nodes for his units could certify one under the name of a node
// elsewhere, if he pretends not to know it. So the certificate that was here first says whose node it is; a later one counts when
// its writer holds all units of those before, or is the node itself. A reorganisation takes back nothing that it knew of: whoever held
// the units by the rows that do not have the certificate in their past held them when it was given, and a former superior can put
// nothing into the past of a row that another wrote. And nobody hands on a higher handling than he holds.
// Of one transaction; remembers what it has read. One thread. Source of the rule: docs/formats/sync.md section "Who gets what".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "ledger/journal/passing_on.h"
#include "ledger/records/world.h"

namespace nc::sync {

class Vouched {
 public:
  Vouched(store::Database& db, const records::World& world) : db_(db), world_(world) {}
  // Reads all at once, for whoever will ask of many.
  Status read_all();
  // By arrival; with those of incarnations that are cut.
  Result<std::vector<journal::Certificate>> of(const NodeId& node);
  Result<journal::HandlingLevel> ceiling(const journal::Certificate& certificate);

 private:
  Result<std::vector<journal::Certificate>> all_of(const NodeId& node);
  Result<bool> counts(const journal::Certificate& certificate, const std::vector<journal::Certificate>& before);
  // By the rows of units that did not know of the certificate.
  Result<bool> lay_under(const UnitId& unit, const UnitId& top, const journal::Certificate& certificate) const;
  Result<std::optional<journal::Certificate>> writer_of(const journal::Certificate& certificate);
  store::Database& db_;
  const records::World& world_;
  std::optional<std::map<NodeId, std::vector<journal::Certificate>>> all_;
  std::map<NodeId, std::vector<journal::Certificate>> known_;
};

// Whether the authority here knows the node. Until it does the card alone says who the parent is; from then on the ledger does, so that
// with a parent that is cut off nobody talks, whatever the card said.
Result<bool> has_come(store::Database& db, const NodeId& node);

// Those by which a node may connect: vouched for, and no cut in force names a stream of their incarnation.
Status connecting_keys(store::Database& db, const records::World& world, const std::function<void(const journal::Certificate&)>& take);

[[nodiscard]] inline bool holds_whole(const journal::Certificate& one) { return one.founding || one.unit.is_zero(); }
// A chain of superiors by either line leads from the unit to one of `tops`; with `heirs` of successors, too.
[[nodiscard]] bool lies_under(const orgtree::OrgTree& tree, const UnitId& unit, const std::vector<UnitId>& tops, bool heirs);

}  // namespace nc::sync
