#include "ledger/records/writer.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/term.h"
#include "base/text.h"
#include "ledger/journal/home.h"
#include "ledger/records/checks.h"
#include "ledger/records/personal.h"
#include "ledger/records/seen.h"
#include "ledger/records/structure.h"
#include "ledger/records/world.h"

namespace nc::records {
namespace {

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

std::string state_term(const catalog::Type& type, const std::string& id) {
  const auto* state = type.state(id);
  return state ? label_term(state->label) : id;
}

std::string fields_term(const catalog::Type& type, const std::vector<std::string>& ids) {
  std::vector<std::string> vi, en;
  for (const auto& id : ids) {
    const auto* field = type.field(id);
    vi.push_back(field ? field->label.vi : id);
    en.push_back(field ? field->label.in("en") : id);
  }
  return term(join(en, ", "), join(vi, ", "));
}

// Whoever signs has seen every change that he signs over.
bool saw_all(const std::vector<EntryHash>& seen, const std::map<journal::PartKey, journal::CoveredPart>& over) {
  const auto was_seen = [&](const EntryHash& head) { return std::find(seen.begin(), seen.end(), head) != seen.end(); };
  return seen.empty() || std::all_of(over.begin(), over.end(), [&](const auto& part) {
           return std::all_of(part.second.heads.begin(), part.second.heads.end(), was_seen);
         });
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

// An account record carries rights: whoever changes it grants, and may give no more than he holds.
access::Action writing_action(const catalog::Type& type, access::Action otherwise) {
  return type.feeds == "person-account" ? access::Action::kGrant : otherwise;
}

void say_what_is_granted(access::Object& object, const catalog::Type& type, const RecordId& account, const Json& values) {
  if (type.feeds != "person-account") return;
  const auto* grants = type.slot("grants");
  const auto* clearance = type.slot("clearance");
  object.grantee = account;
  if (grants) object.wanted = grants_of(values[grants->id]);
  if (clearance) object.wanted_clearance = catalog::handling_from_name(values.text(clearance->id)).value_or(catalog::Handling::kOpen);
}

// Whose word it is that a unit is short-handed: the unit's superior's.
void say_superior(access::Object& object, const catalog::Type& type, const Json& values, const access::Subject& who, const World& world) {
  if (type.feeds != "short-handed") return;
  const auto unit = UnitId::from_hex(values.text(type.slot("unit")->id));
  const auto above = unit ? world.tree->parent(*unit, orgtree::Line::kCommand, who.today) : std::nullopt;
  object.owners = {above.value_or(UnitId{})};  // zero: nobody's but the console's
}

// In the author's name, and in that of the person for whom he stood in.
void say_author(journal::Body& body, const access::Subject& who, const access::Decision& decision) {
  body.author = who.person;
  if (!decision.acting_for) return;
  body.confirmed[std::string(notes::kActingFor)] = decision.acting_for->hex();
  body.confirmed[std::string(notes::kDelegation)] = decision.delegation.hex();
}

// What the ledger itself notes there is not for anybody to type.
Confirmed without_notes(Confirmed confirmed) {
  for (const auto note : {notes::kReason, notes::kActingFor, notes::kDelegation, notes::kAlone}) confirmed.erase(std::string(note));
  return confirmed;
}

// What is against the step although he may take it.
std::optional<Error> out_of_place(const RecordView& view, const catalog::Transition* step, const Transition& what) {
  const auto& type = *view.type;
  const Error look_again =
      Error(ErrorCode::kConflict, NC_MSG("Nothing here waits to be confirmed")).then(NC_MSG("Look at the present state of the record"));
  if (step && std::find(step->from.begin(), step->from.end(), view.state) == step->from.end())
    return Error(ErrorCode::kConflict, NC_MSG("The step “{1}” is not possible from the state “{2}”"),
                 {label_term(step->label), state_term(type, view.state)})
        .then(NC_MSG("Look at the present state of the record"));
  if (type.feeds == "person-delegation" && what.act != journal::acts::kVoid)
    return Error(ErrorCode::kConflict, NC_MSG("A delegation that was ended is not taken up again")).then(NC_MSG("Make a new one"));
  if (step && !step->confirms.empty() && (!view.alone || view.alone->confirmed_by)) return look_again;
  if ((!step || step->reason) && trim(what.reason).empty()) return Error(ErrorCode::kInvalid, NC_MSG("Say why")).at("reason");
  return std::nullopt;
}

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

// Himself, and whom he stands in for.
bool is_sole_author(const std::vector<journal::Stored>& entries, const std::set<std::string>& fields, const access::Subject& who) {
  return wrote_one_alone(entries, fields, who.person) || std::any_of(who.grants.begin(), who.grants.end(), [&](const auto& grant) {
           return grant.for_person && wrote_one_alone(entries, fields, *grant.for_person);
         });
}

// What a new record begins with: what was typed, and the type's defaults for fields that were not asked.
Json with_defaults(const catalog::Type& type, const Json& typed) {
  Json values = without_nulls(typed);
  for (const auto& field : type.fields)
    if (!field.default_value.is_null() && !values.has(field.id) && !(typed.is_object() && typed.as_object().contains(field.id)))
      values.set(field.id, field.default_value);
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

bool is_create(const journal::Stored& stored) { return stored.entry.body.act == journal::acts::kCreate; }

}  // namespace

#define NC_WRITE_TRY(expr)                                         \
  do {                                                             \
    auto nc_status_ = (expr);                                      \
    if (!nc_status_) return refuse(std::move(nc_status_).error()); \
  } while (false)
#define NC_WRITE_ASSIGN_IMPL(tmp, decl, expr)      \
  auto tmp = (expr);                               \
  if (!tmp) return refuse(std::move(tmp).error()); \
  decl = std::move(*tmp)
#define NC_WRITE_ASSIGN(decl, expr) NC_WRITE_ASSIGN_IMPL(NC_CONCAT(nc_w_, __LINE__), decl, expr)

// Decisions are made in the tree as it is now. The console's do not depend on the tree, so that an import
// of a thousand units does not build it a thousand times; the commit does (before_commit).
Result<const World*> Writer::world(const access::Subject& who) {
  if (world_stale_ && !who.console) {
    NC_ASSIGN(world_, build_world(db_, world_->catalog));
    world_stale_ = false;
  }
  return world_.get();
}

Result<std::optional<Writer::Loaded>> Writer::load(const RecordId& id) {
  NC_ASSIGN(auto view, load_record(db_, *world_->catalog, id));
  if (!view) return std::optional<Loaded>();
  NC_ASSIGN(auto entries, journal_.entries_of(db_, id));
  return std::optional(Loaded{std::move(*view), std::move(entries)});
}

journal::Lane Writer::lane_of(const catalog::Type& type, const journal::PartKey& part) const {
  if (part.audience.kind == journal::Audience::Kind::kAuthority) return journal::Lane::kAuthority;
  return type.urgent ? journal::Lane::kUrgent : journal::Lane::kOrdinary;
}

// Default audience: what the type says; for own: the lead unit, together with the other own units that
// are named at creation (a joint activity is known to all that took part), at most eight.
Result<journal::Audience> Writer::audience_for(const catalog::Type& type, const Json& values, const access::Subject& who) const {
  if (type.audience == catalog::AudienceDefault::kAll) return journal::Audience::all();
  if (type.audience == catalog::AudienceDefault::kAuthority) return journal::Audience::authority();
  std::vector<UnitId> units;
  const auto* lead = type.slot("lead");
  const auto* own = type.slot("own");
  if (lead)
    if (const auto id = UnitId::from_hex(values.text(lead->id))) units.push_back(*id);
  if (own && values[own->id].is_array())
    for (const auto& element : values[own->id].as_array())
      if (const auto id = UnitId::from_hex(element.text("ref"))) units.push_back(*id);
  if (units.empty() && !who.unit.is_zero()) units.push_back(who.unit);
  if (units.empty() && node_unit_) units.push_back(*node_unit_);
  if (units.empty())
    return fail(Error(ErrorCode::kInvalid, NC_MSG("Nobody would be responsible for this record"))
                    .at(lead ? lead->id : "")
                    .then(NC_MSG("Name the unit in charge")));
  const auto first = units.front();
  std::sort(units.begin(), units.end());
  units.erase(std::unique(units.begin(), units.end()), units.end());
  if (units.size() == 1 || units.size() > limits::kAudienceUnitsMax) return journal::Audience::own(first);
  return journal::Audience{journal::Audience::Kind::kWith, std::move(units)};
}

// Who gives rights names the units over which he may give them, though he reads no record of them.
std::function<bool(const RecordView&)> Writer::knows(const access::Subject& who, const catalog::Type& type) const {
  if (who.console) return {};
  const bool granting = type.feeds == "person-account";
  return [this, who, granting](const RecordView& record) {
    if (granting && access::may_grant_over(who, record.id, *world_->tree, *world_->catalog)) return true;
    return std::any_of(record.parts.begin(), record.parts.end(), [&](const PartView& part) {
      const auto object = object_of(record, part, *world_->tree);
      return access::decide(who, access::Action::kKnow, object, *world_->tree, *world_->catalog).allow;
    });
  };
}

Status Writer::check_holding(const std::map<journal::PartKey, journal::Body>& bodies) {
  for (const auto& [key, body] : bodies) {
    const auto handling = static_cast<catalog::Handling>(key.handling);
    if (world_stale_ && handling == catalog::Handling::kRestricted) {  // a waiver of the same group counts
      NC_ASSIGN(world_, build_world(db_, world_->catalog));
      world_stale_ = false;
    }
    NC_TRY(may_hold(*world_, holding_, handling));
  }
  return {};
}

Result<Json> Writer::sealed(const catalog::Type& type, const RecordId& id, const journal::PartKey& base, const Json& typed,
                            const Json& before) const {
  if (!has_personal(type)) return typed;
  return seal_personal(*person_keys_, type, id, base, typed, before);
}

Result<Json> Writer::opened(const RecordView& view, const Json& values) const {
  if (!has_personal(*view.type)) return values;
  return open_personal(*person_keys_, *view.type, view.id, view.base_part().key, values);
}

Result<journal::Stored> Writer::append(const journal::Draft& draft) {
  auto stored = journal_.append(db_, draft);
  if (stored) return stored;
  NC_ASSIGN(const bool may, journal_.may_write(db_, draft.part));
  if (may || draft.part.audience.units.empty()) return fail(std::move(stored).error());
  const auto* unit = world_->tree->find(draft.part.audience.units.front());
  return fail(Error(ErrorCode::kDenied, NC_MSG("This node may not write for the unit “{1}”"),
                    {unit ? unit->name : draft.part.audience.units.front().hex()})
                  .then(NC_MSG("It writes for its own unit and the units below it: have the record made there, or higher up")));
}

Result<journal::Audience> Writer::audience_within_reach(journal::PartKey part) const {
  if (!node_unit_ || part.audience.units.empty()) return part.audience;
  NC_ASSIGN(const bool may, journal_.may_write(db_, part));
  return may ? part.audience : journal::Audience::own(*node_unit_);
}

Status Writer::check_tree(const catalog::Type& type) {
  return type.feeds == "org-change" ? check_no_new_circle(db_, *world_->catalog, *world_->tree) : Status();
}

// An authority entry may let others in or out, so that what is known of the record is read anew.
Result<RecordView> Writer::project(const RecordId& id, const std::vector<journal::Stored>& entries) {
  const bool authority = entries.back().entry.header.stream.lane == journal::Lane::kAuthority;
  NC_ASSIGN(auto view, authority ? project_record(db_, journal_, *world_, id) : project_entries(db_, journal_, *world_, id, entries));
  if (view.type && shapes_world(*view.type)) world_stale_ = true;
  changed_.push_back(view);
  return view;
}

WriteResult Writer::create(const access::Subject& who, const Create& what, const Confirmed& confirmed) {
  const auto* type = world_->catalog->find(what.type);
  if (!type) return refuse(Error(ErrorCode::kInvalid, NC_MSG("There is no record type “{1}”"), {what.type}).at("type"));
  // Of these a person makes accounts only, which are decided as granting.
  if (!type->creatable && !(what.by_program && (who.console || type->feeds == "person-account")))
    return refuse(
        Error(ErrorCode::kDenied, NC_MSG("Records of the type “{1}” are made by the program only"), {label_term(type->label)}).at("type"));
  NC_WRITE_ASSIGN(const auto existing, load(*what.id));
  if (existing) {
    const bool same = existing->view.type_id == type->id && existing->view.created_by == who.person;
    if (!same) return refuse(Error(ErrorCode::kConflict, NC_MSG("This record id is taken")).then(NC_MSG("Open a new form")));
    NC_WRITE_ASSIGN(const auto first, opened(existing->view, values_at_creation(existing->entries, rank_by(*type))));
    const bool equal = same_values(*type, first, with_defaults(*type, what.values));
    if (equal) return Written{*what.id, false, {}, false};
    return refuse(Error(ErrorCode::kConflict, NC_MSG("A record was saved from this form before, with other values"))
                      .then(NC_MSG("Open that record and amend it, or begin a new form")));
  }
  const Json typed = with_defaults(*type, what.values);
  journal::PartKey base;
  base.handling = static_cast<journal::HandlingLevel>(what.handling.value_or(type->handling));
  if (what.audience) base.audience = *what.audience;
  else { NC_WRITE_ASSIGN(base.audience, audience_for(*type, typed, who)); }
  NC_WRITE_ASSIGN(const Json values, sealed(*type, *what.id, base, typed, Json()));
  NC_WRITE_TRY(well_formed(*type, values));
  return create_record(who, *what.id, *type, values, base, confirmed, std::nullopt, type->initial_state);
}

WriteResult Writer::create_record(const access::Subject& who, const RecordId& id, const catalog::Type& type, const Json& values,
                                  const journal::PartKey& base, const Confirmed& confirmed, const std::optional<Digest>& origin,
                                  const std::string& state) {
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  RecordView planned;
  planned.type = &type;
  planned.type_id = type.id;
  planned.values = values;
  auto object = object_of(planned, PartView{base, values, {}, {}, {}, false}, *world_now->tree);
  object.type_default = type.handling;
  say_what_is_granted(object, type, id, values);
  say_superior(object, type, values, who, *world_now);
  const auto decision = access::decide(who, writing_action(type, access::Action::kCreate), object, *world_now->tree, *world_now->catalog);
  if (!decision.allow) return refuse(decision.reason);
  const bool import = origin.has_value();
  auto weighed = weigh(findings_of(type, values, who.today, *world_->tree), {}, {}, confirmed, import);
  if (!weighed.blocking.empty()) return refuse(std::move(weighed.blocking));
  NC_WRITE_TRY(check_structure({db_, *world_->catalog, *world_->tree, knows(who, type)}, type, id, Json(), values));

  std::map<journal::PartKey, journal::Body> bodies;
  bodies[base];
  for (const auto& [field_id, value] : values.as_object()) {
    const auto* field = type.field(field_id);
    auto& body = bodies[part_of_field(*field, base)];
    if (field->is_set()) body.add[field_id] = value.as_array();
    else body.set.emplace(field_id, value);
  }
  NC_WRITE_TRY(check_holding(bodies));
  std::vector<journal::Stored> entries;
  for (auto& [key, body] : bodies) {
    journal::Draft draft{id, type.id,        type.version, key, lane_of(type, key), key == base ? journal::Form::kAct : journal::Form::kSet,
                         {}, std::move(body)};
    draft.body.origin = origin;
    if (key == base) {
      draft.body.act = std::string(journal::acts::kCreate);
      draft.body.state = state;
      draft.body.confirmed = without_notes(confirmed);
    }
    say_author(draft.body, who, decision);
    NC_WRITE_ASSIGN(auto stored, append(draft));
    entries.push_back(std::move(stored));
  }
  NC_WRITE_TRY(project(id, entries));
  if (!import) NC_WRITE_TRY(check_tree(type));
  return Written{id, true, std::move(weighed.open_questions), false, audited_change(type, {})};
}

Status Writer::append_values(const access::Subject& who, Loaded& loaded, const catalog::Type& type, const Json& before, const Json& wanted,
                             const std::map<journal::PartKey, std::vector<EntryHash>>& bases, const Confirmed& confirmed,
                             const std::optional<Digest>& origin, const access::Decision& decision) {
  const auto& view = loaded.view;
  const auto& base_key = view.base_part().key;
  std::map<journal::PartKey, journal::Body> bodies;
  for (const auto& [field_id, value] : wanted.as_object()) {
    const auto* field = type.field(field_id);
    const auto key = part_of_field(*field, base_key);
    if (!field->is_set()) {
      bodies[key].set.emplace(field_id, value);
      continue;
    }
    const auto difference = set_difference_of(before[field_id], value);
    if (!difference.add.empty()) bodies[key].add[field_id] = difference.add;
    if (!difference.remove.empty()) bodies[key].remove[field_id] = difference.remove;
  }
  NC_TRY(check_holding(bodies));
  for (auto& [key, body] : bodies) {
    journal::Draft draft{view.id, type.id, type.version, key, lane_of(type, key), journal::Form::kSet, {}, std::move(body)};
    if (const auto it = bases.find(key); it != bases.end() && draft.lane != journal::Lane::kAuthority) draft.base = it->second;
    draft.body.origin = origin;
    draft.body.confirmed = without_notes(confirmed);
    say_author(draft.body, who, decision);
    NC_ASSIGN(auto stored, append(draft));
    loaded.entries.push_back(std::move(stored));
  }
  return {};
}

WriteResult Writer::amend(const access::Subject& who, const Amend& what, const Confirmed& confirmed) {
  NC_WRITE_ASSIGN(auto loaded, load(what.id));
  if (!loaded || !loaded->view.type) return refuse(not_found());
  const auto& view = loaded->view;
  const auto& type = *view.type;
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  if (!what.values.is_object()) return refuse(Error(ErrorCode::kInvalid, NC_MSG("The values are not an object of fields")));
  Amend change = what;
  // "The same as before" tells what stands there: only its custodian is told.
  const Json before = may_read_personal(who, view, *world_now) ? view.values : Json();
  NC_WRITE_ASSIGN(change.values, sealed(type, what.id, view.base_part().key, what.values, before));
  NC_WRITE_TRY(well_formed(type, without_nulls(change.values)));
  const auto rank_of = rank_by(type);
  NC_WRITE_ASSIGN(const auto seen, seen_state(loaded->entries, view, what.seen, rank_of));
  auto plan = plan_amend(view, seen, change);
  if (!plan.clashes.empty()) {
    return refuse(Error(ErrorCode::kConflict, NC_MSG("Somebody else changed {1} meanwhile"), {fields_term(type, plan.clashes)})
                      .at(plan.clashes.front())
                      .then(NC_MSG("Look at the present values, then decide and save again")));
  }
  Json after = view.values;
  for (const auto& [field, value] : plan.wanted.as_object()) {
    if (value.is_null() || (value.is_array() && value.as_array().empty())) after.erase(field);
    else after.set(field, value);
  }
  // Every part that the change touches is asked about, and resolving a conflict is asked about by itself.
  access::Decision allowed;
  for (const auto& part : parts_touched(view, type, plan.wanted)) {
    auto object = object_of(view, part, *world_now->tree);
    object.amenders = authors_of(loaded->entries);
    object.sole_author = plan.resolves && is_sole_author(loaded->entries, what.resolve, who);
    say_what_is_granted(object, type, view.id, after);
    say_superior(object, type, view.values, who, *world_now);
    const auto action = writing_action(type, plan.resolves ? access::Action::kResolve : access::Action::kAmend);
    const auto decision = access::decide(who, action, object, *world_now->tree, *world_now->catalog);
    if (!decision.allow) return refuse(decision.may_know ? decision.reason : not_found());
    if (!allowed.acting_for) allowed = decision;
  }
  if (view.voided) return refuse(Error(ErrorCode::kConflict, NC_MSG("The record is void")).then(NC_MSG("Restore it before you change it")));
  if (plan.wanted.as_object().empty()) return Written{what.id, false, {}, false};

  std::set<std::string> touched;
  for (const auto& [field, value] : plan.wanted.as_object()) touched.insert(field);
  auto weighed = weigh(findings_of(type, after, who.today, *world_->tree), findings_of(type, view.values, who.today, *world_->tree),
                       touched, confirmed, false);
  if (!weighed.blocking.empty()) return refuse(std::move(weighed.blocking));
  NC_WRITE_TRY(check_structure({db_, *world_->catalog, *world_->tree, knows(who, type)}, type, view.id, view.values, after));
  NC_WRITE_TRY(append_values(who, *loaded, type, seen.values, plan.wanted, seen.heads, confirmed, std::nullopt, allowed));
  NC_WRITE_TRY(project(what.id, loaded->entries));
  NC_WRITE_TRY(check_tree(type));
  return Written{what.id, true, {}, false, audited_change(type, {})};
}

WriteResult Writer::transition(const access::Subject& who, const Transition& what) {
  NC_WRITE_ASSIGN(auto loaded, load(what.id));
  if (!loaded || !loaded->view.type) return refuse(not_found());
  const auto& view = loaded->view;
  const auto& type = *view.type;
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  const auto& base = view.base_part();
  auto object = object_of(view, base, *world_now->tree);
  object.amenders = authors_of(loaded->entries);
  object.signature_present = what.signer != nullptr;
  const bool voiding = what.act == journal::acts::kVoid || what.act == journal::acts::kRestore;
  const auto* transition = type.transition(what.act);
  if (transition) {
    say_step(object, *transition);
    object.entered_by = entered_by(loaded->entries, view.state);
    say_unit_now(object, view, *transition, who, *world_now);
  }
  say_what_is_granted(object, type, view.id, view.values);
  say_superior(object, type, view.values, who, *world_now);
  const bool delegation = type.feeds == "person-delegation";
  if (delegation) {
    object.delegator = PersonId::from_hex(view.values.text(type.slot("principal")->id));
    object.grantee = PersonId::from_hex(view.values.text(type.slot("deputy")->id));
  }
  const auto action = delegation                          ? access::Action::kEndDelegation
                      : voiding                           ? writing_action(type, access::Action::kVoid)
                      : transition && transition->binding ? access::Action::kApprove
                                                          : access::Action::kTransition;
  const auto decision = access::decide(who, action, object, *world_now->tree, *world_now->catalog);
  if (!decision.may_know) return refuse(not_found());
  if (!voiding && !transition)
    return refuse(Error(ErrorCode::kInvalid, NC_MSG("Records of this type know no step “{1}”"), {what.act}).at("act"));
  if (!decision.allow) return refuse(decision.reason);
  if (auto wrong = out_of_place(view, transition, what)) return refuse(std::move(*wrong));
  if (voiding && view.voided == (what.act == journal::acts::kVoid)) return Written{what.id, false, {}, false};

  journal::Draft draft{view.id, type.id, type.version, base.key, lane_of(type, base.key), journal::Form::kAct, base.heads, {}};
  if (draft.lane == journal::Lane::kAuthority) draft.base.clear();
  say_author(draft.body, who, decision);
  draft.body.act = what.act;
  if (transition) draft.body.state = transition->to;
  if (!what.reason.empty()) draft.body.confirmed[std::string(notes::kReason)] = what.reason;
  if (decision.alone) {
    const auto* said = world_now->short_handed_at(unit_in_charge(view, object), who.today, who.minute);
    if (said) draft.body.confirmed[std::string(notes::kAlone)] = said->record.hex();
  }
  // What an approval said is taken back only by a signature as well.
  if (what.signer != nullptr && ((transition && transition->binding) || (voiding && view.bound))) {
    NC_WRITE_ASSIGN(const auto state, journal_.state_of(db_, view.id, rank_by(type)));
    for (const auto& [key, part] : state.parts)
      if (key.handling <= base.key.handling) draft.body.over[key] = {part.heads, journal::values_digest(part)};  // nothing points upward
    if (!saw_all(what.seen, draft.body.over))
      return refuse(
          Error(ErrorCode::kConflict, NC_MSG("The record changed while you looked at it")).then(NC_MSG("Read it again, then sign")));
    draft.body.shown = what.shown;
    draft.body.signature =
        journal::PersonSignature{what.signer->public_key(), what.signer->sign(journal::binding_message(view.id, what.act, draft.body))};
  }
  NC_WRITE_ASSIGN(auto stored, append(draft));
  loaded->entries.push_back(std::move(stored));
  NC_WRITE_TRY(project(what.id, loaded->entries));
  if (what.act == journal::acts::kRestore) NC_WRITE_TRY(check_tree(type));
  return Written{what.id, true, {}, false, audited_change(type, what.act)};
}

WriteResult Writer::import(const access::Subject& who, const Imported& row) {
  const auto* type = world_->catalog->find(row.type);
  if (!type) return refuse(Error(ErrorCode::kInvalid, NC_MSG("There is no record type “{1}”"), {row.type}).at("type"));
  const Json values = without_nulls(row.values);
  NC_WRITE_TRY(well_formed(*type, values));
  for (const auto& field : type->fields)
    if (field.kind == catalog::FieldKind::kPersonal && values.has(field.id))
      return refuse(Error(ErrorCode::kUnsupported, NC_MSG("Personal data are not taken from files"))
                        .at(field.id)
                        .then(NC_MSG("Leave the column out, and enter them in the record")));
  NC_WRITE_ASSIGN(auto loaded, load(row.id));
  if (!loaded) {
    journal::PartKey base;
    base.handling = static_cast<journal::HandlingLevel>(type->handling);
    if (row.audience) base.audience = *row.audience;
    else { NC_WRITE_ASSIGN(base.audience, audience_for(*type, values, who)); }
    NC_WRITE_ASSIGN(base.audience, audience_within_reach(base));
    return create_record(who, row.id, *type, values, base, {}, row.origin, row.state.empty() ? type->initial_state : row.state);
  }
  const auto& view = loaded->view;
  if (view.type_id != type->id)
    return refuse(Error(ErrorCode::kConflict, NC_MSG("The row was imported before as another type, “{1}”"), {view.type_id}).at("type"));
  const bool known = std::any_of(loaded->entries.begin(), loaded->entries.end(),
                                 [&](const auto& stored) { return stored.entry.body.origin == row.origin; });
  auto weighed = weigh(findings_of(*type, values, who.today, *world_->tree), {}, {}, {}, true);
  if (known) return Written{row.id, false, std::move(weighed.open_questions), false};
  if (!weighed.blocking.empty()) return refuse(std::move(weighed.blocking));
  NC_WRITE_TRY(check_structure({db_, *world_->catalog, *world_->tree, knows(who, *type)}, *type, view.id, view.values, values));

  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  auto object = object_of(view, view.base_part(), *world_now->tree);
  const auto decision = access::decide(who, access::Action::kAmend, object, *world_now->tree, *world_now->catalog);
  if (!decision.allow) return refuse(decision.may_know ? decision.reason : not_found());
  Json wanted{JsonObject{}};
  for (const auto& [field, value] : values.as_object())
    if (!(view.values[field] == value)) wanted.set(field, value);
  // What the row said at its last import and says no longer is cleared; what people added stays.
  for (const auto& field : fields_imported_before(loaded->entries))
    if (!values.has(field) && view.values.has(field))
      wanted.set(field, type->field(field) && type->field(field)->is_set() ? Json(JsonArray{}) : Json());
  const bool person = std::any_of(loaded->entries.begin(), loaded->entries.end(),
                                  [](const auto& stored) { return !stored.entry.body.origin && !is_create(stored); });
  if (wanted.as_object().empty()) return Written{row.id, false, std::move(weighed.open_questions), person};
  std::map<journal::PartKey, std::vector<EntryHash>> heads;
  for (const auto& part : view.parts) heads[part.key] = part.heads;
  NC_WRITE_TRY(append_values(who, *loaded, *type, view.values, wanted, heads, {}, row.origin, decision));
  NC_WRITE_TRY(project(row.id, loaded->entries));
  return Written{row.id, true, std::move(weighed.open_questions), person};
}

WriteResult Writer::certify_key(const access::Subject& who, const RecordId& id, const PersonId& person, const PublicKey& key) {
  NC_WRITE_ASSIGN(const auto account, load(person));
  if (!account || !account->view.type) return refuse(not_found());
  const auto types = world_->catalog->feeding("person-key");
  if (types.empty()) return refuse(Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"person-key"}));
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  auto object = object_of(account->view, account->view.base_part(), *world_now->tree);
  say_what_is_granted(object, *account->view.type, person, account->view.values);
  const auto decision = access::decide(who, access::Action::kGrant, object, *world_now->tree, *world_now->catalog);
  if (!decision.allow) return refuse(decision.may_know ? decision.reason : not_found());
  Json values{JsonObject{}};
  values.set("person", person.hex()).set("public_key", key.hex());
  if (const auto& unit = account->view.slot("unit"); unit.is_string()) values.set("unit", unit);
  const auto rights = signing_rights(object.wanted, *world_now->catalog);
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
  if (who.person != person || who.strength != access::Strength::kStepUp) {
    auto object = object_of(account->view, account->view.base_part(), *world_now->tree);
    say_what_is_granted(object, *account->view.type, person, account->view.values);
    const auto decision = access::decide(who, access::Action::kGrant, object, *world_now->tree, *world_now->catalog);
    if (!decision.allow) return refuse(decision.may_know ? decision.reason : not_found());
  }
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
  const Json values = delegation_values(type, who.person, what);
  NC_WRITE_TRY(well_formed(type, values));
  const journal::PartKey key{static_cast<journal::HandlingLevel>(type.handling), journal::Audience::authority()};
  journal::Draft draft{id, type.id, type.version, key, journal::Lane::kAuthority, journal::Form::kAct, {}, {}};
  draft.body.author = who.person;
  draft.body.act = std::string(journal::acts::kCreate);
  draft.body.state = type.initial_state;
  draft.body.set = values.as_object();
  draft.body.over[key] = {{}, journal::values_digest({})};
  draft.body.signature =
      journal::PersonSignature{what.signer->public_key(), what.signer->sign(journal::binding_message(id, draft.body.act, draft.body))};
  NC_WRITE_ASSIGN(const auto stored, append(draft));
  NC_WRITE_TRY(project(id, {stored}));
  return Written{id, true, {}, false, access::audited::kAccount};
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

Result<RecordView> project_record(store::Database& db, const journal::Journal& journal, const World& world, const RecordId& id) {
  NC_ASSIGN(const auto entries, journal.entries_of(db, id));
  if (entries.empty()) return fail(ErrorCode::kNotFound, NC_MSG("The journal has no entry of the record {1}"), {id.hex()});
  return project_entries(db, journal, world, id, entries);
}

Result<RecordView> project_entries(store::Database& db, const journal::Journal& journal, const World& world, const RecordId& id,
                                   const std::vector<journal::Stored>& entries) {
  std::vector<const journal::Entry*> all;
  all.reserve(entries.size());
  for (const auto& stored : entries) all.push_back(&stored.entry);
  const auto home = journal::home_of(all);
  if (!home) {
    RecordView nothing;
    nothing.id = id;
    return nothing;
  }
  const auto is_home = [&](const journal::Stored& stored) { return stored.entry.header.stream.part.audience == home->audience; };
  const auto& first = *std::find_if(entries.begin(), entries.end(), is_home);
  const auto& last = *std::find_if(entries.rbegin(), entries.rend(), is_home);
  const auto* type = world.catalog->find(home->type);
  NC_ASSIGN(const auto state, journal.state_of(db, entries, type ? rank_by(*type) : journal::RankOf([](std::string_view) { return 0; })));
  const Meta meta{first.entry.header.wall_ms, last.entry.header.wall_ms, last.arrival, first.entry.body.author,
                  alone_of(type, entries, state)};
  return write_record(db, *world.catalog, id, home->type, state, meta);
}

}  // namespace nc::records
