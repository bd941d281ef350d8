// A new record and the change of one: the form is made from the catalogue.
//
// A new form carries the id of the record it will make, so that a second click finds it made already. A
// change carries the heads it was made from and the values that stood there ("base"): only fields that the
// person changed are sent to the ledger, and when somebody else was faster both values are shown.
#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "face/web/pages/file_parts.h"
#include "face/web/pages/form_fields.h"
#include "face/web/pages/record_draft.h"
#include "face/web/pages/record_parts.h"
#include "face/web/pages/record_start.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "ledger/records/duplicates.h"

namespace nc::web {
namespace {

using catalog::Type;

// --- choosing a type ---

struct GroupLabel {
  std::string_view group;
  const char* label;
};
constexpr GroupLabel kGroups[] = {
    {"meetings", NC_MSG("Talks, meetings, exchanges")},
    {"patrols", NC_MSG("Patrols")},
    {"exchange_of_information", NC_MSG("Letters, calls, duty")},
    {"incidents", NC_MSG("Incidents")},
    {"people", NC_MSG("Twinning, work with the people")},
    {"works", NC_MSG("Aid, works, procedures")},
    {"instruments", NC_MSG("Instruments and obligations")},
    {"direction", NC_MSG("Directives and plans")},
    {"places", NC_MSG("Units, markers, gates")},
    {"figures", NC_MSG("Sources and declared figures")},
};

std::string group_label(const Visit& visit, const std::string& group) {
  for (const auto& known : kGroups)
    if (known.group == group) return visit.tr(known.label);
  return group;
}

bool may_create(const Visit& visit, const Type& type) {
  if (!type.creatable || type.feeds == "period-closing") return false;  // a closing is prepared on the page of its period
  records::RecordView planned;
  planned.type = &type;
  planned.type_id = type.id;
  records::PartView part;
  part.key.handling = static_cast<journal::HandlingLevel>(type.handling);
  part.key.audience = type.audience == catalog::AudienceDefault::kOwn ? journal::Audience::own(visit.who.unit) : journal::Audience::all();
  const auto object = records::object_of(planned, part, *visit.world->tree);
  return access::decide(visit.who, access::Action::kCreate, object, *visit.world->tree, *visit.world->catalog).allow;
}

Html type_item(const Visit& visit, const Type& type) {
  Html item = link(type.label.in(visit.lang()), Url::to("/records/new", {{"type", type.id}}));
  if (!type.help.empty()) item.add(hint(type.help.in(visit.lang())));
  return el("li", {}, item);
}

net::Response choose_type(Visit& visit) {
  std::map<std::string, Html> lists;
  for (const auto& type : visit.world->catalog->types())
    if (may_create(visit, type)) lists[type.group].add(type_item(visit, type));
  if (lists.empty()) return visit.not_found();
  Html out;
  const auto add = [&](const std::string& group) {
    if (const auto at = lists.find(group); at != lists.end())
      out.add(section(group_label(visit, group), el("ul", {{"class", "types"}}, at->second)));
    lists.erase(group);
  };
  for (const auto& known : kGroups) add(std::string(known.group));
  while (!lists.empty()) add(lists.begin()->first);
  auto page = visit.frame(visit.tr("New record: choose its kind"), Place::kNone);
  page.main = el("div", {{"class", "type-groups"}}, out);
  return visit.show(page);
}

// --- the form ---

struct Entry {
  FormState state;
  std::string error;                // of the form as a whole
  Html before;                      // above the form: both values after a conflict
  std::optional<RecordId> amended;  // none: a new record
  RecordId once;
  net::Fields hidden;
  std::vector<Flash> flashes;
  std::vector<SubmitButton> more_submits;  // other ways to save
  bool whole = false;                      // all fields, also where the type has a short form
};

constexpr const char* kWhole = "whole";  // the button and the hidden input that ask for all fields

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
void keep_the_rest(const Entry& entry, bool is_short, Form& form) {
  const auto shown = names_in(form.fieldsets);
  for (const auto& [name, text] : entry.state.errors)
    if (!shown.contains(name)) form.error += (form.error.empty() ? "" : " ") + text;
  for (const auto& [name, value] : entry.state.typed) {
    const bool answer = name.starts_with("confirm.") && !entry.state.errors.contains(name);
    if (!shown.contains(name) && (answer || (is_short && name.starts_with("v.")))) form.hidden.add(name, value);
  }
}

// The short form of a new record, unless something is wrong where it has no input.
std::optional<std::vector<Fieldset>> short_form(const Visit& visit, const Entry& entry) {
  if (entry.amended || entry.whole || entry.state.type.quick.empty()) return std::nullopt;
  std::vector<Fieldset> out{quick_fields(visit, entry.state)};
  const auto shown = names_in(out);
  const auto missing = [&](const auto& error) { return error.first.starts_with("v.") && !shown.contains(error.first); };
  if (std::ranges::any_of(entry.state.errors, missing)) return std::nullopt;
  return out;
}

net::Response show_form(Visit& visit, const Entry& entry, int status = 200) {
  const auto& type = entry.state.type;
  auto state = entry.state;
  state.amended = entry.amended;
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

int status_of(const Error& error) {
  if (error.code == ErrorCode::kDenied) return 403;
  if (error.code == ErrorCode::kConflict) return 409;
  return error.code == ErrorCode::kFull || error.code == ErrorCode::kIo ? 503 : 422;
}

// Where the errors of a refusal stand: beside their fields, questions by themselves, the rest on top.
void place_errors(const Visit& visit, const records::Refusal& refusal, Entry& entry) {
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

// Records of what may be the same event stand above the form, each with a button that saves with a link to
// it; or a reason says that it is another event.
bool ask_about_duplicates(const Visit& visit, const Result<std::vector<records::RecordView>>& candidates, const net::Fields& form,
                          Entry& entry) {
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

// A form that was saved before is not asked again.
Result<std::vector<records::RecordView>> duplicates_of_new(const Visit& visit, const RecordId& form_id, const Type& type,
                                                           const Json& values) {
  const auto id = visit.ledger().id_from_form(visit.who, form_id);
  if (visit.ledger().read(visit.who, id)) return std::vector<records::RecordView>();
  return records::likely_duplicates(visit.ledger(), visit.who, type, values, id);
}

// The button "same event" adds its record to the links that the form says.
void add_same_event(const Visit& visit, const net::Fields& form, Json& values, Entry& entry) {
  const auto* field = entry.state.type.slot("same_event");
  const auto id = RecordId::from_hex(form.get("same"));
  if (!field || !id || !visit.ledger().read(visit.who, *id)) return;
  Json links = values[field->id];
  values.set(field->id, links.push(Json(JsonObject{{"ref", Json(id->hex())}})));
  entry.state.typed = without_field(entry.state.typed, *field);
  put_typed(visit, *field, values[field->id], entry.state.typed);
}

// What a form asks about its draft instead of being saved: keep it, or throw it away.
std::optional<net::Response> about_draft(Visit& visit, const DraftOf& of, const net::Fields& form) {
  if (form.has(kKeepDraft)) return keep_draft(visit, of, form);
  if (!form.has(kDropDraft)) return std::nullopt;
  forget_draft(visit, of.target);
  return visit.go(of.target, kDropDraft);
}

const Type* asked_type(const Visit& visit) {
  const auto* type = visit.world->catalog->find(visit.request.query.get("type"));
  return type && may_create(visit, *type) ? type : nullptr;
}

std::string address_of_new(const Type& type) { return net::with_query("/records/new", {{"type", type.id}}); }
std::string address_of_edit(const RecordId& id) { return "/records/" + id.hex() + "/edit"; }

net::Response new_record(Visit& visit, const net::Params&) {
  if (!visit.request.query.has("type")) return choose_type(visit);
  const auto* type = asked_type(visit);
  if (!type) return visit.not_found();
  Entry entry{{*type, {}, {}, {}, ""}, "", {}, {}, make_uuid7(visit.ledger().now_ms(), visit.site.rng()), {}, {}, {}};
  if (const auto draft = draft_at(visit, address_of_new(*type))) {
    entry.state.typed = with_draft(*type, {}, *draft);
    entry.before = draft_notice(visit, *draft);
    entry.whole = draft->form.has(kWhole);
    if (const auto once = RecordId::from_hex(draft->form.get("once"))) entry.once = *once;
    return show_form(visit, entry);
  }
  auto start = start_of(visit, *type);
  entry.state.typed = std::move(start.typed);
  entry.before = std::move(start.from);
  entry.whole = visit.request.query.has(kWhole);
  return show_form(visit, entry);
}

net::Response create_record(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto* type = asked_type(visit);
  if (!type) return visit.not_found();
  const auto id = RecordId::from_hex(form.get("once"));
  Entry entry{{*type, form, {}, {}, std::string(form.get("more"))},
              "",
              {},
              {},
              id ? *id : make_uuid7(visit.ledger().now_ms(), visit.site.rng()),
              {},
              {},
              {},
              form.has(kWhole) || form.has("more")};
  if (const auto answer = about_draft(visit, {*type, address_of_new(*type)}, form)) return std::move(*answer);
  if (!form.has("save") || !id) return show_form(visit, entry);
  auto values = values_from_form(visit, *type, form, entry.state.errors);
  put_refused_files(visit, entry.state.errors);
  if (!entry.state.errors.empty()) return show_form(visit, entry, 422);
  add_same_event(visit, form, values, entry);
  if (ask_about_duplicates(visit, duplicates_of_new(visit, *id, *type, values), form, entry)) return show_form(visit, entry, 422);
  const auto written = visit.ledger().create(visit.who, {*id, type->id, values, std::nullopt, std::nullopt}, confirmed_from(form));
  if (written) {
    forget_draft(visit, address_of_new(*type));
    return visit.go("/records/" + written->id.hex(), written->changed ? "created" : "same");
  }
  place_errors(visit, written.error(), entry);
  return show_form(visit, entry, status_of(written.error().error));
}

// --- changes ---

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
  Entry entry{{*record->type, typed_values(visit, *record), {}, {}, ""}, "", {}, record->id, record->id,
              hidden_of(*record, offered_values(*record), resolve),      {}, {}};
  if (!resolve.empty()) {
    entry.before = conflicts_section(visit, *record, false);
  } else if (const auto draft = draft_at(visit, address_of_edit(record->id))) {
    // Beside what stands now; that it was written with other values in view is told by the heads it saw.
    entry.state.typed = with_draft(*record->type, std::move(entry.state.typed), *draft);
    if (draft->form.has("seen")) entry.hidden.set("seen", std::string(draft->form.get("seen")));
    entry.before = draft_notice(visit, *draft);
  }
  return show_form(visit, entry);
}

// Somebody else was faster: his values where the person changed nothing, both where both did.
net::Response show_clash(Visit& visit, const RecordId& id, const Entry& sent, const Json& base, const Json& mine, const Error& error) {
  const auto now = visit.ledger().read(visit.who, id);
  if (!now || !now->type) return visit.not_found();
  Entry entry{{*now->type, sent.state.typed, {}, {}, ""}, "", {}, id, id, {}, {}, {}};
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
  Entry entry{{*record->type, form, {}, {}, std::string(form.get("more"))}, "", {}, record->id, record->id, {}, {}, {}};
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
  return show_form(visit, entry, status_of(refusal.error));
}

}  // namespace

Html new_record_button(const Visit& visit) {
  const auto& types = visit.world->catalog->types();
  if (std::none_of(types.begin(), types.end(), [&](const Type& type) { return may_create(visit, type); })) return {};
  return button_link(visit.tr("New record"), Url::to("/records/new"), true);
}

void add_record_form_pages(net::Router& router, Site& site) {
  site.add_page(router, "/records/new", new_record);
  site.add_change(router, "/records/new", create_record, Site::Unreadable::kShownAgain);
  site.add_page(router, "/records/{id}/edit", edit_form);
  site.add_change(router, "/records/{id}/edit", amend_record, Site::Unreadable::kShownAgain);
}

}  // namespace nc::web
