// How logins are written and compared.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace nc::access {

// NFC, ends trimmed, A to Z small: "Truc.Ban" and "truc.ban" are one login. Precondition: UTF-8.
[[nodiscard]] std::string login_key(std::string_view typed);
// Letters a to z without marks, digits, and . _ - after the first, at most 64; capitals are compared as small
// ones (docs/operations/people.md). kInvalid at "login".
Status check_login_name(std::string_view typed);

}  // namespace nc::access
