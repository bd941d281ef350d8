// Inside the room: the short code of a question (codes.h) on its page and on paper, and the way back from it.
#pragma once

#include <optional>
#include <string>

#include "face/web/figures/asked.h"
#include "face/web/visit.h"
#include "foundation/net/router.h"

namespace nc::web {

// Nothing when it cannot be kept: the address leads back as well.
[[nodiscard]] std::optional<std::string> code_of(const Visit& visit, const Asked& asked);
void add_code_pages(net::Router& router, Site& site);

}  // namespace nc::web
