// Inside the room only: how tries are named, and what logging in says in more than one place.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/id.h"
#include "ledger/access/login_name.h"

namespace nc::access {

[[nodiscard]] inline std::string login_subject(const std::string& key) { return "login:" + key; }

// The same for PINs, and for codes of an authenticator.
inline std::string code_subject(const PersonId& person) { return "code:" + person.hex(); }
inline std::string pin_subject(const PersonId& person) { return "pin:" + person.hex(); }

// Of a form's token: its random half; the other half is as long.
inline constexpr std::size_t kFormNonceBytes = 16;

// A password for one use has opened its session.
Error used_up();

}  // namespace nc::access
