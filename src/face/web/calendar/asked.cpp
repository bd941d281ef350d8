// What the address of the calendar asks for, and the days and records that answer it.
#include <algorithm>

#include "base/text.h"
#include "face/web/calendar/shown.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

constexpr std::size_t kEventsMax = 500;

struct ViewName {
  CalendarView view;
  std::string_view name;
};
constexpr std::array kViews = {ViewName{CalendarView::kMonth, "month"}, ViewName{CalendarView::kWeek, "week"},
                               ViewName{CalendarView::kDay, "day"}, ViewName{CalendarView::kList, "list"}};

std::string_view name_of(CalendarView view) {
  const auto at = std::ranges::find(kViews, view, &ViewName::view);
  return at == kViews.end() ? "month" : at->name;
}

void read_unit(const Visit& visit, std::string_view name, Side side, CalendarAsked& asked, std::set<UnitId>& into) {
  const auto typed = trim(visit.request.query.get(name));
  if (typed.empty()) return;
  asked.kept.add(std::string(name), std::string(typed));
  const auto match = find_unit(*visit.world->tree, typed, side);
  if (match.unit) {
    into = with_units_below(*visit.world->tree, match.unit->id);
    return;
  }
  into = {UnitId{}};  // nothing is shown rather than everything
  if (match.candidates.empty()) asked.problems.push_back({Tone::kWarn, visit.tr("No unit is called “{1}”.", std::string(typed)), ""});
  else
    asked.problems.push_back(
        {Tone::kWarn, visit.tr("“{1}” may be several units. Which one?", std::string(typed)), candidates_text(match, visit.ui)});
}

void read_kind(const Visit& visit, CalendarAsked& asked) {
  const std::string kind(trim(visit.request.query.get("kind")));
  if (kind.empty()) return;
  const auto types = calendar::dated_types(*visit.world->catalog);
  if (std::ranges::find(types, kind, &catalog::Type::id) != types.end()) {
    asked.question.types = {kind};
    asked.kept.add("kind", kind);
    return;
  }
  asked.problems.push_back({Tone::kWarn, visit.tr("There is no kind “{1}”; all kinds are shown.", kind), ""});
}

// Nothing is kept before or after these years, and the calendars of the moon hold for them.
constexpr int kYearFirst = 1900, kYearLast = 2199;

std::int32_t read_day(const Visit& visit, CalendarAsked& asked) {
  const auto typed = trim(visit.request.query.get("day"));
  if (typed.empty()) return visit.who.today;
  const auto date = parse_typed_date(typed);
  const auto days = date ? extent(*date) : std::nullopt;
  if (days && days->first >= to_day(kYearFirst, 1, 1) && days->first <= to_day(kYearLast, 12, 31)) return days->first;
  asked.problems.push_back({Tone::kWarn, date ? visit.tr("Write 31/12/2024, 12/2024 or 2024") : visit.ui.error_text(date.error()), ""});
  return visit.who.today;
}

DayRange days_of(const CalendarAsked& asked) {
  if (asked.view == CalendarView::kDay) return {asked.day, asked.day};
  if (asked.view == CalendarView::kWeek) return {asked.day - weekday_of(asked.day), asked.day - weekday_of(asked.day) + 6};
  return month_around(asked.day);
}

}  // namespace

CalendarAsked read_calendar(const Visit& visit) {
  CalendarAsked out;
  const auto wanted = std::ranges::find(kViews, visit.request.query.get("view"), &ViewName::name);
  if (wanted != kViews.end()) out.view = wanted->view;
  read_unit(visit, "own", Side::kOwn, out, out.question.own);
  read_unit(visit, "counterpart", Side::kCounterpart, out, out.question.counterpart);
  read_kind(visit, out);
  out.day = read_day(visit, out);
  const auto days = days_of(out);
  out.question.from = days.first;
  out.question.until = days.last;
  out.question.most = kEventsMax + 1;
  return out;
}

Url calendar_url(const CalendarAsked& asked, CalendarView view, std::int32_t day) {
  net::Fields query;
  if (view != CalendarView::kMonth) query.add("view", std::string(name_of(view)));
  query.add("day", iso_date({day, DatePrecision::kDay, false}));
  for (const auto& [name, value] : asked.kept) query.add(name, value);
  return Url::to("/calendar", query);
}

Result<CalendarShown> load_calendar(const Visit& visit, const CalendarAsked& asked, const calendar::FeastDays& feasts) {
  CalendarShown out;
  out.days = {asked.question.from, asked.question.until};
  NC_ASSIGN(out.events, calendar::events_of(visit.ledger(), visit.who, asked.question, visit.lang()));
  out.cut = out.events.size() > kEventsMax;
  if (out.cut) out.events.resize(kEventsMax);
  out.feasts = feasts.between(out.days.first, out.days.last);
  return out;
}

}  // namespace nc::web
