#include "face/web/bulk/bulk.h"

#include <algorithm>
#include <map>
#include <set>

#include "channels/sync/copies.h"
#include "face/web/pages/record_parts.h"
#include "face/web/site.h"
#include "ledger/access/capability_words.h"
#include "ledger/journal/journal.h"
#include "ledger/records/raising.h"

namespace nc::web {
namespace {

std::string state_text(const Visit& visit, const catalog::Type& type, const std::string& id) {
  const auto* state = type.state(id);
  return state ? state->label.in(visit.lang()) : id;
}

std::string value_text(const Visit& visit, const catalog::Field& field, const Json& value) {
  return value.is_null() ? visit.tr("(empty)") : catalog::show_value(field, value, visit.lang(), visit.namer());
}

Steps steps_of(const Visit& visit, const records::RecordView& record) {
  const auto history = load_history(visit, record);
  return history ? steps_for(visit, record, *history) : Steps{};
}

// Of the first type, those that all types of the chosen records have alike and that lie in the part everybody reads.
std::vector<const catalog::Field*> common_choices(const std::set<const catalog::Type*>& types) {
  std::vector<const catalog::Field*> out;
  if (types.empty()) return out;
  for (const auto& field : (*types.begin())->fields) {
    const bool in_all = std::ranges::all_of(types, [&](const auto* type) {
      const auto* same = type->field(field.id);
      return same && same->kind == catalog::FieldKind::kChoice && !same->retired && !same->handling;
    });
    if (in_all) out.push_back(&field);
  }
  return out;
}

std::set<const catalog::Type*> types_of(const std::vector<records::RecordView>& chosen) {
  std::set<const catalog::Type*> out;
  for (const auto& record : chosen)
    if (record.type) out.insert(record.type);
  return out;
}

const catalog::Transition* step_in(const std::vector<records::RecordView>& chosen, const std::string& step) {
  for (const auto& record : chosen)
    if (const auto* transition = record.type ? record.type->transition(step) : nullptr) return transition;
  return nullptr;
}

std::expected<BulkChange, std::string> step_change(const Visit& visit, const records::RecordView& record, const std::string& id) {
  const auto* transition = record.type->transition(id);
  if (!transition) return std::unexpected(visit.tr("Records of this kind have no such step."));
  if (transition->binding) return std::unexpected(visit.tr("It takes a signature: open the record."));
  const auto now = state_text(visit, *record.type, record.state);
  if (std::ranges::find(transition->from, record.state) == transition->from.end())
    return std::unexpected(visit.tr("From the state “{1}” the step is not possible.", now));
  const auto steps = steps_of(visit, record);
  if (std::ranges::find(steps.transitions, transition) == steps.transitions.end())
    return std::unexpected(visit.tr("It is not for you to take."));
  return BulkChange{now, state_text(visit, *record.type, transition->to)};
}

std::expected<BulkChange, std::string> set_change(const Visit& visit, const records::RecordView& record, const BulkAct& act) {
  const auto* field = record.type->field(act.field);
  const auto* option = field && field->kind == catalog::FieldKind::kChoice ? field->option(act.option) : nullptr;
  if (!option || option->retired) return std::unexpected(visit.tr("Records of this kind have no such value."));
  const auto& now = record.values[act.field];
  if (now == Json(act.option)) return std::unexpected(visit.tr("It is so already."));
  const bool in_conflict = std::ranges::any_of(
      record.parts, [&](const auto& part) { return std::ranges::find(part.conflicts, act.field) != part.conflicts.end(); });
  if (in_conflict) return std::unexpected(visit.tr("Two people wrote different things: open the record and decide."));
  if (!steps_of(visit, record).amend) return std::unexpected(visit.tr("It is not for you to change."));
  return BulkChange{value_text(visit, *field, now), value_text(visit, *field, Json(act.option))};
}

std::string handling_text(const Visit& visit, catalog::Handling handling) { return visit.tr(access::handling_words(handling)); }

std::expected<BulkChange, std::string> raise_change(const Visit& visit, const records::RecordView& record, catalog::Handling to) {
  const auto now = static_cast<catalog::Handling>(record.base_part().key.handling);
  if (now >= to) return std::unexpected(visit.tr("It is handled so already, or higher."));
  const auto possible = records::raisable_to(record, visit.who, *visit.world);
  if (std::ranges::find(possible, to) == possible.end()) return std::unexpected(visit.tr("It is not for you to raise."));
  return BulkChange{handling_text(visit, now), handling_text(visit, to)};
}

std::string raise_label(const Visit& visit, catalog::Handling to) { return visit.tr("Raise to “{1}”", handling_text(visit, to)); }

}  // namespace

std::optional<BulkAct> read_act(std::string_view text) {
  BulkAct out{std::string(text), BulkAct::Kind::kVoid, {}, {}, {}, {}};
  if (text == journal::acts::kVoid) return out;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto kind = text.substr(0, colon), rest = text.substr(colon + 1);
  if (kind == "step") {
    out.kind = BulkAct::Kind::kStep;
    out.step = rest;
    return out.step.empty() ? std::nullopt : std::optional(out);
  }
  if (kind == "raise") {
    const auto to = catalog::handling_from_name(rest);
    if (!to || *to == catalog::Handling::kOpen) return std::nullopt;
    out.kind = BulkAct::Kind::kRaise;
    out.to = *to;
    return out;
  }
  const auto second = rest.find(':');
  if (kind != "set" || second == std::string_view::npos) return std::nullopt;
  out.kind = BulkAct::Kind::kSet;
  out.field = rest.substr(0, second);
  out.option = rest.substr(second + 1);
  return out.field.empty() || out.option.empty() ? std::nullopt : std::optional(out);
}

std::vector<BulkChoice> choices_for(const Visit& visit, const std::vector<records::RecordView>& chosen) {
  std::map<std::string, const catalog::Transition*> transitions;
  std::set<catalog::Handling> raise;
  bool void_it = false, amend = false;
  for (const auto& record : chosen) {
    const auto steps = steps_of(visit, record);
    for (const auto* transition : steps.transitions)
      if (!transition->binding) transitions.emplace(transition->id, transition);
    void_it = void_it || (steps.void_it && !record.bound);
    amend = amend || steps.amend;
    for (const auto to : records::raisable_to(record, visit.who, *visit.world)) raise.insert(to);
  }
  std::vector<BulkChoice> out;
  for (const auto& [id, transition] : transitions) out.push_back({"step:" + id, transition->label.in(visit.lang()), visit.tr("Step")});
  if (void_it) out.push_back({std::string(journal::acts::kVoid), visit.tr("Declare void"), visit.tr("Step")});
  for (const auto to : raise)
    out.push_back({"raise:" + std::string(catalog::handling_name(to)), raise_label(visit, to), visit.tr("Handling")});
  if (!amend) return out;
  for (const auto* field : common_choices(types_of(chosen)))
    for (const auto& option : field->options)
      if (!option.retired)
        out.push_back({"set:" + field->id + ":" + option.id, field->label.in(visit.lang()) + ": " + option.label.in(visit.lang()),
                       visit.tr("Set “{1}”", field->label.in(visit.lang()))});
  return out;
}

std::string act_label(const Visit& visit, const BulkAct& act, const std::vector<records::RecordView>& chosen) {
  if (act.kind == BulkAct::Kind::kVoid) return visit.tr("Declare void");
  if (act.kind == BulkAct::Kind::kRaise) return raise_label(visit, act.to);
  if (act.kind == BulkAct::Kind::kStep) {
    const auto* transition = step_in(chosen, act.step);
    return transition ? transition->label.in(visit.lang()) : act.step;
  }
  for (const auto* type : types_of(chosen))
    if (const auto* field = type->field(act.field))
      if (const auto* option = field->option(act.option)) return field->label.in(visit.lang()) + ": " + option->label.in(visit.lang());
  return act.text;
}

bool needs_reason(const BulkAct& act, const std::vector<records::RecordView>& chosen) {
  if (act.kind == BulkAct::Kind::kVoid || act.kind == BulkAct::Kind::kRaise) return true;
  const auto* transition = act.kind == BulkAct::Kind::kStep ? step_in(chosen, act.step) : nullptr;
  return transition && transition->reason;
}

std::expected<BulkChange, std::string> change_of(const Visit& visit, const records::RecordView& record, const BulkAct& act) {
  if (!record.type) return std::unexpected(visit.tr("This node does not know its kind."));
  if (records::withdrawn(record)) return std::unexpected(visit.tr("It was withdrawn."));
  if (act.kind == BulkAct::Kind::kRaise) return raise_change(visit, record, act.to);
  if (record.voided) return std::unexpected(visit.tr("It is void."));
  if (act.kind == BulkAct::Kind::kStep) return step_change(visit, record, act.step);
  if (act.kind == BulkAct::Kind::kSet) return set_change(visit, record, act);
  if (record.bound) return std::unexpected(visit.tr("It takes a signature: open the record."));
  if (!steps_of(visit, record).void_it) return std::unexpected(visit.tr("It is not for you to declare void."));
  return BulkChange{state_text(visit, *record.type, record.state), visit.tr("void")};
}

// Of all nodes that have one of them: which are only told of the withdrawal.
Html warning_of(const Visit& visit, const BulkAct& act, const std::vector<records::RecordView>& chosen) {
  if (act.kind != BulkAct::Kind::kRaise) return {};
  std::set<journal::PartKey> below, above;
  for (const auto& record : chosen) {
    if (!change_of(visit, record, act)) continue;
    for (const auto& part : records::parts_left(record, act.to)) below.insert(part);
    above.insert(records::part_raised_to(record, act.to));
  }
  std::set<NodeId> left;
  for (const auto& part : above) {
    std::vector<journal::PartKey> of_it;
    for (const auto& one : below)
      if (one.audience == part.audience) of_it.push_back(one);
    const auto nodes = sync::copy_holders(visit.ledger(), of_it, part);
    if (!nodes) return notice(Tone::kBad, visit.ui.error_text(nodes.error()));
    for (const auto& node : *nodes)
      if (!node.keeps) left.insert(node.node);
  }
  const auto text = visit.tr("What was handed out stays handed out: printed, exported, on sticks and in calendars.");
  if (left.empty()) return notice(Tone::kWarn, text);
  return notice(
      Tone::kWarn, text,
      visit.ui.trn("{1} node is told only that the records were withdrawn, and keeps what it had in its journal and backups.",
                   "{1} nodes are told only that the records were withdrawn, and keep what they had in their journals and backups.",
                   static_cast<std::int64_t>(left.size())));
}

records::WriteResult carry_out(const Visit& visit, const RecordId& id, const BulkAct& act, const std::string& reason,
                               const std::vector<EntryHash>& seen) {
  if (act.kind == BulkAct::Kind::kSet)
    return visit.ledger().amend(visit.who, {id, seen, Json(JsonObject{{act.field, Json(act.option)}}), {}});
  if (act.kind == BulkAct::Kind::kRaise) return records::raise(visit.ledger(), visit.who, {id, act.to, reason, seen});
  const auto step = act.kind == BulkAct::Kind::kVoid ? std::string(journal::acts::kVoid) : act.step;
  return visit.ledger().transition(visit.who, {id, step, reason, nullptr, std::nullopt, seen});
}

}  // namespace nc::web
