// Currency codes of ISO 4217. Private to this room.
#pragma once

#include <string_view>

namespace nc::catalog {

bool is_currency(std::string_view code);

}  // namespace nc::catalog
