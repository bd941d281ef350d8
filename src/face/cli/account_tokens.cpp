// account: tokens of programs: made, listed, ended.
#include <charconv>

#include "base/clock.h"
#include "base/text.h"
#include "face/cli/account.h"
#include "face/cli/choices.h"
#include "face/cli/local.h"
#include "ledger/records/account_eras.h"

namespace nc::cli {
namespace {

constexpr std::int64_t kDayMs = 24 * 3'600'000;

// What acts for another is touched only after its row in the audit trail.
Status note(const records::Ledger& ledger, const PersonId& person) {
  return ledger.audit().write({ledger.console().person, access::audited::kToken, person, {}, {}});
}

Status make(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  access::TokenTerms terms;
  terms.name = to_nfc(trim(asked.name));
  terms.until_ms = ledger->now_ms() + asked.days * kDayMs;
  terms.reads_only = !asked.writes;
  terms.ceiling = asked.clearance == "open" ? access::Handling::kOpen : access::Handling::kInternal;
  for (const auto& grant : subject.grants)
    for (const auto& role : asked.roles)
      if (grant.role == role && !grant.for_person) terms.grants.push_back(access::grant_key(grant));
  if (!asked.roles.empty() && terms.grants.empty())
    return fail(Error(ErrorCode::kNotFound, NC_MSG("{1} holds no role “{2}”"), {asked.login, asked.roles.front()}).at("--role"));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  records::AccountEras eras;
  NC_TRY(eras.goes_on(*ledger, *credentials, subject.person));  // what was made before a closing does not live on beside it
  NC_TRY(note(*ledger, subject.person));
  NC_ASSIGN(const auto made, credentials->make_token(subject.person, std::move(terms)));
  context.out() << context.tr(NC_MSG("Token: {1}"), made.secret) << '\n';
  context.out() << context.tr(NC_MSG("It is shown this once, and lasts {1} days"), std::to_string(asked.days)) << '\n';
  return {};
}

Status list(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  NC_ASSIGN(const auto tokens, credentials->tokens_of(subject.person));
  std::vector<std::vector<std::string>> rows;
  for (const auto& token : tokens) {
    const auto use = token.terms.use == access::TokenUse::kFeed ? context.tr(NC_MSG("calendar feed"))
                     : token.terms.reads_only                   ? context.tr(NC_MSG("reads only"))
                                                                : context.tr(NC_MSG("reads and writes"));
    const auto seen = token.seen_ms == 0 ? context.tr(NC_MSG("never used")) : context.words.datetime(token.seen_ms);
    rows.push_back({token.id.hex(), token.terms.name, use, std::string(catalog::handling_name(token.terms.ceiling)),
                    context.words.datetime(token.terms.until_ms), seen});
  }
  print_table(context.out(), rows);
  return {};
}

Status end(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  const auto id = access::TokenId::from_hex(asked.token);
  if (!id)
    return fail(Error(ErrorCode::kUsage, NC_MSG("This is not the id of a token")).at("token").then(NC_MSG("Look with “account tokens”")));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  NC_TRY(note(*ledger, subject.person));
  NC_TRY(credentials->end_token(subject.person, *id));
  context.out() << context.tr(NC_MSG("The token has ended")) << '\n';
  return {};
}

}  // namespace

void add_account_tokens(const AddAccountCommand& add, const Context& context) {
  auto [sub, asked] = add("token", context.tr(NC_MSG("Make a token with which a program acts for the account; it is shown once")),
                          [&context](const AccountAsked& a) { return make(context, a); });
  sub->add_option("--name", asked->name, context.tr(NC_MSG("What the token is for")))->required();
  sub->add_option("--days", asked->days, context.tr(NC_MSG("How many days it lasts, 1 to 366; default 90")))->check(CLI::Range(1, 366));
  sub->add_flag("--write", asked->writes, context.tr(NC_MSG("It may also write what needs no signature; else it reads only")));
  add_choice(*sub, "--clearance", asked->clearance, context.tr(NC_MSG("open or internal")), {"open", "internal"}, context);
  sub->add_option("--role", asked->roles, context.tr(NC_MSG("Only with these roles of the account; else with all")));
  add("tokens", context.tr(NC_MSG("Tokens of the account with their ends and last uses")),
      [&context](const AccountAsked& a) { return list(context, a); });
  auto [ending, which] =
      add("end-token", context.tr(NC_MSG("End a token at once")), [&context](const AccountAsked& a) { return end(context, a); });
  ending->add_option("token", which->token, context.tr(NC_MSG("Id of the token, as listed")))->required();
}

}  // namespace nc::cli
