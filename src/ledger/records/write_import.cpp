// Rows of imported files: new records, and what changed in the row since its last import.
#include <algorithm>

#include "ledger/records/checks.h"
#include "ledger/records/filling.h"
#include "ledger/records/seen.h"
#include "ledger/records/structure.h"
#include "ledger/records/writer.h"
#include "ledger/records/writing.h"

namespace nc::records {
namespace {

bool is_create(const journal::Stored& stored) { return stored.entry.body.act == journal::acts::kCreate; }

}  // namespace

WriteResult Writer::import(const access::Subject& who, const Imported& row) {
  const auto* type = world_->catalog->find(row.type);
  if (!type) return refuse(Error(ErrorCode::kInvalid, NC_MSG("There is no record type “{1}”"), {row.type}).at("type"));
  if (is_by_program_only(*type)) return refuse(by_program_only(*type));
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
    else { NC_WRITE_ASSIGN(base.audience, audience_for(*type, values, who, node_unit_)); }
    NC_WRITE_ASSIGN(base.audience, audience_within_reach(base));
    return create_record(who, {row.id, type, values, base, {}, row.origin, row.state.empty() ? type->initial_state : row.state});
  }
  const auto& view = loaded->view;
  if (view.type_id != type->id)
    return refuse(Error(ErrorCode::kConflict, NC_MSG("The row was imported before as another type, “{1}”"), {view.type_id}).at("type"));
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  NC_WRITE_TRY(not_withdrawn(view, who, *world_now));
  auto object = object_of(view, view.base_part(), *world_now->tree);
  NC_WRITE_TRY(may_fill_all(who, *type, values, object, *world_now));
  const bool known = std::any_of(loaded->entries.begin(), loaded->entries.end(),
                                 [&](const auto& stored) { return stored.entry.body.origin == row.origin; });
  auto weighed = weigh(findings_of(*type, values, who.today, *world_->tree, Formed::kChecked), {}, {}, {}, true);
  if (known) return Written{row.id, false, std::move(weighed.open_questions), false};
  if (!weighed.blocking.empty()) return refuse(std::move(weighed.blocking));
  NC_WRITE_TRY(check_structure({&db_, *world_, world_stale_, knows(who, *world_, *type), view.base_part().key.handling, true}, *type,
                               view.id, view.values, values));

  Json wanted{JsonObject{}};
  for (const auto& [field, value] : values.as_object())
    if (!(view.values[field] == value)) wanted.set(field, value);
  // What the row said at its last import and says no longer is cleared; what people added stays.
  for (const auto& id : fields_imported_before(loaded->entries)) {
    const auto* field = type->field(id);
    const bool his = !field || may_fill(who, *field, object, *world_now);
    if (his && !values.has(id) && view.values.has(id)) wanted.set(id, field && field->is_set() ? Json(JsonArray{}) : Json());
  }
  object.handling = highest_part(*type, wanted, object);
  say_listed(object, *type, view.id, values, *world_now->tree);
  say_chain_opened(object, *type, view.id, values, who, *world_now);
  NC_WRITE_TRY(leave_out_new_units(object, who, *world_now, &db_));
  const auto decision = access::decide(who, access::Action::kAmend, object, *world_now->tree, *world_now->catalog);
  if (!decision.allow) return refuse(decision.may_know ? decision.reason : not_found());
  NC_WRITE_TRY(is_his_word(who, *type, values, decision, *world_now));
  const bool person = std::any_of(loaded->entries.begin(), loaded->entries.end(),
                                  [](const auto& stored) { return !stored.entry.body.origin && !is_create(stored) && !is_moving(stored); });
  if (wanted.as_object().empty()) return Written{row.id, false, std::move(weighed.open_questions), person};
  std::map<journal::PartKey, std::vector<EntryHash>> heads;
  for (const auto& part : view.parts) heads[part.key] = part.heads;
  NC_WRITE_TRY(append_values(who, *loaded, *type, view.values, wanted, heads, {}, row.origin, decision));
  NC_WRITE_TRY(project(row.id, loaded->entries));
  return Written{row.id, true, std::move(weighed.open_questions), person};
}

}  // namespace nc::records
