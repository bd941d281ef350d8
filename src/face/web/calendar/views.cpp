// Month, week and list of the calendar. Every day is a link to itself, every event to its record.
#include <algorithm>

#include "base/text.h"
#include "face/web/calendar/shown.h"
#include "face/web/list.h"

namespace nc::web {
namespace {

constexpr std::size_t kLinesOfACell = 3;

struct WeekdayName {
  const char* brief;
  const char* whole;
};
constexpr std::array kWeekdays = {WeekdayName{NC_MSG("Mon"), NC_MSG("Monday")},    WeekdayName{NC_MSG("Tue"), NC_MSG("Tuesday")},
                                  WeekdayName{NC_MSG("Wed"), NC_MSG("Wednesday")}, WeekdayName{NC_MSG("Thu"), NC_MSG("Thursday")},
                                  WeekdayName{NC_MSG("Fri"), NC_MSG("Friday")},    WeekdayName{NC_MSG("Sat"), NC_MSG("Saturday")},
                                  WeekdayName{NC_MSG("Sun"), NC_MSG("Sunday")}};

// How it stands, in a sign: what is over, what is to come, what was called off.
const char* mark_of(const calendar::Event& event) {
  const auto& status = event.status;
  if (event.matter) return "◇";
  if (status == "cancelled") return "✕";
  return status == "planned" || status == "postponed" || status == "announced" ? "○" : "●";
}

std::vector<Html> lines_of(const Visit& visit, const CalendarShown& shown, std::int32_t day) {
  std::vector<Html> out;
  const auto within = [&](const DayRange& days) { return days.first <= day && day <= days.last; };
  for (const auto& feast : shown.feasts)
    if (within(feast.days)) out.push_back(el("li", {{"class", "feast"}}, feast_line(visit, feast)));
  for (const auto& event : shown.events)
    if (event.exact && within(event.days)) out.push_back(el("li", {{"class", "event"}}, event_line(visit, event)));
  return out;
}

Html day_link(const Visit& visit, const CalendarAsked& asked, std::int32_t day, const std::string& text, std::size_t count) {
  const auto today = day == visit.who.today ? std::optional<std::string>("date") : std::nullopt;
  auto label = weekday_name(visit, weekday_of(day), true) + " " + i18n::day_text(day);
  if (count > 0) label += ", " + visit.ui.trn("{1} entry", "{1} entries", static_cast<std::int64_t>(count));
  return el("a",
            {{"class", "cal-day"}, {"href", calendar_url(asked, CalendarView::kDay, day)}, {"aria-label", label}, {"aria-current", today}},
            text);
}

Html cell(const Visit& visit, const CalendarAsked& asked, const CalendarShown& shown, std::int32_t day) {
  if (day < shown.days.first || day > shown.days.last) return el("td", {{"class", "cal-out"}});
  const auto lines = lines_of(visit, shown, day);
  Html out = join(day_link(visit, asked, day, std::to_string(from_day(day).dom), lines.size()),
                  el("span", {{"class", "cal-lunar"}}, lunar_text(visit, day)));
  Html items;
  for (std::size_t i = 0; i < std::min(kLinesOfACell, lines.size()); ++i) items.add(lines[i]);
  if (!items.empty()) out.add(el("ul", {}, items));
  if (lines.size() > kLinesOfACell)
    out.add(el("a", {{"class", "cal-more"}, {"href", calendar_url(asked, CalendarView::kDay, day)}},
               visit.tr("{1} more", static_cast<std::int64_t>(lines.size() - kLinesOfACell)),
               el("span", {{"class", "visually-hidden"}}, ": ", i18n::day_text(day))));
  return el("td", {{"class", day == visit.who.today ? std::optional("cal-today") : std::nullopt}}, out);
}

Html inexact(const Visit& visit, const CalendarShown& shown) {
  Html items;
  for (const auto& event : shown.events)
    if (!event.exact) items.add(el("li", {}, event_line(visit, event), " (", visit.ui.days(event.days), ")"));
  return items.empty() ? Html() : section(visit.tr("The day is not known"), el("ul", {{"class", "cal-items"}}, items));
}

Row feast_row(const Visit& visit, const CalendarAsked& asked, const calendar::Feast& feast) {
  return {{feast_line(visit, feast), link(visit.ui.days(feast.days), calendar_url(asked, CalendarView::kDay, feast.days.first)),
           Html(lunar_text(visit, feast.days.first)), Html(visit.tr("Feast day")),
           Html(feast.of->verified ? "" : visit.tr("not compared with a source"))}};
}

Row event_row(const Visit& visit, const CalendarAsked& asked, const calendar::Event& event) {
  return {{link(event.title.empty() ? event.type->label.in(visit.lang()) : event.title, record_url(event.record)),
           link(visit.ui.days(event.days), calendar_url(asked, CalendarView::kDay, event.days.first)),
           Html(lunar_text(visit, event.days.first)), Html(event.type->label.in(visit.lang())), Html(event_status(visit, event))}};
}

}  // namespace

int weekday_of(std::int32_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7); }  // 1970-01-01 was a Thursday

DayRange month_around(std::int32_t day) {
  const auto parts = from_day(day);
  const auto next = parts.month == 12 ? to_day(parts.year + 1, 1, 1) : to_day(parts.year, parts.month + 1, 1);
  return {to_day(parts.year, parts.month, 1), next - 1};
}

std::string weekday_name(const Visit& visit, int weekday, bool whole) {
  const auto& names = kWeekdays.at(static_cast<std::size_t>(weekday));
  return visit.tr(whole ? names.whole : names.brief);
}

std::string month_name(const Visit& visit, std::int32_t day) {
  const auto parts = from_day(day);
  return visit.tr("Month {1}/{2}", std::to_string(parts.month), std::to_string(parts.year));
}

std::string lunar_text(const Visit& visit, std::int32_t day) {
  const auto lunar = calendar::lunar_of(day);
  const auto text = std::to_string(lunar.day) + "/" + std::to_string(lunar.month);
  return lunar.leap ? visit.tr("{1} leap", text) : text;
}

std::string event_status(const Visit& visit, const calendar::Event& event) {
  const auto* field = event.type->slot("status");
  const auto* option = field ? field->option(event.status) : nullptr;
  return option ? option->label.in(visit.lang()) : std::string();
}

Html event_line(const Visit& visit, const calendar::Event& event) {
  const auto& kind = event.type->label.in(visit.lang());
  const auto status = event_status(visit, event);
  const auto text = event.title.starts_with(kind) ? event.title : kind + ": " + event.title;
  return join(el("span", {{"class", "cal-mark"}, {"aria-hidden", "true"}}, mark_of(event)), " ",
              el("a", {{"href", record_url(event.record)}, {"title", event.title}}, text),
              status.empty() ? Html() : el("span", {{"class", "visually-hidden"}}, " (", status, ")"));
}

Html feast_line(const Visit& visit, const calendar::Feast& feast) {
  std::string sides;
  for (const auto& country : feast.of->countries) sides += (sides.empty() ? "" : "+") + country;
  Html out = join(el("span", {{"class", "cal-side"}}, sides), " ", feast.of->label.in(visit.lang()));
  if (feast.anniversary && *feast.anniversary > 0) {
    const auto years = visit.tr("{1} years", static_cast<std::int64_t>(*feast.anniversary));
    out.add(" ").add(feast.round() ? el("strong", {}, "(", years, ")") : Html("(" + years + ")"));
  }
  if (!feast.of->verified) out.add(el("abbr", {{"class", "incomplete"}, {"title", visit.tr("not compared with a source")}}, "*"));
  return out;
}

Html month_grid(const Visit& visit, const CalendarAsked& asked, const CalendarShown& shown) {
  Html head, body;
  for (int weekday = 0; weekday < 7; ++weekday)
    head.add(el("th", {{"scope", "col"}, {"abbr", weekday_name(visit, weekday, true)}}, weekday_name(visit, weekday, false)));
  const auto begin = shown.days.first - weekday_of(shown.days.first);
  for (auto week = begin; week <= shown.days.last; week += 7) {
    Html cells;
    for (int i = 0; i < 7; ++i) cells.add(cell(visit, asked, shown, week + i));
    body.add(el("tr", {}, cells));
  }
  const auto caption = month_name(visit, asked.day);
  return el("table", {{"class", "cal-month"}}, el("caption", {{"class", "visually-hidden"}}, caption), el("thead", {}, el("tr", {}, head)),
            el("tbody", {}, body));
}

Html week_table(const Visit& visit, const CalendarAsked& asked, const CalendarShown& shown) {
  Html body;
  for (auto day = shown.days.first; day <= shown.days.last; ++day) {
    const auto lines = lines_of(visit, shown, day);
    Html items;
    for (const auto& line : lines) items.add(line);
    const auto name = weekday_name(visit, weekday_of(day), true) + ", " + i18n::day_text(day);
    body.add(el("tr", {{"class", day == visit.who.today ? std::optional("cal-today") : std::nullopt}},
                el("th", {{"scope", "row"}}, day_link(visit, asked, day, name, lines.size()),
                   el("span", {{"class", "cal-lunar"}}, visit.tr("lunar {1}", lunar_text(visit, day)))),
                el("td", {}, items.empty() ? Html("–") : el("ul", {{"class", "cal-items"}}, items))));
  }
  return join(
      el("table", {{"class", "cal-week"}}, el("caption", {{"class", "visually-hidden"}}, visit.ui.days(shown.days)), el("tbody", {}, body)),
      inexact(visit, shown));
}

Html day_list(const Visit& visit, const CalendarAsked& asked, const CalendarShown& shown) {
  List list;
  list.caption = visit.tr("Calendar");
  list.columns = {{visit.tr("What")},
                  {visit.tr("Date"), false, false, {}, 0, true},
                  {visit.tr("Lunar"), false, true, {}, 0, true},
                  {visit.tr("Kind")},
                  {visit.tr("Status")}};
  std::vector<std::pair<std::int32_t, Row>> rows;
  for (const auto& feast : shown.feasts) rows.emplace_back(feast.days.first, feast_row(visit, asked, feast));
  for (const auto& event : shown.events)
    if (event.exact) rows.emplace_back(event.days.first, event_row(visit, asked, event));
  std::ranges::stable_sort(rows, {}, [](const auto& row) { return row.first; });
  for (auto& [day, row] : rows) list.rows.push_back(std::move(row));
  list.empty_text = visit.tr("Nothing is planned or recorded on these days.");
  list.empty_hint = visit.tr("Choose another month, or take a filter away.");
  return join(render(list, visit.ui), inexact(visit, shown));
}

}  // namespace nc::web
