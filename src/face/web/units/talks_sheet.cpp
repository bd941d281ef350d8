// One sheet to take to the next talks with a unit of the other side.
#include <algorithm>
#include <functional>

#include "face/web/activity_rows.h"
#include "face/web/figures/words.h"
#include "face/web/record_columns.h"
#include "face/web/site.h"
#include "face/web/taking_out.h"
#include "face/web/units/matters.h"

namespace nc::web {
namespace {

// Groups of the catalogue (docs/formats/catalogue.md).
constexpr std::string_view kMeetings = "meetings", kIncidents = "incidents";

struct Sheet {
  const Visit& visit;
  const orgtree::Unit& unit;
  std::set<UnitId> whole;
  catalog::Handling handling = catalog::Handling::kOpen;  // the highest of what stands on it
};

std::vector<std::string> kinds_where(const Visit& visit, const std::function<bool(const catalog::Type&)>& fits) {
  std::vector<std::string> out;
  for (const auto* type : visit.world->catalog->feeding("counted-activity"))
    if (fits(*type)) out.push_back(type->id);
  return out;
}
std::vector<std::string> kinds_in(const Visit& visit, std::string_view group) {
  return kinds_where(visit, [&](const auto& type) { return group.empty() || type.group == group; });
}

// The newest first; only what may be taken out.
std::vector<records::RecordView> activities(Sheet& sheet, std::vector<std::string> kinds, std::optional<std::int32_t> from,
                                            std::size_t most) {
  const auto& visit = sheet.visit;
  records::ListQuery query;
  query.types = std::move(kinds);
  if (query.types.empty()) return {};
  query.counterpart = sheet.whole;
  query.from = from;
  query.until = visit.who.today;
  query.limit = 2 * most;
  query.count_max = 0;
  query.looked_at_max = kLookedAtMax;
  auto found = visit.ledger().list(visit.who, query);
  std::vector<records::RecordView> out;
  if (!found) return out;
  for (auto& record : found->items) {
    if (out.size() == most || record.voided || !may_take_out(visit, record)) continue;
    sheet.handling = std::max(sheet.handling, highest_handling(record));
    out.push_back(std::move(record));
  }
  return out;
}

// The day after the meeting: of what lasted several days, after the last.
std::optional<std::int32_t> day_after(const records::RecordView& record) {
  const auto& when = record.slot("when");
  const auto date = catalog::date_from_json(when.has("to") ? when["to"] : when.has("from") ? when["from"] : when);
  const auto days = date ? extent(*date) : std::nullopt;
  return days ? std::optional(days->last + 1) : std::nullopt;
}

// What was written of it: the long texts of the record.
Html last_meeting(const Sheet& sheet, const records::RecordView& record) {
  const auto& visit = sheet.visit;
  std::vector<Fact> rows{{visit.tr("Which"), link(visit.name(record.id), record_url(record.id)), ""},
                         {visit.tr("Date"), when_text(visit, record), ""}};
  for (const auto& field : record.type->fields) {
    const bool tells = field.kind == catalog::FieldKind::kLongText || field.holds_files();
    if (!tells) continue;
    auto shown = visit.value(field, record.values[field.id]);
    if (!shown.empty()) rows.push_back({field.label.in(visit.lang()), std::move(shown), ""});
  }
  return section(visit.tr("Last meeting"), facts(rows));
}

Html activity_table(const Visit& visit, const std::string& heading, const std::vector<records::RecordView>& records) {
  if (records.empty()) return section(heading, hint(visit.tr("Nothing is recorded.")));
  List list;
  list.caption = heading;
  const auto columns = usual_columns(visit);
  list.columns = heads_of(columns);
  for (const auto& record : records) list.rows.push_back(row_of(columns, visit, record));
  without_empty_minor(list);
  return section(heading, render(list, visit.ui));
}

std::string direction_text(const Visit& visit, const records::RecordView& record) {
  const auto* field = record.type->slot("direction");
  const auto* option = field ? field->option(record.values.text(field->id)) : nullptr;
  return option ? option->label.in(visit.lang()) : std::string();
}

// What was given and received, whenever it was: so that nothing is given twice, and what the other side gave is thanked for.
Html gifts(Sheet& sheet) {
  const auto& visit = sheet.visit;
  constexpr std::size_t kGifts = 12;
  const auto kinds = kinds_where(visit, [](const auto& type) { return type.slot("given") != nullptr; });
  List list;
  list.caption = visit.tr("Given and received");
  list.columns = {{visit.tr("Which")},
                  {visit.tr("Date"), false, false, {}, 0, true},
                  {visit.tr("Direction")},
                  {visit.tr("What was given")},
                  {visit.tr("Worth"), true}};
  const auto shown = [&](const records::RecordView& record, std::string_view slot) {
    const auto* field = record.type->slot(slot);
    return field ? visit.value(*field, record.values[field->id]) : Html();
  };
  for (const auto& record : activities(sheet, kinds, std::nullopt, kGifts)) {
    auto what = shown(record, "given"), worth = shown(record, "worth");
    list.rows.push_back({{link(kind_text(visit, record), record_url(record.id)), when_text(visit, record), direction_text(visit, record),
                          std::move(what), std::move(worth)}});
  }
  if (list.rows.empty()) return section(list.caption, hint(visit.tr("Nothing is recorded.")));
  return section(list.caption, render(list, visit.ui));
}

Html figures_since(const Sheet& sheet, std::int32_t from) {
  const auto& visit = sheet.visit;
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  if (read.nothing()) return {};
  stats::Query query;
  query.partner.unit = sheet.unit.id;
  query.from = from;
  query.to = visit.who.today;
  query.rows = stats::Dimension::kKind;
  const auto answer = visit.site.columns().answer(query, read, *visit.world);
  const auto heading = visit.tr("Figures since then, from {1} on", i18n::day_text(from));
  if (from > visit.who.today) return section(heading, hint(visit.tr("Nothing is recorded.")));
  if (!answer.pivot || answer.pivot->row_keys.empty()) return section(heading, hint(visit.tr("Nothing is recorded.")));
  Pivot table{visit.tr("Recorded from single reports: incomplete"), visit.tr("Kind"), {visit.ui.days({from, visit.who.today})}, {}};
  for (const auto& kind : answer.pivot->row_keys) {
    const auto total = answer.pivot->row_totals.find(kind);
    if (total != answer.pivot->row_totals.end() && total->second.value)
      table.rows.push_back({kind_name(visit, kind), {{amount_text(visit, *total->second.value), std::nullopt, false}}});
  }
  return section(heading, pivot(table, visit.ui));
}

}  // namespace

net::Response talks_sheet(Visit& visit, std::string_view id) {
  constexpr std::int32_t kYear = 365;
  const auto& tree = *visit.world->tree;
  const auto wanted = UnitId::from_hex(id);
  const auto* unit = wanted ? tree.find(*wanted) : tree.by_code(id);
  if (!unit || unit->own || !visit.reads() || !takes_out(visit) || !visit.ledger().read(visit.who, unit->id)) return visit.not_found();
  Sheet sheet{visit, *unit, whole_of(visit, *unit)};
  const auto meetings = activities(sheet, kinds_in(visit, kMeetings), std::nullopt, 3);
  const auto since = meetings.empty() ? visit.who.today - kYear : day_after(meetings.front()).value_or(visit.who.today - kYear);
  const auto incidents = activities(sheet, kinds_in(visit, kIncidents), since, 20);
  const auto others = activities(sheet, kinds_in(visit, {}), since, 20);
  const auto given = gifts(sheet);
  const auto matters = open_matters(visit, *unit, sheet.whole, &sheet.handling);
  if (const auto written = write_taken_out(visit, access::audited::kPrint, unit->id); !written) return visit.refuse(written.error());
  auto page = visit.frame(visit.tr("For the next talks: {1}", unit_name(visit, unit->id)), Place::kCounterparts);
  page.crumbs = {
      {visit.tr("Counterparts"), Url::to("/counterparts")}, {unit_name(visit, unit->id), unit_url(unit->id)}, {visit.tr("Sheet"), {}}};
  page.actions = button_link(visit.tr("Back to the unit"), unit_url(unit->id));
  page.main = taken_out_head(visit, sheet.handling);
  if (meetings.empty()) page.main.add(section(visit.tr("Last meeting"), hint(visit.tr("No meeting with this unit is recorded."))));
  else page.main.add(last_meeting(sheet, meetings.front()));
  page.main.add(matters)
      .add(given)
      .add(activity_table(visit, visit.tr("Incidents since then"), incidents))
      .add(activity_table(visit, visit.tr("All activities since then"), others))
      .add(figures_since(sheet, since));
  page.footer = visit.tr("As of {1}, within what {2} may see", i18n::day_text(visit.who.today), visit.who.login);
  return visit.show(page);
}

}  // namespace nc::web
