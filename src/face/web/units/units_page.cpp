// /units and /counterparts: our units as a tree of a day, the others by country and chain.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "face/web/figures/words.h"
#include "face/web/form.h"
#include "face/web/site_pages.h"
#include "face/web/units/matters.h"
#include "face/web/units/tree_view.h"
#include "face/web/units/unit_page.h"

namespace nc::web {
namespace {

using orgtree::Unit;

struct Wanted {
  TreeView view;
  std::string text, line_error, day_error;
};

Wanted read_wanted(const Visit& visit) {
  const auto& query = visit.request.query;
  Wanted out{{visit, orgtree::Line::kCommand, visit.who.today}, std::string(trim(query.get("q"))), {}, {}};
  if (const auto line = trim(query.get("line")); !line.empty()) {
    if (const auto known = orgtree::line_from_name(line)) out.view.line = *known;
    else out.line_error = visit.tr("Choose one of the list");
  }
  if (const auto typed = trim(query.get("day")); !typed.empty()) {
    const auto date = parse_typed_date(typed);
    const auto days = date ? extent(*date) : std::nullopt;
    if (days) out.view.day = days->last;
    else out.day_error = date ? visit.tr("Write 31/12/2024, 12/2024 or 2024") : visit.ui.error_text(date.error());
  }
  return out;
}

Html tree_form(const Wanted& wanted, const char* path, bool with_line) {
  const auto& visit = wanted.view.visit;
  Field search{"q", visit.tr("Name or code; marks may be left out")};
  search.value = wanted.text;
  Field line{"line", visit.tr("Line over the units"), Input::kChoice, std::string(visit.request.query.get("line"))};
  line.options = {{"", visit.tr("command (usual)"), {}}, {"guidance", visit.tr("professional guidance"), {}}};
  line.error = wanted.line_error;
  Field day{"day", visit.tr("As of the day"), Input::kDate, std::string(visit.request.query.get("day"))};
  day.error = wanted.day_error;
  day.help = visit.tr("empty: today");
  return el("form", {{"class", "question"}, {"method", "get"}, {"action", Url::to(path)}, {"role", "search"}},
            el("div", {{"class", "fields"}}, render_field(search, visit.ui), with_line ? render_field(line, visit.ui) : Html(),
               render_field(day, visit.ui)),
            el("div", {{"class", "submit"}}, el("button", {{"class", "button primary"}, {"type", "submit"}}, visit.tr("Show")),
               el("a", {{"class", "button quiet"}, {"href", Url::to(path)}}, visit.tr("Clear all"))));
}

Html no_units(const Visit& visit) {
  return el("div", {{"class", "empty"}}, el("p", {{"class", "empty-text"}}, visit.tr("No unit fits")),
            el("p", {}, visit.tr("Try a part of the name, or another day.")));
}

// Units that were there before or will be after the day: not in its tree, but findable.
Html not_on_day(const Visit& visit, const std::vector<const Unit*>& units) {
  if (units.empty()) return {};
  Html out;
  for (const auto* unit : units) out.add(el("li", {}, unit_line(visit, *unit)));
  return el("details", {{"class", "more"}},
            el("summary", {},
               visit.ui.trn("{1} unit does not stand on this day", "{1} units do not stand on this day",
                            static_cast<std::int64_t>(units.size()))),
            el("ul", {{"class", "unit-tree"}}, out));
}

struct OnDay {
  std::vector<const Unit*> there, gone;
};

OnDay units_on(const Wanted& wanted, bool own) {
  OnDay out;
  for (const auto& unit : wanted.view.visit.world->tree->units())
    if (unit.own == own) (exists_on(unit, wanted.view.day) ? out.there : out.gone).push_back(&unit);
  return out;
}

Html by_chain(const Wanted& wanted, const std::vector<const Unit*>& units) {
  const auto& visit = wanted.view.visit;
  std::map<std::pair<std::string, std::string>, std::map<std::pair<std::string, std::string>, std::vector<const Unit*>>> countries;
  for (const auto* unit : units)
    countries[{country_name(visit, unit->country), unit->country}][{chain_name(visit, unit->chain), unit->chain}].push_back(unit);
  Html out;
  for (const auto& [country, chains] : countries) {
    Html inside;
    std::int64_t count = 0;
    for (const auto& [chain, members] : chains) {
      inside.add(el("h3", {}, chain.second.empty() ? visit.tr("chain not stated") : chain.first)).add(unit_tree(wanted.view, members));
      count += static_cast<std::int64_t>(members.size());
    }
    const auto label = country.first.empty() ? visit.tr("country not stated") : country.first;
    out.add(el(
        "details", {{"class", "country"}, {"open", countries.size() < 3}},
        el("summary", {}, el("strong", {}, label), " ", el("span", {{"class", "unit-size"}}, visit.ui.trn("{1} unit", "{1} units", count))),
        el("p", {{"class", "country-links"}},
           link(visit.tr("Figures with {1}", label), Url::to("/figures", {{"counterpart", country.second}})), " ",
           link(visit.tr("Activities with {1}", label), Url::to("/activities", {{"country", country.second}}))),
        inside));
  }
  return out;
}

// The register of units is for everybody who reads that group of records at all.
bool knows_units(const Visit& visit) {
  const auto* type = type_feeding(*visit.world->catalog, "org-unit");
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kRead, *visit.world->tree, *visit.world->catalog);
  return type != nullptr && read.admits(type->group, type->handling, true, {}, {}, false);
}

net::Response list_page(const Visit& visit, bool own) {
  if (!knows_units(visit)) return visit.not_found();
  const auto wanted = read_wanted(visit);
  auto page = visit.frame(own ? visit.tr("Own units") : visit.tr("Counterparts"), own ? Place::kUnits : Place::kCounterparts);
  page.main = tree_form(wanted, own ? "/units" : "/counterparts", own);
  page.main.add(hint(visit.tr("Units as they stand on {1}.", i18n::day_text(wanted.view.day))));
  if (!wanted.text.empty()) {
    const auto found = search_units(*visit.world->tree, own, wanted.text);
    page.main.add(found.empty() ? no_units(visit) : found_units(wanted.view, found));
  } else {
    const auto on_day = units_on(wanted, own);
    page.main.add(on_day.there.empty() ? no_units(visit)
                  : own                ? unit_tree(wanted.view, on_day.there)
                                       : by_chain(wanted, on_day.there))
        .add(not_on_day(visit, on_day.gone));
  }
  return visit.show(page, wanted.line_error.empty() && wanted.day_error.empty() ? 200 : 400);
}

}  // namespace

void add_unit_pages(net::Router& router, Site& site) {
  site.add_page(router, "/units", [](Visit& visit, const net::Params&) { return list_page(visit, true); });
  site.add_page(router, "/counterparts", [](Visit& visit, const net::Params&) { return list_page(visit, false); });
  site.add_page(router, "/units/{id}/sheet", [](Visit& visit, const net::Params& params) { return talks_sheet(visit, params.get("id")); });
  site.add_page(router, "/units/{id}", [](Visit& visit, const net::Params& params) { return unit_page(visit, params.get("id")); });
}

}  // namespace nc::web
