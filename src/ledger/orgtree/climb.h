// The climb from a unit over whatever counts as "above" it: dated links, rows of an authority, successors. The walk ends whatever the
// rows say: each unit is looked at once. Pure.
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "base/id.h"

namespace nc::orgtree {

// Whether a chain leads from the unit to one of `tops`, itself included; `above(unit, work)` adds the next units to `work`.
template <typename Above>
[[nodiscard]] bool climbs_to(const UnitId& unit, const std::vector<UnitId>& tops, Above above) {
  std::set<UnitId> seen;
  std::vector<UnitId> work = {unit};
  while (!work.empty()) {
    const auto one = work.back();
    work.pop_back();
    if (!seen.insert(one).second) continue;
    if (std::find(tops.begin(), tops.end(), one) != tops.end()) return true;
    above(one, work);
  }
  return false;
}

}  // namespace nc::orgtree
