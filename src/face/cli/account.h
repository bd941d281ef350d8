// Inside the room: the sub-commands of `account` share what was asked for.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "face/cli/commands.h"
#include "ledger/access/credentials.h"

namespace nc::cli {

struct AccountAsked {
  std::string dir, login, unit, display, line = "command", scope, clearance = "internal";
  std::vector<std::string> roles, confirm;
  bool random = false;
  std::string chain, from, until, to, reason, key;
  std::string name, token;
  std::int64_t days = 90;
  bool writes = false;
};

// Adds a sub-command with the argument `login`.
using AddAccountCommand = std::function<std::pair<CLI::App*, std::shared_ptr<AccountAsked>>(
    const char* name, const std::string& help, std::function<Status(const AccountAsked&)> work)>;

// A password made for one use, printed, with what its holder must know of it.
void print_one_time_password(const Context& context, const access::Credentials& credentials, const std::string& password);

void add_account_recovery(const AddAccountCommand& add, const Context& context);  // the last administrator is gone
void add_account_code(const AddAccountCommand& add, const Context& context);      // the authenticator
void add_account_rights(const AddAccountCommand& add, const Context& context);
void add_account_tokens(const AddAccountCommand& add, const Context& context);  // of programs

}  // namespace nc::cli
