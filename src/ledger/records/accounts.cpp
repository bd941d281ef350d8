#include "ledger/records/accounts.h"

#include <algorithm>

#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "ledger/access/login_name.h"
#include "ledger/records/world.h"
#include "ledger/records/writing.h"

namespace nc::records {
namespace {

Json day_value(std::int32_t day) { return catalog::json_from_date({day, DatePrecision::kDay, false}); }

Json row_of(const access::Grant& grant) {
  Json row;
  row.set("role", grant.role);
  if (grant.unit) row.set("unit", grant.unit->hex()).set("line", std::string(orgtree::line_name(grant.line)));
  if (!grant.chain.empty()) row.set("chain", grant.chain);
  if (grant.from) row.set("from", day_value(*grant.from));
  if (grant.until) row.set("until", day_value(*grant.until));
  return row;
}

std::string key_of(const Json& row) { return crypto::sha256(canonical(row)).hex().substr(0, 16); }

// The record is read as the operator reads it: who changes accounts need not read records.
template <typename Change>
WriteResult change_rows(Ledger& ledger, const access::Subject& who, const PersonId& id, const Change& change) {
  const auto account = ledger.read(ledger.console(), id);
  if (!account) return refuse(account.error());
  const auto* field = account->type ? account->type->slot("grants") : nullptr;
  if (!field) return refuse(Error(ErrorCode::kNotFound, NC_MSG("There is no such record, or it is not for you")));
  auto rows = account->values[field->id].is_array() ? account->values[field->id].as_array() : JsonArray{};
  if (auto error = change(rows)) return refuse(std::move(*error));
  Json values;
  values.set(field->id, Json(std::move(rows)));
  return ledger.amend(who, {id, {}, values, {}});
}

std::optional<Error> over_already() {
  return Error(ErrorCode::kNotFound, NC_MSG("That grant is not there any more")).then(NC_MSG("Look at the account anew"));
}

}  // namespace

WriteResult make_account(Ledger& ledger, const access::Subject& who, const NewAccount& account) {
  const auto world = ledger.world();
  const auto types = world->catalog->feeding("person-account");
  if (types.empty()) return refuse(Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"person-account"}));
  const auto& type = *types.front();
  if (auto right = access::check_login_name(account.login); !right) return refuse(std::move(right).error());
  const auto login = access::login_key(account.login);
  const auto taken = world->accounts.find(login);
  const bool from_this_form = taken != world->accounts.end() && account.id && taken->second.person == ledger.id_from_form(who, *account.id);
  if (taken != world->accounts.end() && !from_this_form)
    return refuse(
        Error(ErrorCode::kConflict, NC_MSG("The login “{1}” is taken"), {login}).at("login").then(NC_MSG("Choose another login")));
  Json grants{JsonArray{}};
  for (const auto& grant : account.grants) grants.push(row_of(grant));
  Json values;
  values.set(type.slot("login")->id, login).set(type.slot("unit")->id, account.unit.hex()).set(type.slot("grants")->id, grants);
  values.set(type.slot("clearance")->id, std::string(catalog::handling_name(account.clearance)));
  if (const auto* name = type.field("display")) values.set(name->id, trim(account.display).empty() ? login : account.display);
  return ledger.create(who, {account.id, type.id, values, std::nullopt, std::nullopt, true});
}

std::vector<GrantRow> grant_rows(const Json& value) {
  std::vector<GrantRow> out;
  if (!value.is_array()) return out;
  const auto grants = grants_of(value);
  for (std::size_t i = 0; i < grants.size(); ++i) out.push_back({key_of(value.as_array()[i]), grants[i]});
  return out;
}

std::vector<GrantRow> grant_rows(const RecordView& account) { return grant_rows(account.slot("grants")); }

WriteResult add_grant(Ledger& ledger, const access::Subject& who, const PersonId& account, const access::Grant& grant) {
  const auto row = row_of(grant);
  return change_rows(ledger, who, account, [&](JsonArray& rows) -> std::optional<Error> {
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
    return std::nullopt;
  });
}

WriteResult end_grant(Ledger& ledger, const access::Subject& who, const PersonId& account, std::string_view key, std::int32_t last_day) {
  return change_rows(ledger, who, account, [&](JsonArray& rows) -> std::optional<Error> {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const Json& row) { return key_of(row) == key; });
    if (at == rows.end()) return over_already();
    const auto grant = grants_of(Json(JsonArray{*at})).front();
    if (grant.until && *grant.until <= last_day) return over_already();
    if (grant.from.value_or(kDayMin) > last_day) rows.erase(at);
    else at->set("until", day_value(last_day));
    return std::nullopt;
  });
}

WriteResult take_role(Ledger& ledger, const access::Subject& who, const PersonId& account, std::string_view role) {
  return change_rows(ledger, who, account, [&](JsonArray& rows) -> std::optional<Error> {
    if (std::erase_if(rows, [&](const Json& row) { return row.text("role") == role; }) > 0) return std::nullopt;
    return Error(ErrorCode::kNotFound, NC_MSG("The account holds no role “{1}”"), {std::string(role)}).at("role");
  });
}

Status may_act_on(const Ledger& ledger, const access::Subject& who, const PersonId& account) {
  NC_ASSIGN(const auto record, ledger.read(ledger.console(), account));
  return may_give_all(who, record, *ledger.world());
}

WriteResult set_closed(Ledger& ledger, const access::Subject& who, const PersonId& account, bool closed) {
  const auto record = ledger.read(ledger.console(), account);
  if (!record) return refuse(record.error());
  const auto* field = record->type ? record->type->slot("disabled") : nullptr;
  if (!field) return refuse(Error(ErrorCode::kNotFound, NC_MSG("There is no such record, or it is not for you")));
  Json values;
  values.set(field->id, closed);
  return ledger.amend(who, {account, {}, values, {}});
}

namespace {

std::string account_name(const RecordView& account) {
  const auto* field = account.type ? account.type->field("display") : nullptr;
  const auto name = field ? account.values.text(field->id) : std::string();
  const auto& login = account.slot("login");
  return name.empty() && login.is_string() ? login.as_string() : name;
}

}  // namespace

std::string account_name(const Ledger& ledger, const PersonId& person) {
  const auto record = ledger.read(ledger.console(), person);
  return record ? account_name(*record) : std::string();
}

AuthorWords author_words(const Ledger& ledger, const PersonId& author, std::string_view lang) {
  if (author.is_zero()) return {NC_MSG("the program"), ""};
  const auto console = ledger.console();
  if (author == console.person) return {NC_MSG("the node's command line"), ""};
  const auto record = ledger.read(console, author);
  // The command line of a node writes as the node's own record.
  if (record && record->type && record->type->feeds == "node-key") {
    const auto& unit = record->slot("unit");
    const auto id = unit.is_string() ? UnitId::from_hex(unit.as_string()) : std::nullopt;
    return {NC_MSG("the command line at {1}"), id ? ledger.title(console, *id, lang) : ledger.title(console, author, lang)};
  }
  auto name = record ? account_name(*record) : std::string();
  if (name.empty()) return {"{1}", author.hex().substr(0, 8) + "…"};
  const auto& login = record->slot("login");
  if (login.is_string() && login.as_string() != name) name += " (" + login.as_string() + ")";
  return {"{1}", std::move(name)};
}

AuthorWords author_words(const Ledger& ledger, const HistoryItem& item, std::string_view lang) {
  if (item.purged && item.author.is_zero()) return {NC_MSG("unknown: purged"), ""};
  return author_words(ledger, item.author, lang);
}

}  // namespace nc::records
