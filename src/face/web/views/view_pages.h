// Inside the room: the saved views above a list, in the rail, and the page where they are arranged.
#pragma once

#include "face/web/site_pages.h"

namespace nc::web {

// Above the list or the figures of the visit's address: his views of that page, and a form that names the one he has.
[[nodiscard]] Html views_bar(const Visit& visit);
// Links for the rail, below the place whose views they are.
[[nodiscard]] std::vector<NavItem> view_links(const Visit& visit, std::string_view path);

}  // namespace nc::web
