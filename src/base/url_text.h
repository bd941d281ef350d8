// Text in addresses: percent escapes (RFC 3986). Knows nothing of what an address means.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nc {

// All but the unreserved characters of RFC 3986 as %XX.
[[nodiscard]] std::string url_encode(std::string_view text);
// %XX to bytes; with `plus_is_space`, "+" to a space. Nothing on a broken escape. The bytes may be no UTF-8.
[[nodiscard]] std::optional<std::string> url_decode(std::string_view text, bool plus_is_space);

}  // namespace nc
