// Whether the person at the keyboard is the one in whose name a command acts.
#pragma once

#include "face/cli/commands.h"

namespace nc::cli {

// Asks for the password of the login, and for the code of its authenticator where it has one: whoever holds the files is not yet
// the person. kDenied: it is another, or a password for one use.
Status check_himself(const Context& context, const std::filesystem::path& dir, const std::string& login, const PersonId& person);

}  // namespace nc::cli
