// Inside the room only: how logins are compared and how tries are named.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"

namespace nc::access {

// NFC, ends trimmed, A to Z small: "Truc.Ban" and "truc.ban" are one login. Precondition: UTF-8.
[[nodiscard]] std::string login_key(std::string_view typed);
[[nodiscard]] inline std::string login_subject(const std::string& key) { return "login:" + key; }

// The same for PINs.
inline std::string pin_subject(const PersonId& person) { return "pin:" + person.hex(); }

}  // namespace nc::access
