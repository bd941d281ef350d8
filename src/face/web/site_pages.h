// Inside the room: every group of pages adds itself to the site's router.
#pragma once

#include "face/web/site.h"

namespace nc::web {

void add_overview_page(net::Router& router, Site& site);
void add_activity_pages(net::Router& router, Site& site);
void add_source_pages(net::Router& router, Site& site);
void add_record_pages(net::Router& router, Site& site);
void add_record_form_pages(net::Router& router, Site& site);
void add_admin_pages(net::Router& router, Site& site);
void add_figure_pages(net::Router& router, Site& site);  // figures/
void add_unit_pages(net::Router& router, Site& site);    // units/: own units and counterparts

}  // namespace nc::web
