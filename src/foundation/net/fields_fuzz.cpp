// Forms, targets and cookies from outside. Oracles: what was read and written again reads the
// same; what was accepted is UTF-8 and NFC.
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "foundation/net/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto form = nc::net::parse_form(text)) {
    for (const auto& [name, value] : *form) {
      NC_CHECK(nc::is_utf8(name) && nc::is_nfc(name));
      NC_CHECK(nc::is_utf8(value) && nc::is_nfc(value));
    }
    const auto again = nc::net::parse_form(nc::net::form_text(*form));
    NC_CHECK(again && *again == *form);
  }
  // With replacing, only the strict reading's refusal of bad text goes away.
  const auto replaced = nc::net::parse_form(text, nc::net::kFormFieldsMax, nc::net::Unreadable::kReplaced);
  if (const auto strict = nc::net::parse_form(text)) NC_CHECK(replaced && *replaced == *strict);
  if (replaced)
    for (const auto& [name, value] : *replaced) NC_CHECK(nc::is_utf8(name) && nc::is_utf8(value));
  nc::net::Request request;
  if (nc::net::set_target(request, text)) {
    nc::net::Request again;
    NC_CHECK(nc::net::set_target(again, request.target()));
    NC_CHECK(again.path == request.path && again.query == request.query);
  }
  for (const auto& [name, value] : nc::net::parse_cookies(text)) NC_CHECK(!name.empty() && value.find(';') == std::string::npos);
  return 0;
}
