// Inside the room: what stands between the two sides at a unit, and the sheet that is taken to the next talks.
#pragma once

#include <set>

#include "face/web/list.h"
#include "face/web/visit.h"
#include "ledger/orgtree/orgtree.h"

namespace nc::web {

// Records of a type, with the columns that the catalogue names for its lists.
[[nodiscard]] List list_of_type(const Visit& visit, const catalog::Type& type, const std::vector<records::RecordView>& records);

// What stands (contacts by function, sections, markers, twins, gates, instruments), one table a type; empty when nothing does.
// `whole`: the unit with what it was before and what stands below it.
[[nodiscard]] Html standing_sections(const Visit& visit, const orgtree::Unit& unit, const std::set<UnitId>& whole);
// What the two sides agreed or planned: points, obligations, plan items, with the state of each. `taken_out`: on paper, only
// what may be taken out; it is raised to the highest handling among them.
[[nodiscard]] Html open_matters(const Visit& visit, const orgtree::Unit& unit, const std::set<UnitId>& whole,
                                catalog::Handling* taken_out = nullptr);

// One's page to take along: last meeting, open matters, figures and incidents since. Of a unit of the other side.
[[nodiscard]] net::Response talks_sheet(Visit& visit, std::string_view id);

// The unit, what it was before, and all that ever stood below it.
[[nodiscard]] std::set<UnitId> whole_of(const Visit& visit, const orgtree::Unit& unit);

}  // namespace nc::web
