#include "ledger/records/new_record.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "ledger/records/checks.h"
#include "ledger/records/filling.h"
#include "ledger/records/personal.h"
#include "ledger/records/project.h"
#include "ledger/records/structure.h"
#include "ledger/records/world.h"
#include "ledger/records/writing.h"

namespace nc::records {
namespace {

std::vector<journal::Draft> drafts_of(NewRecord& what, const access::Subject& who, const access::Decision& decision) {
  const auto& type = *what.type;
  std::map<journal::PartKey, journal::Body> bodies;
  bodies[what.base];
  for (auto& [field_id, value] : what.values.as_object()) {
    const auto* field = type.field(field_id);
    auto& body = bodies[part_of_field(*field, what.base)];
    if (field->is_set()) body.add[field_id] = std::move(value.as_array());
    else body.set.emplace(field_id, std::move(value));
  }
  std::vector<journal::Draft> out;
  for (auto& [key, body] : bodies) {
    const auto form = key == what.base ? journal::Form::kAct : journal::Form::kSet;
    journal::Draft draft{what.id, type.id, type.version, key, lane_of(type, key), form, {}, std::move(body)};
    draft.body.origin = what.origin;
    if (key == what.base) {
      draft.body.act = std::string(journal::acts::kCreate);
      draft.body.state = what.state;
      draft.body.confirmed = without_notes(std::move(what.confirmed));
    }
    say_author(draft.body, who, decision);
    out.push_back(std::move(draft));
  }
  return out;
}

}  // namespace

Result<journal::Audience> audience_for(const catalog::Type& type, const Json& values, const access::Subject& who,
                                       const std::optional<UnitId>& node_unit) {
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
  if (units.empty() && node_unit) units.push_back(*node_unit);
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

std::expected<Plan, Refusal> plan_record(const Known& known, const access::Subject& who, NewRecord what) {
  const auto& world = *known.world;
  const auto& type = *what.type;
  if (!is_common(type, what.base.handling))
    return refuse(Error(ErrorCode::kInvalid, NC_MSG("Everybody's rights follow from records of this type: none is handled above its type"))
                      .at("handling")
                      .then(NC_MSG("Put what fewer people may know into a record of another type")));
  RecordView planned;
  planned.type = &type;
  planned.type_id = type.id;
  planned.values = std::move(what.values);  // lent
  auto object = object_of(planned, PartView{what.base, {}, {}, {}, {}, false}, *world.tree);
  what.values = std::move(planned.values);
  object.type_default = type.handling;
  say_what_is_granted(object, type, what.id, what.values);
  say_superior(object, type, what.values, who, world);
  NC_WRITE_TRY(leave_out_new_units(object, who, world, known.db));
  const auto creating = writing_action(type, access::Action::kCreate, object);
  auto decision = access::decide(who, creating, object, *world.tree, *world.catalog);
  if (!decision.allow) return refuse(decision.reason);
  NC_WRITE_TRY(is_his_word(who, type, what.values, decision, world));
  NC_WRITE_TRY(may_fill_all(who, type, what.values, object, world));
  if (const auto highest = highest_part(type, what.values, object); highest > object.handling) {
    object.handling = highest;
    decision = access::decide(who, creating, object, *world.tree, *world.catalog);
    if (!decision.allow) return refuse(decision.reason);
  }
  const auto asked = what.origin ? findings_of : findings_for_person;
  auto weighed = weigh(asked(type, what.values, who.today, *world.tree, Formed::kChecked), {}, {}, what.confirmed, what.origin.has_value());
  if (!weighed.blocking.empty()) return refuse(std::move(weighed.blocking));
  NC_WRITE_TRY(check_structure({known.db, world, known.world_stale, knows(who, world, type), what.base.handling, what.origin.has_value()},
                               type, what.id, Json(), what.values));
  return Plan{known.world, what.id, &type, std::move(weighed.open_questions), drafts_of(what, who, decision)};
}

std::optional<Plan> plan_ahead(std::shared_ptr<const World> world, const std::optional<UnitId>& node_unit, const Holding& holding, Rng& rng,
                               const access::Subject& who, const Create& what, const Confirmed& confirmed) {
  const auto* type = world->catalog->find(what.type);
  // What has keys, or changes the World itself, waits for its turn.
  if (!type || !type->creatable || has_personal(*type) || shapes_world(*type)) return std::nullopt;
  NewRecord made{*what.id, type, with_defaults(*type, what.values), {}, confirmed, std::nullopt, type->initial_state};
  made.base.handling = static_cast<journal::HandlingLevel>(what.handling.value_or(type->handling));
  auto audience = what.audience ? Result<journal::Audience>(*what.audience) : audience_for(*type, made.values, who, node_unit);
  if (!audience || audience->kind == journal::Audience::Kind::kAuthority || !well_formed(*type, made.values)) return std::nullopt;
  made.base.audience = std::move(*audience);
  auto plan = plan_record({world, false, nullptr}, who, std::move(made));
  if (!plan) return std::nullopt;
  for (auto& draft : plan->drafts) {
    if (!may_hold(*world, holding, static_cast<catalog::Handling>(draft.part.handling))) return std::nullopt;
    auto ready = journal::make_ready(std::move(draft.body), draft.form, rng);
    if (!ready) return std::nullopt;
    draft.ready = std::move(*ready);
  }
  return std::move(*plan);
}

}  // namespace nc::records
