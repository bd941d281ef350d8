// Inside the room only: how logins are compared and how tries are named.
#pragma once

#include <string>
#include <string_view>

namespace nc::access {

// NFC, ends trimmed, A to Z small: "Truc.Ban" and "truc.ban" are one login. Precondition: UTF-8.
[[nodiscard]] std::string login_key(std::string_view typed);
[[nodiscard]] inline std::string login_subject(const std::string& key) { return "login:" + key; }

}  // namespace nc::access
