// Who has said nothing of the last whole month yet, by name: what is missing, not who is to blame.
#include <algorithm>

#include "face/web/figures/opening.h"
#include "face/web/figures/words.h"
#include "face/web/list.h"
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

// What was said of the last whole month for the visitor's own unit, on the line on which he looks at it.
struct Said {
  const orgtree::Unit* unit = nullptr;  // none: nothing is owed, or he counts nothing
  stats::Query query;
  std::vector<stats::UnitStatus> statuses;
};

Said said_of(const Visit& visit) {
  Said out;
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  const auto* unit = visit.world->tree->find(visit.world->tree->renamed_as_of(visit.who.unit, visit.who.today));
  if (read.nothing() || !unit) return out;
  const auto month = last_whole_month(visit.who.today);
  out.query.unit = unit->id;
  out.query.line = line_of(visit, unit->id);
  out.query.from = month.first;
  out.query.to = month.last;
  out.statuses = visit.site.columns().statuses(out.query, read, *visit.world);
  if (!out.statuses.empty()) out.unit = unit;
  return out;
}

std::string month_text(const Visit& visit, const stats::Query& query) { return visit.ui.date({*query.from, DatePrecision::kMonth, false}); }

// Whether a report of this unit and time is being written: it is a task of its own then.
bool is_begun(const Visit& visit, const catalog::Type& type, const stats::Query& query) {
  records::ListQuery listed;
  listed.types = {type.id};
  listed.own = {*query.unit};
  listed.limit = 20;
  listed.count_max = 0;
  const auto found = visit.ledger().list(visit.who, listed);
  if (!found) return false;
  return std::ranges::any_of(found->items, [&](const records::RecordView& record) {
    const auto from = catalog::date_from_json(record.slot("from")), until = catalog::date_from_json(record.slot("until"));
    const auto first = from ? extent(*from) : std::nullopt, last = until ? extent(*until) : std::nullopt;
    return !record.voided && first && last && first->first <= *query.from && *query.to <= last->last;
  });
}

Html way_to_say(const Visit& visit, std::string_view feeds, const std::string& words, const Said& said) {
  const auto* type = type_feeding(*visit.world->catalog, feeds);
  if (!type || !may_create(visit, *type) || is_begun(visit, *type, said.query)) return {};
  return button_link(words.empty() ? type->label.in(visit.lang()) : words,
                     Url::to("/records/new", {{"type", type->id},
                                              {"unit", said.unit->code},
                                              {"from", i18n::day_text(*said.query.from)},
                                              {"until", i18n::day_text(*said.query.to)}}));
}

}  // namespace

Html own_report_section(const Visit& visit) {
  const auto said = said_of(visit);
  if (!said.unit) return {};
  const auto own = std::ranges::find(said.statuses, said.unit->id, &stats::UnitStatus::unit);
  if (own == said.statuses.end() || own->said <= stats::UnitSaid::kNil) return {};
  const auto report = way_to_say(visit, "period-report", visit.tr("Write the report"), said);
  if (report.empty()) return {};  // begun, or not his to write
  List list;
  list.columns = {{visit.tr("Record")}, {visit.tr("What is to be done")}, {visit.tr("Unit")}, {visit.tr("Act")}};
  list.columns[0].wide = list.columns[1].wide = list.columns[2].minor = true;
  const auto nothing = own->records == 0 ? way_to_say(visit, "nil-report", {}, said) : Html();
  const auto so_far = own->records == 0 ? visit.tr("Nothing of this month is reported yet: report it, or say that there was nothing")
                                        : visit.tr("Single records only, no report: {1}", static_cast<std::int64_t>(own->records));
  list.rows.push_back(
      {{Html(visit.tr("Reports of {1}", month_text(visit, said.query))), Html(so_far),
        link(unit_name(visit, said.unit->id), unit_url(said.unit->id)), el("div", {{"class", "actions"}}, report, nothing)}});
  return section(visit.tr("Report of your unit"), render(list, visit.ui));
}

Html reports_section(const Visit& visit, bool brief) {
  const auto all = said_of(visit);
  if (!all.unit) return {};
  std::vector<UnitId> silent, records_only;
  std::size_t contradicted = 0, missing_below = 0;
  for (const auto& one : all.statuses) {
    if (one.said == stats::UnitSaid::kSilent) silent.push_back(one.unit);
    if (one.said == stats::UnitSaid::kRecorded) records_only.push_back(one.unit);
    contradicted += one.contradicted;
    missing_below += one.said > stats::UnitSaid::kNil && one.unit != all.unit->id;  // single records are no report
  }
  const auto number = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  const auto said = all.statuses.size() - silent.size() - records_only.size();
  if (brief && missing_below == 0 && contradicted == 0) return {};  // what is missing of one's own is a task
  const auto complete = brief ? Html() : completeness_line(visit);
  Html body = el(
      "p", {}, visit.tr("{1} of {2} units reported, as of {3}", number(said), number(all.statuses.size()), i18n::day_text(visit.who.today)),
      "; ", line_text(visit, all.query.line), ".");
  if (contradicted > 0) body.add(el("p", {}, visit.tr("A record contradicts what the unit said: {1}", number(contradicted))));
  if (!silent.empty()) body.add(join(el("p", {}, visit.tr("Nothing yet from: {1}", number(silent.size()))), named(visit, silent)));
  if (!records_only.empty())
    body.add(join(el("p", {}, visit.tr("Single records only, no report: {1}", number(records_only.size()))), named(visit, records_only)));
  body.add(complete);
  const auto period = Url::to("/period", {{"unit", all.unit->code},
                                          {"line", std::string(orgtree::line_name(all.query.line))},
                                          {"from", i18n::day_text(*all.query.from)},
                                          {"to", i18n::day_text(*all.query.to)}});
  return section(visit.tr("Reports of {1}", month_text(visit, all.query)), el("div", {{"class", "reports"}}, body),
                 button_link(visit.tr("Unit by unit"), period));
}

}  // namespace nc::web
