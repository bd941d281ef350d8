// Marker notation, against the regular expression of the format page.
#include <cstdint>
#include <regex>

#include "base/check.h"
#include "ledger/catalog/values.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64) return 0;  // std::regex recurses by character
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const std::regex kPattern(R"(^([0-9]{1,4})(?:\(([0-9])\))?(?:/([0-9]{1,3})(?:\(([0-9])\))?)?(?:\+([0-9]{1,4}))?$)");
  NC_CHECK(std::regex_match(text, kPattern) == nc::catalog::parse_marker(text).has_value());
  return 0;
}
