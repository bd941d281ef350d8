// Inside the room: the sub-commands of `account` share what was asked for.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "face/cli/commands.h"

namespace nc::cli {

struct AccountAsked {
  std::string dir, login, unit, display, line = "command", scope, clearance = "internal";
  std::vector<std::string> roles;
  bool random = false;
  std::string chain, from, until, to, reason, key;
};

// Adds a sub-command with the argument `login`.
using AddAccountCommand = std::function<std::pair<CLI::App*, std::shared_ptr<AccountAsked>>(
    const char* name, const std::string& help, std::function<Status(const AccountAsked&)> work)>;

void add_account_rights(const AddAccountCommand& add, const Context& context);

}  // namespace nc::cli
