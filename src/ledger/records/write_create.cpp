// New records.
#include <algorithm>

#include "ledger/records/checks.h"
#include "ledger/records/new_record.h"
#include "ledger/records/project.h"
#include "ledger/records/seen.h"
#include "ledger/records/world.h"
#include "ledger/records/writer.h"
#include "ledger/records/writing.h"

namespace nc::records {

WriteResult Writer::create(const access::Subject& who, const Create& what, const Confirmed& confirmed, Plan* ahead) {
  const auto* type = world_->catalog->find(what.type);
  if (!type) return refuse(Error(ErrorCode::kInvalid, NC_MSG("There is no record type “{1}”"), {what.type}).at("type"));
  const bool of_persons = type->creatable || who.console || is_made_for_persons(*type);  // accounts are decided as granting
  if (is_by_program_only(*type) && !(what.by_program && of_persons)) return refuse(by_program_only(*type));
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
  if (ahead != nullptr && ahead->world == world_ && !world_stale_) return carry_out(who, std::move(*ahead));
  const Json typed = with_defaults(*type, what.values);
  journal::PartKey base;
  base.handling = static_cast<journal::HandlingLevel>(what.handling.value_or(type->handling));
  if (what.audience) base.audience = *what.audience;
  else { NC_WRITE_ASSIGN(base.audience, audience_for(*type, typed, who, node_unit_)); }
  NC_WRITE_ASSIGN(Json values, sealed(*type, *what.id, base, typed, Json()));
  NC_WRITE_TRY(well_formed(*type, values));
  return create_record(who, {*what.id, type, std::move(values), base, confirmed, std::nullopt, type->initial_state});
}

WriteResult Writer::create_record(const access::Subject& who, NewRecord what) {
  NC_WRITE_TRY(world(who));
  NC_WRITE_ASSIGN(auto plan, plan_record({world_, holding_.node, world_stale_, &db_}, who, std::move(what)));
  for (const auto& draft : plan.drafts) NC_WRITE_TRY(check_holding(draft.part));
  return carry_out(who, std::move(plan));
}

// Nothing of the record is in the tables yet.
WriteResult Writer::carry_out(const access::Subject& who, Plan plan) {
  for (const auto& draft : plan.drafts) NC_WRITE_TRY(take_files(who, draft.part, draft.ready ? draft.ready->body : draft.body, nullptr));
  const bool import = !plan.drafts.empty() && plan.drafts.front().body.origin.has_value();
  std::vector<journal::Stored> entries;
  for (std::size_t i = 0; i < plan.drafts.size(); ++i) {
    NC_WRITE_ASSIGN(auto stored, append(std::move(plan.drafts[i])));
    if (plan.rows) {
      auto& view = plan.rows->view;
      if (i == 0) view.created_ms = stored.entry.header.wall_ms;
      view.changed_ms = stored.entry.header.wall_ms;
      view.arrival = stored.arrival;
      view.parts[i].heads = {stored.entry.hash};
    }
    entries.push_back(std::move(stored));
  }
  if (!plan.rows || entries.front().entry.header.stream.lane == journal::Lane::kAuthority) {
    NC_WRITE_TRY(project(plan.id, entries));
  } else {
    NC_WRITE_TRY(store_rows(db_, *plan.rows, true));
    if (shapes_world(*plan.type)) world_stale_ = true;
    changed_.push_back(std::move(plan.rows->view));
  }
  if (!import) NC_WRITE_TRY(check_tree(*plan.type));
  return Written{plan.id, true, std::move(plan.open_questions), false, audited_change(*plan.type, {})};
}

}  // namespace nc::records
