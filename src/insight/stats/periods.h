// Who owes a report for a period and what he said. Private to this room.
#pragma once

#include "insight/stats/scan.h"

namespace nc::stats {

// The units that owe for a scope and a period: its posts (units of our side of the lowest reporting level) on the last day, or
// where there are none the units right below it, or itself. A unit that stood on no day of the period owes nothing for it.
std::vector<UnitId> owing_units(const orgtree::OrgTree& tree, const UnitId& unit, orgtree::Line line, DayRange period);

// Whether the unit said that there was nothing of any kind that the spec asks about, for the whole of its period. An entry
// speaks of the kinds that it names and of no others: several may say it together, and who is asked about all kinds has
// said it when they name every kind that is counted (docs/LEDGER.md section 8).
bool says_nil(const View& view, const UnitId& unit, const Spec& spec);

// Units that said "nothing of this kind" for a time in which a record says otherwise.
void find_nil_contradictions(View& view, const Bounds& bounds, const Spec& spec, Figure& figure);

}  // namespace nc::stats
