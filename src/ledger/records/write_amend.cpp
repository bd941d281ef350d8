// Changes of values.
#include <algorithm>
#include <set>

#include "base/term.h"
#include "base/text.h"
#include "ledger/records/checks.h"
#include "ledger/records/filling.h"
#include "ledger/records/personal.h"
#include "ledger/records/seen.h"
#include "ledger/records/structure.h"
#include "ledger/records/writer.h"
#include "ledger/records/writing.h"

namespace nc::records {
namespace {

std::string fields_term(const catalog::Type& type, const std::vector<std::string>& ids) {
  std::vector<std::string> vi, en;
  for (const auto& id : ids) {
    const auto* field = type.field(id);
    vi.push_back(field ? field->label.vi : id);
    en.push_back(field ? field->label.in("en") : id);
  }
  return term(join(en, ", "), join(vi, ", "));
}

}  // namespace

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
  for (const auto& [key, body] : bodies) {
    NC_TRY(check_holding(key));
    NC_TRY(take_files(who, key, body, &view));
  }
  for (auto& [key, body] : bodies) {
    journal::Draft draft{view.id, type.id, type.version, key, lane_of(type, key), journal::Form::kSet, {}, std::move(body)};
    if (draft.lane != journal::Lane::kAuthority) draft.base = bases_in(key, view, loaded.entries, bases);
    draft.body.origin = origin;
    draft.body.confirmed = without_notes(confirmed);
    say_author(draft.body, who, decision);
    NC_ASSIGN(auto stored, append(std::move(draft)));
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
  NC_WRITE_TRY(not_withdrawn(view, who, *world_now));
  if (!what.values.is_object()) return refuse(Error(ErrorCode::kInvalid, NC_MSG("The values are not an object of fields")));
  // Before anything is compared with what stands there: neither of a record nor of a part that he may not know is he told.
  auto object = object_of(view, view.base_part(), *world_now->tree);
  const auto amending = writing_action(type, access::Action::kAmend, object);
  if (!access::decide(who, amending, object, *world_now->tree, *world_now->catalog).may_know) return refuse(not_found());
  if (type.feeds == "person-delegation")
    return refuse(Error(ErrorCode::kConflict, NC_MSG("A delegation is not amended: what was signed holds as it was signed"))
                      .then(NC_MSG("End it, and sign a new one")));
  NC_WRITE_TRY(may_fill_all(who, type, what.values, object, *world_now));
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
  object.handling = highest_part(type, plan.wanted, object);
  object.amenders = authors_of(loaded->entries);
  object.sole_author = plan.resolves && of_him_or_absent(who, [&](const PersonId& person) {
                         return wrote_one_alone(loaded->entries, what.resolve, person);
                       });
  say_what_is_granted(object, type, view.id, view.values);
  say_what_is_granted(object, type, view.id, after);
  say_superior(object, type, view.values, who, *world_now);
  say_listed(object, type, view.id, after, *world_now->tree);
  say_chain_opened(object, type, view.id, after, who, *world_now);
  NC_WRITE_TRY(leave_out_new_units(object, who, *world_now, &db_));
  // Resolving a conflict is asked about by itself.
  const auto action = plan.resolves ? writing_action(type, access::Action::kResolve, object) : amending;
  const auto allowed = access::decide(who, action, object, *world_now->tree, *world_now->catalog);
  if (!allowed.allow) return refuse(allowed.may_know ? allowed.reason : not_found());
  NC_WRITE_TRY(is_his_word(who, type, after, allowed, *world_now));
  if (view.voided) return refuse(Error(ErrorCode::kConflict, NC_MSG("The record is void")).then(NC_MSG("Restore it before you change it")));
  if (plan.wanted.as_object().empty()) return Written{what.id, false, {}, false};

  std::set<std::string> touched;
  for (const auto& [field, value] : plan.wanted.as_object()) touched.insert(field);
  auto weighed = weigh(findings_for_person(type, after, who.today, *world_->tree),
                       findings_for_person(type, view.values, who.today, *world_->tree), touched, confirmed, false);
  if (!weighed.blocking.empty()) return refuse(std::move(weighed.blocking));
  NC_WRITE_TRY(check_structure({&db_, *world_, world_stale_, knows(who, *world_, type), view.base_part().key.handling}, type, view.id,
                               view.values, after));
  NC_WRITE_TRY(append_values(who, *loaded, type, seen.values, plan.wanted, seen.heads, confirmed, std::nullopt, allowed));
  NC_WRITE_ASSIGN(const auto changed, project(what.id, loaded->entries));
  NC_WRITE_TRY(end_what_was_lent(who, view, changed));
  NC_WRITE_TRY(check_tree(type));
  return Written{what.id, true, {}, false, audited_change(type, {})};
}

}  // namespace nc::records
