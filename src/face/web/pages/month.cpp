// This month's activities, day by day: a sheet of seven columns, and on a narrow screen the days that have any.
#include <algorithm>
#include <map>

#include "face/web/activity_rows.h"
#include "face/web/calendar/shown.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr std::size_t kMost = 200, kShownOfDay = 3;

Html event_item(const Visit& visit, const calendar::Event& event) {
  const auto open = event.status == "planned" || event.status == "announced";
  return el("li", {}, el("a", {{"href", record_url(event.record)}, {"title", event.title}}, event.type->label.in(visit.lang())),
            open ? Html(" (" + visit.tr("no result yet") + ")") : Html());
}

Html day_cell(const Visit& visit, std::int32_t day, const std::vector<const calendar::Event*>& events, bool begins) {
  Html items;
  for (std::size_t i = 0; i < std::min(events.size(), kShownOfDay); ++i) items.add(event_item(visit, *events[i]));
  if (events.size() > kShownOfDay) {
    items.add(el("li", {},
                 link(visit.tr("and {1} more", static_cast<std::int64_t>(events.size() - kShownOfDay)),
                      Url::to("/calendar", {{"view", "day"}, {"day", i18n::day_text(day)}}))));
  }
  std::string kind = events.empty() ? "day idle" : "day";
  if (day == visit.who.today) kind += " today";
  if (begins) kind += " from-" + std::to_string(weekday_of(day) + 1);
  const auto date = from_day(day);
  return el("li", {{"class", kind}},
            el("span", {{"class", "day-name"}}, el("span", {{"class", "weekday"}}, weekday_name(visit, weekday_of(day), false), " "),
               std::to_string(date.dom), el("span", {{"class", "of-month"}}, "/" + std::to_string(date.month)),
               day == visit.who.today ? el("span", {{"class", "visually-hidden"}}, " ", visit.tr("Today")) : Html()),
            items.empty() ? Html() : el("ul", {}, items));
}

}  // namespace

Html month_section(const Visit& visit) {
  const auto month = month_around(visit.who.today);
  const auto found = calendar::events_within(visit.ledger(), visit.who, {month.first, month.last}, kMost, visit.lang());
  if (!found) return notice(Tone::kBad, visit.ui.error_text(found.error()));
  std::map<std::int32_t, std::vector<const calendar::Event*>> by_day;
  std::vector<const calendar::Event*> inexact;
  for (const auto& event : found->events) {
    if (!event.exact) {
      inexact.push_back(&event);
      continue;
    }
    for (auto day = std::max(event.days.first, month.first); day <= std::min(event.days.last, month.last); ++day)
      by_day[day].push_back(&event);
  }
  Html head, days, undated, body;
  for (int weekday = 0; weekday < 7; ++weekday) head.add(el("li", {}, weekday_name(visit, weekday, false)));
  for (auto day = month.first; day <= month.last; ++day) days.add(day_cell(visit, day, by_day[day], day == month.first));
  for (const auto* event : inexact) undated.add(event_item(visit, *event));
  const auto text = visit.ui.date({month.first, DatePrecision::kMonth, false});
  const bool empty = std::ranges::all_of(by_day, [](const auto& day) { return day.second.empty(); });
  // A sheet of empty days says less than the sentence, and keeps what follows out of view.
  if (empty && inexact.empty()) body.add(hint(visit.tr("Nothing is recorded or planned for this month yet.")));
  if (!empty) body.add(join(el("ol", {{"class", "weekdays"}, {"aria-hidden", "true"}}, head), el("ol", {{"class", "month"}}, days)));
  if (!undated.empty()) body.add(join(hint(visit.tr("In this month, without a day:")), el("ul", {}, undated)));
  if (found->more) body.add(hint(visit.tr("There is more than is shown here; the list has all of it.")));
  const auto list = Url::to("/calendar", {{"view", "list"}, {"day", i18n::day_text(month.first)}});
  return section(visit.tr("Calendar of {1}", text), body, button_link(visit.tr("As a list"), list));
}

}  // namespace nc::web
