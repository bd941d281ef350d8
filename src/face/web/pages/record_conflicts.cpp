// Open conflicts of a record: every value with who wrote it, when and where, and one button each to keep it.
//
// A value is chosen by the entry that set it, under the heads that the page showed; the ledger then takes it as any
// other change. Values of parts that the reader does not see are not here: only the parts of his view are asked.
// Steps of the workflow that were taken side by side are decided in the same way (ledger/records/live_states.h).
#include <algorithm>
#include <set>

#include "face/web/pages/record_entry.h"
#include "face/web/pages/record_parts.h"
#include "face/web/site_pages.h"
#include "foundation/store/database.h"
#include "ledger/journal/journal.h"
#include "ledger/records/live_states.h"

namespace nc::web {
namespace {

struct Conflict {
  const catalog::Field* field = nullptr;
  std::vector<journal::LiveValue> values;
};

bool has_conflicts(const records::RecordView& record) {
  return record.type && std::ranges::any_of(record.parts, [](const auto& part) { return !part.conflicts.empty(); });
}

Result<std::vector<Conflict>> conflicts_of(const Visit& visit, const records::RecordView& record) {
  std::vector<Conflict> out;
  if (!has_conflicts(record)) return out;
  NC_TRY(visit.ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(const auto state, journal.state_of(db, record.id, [](std::string_view) { return 0; }));
    for (const auto& part : record.parts) {
      const auto at = state.parts.find(part.key);
      if (at == state.parts.end()) continue;
      for (const auto& id : part.conflicts) {
        const auto reg = at->second.registers.find(id);
        const auto* field = record.type->field(id);
        if (field && reg != at->second.registers.end()) out.push_back({field, reg->second.live});
      }
    }
    return {};
  }));
  return out;
}

Html value_shown(const Visit& visit, const catalog::Field& field, const Json& value) {
  return value.is_null() ? Html(visit.tr("(empty)")) : visit.value(field, value);
}

// Whoever wrote it, newest last: several when they wrote the same.
Html authors_of(const Visit& visit, const RecordHistory& history, const journal::LiveValue& value) {
  Html out;
  for (const auto& item : history.items) {
    if (std::ranges::find(value.setters, item.hash) == value.setters.end()) continue;
    const auto where = node_text(visit, history, item);
    const auto who = author_text(visit, item) + " · " + visit.ui.datetime(item.wall_ms) + (where.empty() ? "" : " · " + where);
    out.add(el("p", {{"class", "hint"}}, who));
  }
  return out;
}

// The only one who wrote one of the values does not decide between them (access::Object::sole_author).
bool wrote_one_alone(const Visit& visit, const RecordHistory& history, const Conflict& conflict) {
  const auto his = [&](const EntryHash& hash) {
    const auto item = std::ranges::find(history.items, hash, &records::HistoryItem::hash);
    return item != history.items.end() && item->act != journal::acts::kRaise &&
           (item->author == visit.who.person || item->acting_for == visit.who.person);
  };
  return std::ranges::any_of(conflict.values, [&](const auto& value) { return std::ranges::all_of(value.setters, his); });
}

Html keep_button(const Visit& visit, const records::RecordView& record, const Conflict& conflict, const journal::LiveValue& value,
                 std::size_t number) {
  return post_button(visit.tr("Keep value {1}", number), Url::to("/records/" + record.id.hex() + "/resolve"), visit.session.csrf,
                     {{"field", conflict.field->id}, {"setter", value.setters.front().hex()}, {"seen", heads_text(record)}}, "small");
}

Html conflict_item(const Visit& visit, const records::RecordView& record, const RecordHistory& history, const Conflict& conflict) {
  const auto decision = decide_conflict(visit, record, history, wrote_one_alone(visit, history, conflict));
  const bool sealed = conflict.field->kind == catalog::FieldKind::kPersonal;  // only written anew, never copied
  Html values;
  std::size_t number = 0;
  for (const auto& value : conflict.values) {
    ++number;
    values.add(el("li", {}, value_shown(visit, *conflict.field, value.value), authors_of(visit, history, value),
                  decision.allow && !sealed ? keep_button(visit, record, conflict, value, number) : Html()));
  }
  Html out = join(el("strong", {}, conflict.field->label.in(visit.lang())), el("ol", {{"class", "versions"}}, values));
  if (decision.allow)
    out.add(
        button_link(visit.tr("Write another value"), Url::to("/records/" + record.id.hex() + "/edit", {{"resolve", conflict.field->id}})));
  else if (decision.may_know) out.add(hint(visit.ui.error_text(decision.reason)));
  return el("li", {}, out);
}

Html framed(const Visit& visit, const Html& items) {
  return el(
      "div", {{"class", "notice warn"}, {"role", "status"}}, el("span", {{"class", "mark"}, {"aria-hidden", "true"}}, "!"),
      el("div", {},
         el("p", {}, visit.tr("Two people wrote different things without knowing of each other. Both are kept until somebody decides.")),
         el("ul", {{"class", "conflicts"}}, items)));
}

// Steps side by side come from several streams: on one node each is taken after the one before it.
bool may_have_several_states(const RecordHistory& history) {
  std::set<std::string_view> streams;
  for (const auto& item : history.items)
    if (!item.state.empty()) streams.insert(item.stream);
  return streams.size() > 1;
}

Result<std::vector<records::LiveState>> states_of(const Visit& visit, const records::RecordView& record, const RecordHistory& history) {
  std::vector<records::LiveState> out;
  if (!may_have_several_states(history)) return out;
  NC_TRY(visit.ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(out, records::live_states(db, journal, record));
    return {};
  }));
  return out;
}

std::string state_label(const Visit& visit, const records::RecordView& record, const std::string& id) {
  const auto* state = record.type->state(id);
  return state ? state->label.in(visit.lang()) : id;
}

// Who took which step, and a button each to keep where it led.
Html states_item(const Visit& visit, const records::RecordView& record, const RecordHistory& history,
                 const std::vector<records::LiveState>& states) {
  Conflict as_values;  // for the rule about who wrote one of them alone
  for (const auto& live : states) as_values.values.push_back({Json(live.state), live.setters});
  const auto decision = decide_conflict(visit, record, history, wrote_one_alone(visit, history, as_values));
  Html values;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto& live = states[i];
    const auto label = state_label(visit, record, live.state);
    Html value = join(badge(live.binding ? Tone::kGood : Tone::kNeutral, label), authors_of(visit, history, as_values.values[i]));
    if (decision.allow && (live.binding || !record.bound))
      value.add(post_button(visit.tr("Keep “{1}”", label), Url::to("/records/" + record.id.hex() + "/resolve"), visit.session.csrf,
                            {{"state", live.state}, {"seen", heads_text(record)}}, "small"));
    values.add(el("li", {}, value));
  }
  Html out = join(el("strong", {}, visit.tr("Where it stands")),
                  el("p", {}, visit.tr("Two steps were taken side by side. Until somebody decides, the first of these counts.")),
                  el("ol", {{"class", "versions"}}, values));
  if (!decision.allow && decision.may_know) out.add(hint(visit.ui.error_text(decision.reason)));
  else if (decision.allow && record.bound)
    out.add(hint(visit.tr("An approval is in force. To set it aside, reopen the record; that decides as well.")));
  return el("li", {}, out);
}

// The chosen value, by the entry that set it; nothing when it is decided, or was written over meanwhile.
const journal::LiveValue* chosen_of(const std::vector<Conflict>& conflicts, std::string_view field, std::string_view setter) {
  const auto hash = EntryHash::from_hex(setter);
  for (const auto& conflict : conflicts) {
    if (conflict.field->id != field || conflict.field->kind == catalog::FieldKind::kPersonal || !hash) continue;
    for (const auto& value : conflict.values)
      if (std::ranges::find(value.setters, *hash) != value.setters.end()) return &value;
  }
  return nullptr;
}

net::Response keep_state(Visit& visit, const records::RecordView& record, const net::Fields& form) {
  const auto act = records::keep_state(form.get("state"));
  const auto written = visit.ledger().transition(visit.who, {record.id, act, {}, nullptr, std::nullopt, heads_from(form.get("seen"))});
  if (written) return visit.go("/records/" + record.id.hex(), "state-kept");
  const auto& error = written.error().error;
  return error.code == ErrorCode::kNotFound ? visit.not_found() : record_page(visit, record, {"resolve", &error});
}

net::Response resolve(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto record = record_of(visit, params);
  if (!record || !record->type) return visit.not_found();
  if (form.has("state")) return keep_state(visit, *record, form);
  const auto conflicts = conflicts_of(visit, *record);
  if (!conflicts) return visit.refuse(conflicts.error());
  const auto* field = record->type->field(form.get("field"));
  const auto* chosen = chosen_of(*conflicts, form.get("field"), form.get("setter"));
  if (!field || !chosen) {
    const auto gone = Error(ErrorCode::kConflict, NC_MSG("This was decided meanwhile, or somebody wrote another value"))
                          .then(NC_MSG("Look at the present values"));
    return record_page(visit, *record, {"resolve", &gone});
  }
  records::Amend amend{record->id, heads_from(form.get("seen")), Json(JsonObject{{field->id, chosen->value}}), {field->id}};
  const auto written = visit.ledger().amend(visit.who, amend);
  if (written) return visit.go("/records/" + record->id.hex(), written->changed ? "decided" : "same");
  const auto& refusal = written.error();
  if (refusal.error.code == ErrorCode::kNotFound) return visit.not_found();
  if (!refusal.findings.empty()) return show_decision(visit, *record, *field, chosen->value, refusal);
  return record_page(visit, *record, {"resolve", &refusal.error});
}

}  // namespace

Html conflict_values(const Visit& visit, const records::RecordView& record) {
  const auto conflicts = conflicts_of(visit, record);
  if (!conflicts) return notice(Tone::kBad, visit.ui.error_text(conflicts.error()));
  Html items;
  for (const auto& conflict : *conflicts) {
    Html values;
    for (const auto& value : conflict.values) values.add(el("li", {}, value_shown(visit, *conflict.field, value.value)));
    items.add(el("li", {}, el("strong", {}, conflict.field->label.in(visit.lang())), el("ol", {{"class", "versions"}}, values)));
  }
  return items.empty() ? Html() : framed(visit, items);
}

Html conflicts_section(const Visit& visit, const records::RecordView& record, const RecordHistory& history) {
  const auto conflicts = conflicts_of(visit, record);
  if (!conflicts) return notice(Tone::kBad, visit.ui.error_text(conflicts.error()));
  const auto states = states_of(visit, record, history);
  if (!states) return notice(Tone::kBad, visit.ui.error_text(states.error()));
  Html items;
  if (!states->empty()) items.add(states_item(visit, record, history, *states));
  for (const auto& conflict : *conflicts) items.add(conflict_item(visit, record, history, conflict));
  return items.empty() ? Html() : framed(visit, items);
}

void add_record_conflict_page(net::Router& router, Site& site) { site.add_change(router, "/records/{id}/resolve", resolve); }

}  // namespace nc::web
