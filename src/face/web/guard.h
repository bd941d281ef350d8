// Inside the room: what a request must be like before any page looks at it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "foundation/net/message.h"

namespace nc::web {

// "127.0.0.1:8600" of "127.0.0.1" and 8600; the usual port of the scheme is left out, as browsers do.
[[nodiscard]] std::string host_text(std::string_view address, std::uint16_t port, bool tls);
// Host names (small letters) under which a listener at `listen` may be asked.
[[nodiscard]] std::set<std::string, std::less<>> hosts_of_listener(std::string_view listen, bool tls);

enum class Origin {
  kOurs,     // the browser says so
  kUnknown,  // it says nothing (an old browser, a program)
  kForeign,
};
// By Sec-Fetch-Site and Origin.
[[nodiscard]] Origin origin_of(const net::Request& request);

// A path of our own with its query, made anew from what was sent; nothing when it is not one.
[[nodiscard]] std::optional<std::string> own_target(std::string_view text);

}  // namespace nc::web
