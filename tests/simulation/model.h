// What the simulation itself knows of units and of who may have what: written anew, sharing nothing with the product's rules.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/catalog/catalog.h"
#include "ledger/journal/entry.h"

namespace nc::simulation {

class Model {
 public:
  void place(const UnitId& unit, const UnitId& under) {
    now_[unit] = under;
    ever_[unit].insert(under);
  }
  void follows(const UnitId& unit, const UnitId& successor) {
    heirs_[unit].insert(successor);
    ever_[unit].insert(successor);
  }
  // In the tree of now: the unit itself, or something above it, or what became of it.
  [[nodiscard]] bool under(const UnitId& unit, const UnitId& top) const {
    std::set<UnitId> seen;
    return climb(unit, top, false, seen);
  }
  // By superiors alone.
  [[nodiscard]] bool led_by(const UnitId& unit, const UnitId& top) const {
    std::set<UnitId> seen;
    for (auto at = unit; seen.insert(at).second;) {
      if (at == top) return true;
      const auto next = now_.find(at);
      if (next == now_.end()) return false;
      at = next->second;
    }
    return false;
  }
  // In any tree there was.
  [[nodiscard]] bool ever_under(const UnitId& unit, const UnitId& top) const {
    std::set<UnitId> seen;
    return climb(unit, top, true, seen);
  }
  [[nodiscard]] bool reads(const journal::PartKey& part, const UnitId& unit, bool whole, catalog::Handling ceiling, bool ever) const {
    if (part.handling > static_cast<int>(ceiling)) return false;
    const auto is_under = [&](const UnitId& one, const UnitId& top) { return ever ? ever_under(one, top) : under(one, top); };
    const auto is_led_by = [&](const UnitId& one, const UnitId& top) { return ever ? ever_under(one, top) : led_by(one, top); };
    using Kind = journal::Audience::Kind;
    if (whole || part.audience.kind == Kind::kAll || part.audience.kind == Kind::kAuthority) return true;
    for (const auto& one : part.audience.units)
      if (is_under(one, unit) || (part.audience.kind == Kind::kBelow && is_led_by(unit, one))) return true;
    return false;
  }
  [[nodiscard]] const UnitId& above(const UnitId& unit) const { return now_.at(unit); }
  [[nodiscard]] bool has(const UnitId& unit) const { return now_.contains(unit); }

 private:
  bool climb(const UnitId& unit, const UnitId& top, bool ever, std::set<UnitId>& seen) const {
    if (unit == top) return true;
    if (!seen.insert(unit).second) return false;
    std::set<UnitId> next;
    if (const auto at = now_.find(unit); at != now_.end()) next.insert(at->second);
    if (const auto at = heirs_.find(unit); at != heirs_.end()) next.insert(at->second.begin(), at->second.end());
    if (const auto at = ever_.find(unit); ever && at != ever_.end()) next.insert(at->second.begin(), at->second.end());
    for (const auto& one : next)
      if (climb(one, top, ever, seen)) return true;
    return false;
  }
  std::map<UnitId, UnitId> now_;
  std::map<UnitId, std::set<UnitId>> heirs_, ever_;
};

}  // namespace nc::simulation
