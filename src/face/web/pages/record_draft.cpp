#include "face/web/pages/record_draft.h"

#include "face/web/list.h"
#include "face/web/pages/form_values.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

using catalog::Type;

std::string saved_text(const Visit& visit, std::int64_t saved_ms) { return visit.ui.datetime(saved_ms); }

// The address that a form goes to, as a link.
Url url_of(const std::string& target) {
  net::Request there;
  return net::set_target(there, target) ? Url::to(there.path, there.query) : Url::to("/");
}

bool is_restricted(catalog::Handling handling) { return handling == catalog::Handling::kRestricted; }

// Nothing restricted is in a draft: it would be shown past the strength of a session, the audit trail and a
// clearance that was lowered, and lie where the node may not hold it. Nothing personal, which is sealed.
bool may_lie(const Type& type, const catalog::Field& field) {
  return is_offered(field) && field.kind != catalog::FieldKind::kPersonal && !is_restricted(field.handling.value_or(type.handling));
}

// The field whose input has that name.
const catalog::Field* field_of_input(const Type& type, std::string_view name) {
  constexpr std::string_view kBegin = "v.";
  if (!name.starts_with(kBegin)) return nullptr;
  name.remove_prefix(kBegin.size());
  return type.field(name.substr(0, name.find('.')));
}

net::Fields inputs_of(const Type& type, const catalog::Field& field, const net::Fields& form, bool with_empty) {
  net::Fields out;
  for (const auto& [name, value] : form)
    if (field_of_input(type, name) == &field && (with_empty || !value.empty())) out.add(name, value);
  return out;
}

// What the person typed himself: of a change only the fields that are not as they were.
net::Fields typed_by_him(const Visit& visit, const Type& type, const net::Fields& form, const Json* before) {
  net::Fields out;
  for (const auto* name : {"once", "seen", "whole"})
    if (form.has(name)) out.add(name, std::string(form.get(name)));
  for (const auto& field : type.fields) {
    if (!may_lie(type, field)) continue;
    net::Fields was;
    if (before) put_typed(visit, field, (*before)[field.id], was);
    if (before && inputs_of(type, field, form, false) == inputs_of(type, field, was, false)) continue;
    for (const auto& [name, value] : inputs_of(type, field, form, true)) out.add(name, value);
  }
  return out;
}

// "/records/new?type=x" or "/records/<id>/edit" in words; nothing for an address that leads nowhere any more.
std::optional<std::string> title_of(const Visit& visit, const std::string& target) {
  net::Request there;
  if (!net::set_target(there, target)) return std::nullopt;
  if (there.path == "/records/new") {
    const auto* type = visit.world->catalog->find(there.query.get("type"));
    return type ? std::optional(visit.tr("New: {1}", type->label.in(visit.lang()))) : std::nullopt;
  }
  constexpr std::string_view kBefore = "/records/";
  const auto id = there.path.starts_with(kBefore) ? RecordId::from_hex(there.path.substr(kBefore.size(), 32)) : std::nullopt;
  return id && visit.ledger().read(visit.who, *id) ? std::optional(visit.tr("Amend: {1}", visit.name(*id))) : std::nullopt;
}

// What a page that keeps the draft by itself puts beside the buttons.
Html draft_state(const std::string& text) {
  return el("span", {{"id", std::string(kDraftState)}, {"class", "hint"}, {"role", "status"}}, text);
}

}  // namespace

std::optional<SavedDraft> draft_at(const Visit& visit, const std::string& target) {
  auto found = visit.site.saved_drafts().find(visit.who.person, target, visit.ledger().now_ms());
  return found ? std::move(*found) : std::nullopt;
}

namespace {

Status keep(const Visit& visit, const DraftOf& of, const net::Fields& form) {
  const bool restricted =
      of.record ? is_restricted(static_cast<catalog::Handling>(of.record->base_part().key.handling)) : is_restricted(of.type.handling);
  if (restricted)
    return fail(Error(ErrorCode::kDenied, NC_MSG("Restricted content is not kept as a draft")).then(NC_MSG("Save the record")));
  const auto once = RecordId::from_hex(form.get("once"));
  const bool saved = !of.record && once && visit.ledger().read(visit.who, visit.ledger().id_from_form(visit.who, *once));
  if (saved) return visit.site.saved_drafts().forget(visit.who.person, of.target);  // a page that was left open
  return visit.site.saved_drafts().keep(visit.who.person, of.target, typed_by_him(visit, of.type, form, of.base), visit.ledger().now_ms());
}

}  // namespace

net::Response keep_draft(Visit& visit, const DraftOf& of, const net::Fields& form) {
  const auto kept = keep(visit, of, form);
  if (visit.request.header("HX-Request").empty()) return kept ? visit.go(of.target, "draft") : visit.refuse(kept.error());
  auto text = kept ? visit.tr("Draft kept: {1}", saved_text(visit, visit.ledger().now_ms())) : visit.ui.error_text(kept.error());
  auto response = net::Response::html(draft_state(text).bytes());
  add_security_headers(response);
  return response;
}

net::Fields with_draft(const Type& type, net::Fields typed, const SavedDraft& draft) {
  for (const auto& field : type.fields) {
    const auto inputs = inputs_of(type, field, draft.form, true);
    if (inputs.empty() || !may_lie(type, field)) continue;
    typed = without_field(typed, field);
    for (const auto& [name, value] : inputs) typed.add(name, value);
  }
  return typed;
}

void forget_draft(const Visit& visit, const std::string& target) {
  // A draft that cannot be thrown away is seen and thrown away the next time.
  static_cast<void>(visit.site.saved_drafts().forget(visit.who.person, target));
}

Html draft_notice(const Visit& visit, const SavedDraft& draft) {
  return el(
      "div", {{"class", "notice accent"}, {"role", "status"}}, el("span", {{"class", "mark"}, {"aria-hidden", "true"}}, "i"),
      el("div", {},
         el("p", {}, visit.tr("This is your draft of {1}; nothing of it is saved as a record yet.", saved_text(visit, draft.saved_ms))),
         post_button(visit.tr("Throw the draft away"), url_of(draft.target), visit.session.csrf, {{kDropDraft, "1"}}, "small")));
}

Html drafts_section(const Visit& visit) {
  const auto drafts = visit.site.saved_drafts().of(visit.who.person, visit.ledger().now_ms());
  if (!drafts) return notice(Tone::kWarn, visit.ui.error_text(drafts.error()));
  List list;
  list.caption = visit.tr("Your drafts");
  list.columns = {{visit.tr("Draft")}, {visit.tr("Kept at")}};
  for (const auto& draft : *drafts)
    if (const auto title = title_of(visit, draft.target))
      list.rows.push_back({{link(*title, url_of(draft.target)), Html(saved_text(visit, draft.saved_ms))}});
  if (list.rows.empty()) return {};
  list.total = static_cast<std::int64_t>(list.rows.size());
  return section(list.caption, render(list, visit.ui));
}

}  // namespace nc::web
