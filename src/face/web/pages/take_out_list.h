// Inside the room: the list of activities on paper and in a file.
#pragma once

#include "face/web/pages/activity_query.h"
#include "face/web/site_pages.h"

namespace nc::web {

// Print, XLSX and CSV of the list as it stands in the address; nothing for whoever may take nothing out.
[[nodiscard]] Html take_out_buttons(const Visit& visit);
void add_list_export(net::Router& router, Site& site);  // by add_activity_pages

}  // namespace nc::web
