// /figures/records: the records and sources behind one number.
#pragma once

#include "face/web/visit.h"

namespace nc::web {

// The question of the address, asked again; "figure" (figure_key) and "show", or "cell" with "row" and
// "column", say which number. A number that is not there any more is not found.
[[nodiscard]] net::Response behind_page(const Visit& visit);

}  // namespace nc::web
