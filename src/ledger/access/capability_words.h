// What a capability of catalog/roles.toml and a level of handling are called: English message ids,
// translated at the edge. An id that is not known here stands for itself.
#pragma once

#include <string_view>

#include "ledger/catalog/catalog.h"

namespace nc::access {

[[nodiscard]] std::string_view capability_words(std::string_view capability);
[[nodiscard]] std::string_view handling_words(catalog::Handling handling);

}  // namespace nc::access
