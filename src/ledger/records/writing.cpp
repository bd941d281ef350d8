#include "ledger/records/writing.h"

#include <algorithm>

#include "base/civil.h"
#include "base/term.h"
#include "base/text.h"
#include "ledger/records/checks.h"
#include "ledger/records/holding.h"
#include "ledger/records/seen.h"
#include "ledger/records/tables.h"
#include "ledger/records/world.h"

namespace nc::records {

std::unexpected<Refusal> refuse(Error error) { return std::unexpected(Refusal{std::move(error), {}}); }
std::unexpected<Refusal> refuse(std::vector<catalog::Finding> findings) {
  Error error = findings_error(findings);
  return std::unexpected(Refusal{std::move(error), std::move(findings)});
}

Error not_found() {
  return Error(ErrorCode::kNotFound, NC_MSG("There is no such record, or it is not for you"))
      .then(NC_MSG("Check the address, or ask your superior for access"));
}

std::string label_term(const catalog::Label& label) { return term(label.in("en"), label.vi); }

Error by_program_only(const catalog::Type& type) {
  return Error(ErrorCode::kDenied, NC_MSG("Records of the type “{1}” are made by the program only"), {label_term(type.label)}).at("type");
}

Json without_nulls(const Json& values) {
  Json out{JsonObject{}};
  if (!values.is_object()) return out;
  for (const auto& [field, value] : values.as_object()) {
    const bool empty_list = value.is_array() && value.as_array().empty();
    if (!value.is_null() && !empty_list) out.set(field, value);
  }
  return out;
}

Status not_withdrawn(const RecordView& view, const access::Subject& who, const World& world) {
  if (view.parts.empty() || !view.parts.back().closed) return {};  // as nearly all: what was left stands last
  bool knows_closed = false;
  for (const auto& part : view.parts) {
    const auto object = object_of(view, part, *world.tree);
    if (!access::decide(who, access::Action::kKnow, object, *world.tree, *world.catalog).allow) continue;
    if (!part.closed) return {};
    knows_closed = true;
  }
  if (!knows_closed) return {};  // then it is answered as absent
  return fail(Error(ErrorCode::kDenied, NC_MSG("The record was withdrawn from this handling"))
                  .then(NC_MSG("Ask your superior, who may see where it is handled now")));
}

Json with_defaults(const catalog::Type& type, const Json& typed) {
  Json values = without_nulls(typed);
  for (const auto& field : type.fields)
    if (!field.default_value.is_null() && !values.has(field.id) && !(typed.is_object() && typed.as_object().contains(field.id)))
      values.set(field.id, field.default_value);
  return values;
}

access::Action writing_action(const catalog::Type& type, access::Action otherwise, access::Object& object) {
  if (type.feeds == "person-account") return access::Action::kGrant;
  if (type.feeds != "handling-waiver") return otherwise;
  object.capability = "waive_volume";
  return access::Action::kTransition;
}

namespace {

// One that is longer counts for nothing: to write it down would end the waiver unnoticed.
Status lasts_no_longer(const catalog::Type& type, const Json& values) {
  const auto day = [&](const char* slot, bool last) {
    const auto date = catalog::date_from_json(values[type.slot(slot)->id]);
    const auto days = date ? extent(*date) : std::nullopt;
    return days ? std::optional(last ? days->last : days->first) : std::nullopt;
  };
  const auto from = day("from", false), until = day("until", true);
  if (from && until && *from <= *until && *until - *from <= kWaiverDaysMax) return {};
  return fail(Error(ErrorCode::kInvalid, NC_MSG("A waiver lasts {1} days at most"), {std::to_string(kWaiverDaysMax)})
                  .at(type.slot("until")->id)
                  .then(NC_MSG("Choose an earlier day; decide anew when it is over")));
}

Status waives_himself(const access::Subject& who, const catalog::Type& type, const Json& values, const access::Decision& decision) {
  NC_TRY(lasts_no_longer(type, values));
  if (who.console) return {};
  const auto& person = type.slot("person")->id;
  if (values.text(person) != who.person.hex())
    return fail(Error(ErrorCode::kDenied, NC_MSG("A waiver is given in one's own name")).at(person));
  if (!decision.acting_for) return {};
  return fail(Error(ErrorCode::kDenied, NC_MSG("A waiver is given by a right of one's own: it would outlast what you hold for another"))
                  .then(NC_MSG("Ask somebody who holds the right himself")));
}

// Whoever is of the unit says so by a right of his own over the unit above, or not at all.
Status is_not_of_the_unit(const access::Subject& who, const catalog::Type& type, const Json& values, const access::Decision& decision,
                          const World& world) {
  const auto& field = type.slot("unit")->id;
  const auto unit = UnitId::from_hex(values.text(field));
  if (!decision.acting_for || !unit || !world.tree->is_under(who.unit, *unit, orgtree::Line::kCommand, who.today)) return {};
  return fail(Error(ErrorCode::kDenied, NC_MSG("A unit does not declare itself short-handed"))
                  .at(field)
                  .then(NC_MSG("Ask the unit above: nobody of the unit says this in another's place")));
}

}  // namespace

Status is_his_word(const access::Subject& who, const catalog::Type& type, const Json& values, const access::Decision& decision,
                   const World& world) {
  if (type.feeds == "handling-waiver") return waives_himself(who, type, values, decision);
  return type.feeds == "short-handed" ? is_not_of_the_unit(who, type, values, decision, world) : Status();
}

void say_what_is_granted(access::Object& object, const catalog::Type& type, const RecordId& account, const Json& values) {
  if (type.feeds != "person-account") return;
  const auto* grants = type.slot("grants");
  const auto* clearance = type.slot("clearance");
  object.grantee = account;
  if (grants)
    for (auto& grant : grants_of(values[grants->id])) object.wanted.push_back(std::move(grant));
  if (clearance)
    object.wanted_clearance =
        std::max(object.wanted_clearance, catalog::handling_from_name(values.text(clearance->id)).value_or(catalog::Handling::kOpen));
}

Status may_give_all(const access::Subject& who, const RecordView& account, const World& world) {
  if (!account.type || account.type->feeds != "person-account") return fail(not_found());
  auto object = object_of(account, account.base_part(), *world.tree);
  say_what_is_granted(object, *account.type, account.id, account.values);
  // What is lent to it, or will be: whoever has its password acts with that too.
  for (const auto& lent : world.delegations)
    if (lent.to == account.id && lent.grant.until.value_or(kDayMax) >= who.today) object.wanted.push_back(lent.grant);
  const auto decision = access::decide(who, access::Action::kGrant, object, *world.tree, *world.catalog);
  if (decision.allow) return {};
  return fail(decision.may_know ? decision.reason : not_found());
}

void say_superior(access::Object& object, const catalog::Type& type, const Json& values, const access::Subject& who, const World& world) {
  if (type.feeds != "short-handed") return;
  const auto unit = UnitId::from_hex(values.text(type.slot("unit")->id));
  const auto above = unit ? world.tree->parent(*unit, orgtree::Line::kCommand, who.today) : std::nullopt;
  object.owners = {above.value_or(UnitId{})};  // zero: nobody's but the console's
}

void say_chain_opened(access::Object& object, const catalog::Type& type, const RecordId& unit, const Json& after,
                      const access::Subject& who, const World& world) {
  const auto* slot = type.feeds == "org-unit" ? type.slot("chain") : nullptr;
  const auto chain = slot ? after.text(slot->id) : std::string();
  const auto* now = world.tree->find(unit);
  if (chain.empty() || (now && now->chain == chain)) return;
  for (const auto& grant : who.grants) {
    if (grant.chain != chain || grant.until.value_or(kDayMax) < who.today) continue;
    object.listed = true;
    object.list_maker.reset();
    object.placed.push_back(grant.unit.value_or(UnitId{}));  // zero, of a grant over the chain alone: nobody's care reaches that
    if (!grant.unit) continue;
    for (const auto& reached : world.tree->scope_as_of(world.tree->renamed_as_of(*grant.unit, who.today), grant.line, who.today))
      object.placed.push_back(reached);
  }
}

namespace {

bool stands_nowhere(const UnitId& unit, const orgtree::OrgTree& tree) {
  using orgtree::Line;
  return tree.links_of(unit).empty() && tree.lineage_of(unit).empty() && tree.scope_as_recorded(unit, Line::kCommand).size() <= 1 &&
         tree.scope_as_recorded(unit, Line::kGuidance).size() <= 1;
}

}  // namespace

Status leave_out_new_units(access::Object& object, const access::Subject& who, const World& world, store::Database* db) {
  if (who.console || db == nullptr) return {};
  std::vector<UnitId> others;
  for (const auto& unit : object.placed) {
    std::optional<RecordView> view;
    if (stands_nowhere(unit, *world.tree)) { NC_ASSIGN(view, load_record(*db, *world.catalog, unit)); }
    if (!view || view->created_by != who.person) others.push_back(unit);
  }
  object.placed = std::move(others);
  return {};
}

void say_author(journal::Body& body, const access::Subject& who, const access::Decision& decision) {
  body.author = who.person;
  if (!decision.acting_for) return;
  body.confirmed[std::string(notes::kActingFor)] = decision.acting_for->hex();
  body.confirmed[std::string(notes::kDelegation)] = decision.delegation.hex();
}

Confirmed without_notes(Confirmed confirmed) {
  for (const auto note : {notes::kReason, notes::kActingFor, notes::kDelegation, notes::kAlone}) confirmed.erase(std::string(note));
  return confirmed;
}

journal::Lane lane_of(const catalog::Type& type, const journal::PartKey& part) {
  if (part.audience.kind == journal::Audience::Kind::kAuthority) return journal::Lane::kAuthority;
  return type.urgent ? journal::Lane::kUrgent : journal::Lane::kOrdinary;
}

std::function<bool(const RecordView&)> knows(const access::Subject& who, const World& world, const catalog::Type& type) {
  if (who.console) return {};
  const bool granting = type.feeds == "person-account";
  return [&who, &world, granting](const RecordView& record) {
    if (granting && access::may_grant_over(who, record.id, *world.tree, *world.catalog)) return true;
    return std::any_of(record.parts.begin(), record.parts.end(), [&](const PartView& part) {
      const auto object = object_of(record, part, *world.tree);
      return access::decide(who, access::Action::kKnow, object, *world.tree, *world.catalog).allow;
    });
  };
}

}  // namespace nc::records
