// account: what an account may do: grants, standing in for somebody, the end of a key.
#include "base/civil.h"
#include "face/cli/account.h"
#include "face/cli/choices.h"
#include "face/cli/local.h"
#include "ledger/records/accounts.h"

namespace nc::cli {
namespace {

Result<std::optional<std::int32_t>> day_of(const std::string& typed, const char* option, bool last) {
  if (typed.empty()) return std::optional<std::int32_t>();
  const auto date = parse_typed_date(typed);
  const auto days = date ? extent(*date) : std::nullopt;
  if (!days) return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is not a day"), {typed}).at(option).then(NC_MSG("Write 31/12/2024")));
  return std::optional(last ? days->last : days->first);
}

Result<access::Grant> grant_of(const records::World& world, const AccountAsked& asked) {
  access::Grant grant;
  if (asked.roles.size() != 1 || !world.catalog->role(asked.roles.front()))
    return fail(
        Error(ErrorCode::kNotFound, NC_MSG("There is no role “{1}”"), {asked.roles.empty() ? "" : asked.roles.front()}).at("--role"));
  grant.role = asked.roles.front();
  grant.chain = asked.chain;
  grant.line = orgtree::line_from_name(asked.line).value_or(orgtree::Line::kCommand);
  if (!asked.scope.empty()) {
    const auto* unit = world.tree->by_code(asked.scope);
    if (!unit) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no unit with the code “{1}”"), {asked.scope}).at("--scope"));
    grant.unit = unit->id;
  }
  if (!grant.unit && grant.chain.empty())
    return fail(Error(ErrorCode::kUsage, NC_MSG("A grant needs a unit, a counterpart chain, or both")).at("--scope"));
  NC_ASSIGN(grant.from, day_of(asked.from, "--from", false));
  NC_ASSIGN(grant.until, day_of(asked.until, "--to", true));
  return grant;
}

Status grant(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  NC_ASSIGN(const auto wanted, grant_of(*ledger->world(), asked));
  if (const auto written = records::add_grant(*ledger, ledger->console(), subject.person, wanted); !written)
    return fail(error_of(written.error(), context));
  context.out() << context.tr(NC_MSG("{1} now holds the role {2}"), asked.login, wanted.role) << '\n';
  return {};
}

// Every grant of that role is taken back, and with it what was lent of it.
Status revoke(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  const auto role = asked.roles.front();
  if (const auto written = records::take_role(*ledger, ledger->console(), subject.person, role); !written)
    return fail(error_of(written.error(), context).at("--role"));
  context.out() << context.tr(NC_MSG("{1} no longer holds the role {2}"), asked.login, role) << '\n';
  return {};
}

Result<crypto::SigningKey> own_key(const Context& context, const AccountAsked& asked, const PersonId& person) {
  NC_ASSIGN(const auto passphrase, read_secret(context, NC_MSG("Passphrase of the signing key: ")));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  return credentials->unlock_person_key(person, crypto::SecretString(passphrase));
}

Status delegate(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto who, ledger->subject(asked.login, access::Strength::kStepUp));
  NC_ASSIGN(const auto deputy, ledger->subject(asked.to));
  NC_ASSIGN(const auto wanted, grant_of(*ledger->world(), asked));
  NC_ASSIGN(const auto key, own_key(context, asked, who.person));
  const auto written = ledger->delegate(who, {deputy.person, wanted, asked.reason, &key, confirmed_of(asked.confirm)});
  if (!written) return fail(error_of(written.error(), context));
  context.out() << context.tr(NC_MSG("{1} stands in for {2} as {3}; record {4}"), asked.to, asked.login, wanted.role, written->id.hex())
                << '\n';
  return {};
}

Status end_delegation(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto who, ledger->subject(asked.login));
  const auto id = RecordId::from_hex(asked.to);
  if (!id) return fail(Error(ErrorCode::kInvalid, NC_MSG("This is not a record id")).at("record"));
  const auto written = ledger->transition(who, {*id, std::string(journal::acts::kVoid), asked.reason, nullptr});
  if (!written) return fail(error_of(written.error(), context));
  context.out() << context.tr(NC_MSG("The delegation is ended")) << '\n';
  return {};
}

Status end_key(const Context& context, const AccountAsked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto subject, ledger->subject(asked.login));
  auto key = PublicKey::from_hex(asked.key);
  if (asked.key.empty()) {
    NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
    NC_ASSIGN(key, credentials->person_key(subject.person));
  }
  if (!key) return fail(Error(ErrorCode::kInvalid, NC_MSG("This is not a public key")).at("--key"));
  const auto written = ledger->end_key(ledger->console(), subject.person, *key, asked.reason);
  if (!written) return fail(error_of(written.error(), context));
  context.out() << context.tr(NC_MSG("The key {1} signs nothing any more; what it signed before stays valid"), key->hex()) << '\n';
  return {};
}

}  // namespace

void add_account_rights(const AddAccountCommand& add, const Context& context) {
  const auto& tr = context;
  const auto role = [&](CLI::App* sub, const std::shared_ptr<AccountAsked>& asked) {
    sub->add_option("--role", asked->roles, tr.tr(NC_MSG("Role")))->required()->expected(1);
  };
  const auto scope = [&](CLI::App* sub, const std::shared_ptr<AccountAsked>& asked, bool dated) {
    sub->add_option("--scope", asked->scope, tr.tr(NC_MSG("Code of the unit the rights cover, with all below it")));
    sub->add_option("--line", asked->line, tr.tr(NC_MSG("Which line stands over units: command or guidance")))
        ->check(CLI::IsMember({"command", "guidance"}));
    sub->add_option("--chain", asked->chain, tr.tr(NC_MSG("Only what this counterpart chain took part in, e.g. KH-police")));
    auto* from = sub->add_option("--from", asked->from, tr.tr(NC_MSG("First day, month or year")));
    auto* until = sub->add_option("--to", asked->until, tr.tr(NC_MSG("Last day, month or year")));
    if (dated) from->required(), until->required();
  };
  auto [sub, asked] =
      add("grant", tr.tr(NC_MSG("Give an account one more role")), [&context](const AccountAsked& a) { return grant(context, a); });
  role(sub, asked);
  scope(sub, asked, false);
  std::tie(sub, asked) = add("revoke", tr.tr(NC_MSG("Take a role back, and what was lent of it")),
                             [&context](const AccountAsked& a) { return revoke(context, a); });
  role(sub, asked);
  std::tie(sub, asked) = add("delegate", tr.tr(NC_MSG("While away: hand one's own role, or part of it, to another; signed")),
                             [&context](const AccountAsked& a) { return delegate(context, a); });
  sub->add_option("to", asked->to, tr.tr(NC_MSG("Login of who stands in")))->required();
  role(sub, asked);
  scope(sub, asked, true);
  sub->add_option("--reason", asked->reason, tr.tr(NC_MSG("Why")));
  sub->add_option("--confirm", asked->confirm, tr.tr(NC_MSG("QUESTION=REASON for what is unusual but true")));
  std::tie(sub, asked) = add("end-delegation", tr.tr(NC_MSG("End a delegation early")),
                             [&context](const AccountAsked& a) { return end_delegation(context, a); });
  sub->add_option("record", asked->to, tr.tr(NC_MSG("Id of the delegation's record")))->required();
  sub->add_option("--reason", asked->reason, tr.tr(NC_MSG("Why")))->required();
  std::tie(sub, asked) = add("end-key", tr.tr(NC_MSG("A signing key is lost or stolen: it signs nothing any more")),
                             [&context](const AccountAsked& a) { return end_key(context, a); });
  sub->add_option("--key", asked->key, tr.tr(NC_MSG("The public key; default: the one kept on this machine")));
  sub->add_option("--reason", asked->reason, tr.tr(NC_MSG("Why")))->required();
}

}  // namespace nc::cli
