// Keys of persons, delegations and the program's own facts, in the authority.
#include <algorithm>

#include "base/text.h"
#include "ledger/catalog/values.h"
#include "ledger/records/checks.h"
#include "ledger/records/world.h"
#include "ledger/records/writer.h"
#include "ledger/records/writing.h"

namespace nc::records {
namespace {

Json delegation_values(const catalog::Type& type, const PersonId& principal, const Delegate& what) {
  const auto day = [](const std::optional<std::int32_t>& wanted) {
    return wanted ? catalog::json_from_date({*wanted, DatePrecision::kDay, false}) : Json();
  };
  Json values{JsonObject{}};
  const auto set = [&](const char* slot, Json value) {
    if (const auto* field = type.slot(slot); field && !value.is_null()) values.set(field->id, std::move(value));
  };
  set("principal", principal.hex());
  set("deputy", what.to.hex());
  set("role", what.grant.role);
  set("from", day(what.grant.from));
  set("until", day(what.grant.until));
  if (what.grant.unit) set("unit", what.grant.unit->hex());
  if (what.grant.unit) set("line", std::string(orgtree::line_name(what.grant.line)));
  if (!what.grant.chain.empty()) set("chain", what.grant.chain);
  if (!trim(what.reason).empty() && type.field("reason")) values.set("reason", std::string(trim(what.reason)));
  return values;
}

// What a key is certified for beyond the acts of records: the capabilities that admission asks for by name.
std::string signing_rights(const std::vector<access::Grant>& grants, const catalog::Catalog& catalog) {
  std::string out;
  for (const auto* right : {"erase", "purge"}) {
    const bool held = std::any_of(grants.begin(), grants.end(), [&](const auto& grant) {
      const auto* role = catalog.role(grant.role);
      return role && std::find(role->capabilities.begin(), role->capabilities.end(), right) != role->capabilities.end();
    });
    if (held) out += (out.empty() ? "" : " ") + std::string(right);
  }
  return out;
}

}  // namespace

WriteResult Writer::certify_key(const access::Subject& who, const RecordId& id, const PersonId& person, const PublicKey& key) {
  NC_WRITE_ASSIGN(const auto account, load(person));
  if (!account || !account->view.type) return refuse(not_found());
  const auto types = world_->catalog->feeding("person-key");
  if (types.empty()) return refuse(Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"person-key"}));
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  NC_WRITE_TRY(may_give_all(who, account->view, *world_now));
  Json values{JsonObject{}};
  values.set("person", person.hex()).set("public_key", key.hex());
  if (const auto& unit = account->view.slot("unit"); unit.is_string()) values.set("unit", unit);
  const auto rights = signing_rights(grants_of(account->view.slot("grants")), *world_now->catalog);
  if (!rights.empty()) values.set("rights", rights);
  NC_WRITE_TRY(assert_fact(who.person, id, *types.front(), journal::acts::kCertifyPerson, values));
  return Written{id, true, {}, false, access::audited::kKey};
}

// The act stands on the record of the key itself.
WriteResult Writer::end_key(const access::Subject& who, const PersonId& person, const PublicKey& key, std::string_view why) {
  NC_WRITE_ASSIGN(const auto account, load(person));
  const auto types = world_->catalog->feeding("person-key");
  if (!account || !account->view.type || types.empty()) return refuse(not_found());
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  if (who.person != person || who.strength != access::Strength::kStepUp) NC_WRITE_TRY(may_give_all(who, account->view, *world_now));
  if (trim(why).empty()) return refuse(Error(ErrorCode::kInvalid, NC_MSG("Say why")).at("reason"));
  const auto& type = *types.front();
  NC_WRITE_ASSIGN(const auto keys, load_types(db_, *world_->catalog, {type.id}));
  const auto at = std::find_if(keys.begin(), keys.end(), [&](const RecordView& record) {
    return record.slot("person") == Json(person.hex()) && record.slot("public_key") == Json(key.hex());
  });
  if (at == keys.end())
    return refuse(
        Error(ErrorCode::kNotFound, NC_MSG("No such key is certified for this account")).then(NC_MSG("Look at the list of its keys")));
  if (type.slot("ended") == nullptr)
    return refuse(Error(ErrorCode::kInvalid, NC_MSG("The catalogue of this node is older than the program"))
                      .then(NC_MSG("Use the catalogue that comes with the program")));
  if (at->slot("ended") != Json()) return Written{at->id, false, {}, false};
  Json values{JsonObject{}};
  values.set("person", person.hex()).set("public_key", key.hex()).set(type.slot("ended")->id, std::string(trim(why)));
  NC_WRITE_TRY(assert_fact(who.person, at->id, type, journal::acts::kEndPerson, values));
  return Written{at->id, true, {}, false, access::audited::kKey};
}

WriteResult Writer::delegate(const access::Subject& who, const RecordId& id, const Delegate& what) {
  const auto types = world_->catalog->feeding("person-delegation");
  if (types.empty()) return refuse(Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"person-delegation"}));
  const auto& type = *types.front();
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  if (what.grant.from && what.grant.until && *what.grant.until < *what.grant.from)
    return refuse(Error(ErrorCode::kInvalid, NC_MSG("The last day lies before the first"))
                      .at(type.slot("until")->id)
                      .then(NC_MSG("Check both days")));
  access::Object object;
  object.grantee = what.to;
  object.wanted = {what.grant};
  object.signature_present = what.signer != nullptr;
  const auto decision = access::decide(who, access::Action::kDelegate, object, *world_now->tree, *world_now->catalog);
  if (!decision.allow) return refuse(decision.reason);
  const auto* deputy = world_now->account(what.to);
  if (!deputy || !deputy->live)
    return refuse(
        Error(ErrorCode::kInvalid, NC_MSG("That account does not exist or is closed")).at("deputy").then(NC_MSG("Choose another account")));
  if (access::kept_apart(*deputy, what.grant, *world_now->catalog))
    return refuse(Error(ErrorCode::kDenied, NC_MSG("Whoever runs the node does no work of others with its records, and nobody who works "
                                                   "with them runs it in another's place"))
                      .at("deputy")
                      .then(NC_MSG("Choose another account")));
  const Json values = delegation_values(type, who.person, what);
  NC_WRITE_TRY(well_formed(type, values));
  auto weighed = weigh(findings_of(type, values, who.today, *world_now->tree, Formed::kChecked), {}, {}, what.confirmed, false);
  if (!weighed.blocking.empty()) return refuse(std::move(weighed.blocking));
  const journal::PartKey key{static_cast<journal::HandlingLevel>(type.handling), journal::Audience::authority()};
  journal::Draft draft{id, type.id, type.version, key, journal::Lane::kAuthority, journal::Form::kAct, {}, {}};
  draft.body.author = who.person;
  draft.body.act = std::string(journal::acts::kCreate);
  draft.body.state = type.initial_state;
  draft.body.set = values.as_object();
  draft.body.confirmed = without_notes(what.confirmed);
  draft.body.over[key] = {{}, journal::values_digest({})};
  draft.body.signature =
      journal::PersonSignature{what.signer->public_key(), what.signer->sign(journal::binding_message(id, draft.body.act, draft.body))};
  NC_WRITE_ASSIGN(const auto stored, append(draft));
  NC_WRITE_TRY(project(id, {stored}));
  return Written{id, true, {}, false, access::audited::kAccount};
}

Status Writer::end_what_was_lent(const access::Subject& who, const RecordView& before, const RecordView& after) {
  if (!before.type || before.type->feeds != "person-account") return {};
  // With what the same group of writes changed before.
  NC_ASSIGN(world_, build_world(db_, world_->catalog));
  world_stale_ = false;
  const auto was = subject_of(before), is = subject_of(after);
  for (const auto& one : world_->delegations) {
    if (one.from != before.id || one.grant.until < who.today) continue;
    if (access::still_lends(was, one.grant, who.today, *world_->tree) && access::still_lends(is, one.grant, who.today, *world_->tree))
      continue;
    NC_ASSIGN(auto loaded, load(one.record));
    if (!loaded || !loaded->view.type || loaded->view.voided) continue;
    const auto& view = loaded->view;
    const auto& base = view.base_part();
    journal::Draft draft{view.id, view.type->id, view.type->version, base.key, lane_of(*view.type, base.key), journal::Form::kAct, {}, {}};
    draft.body.author = who.person;
    draft.body.act = std::string(journal::acts::kVoid);
    NC_ASSIGN(auto stored, append(draft));
    loaded->entries.push_back(std::move(stored));
    NC_TRY(project(one.record, loaded->entries));
  }
  return {};
}

Result<RecordId> Writer::assert_fact(const PersonId& author, const RecordId& id, const catalog::Type& type, std::string_view act,
                                     const Json& values) {
  const journal::PartKey key{static_cast<journal::HandlingLevel>(catalog::Handling::kOpen), journal::Audience::authority()};
  journal::Draft draft{id, type.id, type.version, key, journal::Lane::kAuthority, journal::Form::kAct, {}, {}};
  draft.body.author = author;
  draft.body.act = std::string(act);
  draft.body.state = type.initial_state;
  draft.body.set = values.as_object();
  NC_ASSIGN(const auto stored, append(draft));
  NC_TRY(project(id, {stored}));
  return id;
}

}  // namespace nc::records
