// Numbers as people write and type them: 1.384 and 15,3 in Vietnamese, 1,384 and 15.3 in English.
// Decimals are texts everywhere ("15.3"), never floating point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace nc::i18n {

enum class Lang : std::uint8_t { vi, en };

// "vi" or "en".
[[nodiscard]] std::string_view lang_code(Lang lang);
// Vietnamese for anything but "en".
[[nodiscard]] Lang lang_from_code(std::string_view code);

[[nodiscard]] std::string number_text(std::int64_t value, Lang lang);
// `decimal` as stored: "-1234.50". What is not such a text comes back unchanged.
[[nodiscard]] std::string decimal_text(std::string_view decimal, Lang lang);

// Typed whole numbers, grouped by threes or not; spaces at the ends are ignored. kInvalid with what
// to write instead; beyond 2^53 - 1 kLimit.
Result<std::int64_t> parse_number(std::string_view typed, Lang lang);
// Typed decimals as the stored text ("1.234,50" gives "1234.50"). A dot in Vietnamese is taken for
// the decimal mark where it cannot group ("15.3"); "1.384" is one thousand three hundred and eighty-four.
Result<std::string> parse_decimal(std::string_view typed, Lang lang);

}  // namespace nc::i18n
