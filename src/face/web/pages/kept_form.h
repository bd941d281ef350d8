// Inside the room: what a form that was kept holds, under the labels beside which it was typed, so that its person knows it
// again before he sends it.
#pragma once

#include "face/web/drafts.h"
#include "face/web/visit.h"

namespace nc::web {

// Of a record's form every field with something in it; of any other what can be told of it.
[[nodiscard]] Html kept_form(const Visit& visit, const Draft& draft);

}  // namespace nc::web
