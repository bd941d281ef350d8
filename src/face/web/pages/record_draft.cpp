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

net::Fields without_what_must_not_lie(const Visit& visit, const Type& type, net::Fields form) {
  const bool restricted = visit.ledger().may_hold(catalog::Handling::kRestricted).has_value();
  for (const auto& field : type.fields) {
    const bool sealed = field.kind == catalog::FieldKind::kPersonal;
    const auto handling = field.handling.value_or(type.handling);
    if (sealed || (handling == catalog::Handling::kRestricted && !restricted)) form = without_field(form, field);
  }
  form.set(kKeepDraft, std::nullopt);
  form.set("save", std::nullopt);
  return form;
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
  auto found = visit.site.saved_drafts().find(visit.who.person, target);
  return found ? std::move(*found) : std::nullopt;
}

net::Response keep_draft(Visit& visit, const Type& type, const std::string& target, const net::Fields& form) {
  const auto kept =
      visit.site.saved_drafts().keep(visit.who.person, target, without_what_must_not_lie(visit, type, form), visit.ledger().now_ms());
  if (visit.request.header("HX-Request").empty()) return kept ? visit.go(target, "draft") : visit.refuse(kept.error());
  auto text = kept ? visit.tr("Draft kept: {1}", saved_text(visit, visit.ledger().now_ms())) : visit.ui.error_text(kept.error());
  auto response = net::Response::html(draft_state(text).bytes());
  add_security_headers(response);
  return response;
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
  const auto drafts = visit.site.saved_drafts().of(visit.who.person);
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
