#include "face/web/figures/opening.h"

#include <algorithm>
#include <set>

#include "face/web/figures/words.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

// The latest year up to the present one in which anything was recorded; none: nothing was.
std::optional<int> latest_year(const Visit& visit, const access::ReadScope& read, stats::Query query) {
  query.to = visit.who.today;
  query.rows = stats::Dimension::kYear;
  const auto answer = visit.site.columns().answer(query, read, *visit.world);
  std::optional<int> latest;
  if (!answer.pivot) return latest;
  for (const auto& year : answer.pivot->row_keys)
    if (const auto date = parse_period_edge(year)) latest = std::max(latest.value_or(0), from_day(date->last).year);
  return latest;
}

std::size_t records_of(const Visit& visit, const access::ReadScope& read, stats::Query query) {
  query.rows = stats::Dimension::kKind;
  const auto answer = visit.site.columns().answer(query, read, *visit.world);
  return answer.pivot ? answer.pivot->total.records : 0;
}

// "Name: 2 records", at the same page for the same period; without any in it, its latest year that has some.
Html former_unit(const Visit& visit, const Asked& asked, const access::ReadScope& read, const orgtree::Unit& unit, std::string_view path) {
  stats::Query query = asked.query;
  query.unit = unit.id;
  query.as_of.reset();
  const auto name = unit_name(visit, unit.id);
  if (const auto records = static_cast<std::int64_t>(records_of(visit, read, query)); records > 0)
    return join(link(name, asked.at(path, {{"unit", unit.code}, {"as", ""}})), ": ", visit.ui.trn("{1} record", "{1} records", records));
  query.from.reset();
  const auto latest = latest_year(visit, read, query);
  if (!latest) return link(name, asked.at(path, {{"unit", unit.code}, {"as", ""}}));
  const auto year = std::to_string(*latest);
  return join(link(name, asked.at(path, {{"unit", unit.code}, {"as", ""}, {"from", year}, {"to", year}})), ": ",
              visit.ui.tr("latest records in {1}", year));
}

}  // namespace

// A unit that only guides today would show nothing of what happened since its line of command ended.
orgtree::Line line_of(const Visit& visit, const UnitId& unit) {
  std::set<orgtree::Line> over_it;
  for (const auto& grant : visit.who.grants)
    if (grant.unit == unit) over_it.insert(grant.line);
  if (over_it.size() == 1) return *over_it.begin();
  const auto below = [&](orgtree::Line line) { return visit.world->tree->subtree(unit, line, visit.who.today).size(); };
  return below(orgtree::Line::kGuidance) > below(orgtree::Line::kCommand) ? orgtree::Line::kGuidance : orgtree::Line::kCommand;
}

bool is_asked(const Visit& visit) {
  return std::ranges::any_of(kAskedNames, [&](const auto name) { return visit.request.query.has(name); });
}

net::Fields parameters_of(const Visit& visit, const access::ReadScope& read, Reading reading) {
  if (is_asked(visit)) return visit.request.query;
  net::Fields out;
  const auto* unit = visit.world->tree->find(visit.who.unit);
  const bool own = unit && unit->own;
  const auto line = own ? line_of(visit, unit->id) : orgtree::Line::kCommand;
  if (own) out.add("unit", unit->code);
  if (line != orgtree::Line::kCommand) out.add("line", std::string(orgtree::line_name(line)));
  stats::Query query;
  if (own) query.unit = unit->id;
  query.line = line;
  auto latest = latest_year(visit, read, query);
  if (!latest && own && reading == Reading::kOfToday) {
    // A unit that has not reported yet under its present name: what it came from did.
    query.as_of = visit.who.today;
    latest = latest_year(visit, read, query);
    if (latest) out.add("as", i18n::day_text(visit.who.today));
  }
  const auto year = std::to_string(latest.value_or(from_day(visit.who.today).year));
  out.add("from", year);
  out.add("to", year);
  return out;
}

Html chosen_year(const Visit& visit, const Asked& asked) {
  const auto today = std::to_string(from_day(visit.who.today).year);
  if (is_asked(visit) || asked.text("from") == today) return {};
  auto text = visit.ui.tr("Nothing is recorded for {1} yet; below are the figures of {2}, the latest year with reports.", today,
                          std::string(asked.text("from")));
  if (asked.query.as_of) text += " " + visit.tr("They were reported by the units that it came from.");
  return notice(Tone::kNeutral, text);
}

Html former_units(const Visit& visit, const Asked& asked, const access::ReadScope& read, std::string_view path) {
  constexpr std::size_t kShownMax = 6;
  if (!asked.query.unit) return {};
  Html out;
  std::size_t shown = 0;
  for (const auto& id : visit.world->tree->predecessors(*asked.query.unit)) {
    const auto* unit = visit.world->tree->find(id);
    if (!unit || id == *asked.query.unit || shown == kShownMax) continue;
    if (shown++ > 0) out.add("; ");
    out.add(former_unit(visit, asked, read, *unit, path));
  }
  return out.empty() ? Html() : el("p", {{"class", "hint"}}, visit.tr("What it was before, counted by itself:"), " ", out);
}

}  // namespace nc::web
