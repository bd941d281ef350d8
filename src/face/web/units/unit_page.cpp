#include "face/web/units/unit_page.h"

#include <algorithm>

#include "base/text.h"
#include "face/web/activity_rows.h"
#include "face/web/figures/words.h"
#include "face/web/list.h"
#include "face/web/record_columns.h"
#include "face/web/site.h"
#include "face/web/taking_out.h"
#include "face/web/unit_lookup.h"
#include "face/web/units/matters.h"
#include "face/web/units/tree_view.h"

namespace nc::web {
namespace {

using orgtree::Unit;

struct Looked {
  const Visit& visit;
  const Unit& unit;
  const records::RecordView& record;
  std::int32_t day = 0;  // of the tree
};

// The day asked for; a unit that is gone is shown on its last day.
std::int32_t day_of(const Visit& visit, const Unit& unit) {
  const auto date = parse_typed_date(visit.request.query.get("day"));
  const auto days = date ? extent(*date) : std::nullopt;
  const auto day = days ? days->last : visit.who.today;
  return std::clamp(day, unit.from.value_or(kDayMin), std::max(unit.from.value_or(kDayMin), unit.until.value_or(kDayMax)));
}

std::vector<Fact> fields_of(const Looked& at) {
  std::vector<Fact> out;
  for (const auto& field : at.record.type->fields)
    if (auto value = at.visit.value(field, at.record.values[field.id]); !value.empty())
      out.push_back({field.label.in(at.visit.lang()), std::move(value), {}});
  return out;
}

Html above_text(const Looked& at, orgtree::Line line) {
  Html out;
  for (const auto& id : at.visit.world->tree->chain_above(at.unit.id, line, at.day)) {
    if (!out.empty()) out.add(" › ");
    out.add(link(unit_name(at.visit, id), unit_url(id)));
  }
  return out.empty() ? Html(at.visit.tr("none")) : out;
}

Html superiors(const Looked& at) {
  std::vector<Fact> rows{{at.visit.tr("Superior, line of command"), above_text(at, orgtree::Line::kCommand), {}}};
  if (at.unit.own) rows.push_back({at.visit.tr("Superior, line of professional guidance"), above_text(at, orgtree::Line::kGuidance), {}});
  return section(at.visit.tr("Where it stands on {1}", i18n::day_text(at.day)), facts(rows));
}

Html below(const Looked& at) {
  const auto& tree = *at.visit.world->tree;
  Html items;
  std::set<UnitId> shown;
  for (const auto line : {orgtree::Line::kCommand, orgtree::Line::kGuidance})
    for (const auto& id : tree.children(at.unit.id, line, at.day)) {
      const auto* unit = tree.find(id);
      if (!unit || !exists_on(*unit, at.day) || !shown.insert(id).second) continue;
      auto item = unit_line(at.visit, *unit);
      if (line == orgtree::Line::kGuidance) item.add(" ").add(badge(Tone::kNeutral, at.visit.tr("by professional guidance")));
      items.add(el("li", {}, item));
    }
  if (items.empty()) return {};
  return section(at.visit.tr("Units right below on {1}", i18n::day_text(at.day)), el("ul", {{"class", "unit-tree"}}, items));
}

std::string param_of(const Unit& unit) { return unit.own ? "own" : "counterpart"; }

Html newest_activities(const Looked& at, const std::set<UnitId>& units) {
  const auto heading = at.visit.tr("Newest activities");
  records::ListQuery query;
  query.feeds = {"counted-activity"};
  (at.unit.own ? query.own : query.counterpart) = units;
  query.limit = 10;
  query.looked_at_max = kLookedAtMax;
  const auto found = at.visit.ledger().list(at.visit.who, query);
  if (!found) return notice(Tone::kBad, at.visit.ui.error_text(found.error()));
  if (found->items.empty()) return section(heading, hint(at.visit.tr("No activity with this unit is recorded yet.")));
  List list;
  list.caption = heading;
  const auto columns = usual_columns(at.visit);
  list.columns = heads_of(columns);
  for (const auto& record : found->items) list.rows.push_back(row_of(columns, at.visit, record));
  show_count(list, *found);
  return section(heading, render(list, at.visit.ui),
                 link(at.visit.tr("All of them"), Url::to("/activities", {{param_of(at.unit), at.unit.code}})));
}

std::string figures_name(const Unit& unit) { return unit.own ? "unit" : "counterpart"; }

Html figures_of_year(const Looked& at) {
  const auto& visit = at.visit;
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  if (read.nothing()) return {};
  const auto year = from_day(visit.who.today).year;
  stats::Query query;
  (at.unit.own ? query.unit : query.partner.unit) = at.unit.id;
  query.from = to_day(year, 1, 1);
  query.to = to_day(year, 12, 31);
  query.rows = stats::Dimension::kKind;
  const auto answer = visit.site.columns().answer(query, read, *visit.world);
  const auto url = [&](net::Fields more) {
    net::Fields fields{{figures_name(at.unit), at.unit.code}};
    for (const auto& [name, value] : more) fields.add(name, value);
    return Url::to("/figures", fields);
  };
  const auto year_text = std::to_string(year);
  const auto actions =
      el("span", {{"class", "actions"}}, link(visit.tr("All figures of this year"), url({{"from", year_text}, {"to", year_text}})),
         link(visit.tr("By year"), url({{"rows", "kind"}, {"columns", "year"}})));
  const auto heading = visit.tr("Figures of {1}", year_text);
  if (!answer.pivot || answer.pivot->row_keys.empty())
    return section(heading, hint(visit.tr("No report yet for this year; this is not a zero.")),
                   link(visit.tr("By year"), url({{"rows", "kind"}, {"columns", "year"}})));
  Pivot table{visit.tr("Recorded from single reports: incomplete"), visit.tr("Kind"), {year_text}, {}};
  for (const auto& kind : answer.pivot->row_keys) {
    const auto total = answer.pivot->row_totals.find(kind);
    if (total == answer.pivot->row_totals.end() || !total->second.value) continue;
    table.rows.push_back(
        {kind_name(visit, kind),
         {{amount_text(visit, *total->second.value), url({{"kind", kind}, {"from", year_text}, {"to", year_text}}), false}}});
  }
  return section(heading, pivot(table, visit.ui), actions);
}

Html day_form(const Looked& at) {
  Field day{"day", at.visit.tr("As of the day"), Input::kDate, std::string(at.visit.request.query.get("day"))};
  if (const auto typed = at.visit.request.query.get("day"); !trim(typed).empty()) {
    const auto date = parse_typed_date(typed);
    if (!date) day.error = at.visit.ui.error_text(date.error());
    else if (!extent(*date)) day.error = at.visit.tr("Write 31/12/2024, 12/2024 or 2024");
  }
  return el(
      "form", {{"class", "question"}, {"method", "get"}, {"action", unit_url(at.unit.id)}},
      el("div", {{"class", "fields"}}, render_field(day, at.visit.ui),
         el("div", {{"class", "field narrow at-end"}}, el("button", {{"class", "button"}, {"type", "submit"}}, at.visit.tr("Show")))));
}

}  // namespace

net::Response unit_page(const Visit& visit, std::string_view id) {
  const auto& tree = *visit.world->tree;
  const auto wanted = UnitId::from_hex(id);
  const auto* unit = wanted ? tree.find(*wanted) : tree.by_code(id);
  const auto record = unit ? visit.ledger().read(visit.who, unit->id)
                           : Result<records::RecordView>(fail(ErrorCode::kNotFound, NC_MSG("There is nothing here")));
  if (!record || !record->type) return visit.not_found();
  const Looked at{visit, *unit, *record, day_of(visit, *unit)};
  auto page = visit.frame(unit_name(*unit, visit.lang()), unit->own ? Place::kUnits : Place::kCounterparts);
  page.crumbs = {{unit->own ? visit.tr("Own units") : visit.tr("Counterparts"), Url::to(unit->own ? "/units" : "/counterparts")},
                 {page.title, {}}};
  page.actions = join(button_link(visit.tr("Figures"), Url::to("/figures", {{figures_name(*unit), unit->code}})),
                      button_link(visit.tr("Activities"), Url::to("/activities", {{param_of(*unit), unit->code}})),
                      button_link(visit.tr("Calendar"), Url::to("/calendar", {{param_of(*unit), unit->code}})),
                      button_link(visit.tr("Its record"), record_url(unit->id)));
  if (!unit->own && takes_out(visit))
    page.actions.add(button_link(visit.tr("For the next talks"), Url::to("/units/" + unit->id.hex() + "/sheet"), true));
  const auto whole = whole_of(visit, *unit);
  page.main = join(facts(fields_of(at)), superiors(at), day_form(at), below(at), unit_history(visit, *unit), figures_of_year(at),
                   newest_activities(at, whole), open_matters(visit, *unit, whole), standing_sections(visit, *unit, whole));
  return visit.show(page);
}

}  // namespace nc::web
