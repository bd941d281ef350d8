// Inside the room: the boxes beside the rows of the list of activities, for whoever may change any of them.
#pragma once

#include "face/web/list.h"
#include "face/web/visit.h"

namespace nc::web {

// `list` has the rows of `found`, in their order.
void let_choose(const Visit& visit, const records::Page& found, List& list);

}  // namespace nc::web
