// A new record: its kind is chosen, and the form is made from the catalogue.
#include <algorithm>

#include "base/clock.h"
#include "face/web/pages/file_parts.h"
#include "face/web/pages/record_entry.h"
#include "face/web/pages/record_start.h"
#include "face/web/site_pages.h"
#include "face/web/type_groups.h"
#include "face/web/unit_lookup.h"
#include "ledger/records/duplicates.h"

namespace nc::web {
namespace {

using catalog::Type;

// --- choosing a type ---

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
  for (const auto known : type_groups()) add(std::string(known));
  while (!lists.empty()) add(lists.begin()->first);
  auto page = visit.frame(visit.tr("New record: choose its kind"), Place::kNone);
  page.main = el("div", {{"class", "type-groups"}}, out);
  return visit.show(page);
}

// --- the form ---

// A form that was saved before is not asked again.
Result<std::vector<records::RecordView>> duplicates_of_new(const Visit& visit, const RecordId& form_id, const Type& type,
                                                           const Json& values) {
  const auto id = visit.ledger().id_from_form(visit.who, form_id);
  if (visit.ledger().read(visit.who, id)) return std::vector<records::RecordView>();
  return records::likely_duplicates(visit.ledger(), visit.who, type, values, id);
}

const Type* asked_type(const Visit& visit) {
  const auto* type = visit.world->catalog->find(visit.request.query.get("type"));
  return type && may_create(visit, *type) ? type : nullptr;
}

std::string address_of_new(const Type& type) { return net::with_query("/records/new", {{"type", type.id}}); }

net::Response new_record(Visit& visit, const net::Params&) {
  if (!visit.request.query.has("type")) return choose_type(visit);
  const auto* type = asked_type(visit);
  if (!type) return visit.not_found();
  FormEntry entry{{*type, {}, {}, {}, ""}, "", {}, {}, make_uuid7(visit.ledger().now_ms(), visit.site.rng()), {}, {}, {}};
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
  FormEntry entry{{*type, form, {}, {}, std::string(form.get("more"))},
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
  return show_form(visit, entry, status_of_refusal(written.error().error));
}

}  // namespace

bool may_create(const Visit& visit, const Type& type) {
  if (!type.creatable || type.feeds == "period-closing") return false;  // a closing is prepared on the page of its period
  return access::decide(visit.who, access::Action::kCreate, object_of_new(visit, type), *visit.world->tree, *visit.world->catalog).allow;
}

bool may_create_any(const Visit& visit) {
  return visit.reads() && std::ranges::any_of(visit.world->catalog->types(), [&](const Type& type) { return may_create(visit, type); });
}

Html new_record_button(const Visit& visit) {
  if (!may_create_any(visit)) return {};
  return button_link(visit.tr("New record"), Url::to("/records/new"), true);
}

void add_record_form_pages(net::Router& router, Site& site) {
  site.add_page(router, "/records/new", new_record);
  site.add_change(router, "/records/new", create_record, Site::Unreadable::kShownAgain);
  add_record_amend_pages(router, site);
}

}  // namespace nc::web
