// Inside the figures pages: the question that a page opens on when none was asked.
#pragma once

#include "face/web/figures/asked.h"
#include "face/web/visit.h"
#include "ledger/access/access.h"

namespace nc::web {

// Whether the address holds any of a question's parameters.
[[nodiscard]] bool is_asked(const Visit& visit);
// What is asked, else the visitor's own unit on the line on which others stand under it today, in the latest
// year, up to the present one, in which anything of it is recorded that he counts; where there is none, of it and
// the units that it came from, as of today.
[[nodiscard]] net::Fields parameters_of(const Visit& visit, const access::ReadScope& read);
// Says which year was chosen when it is not the present one; else empty.
[[nodiscard]] Html chosen_year(const Visit& visit, const Asked& asked);

}  // namespace nc::web
