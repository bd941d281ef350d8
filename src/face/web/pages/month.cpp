// This month's activities, day by day: a sheet of seven columns, and on a narrow screen the days that have any.
#include <map>

#include "face/web/activity_rows.h"
#include "face/web/site_pages.h"
#include "work/calendar/events.h"

namespace nc::web {
namespace {

constexpr std::size_t kMost = 200, kShownOfDay = 3;

struct Month {
  std::int32_t first = 0, last = 0;
};

Month month_of(std::int32_t day) {
  const auto date = from_day(day);
  const auto next = date.month == 12 ? to_day(date.year + 1, 1, 1) : to_day(date.year, date.month + 1, 1);
  return {to_day(date.year, date.month, 1), next - 1};
}

// 0: Monday. Day 0 was a Thursday.
int weekday_of(std::int32_t day) { return ((day + 3) % 7 + 7) % 7; }

std::string weekday_text(const Visit& visit, int weekday) {
  static constexpr std::array kNames = {NC_MSG("Mon"), NC_MSG("Tue"), NC_MSG("Wed"), NC_MSG("Thu"),
                                        NC_MSG("Fri"), NC_MSG("Sat"), NC_MSG("Sun")};
  return visit.tr(kNames[static_cast<std::size_t>(weekday)]);
}

Html event_item(const Visit& visit, const calendar::Event& event) {
  const auto open = event.status == "planned" || event.status == "announced";
  return el("li", {}, el("a", {{"href", record_url(event.record)}, {"title", event.title}}, event.type->label.in(visit.lang())),
            open ? Html(" (" + visit.tr("no result yet") + ")") : Html());
}

Html day_cell(const Visit& visit, std::int32_t day, const std::vector<const calendar::Event*>& events, bool begins) {
  Html items;
  for (std::size_t i = 0; i < std::min(events.size(), kShownOfDay); ++i) items.add(event_item(visit, *events[i]));
  if (events.size() > kShownOfDay) {
    const auto text = i18n::day_text(day);
    items.add(el("li", {},
                 link(visit.tr("and {1} more", static_cast<std::int64_t>(events.size() - kShownOfDay)),
                      Url::to("/activities", {{"from", text}, {"to", text}}))));
  }
  std::string kind = events.empty() ? "day idle" : "day";
  if (day == visit.who.today) kind += " today";
  if (begins) kind += " from-" + std::to_string(weekday_of(day) + 1);
  const auto date = from_day(day);
  return el("li", {{"class", kind}},
            el("span", {{"class", "day-name"}}, el("span", {{"class", "weekday"}}, weekday_text(visit, weekday_of(day)), " "),
               std::to_string(date.dom), el("span", {{"class", "of-month"}}, "/" + std::to_string(date.month)),
               day == visit.who.today ? el("span", {{"class", "visually-hidden"}}, " ", visit.tr("Today")) : Html()),
            items.empty() ? Html() : el("ul", {}, items));
}

}  // namespace

Html month_section(const Visit& visit) {
  const auto month = month_of(visit.who.today);
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
  Html head, days, undated;
  for (int weekday = 0; weekday < 7; ++weekday) head.add(el("li", {}, weekday_text(visit, weekday)));
  for (auto day = month.first; day <= month.last; ++day) days.add(day_cell(visit, day, by_day[day], day == month.first));
  for (const auto* event : inexact) undated.add(event_item(visit, *event));
  const auto text = visit.ui.date({month.first, DatePrecision::kMonth, false});
  Html body = join(el("ol", {{"class", "weekdays"}, {"aria-hidden", "true"}}, head), el("ol", {{"class", "month"}}, days));
  if (by_day.empty() || found->events.empty()) body.add(hint(visit.tr("Nothing is recorded or planned for this month yet.")));
  if (!undated.empty()) body.add(join(hint(visit.tr("In this month, without a day:")), el("ul", {}, undated)));
  if (found->more) body.add(hint(visit.tr("There is more than is shown here; the list has all of it.")));
  const auto list = Url::to("/activities", {{"from", i18n::day_text(month.first)}, {"to", i18n::day_text(month.last)}});
  return section(visit.tr("Calendar of {1}", text), body, button_link(visit.tr("As a list"), list));
}

}  // namespace nc::web
