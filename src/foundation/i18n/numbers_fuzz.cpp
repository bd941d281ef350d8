// Typed numbers. Oracle: what was read shows as a text that reads the same again.
#include <cstdint>

#include "base/check.h"
#include "foundation/i18n/numbers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc::i18n;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto lang : {Lang::vi, Lang::en}) {
    if (const auto number = parse_number(text, lang)) {
      const auto again = parse_number(number_text(*number, lang), lang);
      NC_CHECK(again && *again == *number);
    }
    if (const auto decimal = parse_decimal(text, lang)) {
      const auto again = parse_decimal(decimal_text(*decimal, lang), lang);
      NC_CHECK(again && *again == *decimal);
    }
  }
  return 0;
}
