// /calendar: activities of all kinds, feast days of all sides and the days of the moon.
#include <algorithm>

#include "base/text.h"
#include "face/web/calendar/shown.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

Html view_links(const Visit& visit, const CalendarAsked& asked) {
  const std::array<std::pair<CalendarView, const char*>, 3> views = {
      {{CalendarView::kMonth, NC_MSG("Month")}, {CalendarView::kWeek, NC_MSG("Week")}, {CalendarView::kList, NC_MSG("List")}}};
  Html items;
  for (const auto& [view, label] : views) {
    const auto current = view == asked.view ? std::optional<std::string>("page") : std::nullopt;
    items.add(el("li", {}, el("a", {{"href", calendar_url(asked, view, asked.day)}, {"aria-current", current}}, visit.tr(label))));
  }
  return el("nav", {{"class", "cal-views"}, {"aria-label", visit.tr("View of the calendar")}}, el("ul", {}, items));
}

std::int32_t other_month(std::int32_t day, int by) {
  const auto parts = from_day(day);
  const int months = parts.year * 12 + parts.month - 1 + by;
  return to_day(months / 12, months % 12 + 1, 1);
}

std::int32_t neighbour(const CalendarAsked& asked, int by) {
  if (asked.view == CalendarView::kDay) return asked.day + by;
  return asked.view == CalendarView::kWeek ? asked.day + 7 * by : other_month(asked.day, by);
}

std::string period_text(const Visit& visit, const CalendarAsked& asked) {
  if (asked.view == CalendarView::kDay)
    return weekday_name(visit, weekday_of(asked.day), true) + ", " + i18n::day_text(asked.day) + " (" +
           visit.tr("lunar {1}", lunar_text(visit, asked.day)) + ")";
  if (asked.view == CalendarView::kWeek) return visit.ui.days({asked.question.from, asked.question.until});
  return month_name(visit, asked.day);
}

Html steps(const Visit& visit, const CalendarAsked& asked) {
  return el(
      "nav", {{"class", "cal-steps"}, {"aria-label", visit.tr("Other days")}},
      el("a", {{"class", "button"}, {"href", calendar_url(asked, asked.view, neighbour(asked, -1))}, {"rel", "prev"}},
         visit.tr("‹ Earlier")),
      el("a", {{"class", "button"}, {"href", calendar_url(asked, asked.view, visit.who.today)}}, visit.tr("Today")),
      el("a", {{"class", "button"}, {"href", calendar_url(asked, asked.view, neighbour(asked, 1))}, {"rel", "next"}}, visit.tr("Later ›")));
}

Field text_field(const Visit& visit, const char* name, std::string label, std::string help, Input input = Input::kText) {
  Field field;
  field.name = name;
  field.label = std::move(label);
  field.input = input;
  field.value = std::string(trim(visit.request.query.get(name)));
  field.help = std::move(help);
  return field;
}

Html filter_form(const Visit& visit, const CalendarAsked& asked) {
  Field kind = text_field(visit, "kind", visit.tr("Kind"), "", Input::kChoice);
  kind.options = {{"", visit.tr("all that has a day"), ""}};
  for (const auto* type : calendar::dated_types(*visit.world->catalog))
    kind.options.push_back({type->id, type->label.in(visit.lang()), ""});
  std::ranges::sort(kind.options.begin() + 1, kind.options.end(), {}, [](const Option& option) { return fold(option.label); });
  Html fields = join(
      render_field(text_field(visit, "day", visit.tr("Day or month"), visit.tr("31/12/2024, 12/2024 or 2024"), Input::kDate), visit.ui),
      render_field(text_field(visit, "own", visit.tr("Own unit"), visit.tr("code or part of the name; with the units below it")), visit.ui),
      render_field(text_field(visit, "counterpart", visit.tr("Counterpart"), visit.tr("code or part of the name")), visit.ui),
      render_field(kind, visit.ui));
  const auto view = visit.request.query.get("view");
  const Html hidden = view.empty() ? Html() : el("input", {{"type", "hidden"}, {"name", "view"}, {"value", view}});
  return el("form", {{"class", "list-filters"}, {"method", "get"}, {"action", Url::to("/calendar")}}, hidden,
            el("details", {{"class", "filters"}, {"open", !asked.kept.empty() || !asked.problems.empty()}},
               el("summary", {}, visit.tr("Filters")), el("div", {{"class", "fields"}}, fields),
               el("div", {{"class", "submit"}}, el("button", {{"class", "button primary"}, {"type", "submit"}}, visit.tr("Apply")),
                  el("a", {{"class", "button quiet"}, {"href", Url::to("/calendar")}}, visit.tr("Clear all")))));
}

// The grid needs width: a telephone shows the list of the same days.
Html body_of(const Visit& visit, const CalendarAsked& asked, const CalendarShown& shown) {
  if (asked.view == CalendarView::kWeek) return week_table(visit, asked, shown);
  if (asked.view != CalendarView::kMonth) return day_list(visit, asked, shown);
  return join(el("div", {{"class", "cal-wide"}}, month_grid(visit, asked, shown)),
              el("div", {{"class", "cal-narrow"}}, day_list(visit, asked, shown)));
}

net::Response calendar_page(Visit& visit, const Result<calendar::FeastDays>& feasts) {
  if (!visit.reads()) return visit.not_found();
  const auto asked = read_calendar(visit);
  static const calendar::FeastDays kNone;  // what is shown points into them
  const auto shown = load_calendar(visit, asked, feasts ? *feasts : kNone);
  if (!shown) return visit.refuse(shown.error());
  auto page = visit.frame(visit.tr("Calendar"), Place::kCalendar);
  page.flashes.insert(page.flashes.end(), asked.problems.begin(), asked.problems.end());
  page.actions = button_link(visit.tr("Calendar feeds"), Url::to("/account/feeds"));
  if (!feasts) page.main.add(notice(Tone::kWarn, visit.tr("The feast days cannot be read."), visit.ui.error_text(feasts.error())));
  page.main.add(el("div", {{"class", "cal-bar"}}, el("h2", {}, period_text(visit, asked)), steps(visit, asked), view_links(visit, asked)))
      .add(filter_form(visit, asked))
      .add(body_of(visit, asked, *shown));
  if (shown->cut) page.main.add(hint(visit.tr("There are more activities than are shown here. Filter, or look at a week.")));
  page.main.add(
      hint(visit.tr("● held  ○ planned  ✕ called off  ◇ agreed, due or in a plan. Small figures are the Vietnamese lunar day and month. * "
                    "the day of this "
                    "feast was not compared with a source: ask the other side before you plan on it.")));
  return visit.show(page);
}

}  // namespace

void add_calendar_page(net::Router& router, Site& site) {
  const auto feasts =
      std::make_shared<const Result<calendar::FeastDays>>(calendar::FeastDays::load(site.share() / "calendar" / "feast-days.json"));
  site.add_page(router, "/calendar", [feasts](Visit& visit, const net::Params&) { return calendar_page(visit, *feasts); });
}

}  // namespace nc::web
