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
  const bool planned = ahead != nullptr && ahead->world == world_ && !world_stale_;
  const bool may_wait = planned && waiting_ && waiting_->takes(*what.id);
  if (!may_wait) NC_WRITE_TRY(derive_waiting());
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
  if (planned) return carry_out(who, std::move(*ahead), may_wait);
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
  NC_WRITE_ASSIGN(auto plan, plan_record({world_, world_stale_, &db_}, who, std::move(what)));
  for (const auto& draft : plan.drafts) NC_WRITE_TRY(check_holding(draft.part));
  return carry_out(who, std::move(plan), false);
}

// Nothing of the record is in the tables yet.
WriteResult Writer::carry_out(const access::Subject& who, Plan plan, bool may_wait) {
  for (const auto& draft : plan.drafts) NC_WRITE_TRY(take_files(who, draft.part, draft.ready ? draft.ready->body : draft.body, nullptr));
  const bool import = !plan.drafts.empty() && plan.drafts.front().body.origin.has_value();
  std::vector<journal::Stored> entries;
  for (auto& draft : plan.drafts) {
    NC_WRITE_ASSIGN(auto stored, append(std::move(draft)));
    entries.push_back(std::move(stored));
  }
  const bool plain = entries.front().entry.header.stream.lane != journal::Lane::kAuthority && has_home(entries);
  if (plain && may_wait) {
    waiting_->add(plan.id, std::move(entries));
    return Written{plan.id, true, std::move(plan.open_questions), false, audited_change(*plan.type, {})};
  }
  NC_WRITE_TRY(derive_waiting());
  if (plain) {
    auto rows = rows_of_new(*world_, plan.id, entries);
    NC_WRITE_TRY(store_rows(db_, *rows, true));
    if (shapes_world(*plan.type)) world_stale_ = true;
    changed_.push_back(std::move(rows->view));
  } else {
    NC_WRITE_TRY(project(plan.id, entries));
  }
  if (!import) NC_WRITE_TRY(check_tree(*plan.type));
  return Written{plan.id, true, std::move(plan.open_questions), false, audited_change(*plan.type, {})};
}

}  // namespace nc::records
