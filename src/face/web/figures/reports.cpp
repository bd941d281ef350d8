// Who has said nothing of the last whole month yet, by name: what is missing, not who is to blame.
#include <algorithm>

#include "face/web/figures/words.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr std::size_t kNamed = 30;

DayRange last_whole_month(std::int32_t today) {
  const auto date = from_day(today);
  const auto first_of_this = to_day(date.year, date.month, 1);
  const auto before = from_day(first_of_this - 1);
  return {to_day(before.year, before.month, 1), first_of_this - 1};
}

Html named(const Visit& visit, const std::vector<UnitId>& units) {
  Html items;
  for (std::size_t i = 0; i < std::min(units.size(), kNamed); ++i)
    items.add(el("li", {}, link(unit_name(visit, units[i]), unit_url(units[i]))));
  if (units.size() > kNamed) items.add(el("li", {}, visit.tr("and {1} more", static_cast<std::int64_t>(units.size() - kNamed))));
  return el("ul", {{"class", "missing"}}, items);
}

// Along which line he leads: that of the right which he holds over his own unit.
orgtree::Line line_of(const Visit& visit) {
  for (const auto& grant : visit.who.grants)
    if (grant.unit && *grant.unit == visit.who.unit) return grant.line;
  return orgtree::Line::kCommand;
}

}  // namespace

Html reports_section(const Visit& visit, bool brief) {
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  const auto* unit = visit.world->tree->find(visit.world->tree->renamed_as_of(visit.who.unit, visit.who.today));
  if (read.nothing() || !unit) return {};
  const auto month = last_whole_month(visit.who.today);
  stats::Query query;
  query.unit = unit->id;
  query.line = line_of(visit);
  query.from = month.first;
  query.to = month.last;
  const auto statuses = visit.site.columns().statuses(query, read, *visit.world);
  std::vector<UnitId> silent;
  std::size_t records_only = 0, contradicted = 0;
  for (const auto& one : statuses) {
    if (one.said == stats::UnitSaid::kSilent) silent.push_back(one.unit);
    records_only += one.said == stats::UnitSaid::kRecorded;
    contradicted += one.contradicted;
  }
  const auto number = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  const auto said = statuses.size() - silent.size() - records_only;
  if (statuses.empty() || (brief && silent.empty() && contradicted == 0)) return {};
  const auto complete = brief ? Html() : completeness_line(visit);
  const auto name = visit.ui.date({month.first, DatePrecision::kMonth, false});
  Html body =
      el("p", {}, visit.tr("{1} of {2} units reported, as of {3}", number(said), number(statuses.size()), i18n::day_text(visit.who.today)),
         ".");
  if (records_only > 0) body.add(el("p", {}, visit.tr("Single records only, no report: {1}", number(records_only))));
  if (contradicted > 0) body.add(el("p", {}, visit.tr("A record contradicts what the unit said: {1}", number(contradicted))));
  if (!silent.empty()) body.add(join(el("p", {}, visit.tr("Nothing yet from: {1}", number(silent.size()))), named(visit, silent)));
  body.add(complete);
  const auto period = Url::to("/period", {{"unit", unit->code},
                                          {"line", std::string(orgtree::line_name(query.line))},
                                          {"from", i18n::day_text(month.first)},
                                          {"to", i18n::day_text(month.last)}});
  return section(visit.tr("Reports of {1}", name), el("div", {{"class", "reports"}}, body), button_link(visit.tr("Unit by unit"), period));
}

}  // namespace nc::web
