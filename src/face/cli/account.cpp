// account: people of this node, by function: create, list, password, disable.
#include <unistd.h>
#include <iostream>

#include "base/text.h"
#include "face/cli/account.h"
#include "face/cli/choices.h"
#include "face/cli/local.h"
#include "foundation/crypto/token.h"
#include "ledger/records/accounts.h"

namespace nc::cli {
namespace {

using Asked = AccountAsked;

// What the program made, its operator has read as well; what is typed is typed by the person himself.
access::PasswordUse use_of(const Asked& asked) { return asked.random ? access::PasswordUse::kOnce : access::PasswordUse::kOwn; }

Status create(const Context& context, const Asked& asked) {
  NC_TRY(must_be_login("login", asked.login));
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto password,
            asked.random ? Result<std::string>(crypto::random_password(system_rng())) : read_secret(context, NC_MSG("New password: ")));
  NC_TRY(create_account(*ledger, {asked.login, asked.display, asked.unit, asked.scope, asked.line, asked.clearance, asked.roles}, password,
                        use_of(asked)));
  context.out() << context.tr(NC_MSG("The account {1} is made"), asked.login) << '\n';
  if (!asked.random) return {};
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  print_one_time_password(context, *credentials, password);
  return {};
}

Status list(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  const auto world = ledger->world();
  std::vector<std::vector<std::string>> rows;
  for (const auto& [login, subject] : world->accounts) {
    std::vector<std::string> grants;
    for (const auto& grant : subject.grants) {
      const auto* unit = grant.unit ? world->tree->find(*grant.unit) : nullptr;
      grants.push_back(grant.role + (unit ? " (" + unit->code + ", " + std::string(orgtree::line_name(grant.line)) + ")" : ""));
    }
    rows.push_back({login, std::string(catalog::handling_name(subject.clearance)), join(grants, "; "),
                    subject.live ? "" : context.tr(NC_MSG("disabled"))});
  }
  print_table(context.out(), rows);
  return {};
}

Status set_password(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  NC_ASSIGN(auto password,
            asked.random ? Result<std::string>(crypto::random_password(system_rng())) : read_secret(context, NC_MSG("New password: ")));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  NC_TRY(credentials->set_password(subject.person, asked.login, crypto::SecretString(password), use_of(asked)));
  static_cast<void>(ledger->audit().write({ledger->console().person, access::audited::kAccount, subject.person, {}, {}}));
  context.out() << context.tr(NC_MSG("The password of {1} is set; its sessions have ended"), asked.login) << '\n';
  if (asked.random) print_one_time_password(context, *credentials, password);
  return {};
}

Status disable(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  const auto written = records::set_closed(*ledger, ledger->console(), subject.person, true);
  if (!written) return fail(error_of(written.error(), context));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  NC_TRY(credentials->end_access(subject.person));
  context.out() << context.tr(NC_MSG("The account {1} is disabled"), asked.login) << '\n';
  return {};
}

// The secret key stays on this machine, wrapped by the passphrase; the public key goes into the journal.
Status make_key(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  NC_ASSIGN(const auto passphrase, read_secret(context, NC_MSG("Passphrase of the signing key: ")));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  const auto key = crypto::SigningKey::generate(system_rng());
  NC_TRY(credentials->store_person_key(subject.person, key, crypto::SecretString(passphrase)));
  const auto written = ledger->certify_key(ledger->console(), subject.person, key.public_key());
  if (!written) return fail(error_of(written.error(), context));
  context.out() << context.tr(NC_MSG("{1} can now sign; public key {2}"), asked.login, key.public_key().hex()) << '\n';
  return {};
}

}  // namespace

void print_one_time_password(const Context& context, const access::Credentials& credentials, const std::string& password) {
  context.out() << context.tr(NC_MSG("Password: {1}"), password) << '\n';
  const auto days = credentials.once_ms() / (24 * 3'600'000);
  context.out() << context.tr(NC_MSG("It is for one use, within {1} days: at the first log-in its person sets another one"),
                              std::to_string(days))
                << '\n';
}

void add_account(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("account", context.tr(NC_MSG("Accounts of this node")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->require_subcommand(1);
  const auto add = [&](const char* name, const std::string& help, bool login, std::function<Status(const Asked&)> work) {
    auto* sub = command->add_subcommand(name, help);
    if (login) sub->add_option("login", asked->login, context.tr(NC_MSG("Login")))->required();
    sub->callback([=, &context] {
      asked->dir = *dir;
      context.chosen = [=] { return work(*asked); };
    });
    return sub;
  };
  auto* sub = add("create", context.tr(NC_MSG("A new account")), true, [&context](const Asked& a) { return create(context, a); });
  sub->add_option("--unit", asked->unit, context.tr(NC_MSG("Code of the unit the person serves in")))->required();
  sub->add_option("--role", asked->roles, context.tr(NC_MSG("Role, several allowed")))->required();
  sub->add_option("--display", asked->display, context.tr(NC_MSG("Function shown to others; no person's name")));
  sub->add_option("--scope", asked->scope,
                  context.tr(NC_MSG("Code of the unit the rights cover, with all below it; default the own unit")));
  add_choice(*sub, "--line", asked->line, context.tr(NC_MSG("Which line stands over units: command, guidance or both")),
             {"command", "guidance", kBothLines}, context);
  add_choice(*sub, "--clearance", asked->clearance, context.tr(NC_MSG("open, internal or restricted")), {"open", "internal", "restricted"},
             context);
  sub->add_flag("--random-password", asked->random,
                context.tr(NC_MSG("Make a password for one use and print it; else the person types his own")));
  add("list", context.tr(NC_MSG("All accounts with their roles")), false, [&context](const Asked& a) { return list(context, a); });
  sub = add("password", context.tr(NC_MSG("Set a new password")), true, [&context](const Asked& a) { return set_password(context, a); });
  sub->add_flag("--random-password", asked->random,
                context.tr(NC_MSG("Make a password for one use and print it; else the person types his own")));
  add("key", context.tr(NC_MSG("Make a personal signing key for approvals, kept under a passphrase")), true,
      [&context](const Asked& a) { return make_key(context, a); });
  add("disable", context.tr(NC_MSG("Close an account and end its sessions")), true,
      [&context](const Asked& a) { return disable(context, a); });
  const AddAccountCommand add_more = [&](const char* name, const std::string& help, std::function<Status(const Asked&)> work) {
    return std::pair(add(name, help, true, std::move(work)), asked);
  };
  add_account_recovery(add_more, context);
  add_account_rights(add_more, context);
  add_account_code(add_more, context);
  add_account_tokens(add_more, context);
}

}  // namespace nc::cli
