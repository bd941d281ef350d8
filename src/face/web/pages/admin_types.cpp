// /admin/types: the record types of the catalogue, each as the form that people fill in. Nothing is changed here: a type
// is a file (catalog/README.md).
#include <algorithm>

#include "base/text.h"
#include "face/web/list.h"
#include "face/web/pages/form_fields.h"
#include "face/web/site_pages.h"
#include "ledger/access/capability_words.h"

namespace nc::web {
namespace {

using catalog::Type;

Url type_url(const Type& type) { return Url::to("/admin/types/" + type.id); }

net::Response list_types(Visit& visit, const net::Params&) {
  if (!visit.administers()) return visit.not_found();
  List list;
  list.caption = visit.tr("Record types");
  list.columns = {{visit.tr("Name")},
                  {visit.tr("Id")},
                  {visit.tr("Group")},
                  {visit.tr("Feeds"), false, true},
                  {visit.tr("Handling"), false, true},
                  {visit.tr("Fields"), true},
                  {visit.tr("Version"), true, true}};
  for (const auto& type : visit.world->catalog->types())
    list.rows.push_back({{link(type.label.in(visit.lang()), type_url(type)), el("code", {}, type.id), Html(type.group), Html(type.feeds),
                          Html(visit.tr(access::handling_words(type.handling))),
                          Html(visit.ui.number(static_cast<std::int64_t>(type.fields.size()))), Html(visit.ui.number(type.version))}});
  std::ranges::sort(list.rows, {}, [](const Row& row) { return row.cells[2].bytes() + row.cells[1].bytes(); });
  list.total = static_cast<std::int64_t>(list.rows.size());
  auto page = visit.frame(list.caption, Place::kAdmin);
  page.crumbs = {{visit.tr("Administration"), Url::to("/admin")}, {list.caption, {}}};
  page.main = join(hint(visit.tr("Types are files of the catalogue; a new one needs a file and no new program.")), render(list, visit.ui));
  return visit.show(page);
}

// The whole form, to be read only.
Html form_of(const Visit& visit, const Type& type) {
  Html fields;
  for (const auto& set : fieldsets_of(visit, {type, {}, {}, {}, ""})) {
    Html inside;
    for (const auto& field : set.fields) inside.add(render_field(field, visit.ui));
    const auto legend = set.legend.empty() ? type.label.in(visit.lang()) : set.legend;
    fields.add(el("fieldset", {{"disabled", true}}, el("legend", {}, legend), set.help.empty() ? Html() : hint(set.help),
                  el("div", {{"class", "fields"}}, inside)));
  }
  return el("div", {{"class", "entry read-only"}}, fields);
}

Html fields_table(const Visit& visit, const Type& type) {
  List list;
  list.caption = visit.tr("Fields");
  list.columns = {{visit.tr("Field")}, {visit.tr("Id")}, {visit.tr("Required")}, {visit.tr("Handling")}, {visit.tr("Help"), false, true}};
  for (const auto& field : type.fields)
    list.rows.push_back(
        {{Html(field.label.in(visit.lang())), el("code", {}, field.id), Html(field.required ? visit.tr("yes") : ""),
          Html(field.handling ? visit.tr(access::handling_words(*field.handling)) : ""), Html(field.help.in(visit.lang()))}});
  return section(list.caption, render(list, visit.ui));
}

Html workflow(const Visit& visit, const Type& type) {
  if (type.transitions.empty()) return {};
  const auto name = [&](const std::string& id) {
    const auto* state = type.state(id);
    return state ? state->label.in(visit.lang()) : id;
  };
  List list;
  list.caption = visit.tr("Steps of the workflow");
  list.columns = {{visit.tr("Step")}, {visit.tr("From")}, {visit.tr("To")}, {visit.tr("Signed")}};
  for (const auto& step : type.transitions) {
    std::vector<std::string> from;
    for (const auto& id : step.from) from.push_back(name(id));
    list.rows.push_back(
        {{Html(step.label.in(visit.lang())), Html(nc::join(from, ", ")), Html(name(step.to)), Html(step.binding ? visit.tr("yes") : "")}});
  }
  return section(list.caption, render(list, visit.ui));
}

Html questions(const Visit& visit, const Type& type) {
  Html items;
  for (const auto& rule : type.rules) items.add(el("li", {}, badge(Tone::kBad, visit.tr("never")), " ", rule.message.in(visit.lang())));
  for (const auto& question : type.questions)
    items.add(el("li", {}, badge(Tone::kWarn, visit.tr("asked")), " ", question.message.in(visit.lang())));
  return items.empty() ? Html() : section(visit.tr("Rules and questions"), el("ul", {{"class", "values"}}, items));
}

net::Response show_type(Visit& visit, const net::Params& params) {
  const auto* type = visit.administers() ? visit.world->catalog->find(params.get("type")) : nullptr;
  if (!type) return visit.not_found();
  auto page = visit.frame(type->label.in(visit.lang()), Place::kAdmin);
  page.crumbs = {{visit.tr("Administration"), Url::to("/admin")}, {visit.tr("Record types"), Url::to("/admin/types")}, {page.title, {}}};
  page.main = join(type->help.empty() ? Html() : hint(type->help.in(visit.lang())),
                   section(visit.tr("The form as people fill it in; here it is only shown"), form_of(visit, *type)),
                   fields_table(visit, *type), workflow(visit, *type), questions(visit, *type));
  return visit.show(page);
}

}  // namespace

void add_admin_type_pages(net::Router& router, Site& site) {
  site.add_page(router, "/admin/types", list_types);
  site.add_page(router, "/admin/types/{type}", show_type);
}

}  // namespace nc::web
