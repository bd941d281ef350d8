#include "face/web/views/view_pages.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "face/web/change_form.h"
#include "face/web/list.h"
#include "foundation/net/message.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/views";
constexpr std::array<std::string_view, 2> kPages = {"/activities", "/figures"};
constexpr std::size_t kInRailMax = 5;

// A page with filters, without what is of one look at it only; nothing for any other address.
std::optional<std::string> view_target(const std::string& text) {
  net::Request there;
  if (!net::set_target(there, text) || std::ranges::find(kPages, there.path) == kPages.end()) return std::nullopt;
  net::Fields kept;
  for (const auto& [name, value] : there.query)
    if (!value.empty() && name != "after" && name != "done" && name != kIdleParameter && name != "lang" && name != "format")
      kept.add(name, value);
  return net::with_query(there.path, kept);
}

Url url_of(const std::string& target) {
  net::Request there;
  static_cast<void>(net::set_target(there, target));
  return Url::to(there.path, there.query);
}

std::vector<SavedView> views_of(const Visit& visit, std::string_view path) {
  auto all = visit.site.saved_views().of(visit.who.person);
  if (!all) return {};  // a preference that cannot be read keeps nobody from the list
  std::erase_if(*all, [&](const SavedView& view) {
    return !view.target.starts_with(path) || (view.target.size() > path.size() && view.target[path.size()] != '?');
  });
  return std::move(*all);
}

Field name_field(const Visit& visit, const std::string& name, const std::string& value) {
  Field field;
  field.name = name;
  field.label = visit.tr("Name of the view");
  field.value = value;
  field.required = true;
  return field;
}

Html keep_form(const Visit& visit, const std::string& target) {
  auto form = change_form(visit, Url::to(kPath));
  form.hidden = {{"target", target}};
  form.fieldsets = {{"", "", {name_field(visit, "name", "")}}};
  form.submits = {{visit.tr("Keep the view"), "", ""}};
  return el("details", {{"class", "keep-view"}}, el("summary", {}, visit.tr("Keep this view")), render(form, visit.ui));
}

net::Response views(Visit& visit, const net::Params&) {
  if (!visit.reads()) return visit.not_found();
  const auto all = visit.site.saved_views().of(visit.who.person);
  if (!all) return visit.refuse(all.error());
  auto page = visit.frame(visit.tr("Saved views"), Place::kNone);
  List list;
  list.caption = page.title;
  list.columns = {{visit.tr("View")}, {visit.tr("Name")}, {visit.tr("Delete")}};
  for (const auto& view : *all) {
    const auto path = std::string(kPath) + "/" + view.id.hex();
    const auto id = "name-" + view.id.hex();
    const auto rename = el("form", {{"method", "post"}, {"action", Url::to(path + "/rename")}, {"class", "in-row"}},
                           el("input", {{"type", "hidden"}, {"name", "csrf"}, {"value", visit.session.csrf}}),
                           el("label", {{"class", "visually-hidden"}, {"for", id}}, visit.tr("Name of the view")),
                           el("input", {{"type", "text"}, {"id", id}, {"name", "name"}, {"value", view.name}, {"autocomplete", "off"}}),
                           el("button", {{"class", "button small"}, {"type", "submit"}}, visit.tr("Rename")));
    list.rows.push_back({{link(view.name, url_of(view.target)), rename,
                          post_button(visit.tr("Delete"), Url::to(path + "/delete"), visit.session.csrf, {}, "small")}});
  }
  list.empty_text = visit.tr("You have named no view yet.");
  list.empty_hint = visit.tr("Set filters above a list or ask for figures, and keep the view under a name.");
  page.main =
      join(hint(visit.tr("Views are yours alone, at this node. They keep the filters, not what was shown.")), render(list, visit.ui));
  return visit.show(page);
}

net::Response keep_view(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto target = view_target(std::string(form.get("target")));
  const auto id = ViewId::from_hex(form.get("once"));
  if (!visit.reads() || !target || !id) return visit.not_found();
  const auto kept = visit.site.saved_views().keep(visit.who.person, {*id, std::string(trim(form.get("name"))), *target});
  return kept ? visit.go(*target, "view-kept") : visit.refuse(kept.error());
}

net::Response rename_view(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto id = ViewId::from_hex(params.get("id"));
  if (!id) return visit.not_found();
  const auto renamed = visit.site.saved_views().rename(visit.who.person, *id, std::string(trim(form.get("name"))));
  return renamed ? visit.go(kPath, "view-renamed") : visit.refuse(renamed.error());
}

net::Response delete_view(Visit& visit, const net::Params& params, const net::Fields&) {
  const auto id = ViewId::from_hex(params.get("id"));
  if (!id) return visit.not_found();
  const auto gone = visit.site.saved_views().forget(visit.who.person, *id);
  return gone ? visit.go(kPath, "view-gone") : visit.refuse(gone.error());
}

}  // namespace

Html views_bar(const Visit& visit) {
  const auto here = view_target(visit.request.target());
  if (!here) return {};
  Html items;
  for (const auto& view : views_of(visit, visit.request.path)) {
    const auto current = view.target == *here ? std::optional<std::string>("page") : std::nullopt;
    items.add(el("li", {}, el("a", {{"class", "chip"}, {"href", url_of(view.target)}, {"aria-current", current}}, view.name)));
  }
  const bool filtered = here->find('?') != std::string::npos;
  if (items.empty() && !filtered) return {};
  if (!items.empty()) items.add(el("li", {}, link(visit.tr("Arrange"), Url::to(kPath))));
  return el("div", {{"class", "views"}},
            items.empty() ? Html() : el("nav", {{"aria-label", visit.tr("Saved views")}}, el("ul", {{"class", "chips"}}, items)),
            filtered ? keep_form(visit, *here) : Html());
}

std::vector<NavItem> view_links(const Visit& visit, std::string_view path) {
  std::vector<NavItem> out;
  const auto here = view_target(visit.request.target());
  for (const auto& view : views_of(visit, path)) {
    if (out.size() == kInRailMax) break;
    NavItem item{view.name, url_of(view.target), here && *here == view.target, ""};
    item.below = true;
    out.push_back(std::move(item));
  }
  return out;
}

void add_view_pages(net::Router& router, Site& site) {
  site.add_page(router, kPath, views);
  site.add_change(router, kPath, keep_view);
  site.add_change(router, "/views/{id}/rename", rename_view);
  site.add_change(router, "/views/{id}/delete", delete_view);
}

}  // namespace nc::web
