// Accounts and their credentials, as the command line handles them.
#pragma once

#include "face/cli/commands.h"
#include "ledger/access/credentials.h"

namespace nc::cli {

Result<std::unique_ptr<access::Credentials>> open_credentials(const std::filesystem::path& dir);

inline constexpr const char* kBothLines = "both";  // a grant along each line

struct NewAccount {
  std::string login, display, unit_code, scope_code, line = "command", clearance = "internal";
  std::vector<std::string> roles;
};
// The account's record and its password. Unknown units and roles are refused by name.
Status create_account(records::Ledger& ledger, const NewAccount& account, const std::string& password,
                      access::PasswordUse use = access::PasswordUse::kOwn);

// One line from standard input, without echo on a terminal.
Result<std::string> read_secret(const Context& context, std::string_view prompt);

}  // namespace nc::cli
