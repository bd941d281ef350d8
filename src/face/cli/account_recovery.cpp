// account recover: the last administrator is gone.
//
// Whoever runs this holds the data directory: its lock and the node's own key, without which nothing is written.
// That is the whole of his authority, and it is written down: in the history of the account, in the audit trail,
// and on the page of every administrator for 90 days.
#include <algorithm>

#include "base/text.h"
#include "face/cli/account.h"
#include "face/cli/local.h"
#include "foundation/crypto/token.h"
#include "ledger/records/accounts.h"
#include "ledger/records/data_dir.h"

namespace nc::cli {
namespace {

// Also of an account that is closed now.
bool administers(access::Subject account, const records::World& world) {
  account.live = true;
  return access::decide(account, access::Action::kAdminister, {}, *world.tree, *world.catalog).allow;
}

Result<std::string> administrators_role(const records::World& world) {
  for (const auto& role : world.catalog->roles())
    if (std::ranges::find(role.capabilities, "administer") != role.capabilities.end()) return role.id;
  return fail(Error(ErrorCode::kNotFound, NC_MSG("The catalogue has no role that administers")));
}

std::vector<std::string> other_administrators(const records::World& world, const std::string& login) {
  std::vector<std::string> out;
  for (const auto& [name, account] : world.accounts)
    if (name != login && account.live && administers(account, world)) out.push_back(name);
  return out;
}

// An administrator's account that is there is opened again; another one is left as it is, because who administers
// reads no records.
Status open_again(const Context& context, records::Ledger& ledger, const access::Subject& account) {
  if (!administers(account, *ledger.world()))
    return fail(Error(ErrorCode::kConflict, NC_MSG("{1} is an account with other rights"), {account.login})
                    .then(NC_MSG("Give a login that is not there yet: an administrator is a function of its own")));
  if (account.live) return {};
  const auto written = records::set_closed(ledger, ledger.console(), account.person, false);
  if (!written) return fail(error_of(written.error(), context));
  return {};
}

Status recover(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto config, records::read_config(records::DataDir{asked.dir}));
  const auto world = ledger->world();
  const auto others = other_administrators(*world, asked.login);
  const auto password = crypto::random_password(system_rng());
  const auto unit = asked.unit.empty() ? config.unit_code : asked.unit;
  const auto at = world->accounts.find(asked.login);
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  if (at == world->accounts.end()) {
    NC_ASSIGN(const auto role, administrators_role(*world));
    // He gives no more than he holds: along both lines, and up to the highest clearance. Records he reads none.
    NC_TRY(create_account(*ledger, {asked.login, asked.display, unit, unit, kBothLines, "restricted", {role}}, password,
                          access::PasswordUse::kOnce));
  } else {
    NC_TRY(open_again(context, *ledger, at->second));
    NC_TRY(credentials->set_password(at->second.person, asked.login, crypto::SecretString(password), access::PasswordUse::kOnce));
  }
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  // Not done in silence: without its row the password is never told.
  NC_TRY(ledger->audit().write({ledger->console().person, access::audited::kRecover, subject.person, {}, {}}));
  context.out() << context.tr(NC_MSG("{1} administers this node"), asked.login) << '\n';
  print_one_time_password(context, *credentials, password);
  context.out() << context.tr(NC_MSG("It stands in the audit trail, and every administrator is told for 90 days")) << '\n';
  if (!others.empty())
    context.out() << context.tr(NC_MSG("Other administrators: {1}; close the account of who is gone with “account disable”"),
                                join(others, ", "))
                  << '\n';
  return {};
}

}  // namespace

void add_account_recovery(const AddAccountCommand& add, const Context& context) {
  auto [sub, asked] =
      add("recover", context.tr(NC_MSG("No administrator is left: make one, or open his account again, on the machine itself")),
          [&context](const AccountAsked& a) { return recover(context, a); });
  sub->add_option("--unit", asked->unit, context.tr(NC_MSG("Code of the unit the person serves in; default the node's")));
  sub->add_option("--display", asked->display, context.tr(NC_MSG("Function shown to others; no person's name")));
}

}  // namespace nc::cli
