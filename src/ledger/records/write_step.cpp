// Steps of a record's workflow, void and restore.
#include <algorithm>

#include "base/term.h"
#include "base/text.h"
#include "ledger/records/checks.h"
#include "ledger/records/holding.h"
#include "ledger/records/live_states.h"
#include "ledger/records/raising.h"
#include "ledger/records/reliance.h"
#include "ledger/records/seen.h"
#include "ledger/records/writer.h"
#include "ledger/records/writing.h"

namespace nc::records {
namespace {

std::string state_term(const catalog::Type& type, const std::string& id) {
  const auto* state = type.state(id);
  return state ? label_term(state->label) : id;
}

// Whoever signs has seen every change that he signs over.
bool saw_all(const std::vector<EntryHash>& seen, const std::map<journal::PartKey, journal::CoveredPart>& over) {
  const auto was_seen = [&](const EntryHash& head) { return std::find(seen.begin(), seen.end(), head) != seen.end(); };
  return seen.empty() || std::all_of(over.begin(), over.end(), [&](const auto& part) {
           return std::all_of(part.second.heads.begin(), part.second.heads.end(), was_seen);
         });
}

// It names what its author has seen; in the authority the journal says what that is.
journal::Draft act_in_base_part(const RecordView& view, const std::vector<journal::Stored>& entries, const access::Subject& who,
                                const access::Decision& decision) {
  const auto& type = *view.type;
  const auto& part = view.base_part().key;
  journal::Draft draft{view.id, type.id, type.version, part, lane_of(type, part), journal::Form::kAct, {}, {}};
  if (draft.lane != journal::Lane::kAuthority) draft.base = bases_in(part, view, entries, heads_of(view));
  say_author(draft.body, who, decision);
  return draft;
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

// That something is gone is told only of parts that he may know of.
bool wrote_what_is_gone(const std::vector<journal::Stored>& entries, const RecordView& view, const access::Subject& who,
                        const World& world) {
  return std::ranges::any_of(view.parts, [&](const PartView& part) {
    const bool gone =
        std::ranges::any_of(entries, [&](const auto& stored) { return stored.purged && stored.entry.header.stream.part == part.key; });
    return gone && access::decide(who, access::Action::kKnow, object_of(view, part, *world.tree), *world.tree, *world.catalog).allow;
  });
}

// One at a time: what takes its place is said when it is given.
Status is_the_only_waiver(const catalog::Type& type, const Json& values, const World& world, std::int32_t today) {
  if (type.feeds != "handling-waiver") return {};
  const auto node = NodeId::from_hex(values.text(type.slot("node")->id));
  if (!node || !waiver_in_force(world, *node, today)) return {};
  return fail(
      Error(ErrorCode::kConflict, NC_MSG("A waiver of this node is in force already")).then(NC_MSG("End that one first, or let it be")));
}

access::Object object_of_step(const RecordView& view, const std::vector<journal::Stored>& entries, const Transition& what,
                              const access::Subject& who, const World& world) {
  const auto& type = *view.type;
  auto object = object_of(view, view.base_part(), *world.tree);
  object.amenders = authors_of(entries);
  object.amender_unknown = wrote_what_is_gone(entries, view, who, world);
  object.signature_present = what.signer != nullptr;
  if (const auto* transition = type.transition(what.act)) {
    say_step(object, *transition);
    object.entered_by = entered_by(entries, view.state);
    say_unit_now(object, view, *transition, who, world);
  }
  say_what_is_granted(object, type, view.id, view.values);
  say_superior(object, type, view.values, who, world);
  if (what.act == journal::acts::kRestore) say_chain_opened(object, type, view.id, view.values, who, world);
  if (type.feeds != "person-delegation") return object;
  object.delegator = PersonId::from_hex(view.values.text(type.slot("principal")->id));
  object.grantee = PersonId::from_hex(view.values.text(type.slot("deputy")->id));
  return object;
}

}  // namespace

WriteResult Writer::transition(const access::Subject& who, const Transition& what) {
  if (const auto state = kept_state(what.act)) return keep_state(who, what, *state);
  if (const auto to = raised_by(what.act)) return raise(who, what, *to);
  NC_WRITE_ASSIGN(auto loaded, load(what.id));
  if (!loaded || !loaded->view.type) return refuse(not_found());
  const auto& view = loaded->view;
  const auto& type = *view.type;
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  NC_WRITE_TRY(not_withdrawn(view, who, *world_now));
  const auto& base = view.base_part();
  auto object = object_of_step(view, loaded->entries, what, who, *world_now);
  const bool voiding = what.act == journal::acts::kVoid || what.act == journal::acts::kRestore;
  const auto* transition = type.transition(what.act);
  NC_WRITE_TRY(leave_out_new_units(object, who, *world_now, &db_));
  std::size_t named_by = 0;
  if (voiding && object.other_side) {
    NC_WRITE_ASSIGN(named_by, records_naming(db_, who, *world_now, view.id));
    if (named_by > 0) object.list_maker.reset();  // others rely on it
  }
  const auto action = type.feeds == "person-delegation"   ? access::Action::kEndDelegation
                      : voiding                           ? writing_action(type, access::Action::kVoid, object)
                      : transition && transition->binding ? access::Action::kApprove
                                                          : access::Action::kTransition;
  const auto decision = access::decide(who, action, object, *world_now->tree, *world_now->catalog);
  if (!decision.may_know) return refuse(not_found());
  if (!voiding && !transition)
    return refuse(Error(ErrorCode::kInvalid, NC_MSG("Records of this type know no step “{1}”"), {what.act}).at("act"));
  if (!decision.allow) return refuse(decision.reason);
  if (auto wrong = out_of_place(view, transition, what)) return refuse(std::move(*wrong));
  if (voiding && view.voided == (what.act == journal::acts::kVoid)) return Written{what.id, false, {}, false};
  if (what.act == journal::acts::kRestore) {
    NC_WRITE_TRY(is_his_word(who, type, view.values, decision, *world_now));
    NC_WRITE_TRY(is_the_only_waiver(type, view.values, *world_now, who.today));
  }
  const auto answer = what.confirmed.find(std::string(kUnitNamed));
  const bool asked = named_by > 0 && what.act == journal::acts::kVoid;
  if (asked && (answer == what.confirmed.end() || trim(answer->second).empty())) return refuse(std::vector{unit_named_question(named_by)});

  auto draft = act_in_base_part(view, loaded->entries, who, decision);
  draft.body.act = what.act;
  if (transition) draft.body.state = transition->to;
  if (!what.reason.empty()) draft.body.confirmed[std::string(notes::kReason)] = what.reason;
  if (asked) draft.body.confirmed[std::string(kUnitNamed)] = answer->second;
  if (decision.alone) {
    const auto* said = world_now->short_handed_at(unit_in_charge(view, object), who.today, who.minute, who.person);
    if (said) draft.body.confirmed[std::string(notes::kAlone)] = said->record.hex();
  }
  // What an approval said is taken back only by a signature as well.
  if (what.signer != nullptr && ((transition && transition->binding) || (voiding && view.bound))) {
    NC_WRITE_ASSIGN(const auto state, journal_.state_of(db_, view.id, rank_by(type)));
    for (const auto& [key, part] : state.parts)
      if (key.handling <= base.key.handling && !part.closed)
        draft.body.over[key] = {part.heads, journal::values_digest(part)};  // nothing points upward
    if (!saw_all(what.seen, draft.body.over))
      return refuse(
          Error(ErrorCode::kConflict, NC_MSG("The record changed while you looked at it")).then(NC_MSG("Read it again, then sign")));
    draft.body.shown = what.shown;
    draft.body.signature =
        journal::PersonSignature{what.signer->public_key(), what.signer->sign(journal::binding_message(view.id, what.act, draft.body))};
  }
  NC_WRITE_ASSIGN(auto stored, append(draft));
  loaded->entries.push_back(std::move(stored));
  NC_WRITE_ASSIGN(const auto changed, project(what.id, loaded->entries));
  NC_WRITE_TRY(end_what_was_lent(who, view, changed));
  if (what.act == journal::acts::kRestore) NC_WRITE_TRY(check_tree(type));
  return Written{what.id, true, {}, false, audited_change(type, what.act)};
}

WriteResult Writer::keep_state(const access::Subject& who, const Transition& what, const std::string& state) {
  NC_WRITE_ASSIGN(auto loaded, load(what.id));
  if (!loaded || !loaded->view.type) return refuse(not_found());
  const auto& view = loaded->view;
  const auto& type = *view.type;
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  NC_WRITE_TRY(not_withdrawn(view, who, *world_now));
  const auto& base = view.base_part();
  const auto states = live_states(loaded->entries, type);
  auto object = object_of(view, base, *world_now->tree);
  object.sole_author = of_him_or_absent(who, [&](const PersonId& person) { return entered_one_alone(loaded->entries, states, person); });
  NC_WRITE_TRY(leave_out_new_units(object, who, *world_now, &db_));
  const auto decision = access::decide(who, access::Action::kResolve, object, *world_now->tree, *world_now->catalog);
  if (!decision.may_know) return refuse(not_found());
  if (!decision.allow) return refuse(decision.reason);
  const auto chosen = std::find_if(states.begin(), states.end(), [&](const LiveState& live) { return live.state == state; });
  const auto was_seen = [&](const EntryHash& head) { return std::find(what.seen.begin(), what.seen.end(), head) != what.seen.end(); };
  if (chosen == states.end() || view.voided || (!what.seen.empty() && !std::all_of(base.heads.begin(), base.heads.end(), was_seen)))
    return refuse(Error(ErrorCode::kConflict, NC_MSG("This was decided meanwhile, or somebody changed the record"))
                      .then(NC_MSG("Look at the present state of the record")));
  if (view.bound && !chosen->binding)
    return refuse(Error(ErrorCode::kConflict, NC_MSG("An approval is in force, and only its state can be kept"))
                      .then(NC_MSG("Keep it, or reopen the record")));
  auto draft = act_in_base_part(view, loaded->entries, who, decision);
  draft.body.act = kKeepState;
  draft.body.state = state;
  NC_WRITE_ASSIGN(auto stored, append(draft));
  loaded->entries.push_back(std::move(stored));
  NC_WRITE_ASSIGN(const auto changed, project(what.id, loaded->entries));
  return Written{what.id, true, {}, false, audited_change(type, kKeepState)};
}

}  // namespace nc::records
