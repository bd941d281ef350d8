// Inside the room: what the calendar shows, and of which days; the same for its month, week, day and list.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "face/web/form.h"
#include "face/web/visit.h"
#include "work/calendar/events.h"
#include "work/calendar/feast_days.h"

namespace nc::web {

enum class CalendarView { kMonth, kWeek, kDay, kList };

// What the address asks for.
struct CalendarAsked {
  CalendarView view = CalendarView::kMonth;
  std::int32_t day = 0;  // the month or week that it lies in is shown
  calendar::Question question;
  net::Fields kept;  // filters, as they go on in links
  std::vector<Flash> problems;
};
[[nodiscard]] CalendarAsked read_calendar(const Visit& visit);

// The same calendar in another view or on another day.
[[nodiscard]] Url calendar_url(const CalendarAsked& asked, CalendarView view, std::int32_t day);

// The days shown, with what lies in them; each may lie in several.
struct CalendarShown {
  DayRange days;
  std::vector<calendar::Event> events;  // in order
  std::vector<calendar::Feast> feasts;
  bool cut = false;  // there are more events than are shown
};
// What is shown points into `feasts`.
Result<CalendarShown> load_calendar(const Visit& visit, const CalendarAsked& asked, const calendar::FeastDays& feasts);

// "13/10", or "1/11 nhuận".
[[nodiscard]] std::string lunar_text(const Visit& visit, std::int32_t day);
[[nodiscard]] int weekday_of(std::int32_t day);  // 0: Monday
[[nodiscard]] DayRange month_around(std::int32_t day);
[[nodiscard]] std::string weekday_name(const Visit& visit, int weekday, bool whole);
[[nodiscard]] std::string month_name(const Visit& visit, std::int32_t day);

// An event or a feast as one line; a mark and words beside the colour say what became of it.
[[nodiscard]] Html event_line(const Visit& visit, const calendar::Event& event);
[[nodiscard]] Html feast_line(const Visit& visit, const calendar::Feast& feast);
[[nodiscard]] std::string event_status(const Visit& visit, const calendar::Event& event);

[[nodiscard]] Html month_grid(const Visit& visit, const CalendarAsked& asked, const CalendarShown& shown);
[[nodiscard]] Html week_table(const Visit& visit, const CalendarAsked& asked, const CalendarShown& shown);
// Everything dated to the day, in order; what is known only to the month or year below it.
[[nodiscard]] Html day_list(const Visit& visit, const CalendarAsked& asked, const CalendarShown& shown);

}  // namespace nc::web
