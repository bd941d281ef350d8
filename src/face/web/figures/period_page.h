// /period: completeness by unit, closings and what came after them.
#pragma once

#include "face/web/site_pages.h"

namespace nc::web {

void add_period_page(net::Router& router, Site& site);

}  // namespace nc::web
