// The form in which figures are asked for; sent by GET, so that the question stays in the address.
#pragma once

#include "face/web/figures/asked.h"
#include "face/web/form.h"
#include "face/web/visit.h"

namespace nc::web {

// Which line stands over the units; the usual one is empty.
[[nodiscard]] Field line_field(const Visit& visit, const Asked& asked);
[[nodiscard]] Html question_form(const Visit& visit, const Asked& asked);

}  // namespace nc::web
