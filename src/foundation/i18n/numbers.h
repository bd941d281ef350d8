// Numbers as people write them: 1.384 and 15,3 in Vietnamese, 1,384 and 15.3 in English. What people type is
// read in one place, ledger/catalog (docs/formats/catalogue.md, Typed values).
// Decimals are texts everywhere ("15.3"), never floating point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nc::i18n {

enum class Lang : std::uint8_t { vi, en };

// "vi" or "en".
[[nodiscard]] std::string_view lang_code(Lang lang);
// Vietnamese for anything but "en".
[[nodiscard]] Lang lang_from_code(std::string_view code);

[[nodiscard]] std::string number_text(std::int64_t value, Lang lang);
// `decimal` as stored: "-1234.50". What is not such a text comes back unchanged.
[[nodiscard]] std::string decimal_text(std::string_view decimal, Lang lang);

}  // namespace nc::i18n
