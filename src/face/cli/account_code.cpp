// account: the authenticator of an account, enrolled at the machine by its person, or taken away.
#include <iostream>

#include "face/cli/account.h"
#include "face/cli/local.h"

namespace nc::cli {
namespace {

Status enrol(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  NC_ASSIGN(const auto secret, credentials->begin_second_factor(subject.person));
  context.out() << context.tr(NC_MSG("Key for the authenticator: {1}"), secret) << '\n'
                << "otpauth://totp/Nhip%20Cau:" << subject.login << "?secret=" << secret << "&issuer=Nhip%20Cau\n";
  NC_ASSIGN(const auto code, read_secret(context, NC_MSG("The code that it shows now: ")));
  NC_ASSIGN(const auto recovery, credentials->confirm_second_factor(subject.person, code));
  static_cast<void>(ledger->audit().write({ledger->console().person, access::audited::kAccount, subject.person, {}, {}}));
  context.out() << context.tr(NC_MSG("{1} gives a code from the next log-in on. Recovery codes, each for one use, shown only now:"),
                              asked.login)
                << '\n';
  for (const auto& one : recovery) context.out() << "  " << one << '\n';
  return {};
}

// Written down first: what cannot be written down is not done. The person is told at the next log-in.
Status take_away(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  const auto console = ledger->console().person;
  NC_TRY(ledger->audit().write({console, access::audited::kAccount, subject.person, {}, {}}));
  NC_TRY(credentials->remove_second_factor(subject.person, console));
  context.out() << context.tr(NC_MSG("The authenticator of {1} is taken away; the person is told at the next log-in"), asked.login) << '\n';
  return {};
}

}  // namespace

void add_account_code(const AddAccountCommand& add, const Context& context) {
  add("authenticator", context.tr(NC_MSG("Use an authenticator: its key is shown, its person gives a first code")),
      [&context](const AccountAsked& a) { return enrol(context, a); });
  add("no-authenticator", context.tr(NC_MSG("Take the authenticator away; the person is told")),
      [&context](const AccountAsked& a) { return take_away(context, a); });
}

}  // namespace nc::cli
