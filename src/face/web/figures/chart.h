// Inside the room: a table of figures as bars, in the page itself: SVG without scripts and without another file.
#pragma once

#include "face/web/figures/asked.h"
#include "face/web/visit.h"

namespace nc::web {

// Bars of the rows' totals, and of the columns' where there are columns; each with its name and number in words, so that
// nothing is said by length or colour alone. Nothing where there are no two numbers to compare.
[[nodiscard]] Html pivot_charts(const Visit& visit, const stats::Pivot& table);

// The permanent address of the question, in words and as a code that a telephone reads; it stands on paper too.
[[nodiscard]] Html way_back(const Visit& visit, const Asked& asked);

}  // namespace nc::web
