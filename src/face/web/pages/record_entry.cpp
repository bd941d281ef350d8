// The form of a record as it is shown: its fields, errors, questions and buttons.
#include "face/web/pages/record_entry.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "face/web/site.h"
#include "ledger/records/duplicates.h"

namespace nc::web {
namespace {

using catalog::Type;

using Names = std::set<std::string, std::less<>>;

void add_names(const Field& field, Names& names) {
  names.insert(field.name);
  for (const auto& part : field.parts) add_names(part, names);
  for (const auto& line : field.lines)
    for (const auto& part : line) add_names(part, names);
}

Names names_in(const std::vector<Fieldset>& sets) {
  Names out;
  for (const auto& set : sets)
    for (const auto& field : set.fields) add_names(field, out);
  return out;
}

// An error of an input that the form does not have stands on top; an answer to a question that is not asked
// this time goes along unseen, and so does what the short form has no input for.
void keep_the_rest(const FormEntry& entry, bool is_short, Form& form) {
  const auto shown = names_in(form.fieldsets);
  for (const auto& [name, text] : entry.state.errors)
    if (!shown.contains(name)) form.error += (form.error.empty() ? "" : " ") + text;
  for (const auto& [name, value] : entry.state.typed) {
    const bool answer = name.starts_with("confirm.") && !entry.state.errors.contains(name);
    if (!shown.contains(name) && (answer || (is_short && name.starts_with("v.")))) form.hidden.add(name, value);
  }
}

// What the short form saves without an input for it, in words: nobody saves what he was not shown.
Field saved_too(const Visit& visit, const Type& type, const net::Fields& typed, const net::Fields& unseen) {
  Field out;
  out.name = "saved-too";
  out.label = visit.tr("Saved with it");
  out.input = Input::kStatic;
  out.width = Width::kFull;
  out.help = visit.tr("“All fields” changes this.");
  InputErrors unread;
  const auto values = values_from_form(visit, type, typed, unread);
  for (const auto& field : type.fields) {
    const auto name = input_name(field);
    const bool hidden = std::ranges::any_of(
        unseen, [&](const auto& one) { return !trim(one.second).empty() && (one.first == name || one.first.starts_with(name + ".")); });
    if (!hidden || field.holds_files() || !values.has(field.id)) continue;
    if (!out.value.empty()) out.value += "; ";
    out.value += field.label.in(visit.lang()) + ": " + catalog::show_value(field, values[field.id], visit.lang(), visit.namer());
  }
  return out;
}

access::Object base_of(const Visit& visit, const FormEntry& entry) {
  if (entry.amended)
    if (const auto record = visit.ledger().read(visit.who, *entry.amended); record && !record->parts.empty())
      return records::object_of(*record, record->base_part(), *visit.world->tree);
  return object_of_new(visit, entry.state.type);
}

// The short form of a new record, unless something is wrong where it has no input.
std::optional<std::vector<Fieldset>> short_form(const Visit& visit, const FormEntry& entry) {
  if (entry.amended || entry.whole || entry.state.type.quick.empty()) return std::nullopt;
  std::vector<Fieldset> out{quick_fields(visit, entry.state)};
  const auto shown = names_in(out);
  const auto missing = [&](const auto& error) { return error.first.starts_with("v.") && !shown.contains(error.first); };
  if (std::ranges::any_of(entry.state.errors, missing)) return std::nullopt;
  return out;
}

}  // namespace

access::Object object_of_new(const Visit& visit, const Type& type) {
  records::RecordView planned;
  planned.type = &type;
  planned.type_id = type.id;
  records::PartView part;
  part.key.handling = static_cast<journal::HandlingLevel>(type.handling);
  part.key.audience = type.audience == catalog::AudienceDefault::kOwn ? journal::Audience::own(visit.who.unit) : journal::Audience::all();
  return records::object_of(planned, part, *visit.world->tree);
}

net::Response show_form(Visit& visit, const FormEntry& entry, int status) {
  const auto& type = entry.state.type;
  auto state = entry.state;
  state.amended = entry.amended;
  state.base = base_of(visit, entry);
  if (entry.hidden.has("base")) state.typed.set("base", std::string(entry.hidden.get("base")));  // what is there now, the files too
  const auto label = type.label.in(visit.lang());
  auto page = visit.frame(entry.amended ? visit.tr("Amend: {1}", visit.name(*entry.amended)) : visit.tr("New: {1}", label), Place::kNone);
  const auto path = entry.amended ? "/records/" + entry.amended->hex() + "/edit" : std::string("/records/new");
  Form form{entry.amended ? Url::to(path) : Url::to(path, {{"type", type.id}})};
  form.id = "entry";
  page.entry = {entry.amended ? path : net::with_query(path, {{"type", type.id}}), "save", "1"};
  form.csrf_token = visit.session.csrf;
  form.once_token = entry.once.hex();
  form.hidden = entry.hidden;
  form.error = entry.error;
  form.fieldsets = question_fields(visit, state);
  const auto quick = short_form(visit, entry);
  for (auto& set : quick ? *quick : fieldsets_of(visit, state)) form.fieldsets.push_back(std::move(set));
  keep_the_rest(entry, quick.has_value(), form);
  if (quick)
    if (auto too = saved_too(visit, type, state.typed, form.hidden); !too.value.empty())
      form.fieldsets.back().fields.push_back(std::move(too));
  form.suggestions = suggestions_of(visit, type);
  form.submits = {{visit.tr("Save"), "save", "1"}};
  form.keep = {visit.tr("Keep as a draft"), kKeepDraft, "1"};
  form.submits.insert(form.submits.end(), entry.more_submits.begin(), entry.more_submits.end());
  if (quick) form.submits.push_back({visit.tr("All fields"), kWhole, "1"});
  else if (!entry.amended && !type.quick.empty()) form.hidden.set(kWhole, "1");
  form.cancel = entry.amended ? record_url(*entry.amended) : Url::to("/records/new");
  page.flashes.insert(page.flashes.end(), entry.flashes.begin(), entry.flashes.end());
  page.crumbs = entry.amended ? std::vector<Crumb>{{visit.name(*entry.amended), record_url(*entry.amended)}, {visit.tr("Amend"), {}}}
                              : std::vector<Crumb>{{visit.tr("New record"), Url::to("/records/new")}, {label, {}}};
  page.main = join(type.help.empty() ? Html() : hint(type.help.in(visit.lang())), entry.before, render(form, visit.ui));
  return visit.show(page, status);
}

int status_of_refusal(const Error& error) {
  if (error.code == ErrorCode::kDenied) return 403;
  if (error.code == ErrorCode::kConflict) return 409;
  return error.code == ErrorCode::kFull || error.code == ErrorCode::kIo ? 503 : 422;
}

void place_errors(const Visit& visit, const records::Refusal& refusal, FormEntry& entry) {
  const auto beside = [&](const std::string& id, const std::string& text) {
    const auto* field = entry.state.type.field(id.substr(0, id.find_first_of(".[")));
    if (!field || !is_offered(*field)) return false;
    const bool dated = field->kind == catalog::FieldKind::kDateRange;
    entry.state.errors.try_emplace(input_name(*field, dated ? "from" : ""), text);
    return true;
  };
  for (const auto& finding : refusal.findings) {
    const auto text = finding.message.empty() ? visit.ui.error_text(finding.error) : finding.message.in(visit.lang());
    if (finding.question) {
      entry.state.questions.push_back(finding);
      continue;
    }
    bool placed = false;
    for (const auto& id : finding.fields) placed = beside(id, text) || placed;
    if (!placed) entry.error += (entry.error.empty() ? "" : " ") + text;
  }
  if (refusal.findings.empty() && !beside(refusal.error.where, visit.ui.error_text(refusal.error)))
    entry.error = visit.ui.error_text(refusal.error);
  if (!entry.state.questions.empty() && entry.error.empty())
    entry.error = visit.tr("Nothing is saved yet: please answer the question below.");
}

records::Confirmed confirmed_from(const net::Fields& form) {
  constexpr std::string_view kConfirm = "confirm.";
  records::Confirmed out;
  for (const auto& [name, value] : form)
    if (name.starts_with(kConfirm) && !trim(value).empty()) out[name.substr(kConfirm.size())] = std::string(trim(value));
  return out;
}

bool ask_about_duplicates(const Visit& visit, const Result<std::vector<records::RecordView>>& candidates, const net::Fields& form,
                          FormEntry& entry) {
  const auto& type = entry.state.type;
  if (confirmed_from(form).contains(std::string(records::kLikelyDuplicate)) || !candidates || candidates->empty()) return false;
  entry.state.questions.push_back(records::duplicate_question(type, candidates->size()));
  Html items;
  for (const auto& one : *candidates) {
    const auto record = visit.name(one.id);
    items.add(el("li", {}, link(record, record_url(one.id))));
    entry.more_submits.push_back({visit.tr("Same event: link to “{1}” and save", record), "same", one.id.hex()});
  }
  entry.before =
      el("div", {{"class", "notice warn"}, {"role", "alert"}}, el("span", {{"class", "mark"}, {"aria-hidden", "true"}}, "!"),
         el("div", {}, el("p", {}, visit.tr("Nothing is saved yet. These records may be of the same event:")), el("ul", {}, items)));
  entry.error = visit.tr("Nothing is saved yet: please answer the question below.");
  entry.hidden.set("save", "1");  // a button that links saves too
  return true;
}

void add_same_event(const Visit& visit, const net::Fields& form, Json& values, FormEntry& entry) {
  const auto* field = entry.state.type.slot("same_event");
  const auto id = RecordId::from_hex(form.get("same"));
  if (!field || !id || !visit.ledger().read(visit.who, *id)) return;
  Json links = values[field->id];
  values.set(field->id, links.push(Json(JsonObject{{"ref", Json(id->hex())}})));
  entry.state.typed = without_field(entry.state.typed, *field);
  put_typed(visit, *field, values[field->id], entry.state.typed);
}

std::optional<net::Response> about_draft(Visit& visit, const DraftOf& of, const net::Fields& form) {
  if (form.has(kKeepDraft)) return keep_draft(visit, of, form);
  if (!form.has(kDropDraft)) return std::nullopt;
  forget_draft(visit, of.target);
  return visit.go(of.target, kDropDraft);
}

}  // namespace nc::web
