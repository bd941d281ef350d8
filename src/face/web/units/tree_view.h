// Units as a folding tree, and as a flat list of what was searched for.
#pragma once

#include <set>
#include <vector>

#include "face/web/visit.h"
#include "ledger/orgtree/orgtree.h"

namespace nc::web {

// Which units, along which line, on which day.
struct TreeView {
  const Visit& visit;
  orgtree::Line line = orgtree::Line::kCommand;
  std::int32_t day = 0;
};

[[nodiscard]] bool exists_on(const orgtree::Unit& unit, std::int32_t day);
// The units of `all` without a superior among them that day stand at the top; branches fold by `details`.
[[nodiscard]] Html unit_tree(const TreeView& view, const std::vector<const orgtree::Unit*>& all);
// Name with link, level, code, and the superiors above it.
[[nodiscard]] Html found_units(const TreeView& view, const std::vector<const orgtree::Unit*>& units);
// Units whose name, English name, alias or code holds every word.
[[nodiscard]] std::vector<const orgtree::Unit*> search_units(const orgtree::OrgTree& tree, bool own, std::string_view text);
// Name with link, and level and dates in small.
[[nodiscard]] Html unit_line(const Visit& visit, const orgtree::Unit& unit);

}  // namespace nc::web
