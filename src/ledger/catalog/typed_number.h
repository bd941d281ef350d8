// Numbers as Vietnamese people type them: '.' groups thousands, ',' begins the decimals.
// The rules stand in docs/formats/catalogue.md, "Typed values". Private to this room.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace nc::catalog {

// "1.384" is 1384; a fraction is refused.
Result<std::int64_t> integer_from_typed(std::string_view text);
// The wire form of "15,8", "15.8", "1.384,5" ... with at most `scale` decimals. One point before three
// digits is a decimal point, unless `point_groups`: then it groups thousands (money).
Result<std::string> decimal_from_typed(std::string_view text, int scale, bool point_groups);

// "1384.5" as "1384,5": what stands in an input.
std::string typed_decimal(std::string_view wire);
// For people: "1.384,5" in Vietnamese, "1,384.5" in English.
std::string show_number(std::string_view wire, std::string_view lang);

}  // namespace nc::catalog
