// Inside the figures pages: the question that a page opens on when none was asked.
#pragma once

#include "face/web/figures/asked.h"
#include "face/web/visit.h"
#include "ledger/access/access.h"

namespace nc::web {

// Whether the address holds any of a question's parameters.
[[nodiscard]] bool is_asked(const Visit& visit);
// The line on which a person looks at a unit: that of the rights which he holds over it, where they are of one; else the one on
// which more units stand under it today. Figures and the completeness of the units below follow the same.
[[nodiscard]] orgtree::Line line_of(const Visit& visit, const UnitId& unit);

// kOfToday: of a unit for which nothing is recorded under its present name, what it came from as well, as of today.
// kAsRecorded: its own alone; so are periods read, reported and closed.
enum class Reading : std::uint8_t { kOfToday, kAsRecorded };
// What is asked, else the visitor's own unit on its line_of, in the latest year, up to the present one, in which anything
// of it is recorded that he counts; where there is none, as the reading says, else in the present year.
[[nodiscard]] net::Fields parameters_of(const Visit& visit, const access::ReadScope& read, Reading reading = Reading::kOfToday);
// Says which year was chosen when it is not the present one; else empty.
[[nodiscard]] Html chosen_year(const Visit& visit, const Asked& asked);
// What the asked unit was before stands, is counted and closed with the units of that time: each with its records of the
// period, or its latest year with some, as a link to the same page. Empty where it came from none.
[[nodiscard]] Html former_units(const Visit& visit, const Asked& asked, const access::ReadScope& read, std::string_view path);

}  // namespace nc::web
