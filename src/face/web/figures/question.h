// The form in which figures are asked for; sent by GET, so that the question stays in the address.
#pragma once

#include "face/web/figures/asked.h"
#include "face/web/visit.h"

namespace nc::web {

[[nodiscard]] Html question_form(const Visit& visit, const Asked& asked);

}  // namespace nc::web
