#include "face/cli/local.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "face/cli/himself.h"
#include "ledger/access/sign_in_rules.h"
#include "ledger/records/accounts.h"
#include "ledger/records/data_dir.h"

namespace nc::cli {

Result<std::unique_ptr<access::Credentials>> open_credentials(const std::filesystem::path& dir) {
  store::Options options;
  options.create = true;
  options.application_id = records::kLocalApplicationId;
  const records::DataDir data{dir};
  NC_ASSIGN(const auto rules, access::read_sign_in_rules(data.sign_in_rules()));
  NC_ASSIGN(auto db, store::Database::open(data.local(), options));
  return access::Credentials::open(std::move(db), rules);
}

Status create_account(records::Ledger& ledger, const NewAccount& account, const std::string& password, access::PasswordUse use) {
  const auto world = ledger.world();
  const auto* unit = world->tree->by_code(account.unit_code);
  if (!unit) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no unit with the code “{1}”"), {account.unit_code}).at("--unit"));
  const auto* scope = account.scope_code.empty() ? unit : world->tree->by_code(account.scope_code);
  if (!scope) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no unit with the code “{1}”"), {account.scope_code}).at("--scope"));
  records::NewAccount wanted{{}, account.login, account.display, unit->id, {}, {}};
  wanted.clearance = catalog::handling_from_name(account.clearance).value_or(catalog::Handling::kInternal);
  for (const auto& role : account.roles) {
    if (!world->catalog->role(role)) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no role “{1}”"), {role}).at("--role"));
    for (const auto line : {orgtree::Line::kCommand, orgtree::Line::kGuidance}) {
      if (account.line != kBothLines && account.line != orgtree::line_name(line)) continue;
      access::Grant grant;
      grant.role = role;
      grant.unit = scope->id;
      grant.line = line;
      wanted.grants.push_back(std::move(grant));
    }
  }
  const auto written = records::make_account(ledger, ledger.console(), wanted);
  if (!written) return fail(written.error().error);
  NC_ASSIGN(const auto credentials, open_credentials(ledger.dir()));
  return credentials->set_password(written->id, account.login, crypto::SecretString(password), use);
}

Status check_himself(const Context& context, const std::filesystem::path& dir, const std::string& login, const PersonId& person) {
  NC_ASSIGN(const auto password, read_secret(context, NC_MSG("Password: ")));
  NC_ASSIGN(const auto credentials, open_credentials(dir));
  NC_ASSIGN(const auto known, credentials->check_login(login, crypto::SecretString(password)));
  if (known.person != person) return fail(ErrorCode::kDenied, NC_MSG("The login or the password is wrong"));
  if (known.once)
    return fail(Error(ErrorCode::kDenied, NC_MSG("This password is for one use only"))
                    .then(NC_MSG("Log in with it once and set a password of your own")));
  if (!known.code_due) return {};
  NC_ASSIGN(const auto code, read_secret(context, NC_MSG("Code of the authenticator: ")));
  return credentials->check_code(person, code);
}

Result<std::string> read_secret(const Context& context, std::string_view prompt) {
  const bool terminal = isatty(STDIN_FILENO) != 0;
  termios before{};
  if (terminal) {
    context.out() << context.tr(prompt) << std::flush;
    tcgetattr(STDIN_FILENO, &before);
    termios quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  std::string line;
  std::getline(std::cin, line);
  if (terminal) {
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    context.out() << '\n';
  }
  if (line.empty()) return fail(Error(ErrorCode::kInvalid, NC_MSG("No password was given")).then(NC_MSG("Type it on standard input")));
  return line;
}

}  // namespace nc::cli
