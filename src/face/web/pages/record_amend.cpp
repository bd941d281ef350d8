// The change of a record: only what the person changed is sent, and when somebody was faster both values are shown.
#include "base/limits.h"
#include "face/web/pages/file_parts.h"
#include "face/web/pages/record_entry.h"
#include "face/web/pages/record_parts.h"
#include "face/web/site_pages.h"
#include "ledger/records/duplicates.h"

namespace nc::web {
namespace {

using catalog::Type;

std::string address_of_edit(const RecordId& id) { return "/records/" + id.hex() + "/edit"; }

Json offered_values(const records::RecordView& record) {
  Json out{JsonObject{}};
  // A form never holds what is sealed: left empty, it stays as it is.
  for (const auto& field : record.type->fields)
    if (is_offered(field) && field.kind != catalog::FieldKind::kPersonal && record.values.has(field.id))
      out.set(field.id, record.values[field.id]);
  return out;
}

net::Fields hidden_of(const records::RecordView& record, const Json& base, std::string_view resolve) {
  net::Fields out{{"seen", heads_text(record)}, {"base", canonical(base)}};
  if (!resolve.empty()) out.add("resolve", std::string(resolve));
  return out;
}

net::Fields typed_values(const Visit& visit, const records::RecordView& record) {
  net::Fields out;
  for (const auto& field : record.type->fields)
    if (is_offered(field)) put_typed(visit, field, record.values[field.id], out);
  return out;
}

// What the person changed against what he had before him.
Json changed_values(const Type& type, const Json& base, const Json& typed) {
  Json out{JsonObject{}};
  for (const auto& field : type.fields)
    if (is_offered(field) && !(base[field.id] == typed[field.id])) out.set(field.id, typed[field.id]);
  return out;
}

Result<std::vector<records::RecordView>> duplicates_of_change(const Visit& visit, const records::RecordView& record, const Json& change) {
  Json after = record.values;
  for (const auto& [field, value] : change.as_object()) after.set(field, value);
  return records::newly_likely_duplicates(visit.ledger(), visit.who, *record.type, record.values, after, record.id);
}

bool may_amend(const Visit& visit, const records::RecordView& record, bool resolving) {
  const auto history = load_history(visit, record);
  if (!history || !record.type) return false;
  const auto steps = steps_for(visit, record, *history);
  return resolving ? steps.resolve : steps.amend;
}

net::Response edit_form(Visit& visit, const net::Params& params) {
  const auto record = record_of(visit, params);
  if (!record || !record->type) return visit.not_found();
  const auto resolve = visit.request.query.get("resolve");
  if (!may_amend(visit, *record, !resolve.empty()))
    return visit.refuse(Error(ErrorCode::kDenied, NC_MSG("You may read this record but not change it now"))
                            .then(NC_MSG("Ask the unit in charge, or have it returned to you")));
  FormEntry entry{{*record->type, typed_values(visit, *record), {}, {}, ""}, "", {}, record->id, record->id,
                  hidden_of(*record, offered_values(*record), resolve),      {}, {}};
  if (!resolve.empty()) {
    entry.before = conflict_values(visit, *record);
  } else if (const auto draft = draft_at(visit, address_of_edit(record->id))) {
    // Beside what stands now; that it was written with other values in view is told by the heads it saw.
    entry.state.typed = with_draft(*record->type, std::move(entry.state.typed), *draft);
    if (draft->form.has("seen")) entry.hidden.set("seen", std::string(draft->form.get("seen")));
    entry.before = draft_notice(visit, *draft);
  }
  return show_form(visit, entry);
}

// Somebody else was faster: his values where the person changed nothing, both where both did.
net::Response show_clash(Visit& visit, const RecordId& id, const FormEntry& sent, const Json& base, const Json& mine, const Error& error) {
  const auto now = visit.ledger().read(visit.who, id);
  if (!now || !now->type) return visit.not_found();
  FormEntry entry{{*now->type, sent.state.typed, {}, {}, ""}, "", {}, id, id, {}, {}, {}};
  const auto present = offered_values(*now);
  Html items;
  for (const auto& field : now->type->fields) {
    if (!is_offered(field) || present[field.id] == base[field.id]) continue;
    if (!mine.as_object().contains(field.id)) {
      entry.state.typed = without_field(entry.state.typed, field);
      put_typed(visit, field, present[field.id], entry.state.typed);
      continue;
    }
    const auto label = field.label.in(visit.lang());
    const auto shown = [&](const Json& value) { return value.is_null() ? Html(visit.tr("(empty)")) : visit.value(field, value); };
    items.add(el("li", {}, el("strong", {}, label), el("p", {}, visit.tr("now:"), " ", shown(present[field.id])),
                 el("p", {}, visit.tr("you typed:"), " ", shown(mine[field.id]))));
  }
  if (items.empty()) entry.error = visit.ui.error_text(error);
  else
    entry.before = el("div", {{"class", "notice warn"}, {"role", "alert"}}, el("span", {{"class", "mark"}, {"aria-hidden", "true"}}, "!"),
                      el("div", {},
                         el("p", {},
                            visit.tr("Somebody else changed this record while you were typing. Nothing of yours is saved yet; what you "
                                     "typed is below. Look at both values, then save what is right.")),
                         el("ul", {{"class", "conflicts"}}, items)));
  entry.hidden = hidden_of(*now, present, sent.hidden.get("resolve"));
  return show_form(visit, entry, 409);
}

net::Response amend_record(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto record = record_of(visit, params);
  if (!record || !record->type) return visit.not_found();
  const std::string resolve(form.get("resolve"));
  FormEntry entry{{*record->type, form, {}, {}, std::string(form.get("more"))}, "", {}, record->id, record->id, {}, {}, {}};
  entry.hidden = {{"seen", std::string(form.get("seen"))}, {"base", std::string(form.get("base"))}};
  if (!resolve.empty()) entry.hidden.add("resolve", resolve);
  const auto base = parse_json(form.get("base"), {limits::kFormBodyBytesMax, true});
  if (!base || !base->is_object())
    return visit.refuse(Error(ErrorCode::kInvalid, NC_MSG("The form is incomplete")).then(NC_MSG("Open the record anew")));
  if (resolve.empty())
    if (const auto answer = about_draft(visit, {*record->type, address_of_edit(record->id), &*record, &*base}, form))
      return std::move(*answer);
  if (!form.has("save")) return show_form(visit, entry);
  auto typed = values_from_form(visit, *record->type, form, entry.state.errors);
  put_refused_files(visit, entry.state.errors);
  if (!entry.state.errors.empty()) return show_form(visit, entry, 422);
  add_same_event(visit, form, typed, entry);
  auto mine = changed_values(*record->type, *base, typed);
  records::Amend amend{record->id, heads_from(form.get("seen")), {}, {}};
  if (const auto* field = record->type->field(resolve)) {
    amend.resolve.insert(resolve);
    mine.set(field->id, typed[field->id]);
  }
  amend.values = mine;
  if (ask_about_duplicates(visit, duplicates_of_change(visit, *record, mine), form, entry)) return show_form(visit, entry, 422);
  const auto written = visit.ledger().amend(visit.who, amend, confirmed_from(form));
  if (written) {
    forget_draft(visit, address_of_edit(record->id));
    return visit.go("/records/" + record->id.hex(), written->changed ? "amended" : "same");
  }
  const auto& refusal = written.error();
  if (refusal.error.code == ErrorCode::kNotFound) return visit.not_found();
  if (refusal.error.code == ErrorCode::kConflict && !record->voided)
    return show_clash(visit, record->id, entry, *base, mine, refusal.error);
  place_errors(visit, refusal, entry);
  return show_form(visit, entry, status_of_refusal(refusal.error));
}

}  // namespace

net::Response show_decision(Visit& visit, const records::RecordView& record, const catalog::Field& field, const Json& value,
                            const records::Refusal& refusal) {
  FormEntry entry{{*record.type, typed_values(visit, record), {}, {}, ""}, "", {}, record.id, record.id,
                  hidden_of(record, offered_values(record), field.id),     {}, {}};
  entry.state.typed = without_field(entry.state.typed, field);
  put_typed(visit, field, value, entry.state.typed);
  place_errors(visit, refusal, entry);
  return show_form(visit, entry, status_of_refusal(refusal.error));
}

void add_record_amend_pages(net::Router& router, Site& site) {
  site.add_page(router, "/records/{id}/edit", edit_form);
  site.add_change(router, "/records/{id}/edit", amend_record, Site::Unreadable::kShownAgain);
}

}  // namespace nc::web
