// What is to be done: the first page after the log-in of whoever has anything to do. Grouped by day, each with one
// button that leads to the very act. What is late is a list of what is missing, and nobody's blame.
#include <array>

#include "face/web/activity_rows.h"
#include "face/web/list.h"
#include "face/web/pages/record_draft.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "insight/stats/closing.h"

namespace nc::web {
namespace {

using records::Task;
using records::TaskQuery;

constexpr std::size_t kShown = 20, kPageOfGroup = 50;
constexpr std::int32_t kDaysAhead = 7;

struct Group {
  const char* id;
  const char* heading;
};
constexpr std::array kGroups = {
    Group{"late", NC_MSG("Past their day, not yet carried out")},
    Group{"today", NC_MSG("Today")},
    Group{"soon", NC_MSG("In the next seven days")},
    Group{"other", NC_MSG("Other matters")},
};

// The group's days; none: it is of matters without a day.
TaskQuery query_of(const Visit& visit, std::string_view group) {
  const auto today = visit.who.today;
  TaskQuery out;
  out.undated = group == "other";
  out.units_below = visit.request.query.has("below");
  if (group == "late") out.until = today - 1;
  if (group == "today") out.from = out.until = today;
  if (group == "soon") out.from = today + 1, out.until = today + kDaysAhead;
  if (group == "other") out.from = kDayMax;  // nothing that has a day
  return out;
}

bool has_units_below(const Visit& visit) {
  const auto& tree = *visit.world->tree;
  return !tree.children(visit.who.unit, orgtree::Line::kCommand, visit.who.today).empty() ||
         !tree.children(visit.who.unit, orgtree::Line::kGuidance, visit.who.today).empty();
}

// A prepared closing that does not say any more what is counted is not signed: the task is to have another one prepared.
bool is_outdated_closing(const Visit& visit, const Task& task) {
  return task.transition && stats::signs_closing(task.record, task.transition->id) &&
         !stats::closing_holds(task.record, stats::read_by(visit.ledger(), visit.who), visit.site.columns(), visit.who, *visit.world);
}

std::optional<Url> period_of(const Visit& visit, const records::RecordView& closing) {
  const auto query = stats::query_of_closing(closing);
  const auto* unit = query && query->unit ? visit.world->tree->find(*query->unit) : nullptr;
  if (!unit || !query->from || !query->to) return std::nullopt;
  return Url::to("/period", {{"unit", unit->code},
                             {"line", std::string(orgtree::line_name(query->line))},
                             {"from", i18n::day_text(*query->from)},
                             {"to", i18n::day_text(*query->to)}});
}

// Where the act itself is done.
Html act_button(const Visit& visit, const Task& task, bool outdated) {
  if (const auto period = outdated ? period_of(visit, task.record) : std::nullopt) return button_link(visit.tr("Prepare it anew"), *period);
  const auto path = "/records/" + task.record.id.hex();
  if (!task.rule) {
    for (const auto& part : task.record.parts)
      if (!part.conflicts.empty())
        return button_link(visit.tr("Decide which is right"), Url::to(path + "/edit", {{"resolve", part.conflicts.front()}}));
    return button_link(visit.tr("Decide which is right"), Url::to(path));
  }
  const auto& words = task.rule->act.in(visit.lang());
  if (!task.transition) return button_link(words, Url::to(path + "/edit"));
  return button_link(words, task.transition->binding ? Url::to(path + "/sign", {{"act", task.transition->id}}) : Url::to(path));
}

Html due_text(const Visit& visit, const Task& task) {
  return task.due ? Html(visit.ui.date({*task.due, DatePrecision::kDay, false})) : Html();
}

Row task_row(const Visit& visit, const Task& task) {
  const bool outdated = is_outdated_closing(visit, task);
  const auto what = outdated    ? visit.tr("The closing does not say any more what is counted")
                    : task.rule ? task.rule->label.in(visit.lang())
                                : visit.tr("Two people wrote different things");
  const auto* lead = task.record.type->slot("lead");
  const auto unit = lead ? RecordId::from_hex(task.record.values.text(lead->id)) : std::nullopt;
  const auto* known = unit ? visit.world->tree->find(*unit) : nullptr;
  const auto title = records::title_of(task.record, visit.lang(), [&](const RecordId& id) { return visit.name(id); });
  return {{join(link(title, record_url(task.record.id)), el("span", {{"class", "task-kind"}}, task.record.type->label.in(visit.lang()))),
           Html(what), known ? Html(unit_name(*known, visit.lang())) : Html(), due_text(visit, task), act_button(visit, task, outdated)}};
}

List task_list(const Visit& visit, const std::string& heading, const std::vector<Task>& tasks) {
  List list;
  list.caption = heading;
  list.columns = {{visit.tr("Record")}, {visit.tr("What is to be done")}, {visit.tr("Unit")}, {visit.tr("Until")}, {visit.tr("Act")}};
  list.columns[0].wide = list.columns[1].wide = list.columns[2].minor = list.columns[3].one_line = true;
  for (const auto& task : tasks) list.rows.push_back(task_row(visit, task));
  without_empty_minor(list);
  return list;
}

Url group_url(const Visit& visit, const char* group, const std::string& cursor = {}) {
  net::Fields query{{"group", group}};
  if (visit.request.query.has("below")) query.add("below", "1");
  if (!cursor.empty()) query.add("cursor", cursor);
  return Url::to("/tasks", query);
}

// What one person did alone at a short-handed post, for the superior to confirm; empty when there is none.
Html to_confirm(const Visit& visit) {
  const auto found = visit.ledger().awaiting_confirmation(visit.who);
  if (!found) return notice(Tone::kBad, visit.ui.error_text(found.error()));
  if (found->empty()) return {};
  List list;
  list.caption = visit.tr("To be confirmed by the superior");
  list.columns = {{visit.tr("Record")}, {visit.tr("By")}, {visit.tr("State")}};
  for (const auto& record : *found)
    list.rows.push_back({{link(visit.name(record.id), record_url(record.id)), visit.site.account_name(record.alone->by),
                          alone_badge(visit, *record.alone)}});
  list.total = static_cast<std::int64_t>(list.rows.size());
  return section(list.caption, render(list, visit.ui));
}

// Only those of his own unit, or also those of the units below.
Html whose_units(const Visit& visit) {
  if (!has_units_below(visit)) return {};
  const bool below = visit.request.query.has("below");
  const auto tab = [&](std::string words, const Url& url, bool current) {
    const std::optional<std::string> mark = current ? std::optional<std::string>("page") : std::nullopt;
    return el("li", {}, el("a", {{"href", url}, {"aria-current", mark}}, std::move(words)));
  };
  return el("nav", {{"aria-label", visit.tr("Whose matters")}},
            el("ul", {{"class", "tabs"}}, tab(visit.tr("My unit's"), Url::to("/"), !below),
               tab(visit.tr("Also those of the units below"), Url::to("/", {{"below", "1"}}), below)));
}

Html nothing_waits(const Visit& visit) {
  List list;
  list.empty_text = visit.tr("Nothing waits for you.");
  list.empty_hint = visit.tr(
      "What is submitted, returned, agreed or planned comes up here by its day. Begin with the last talks or patrol that you have the "
      "minutes of.");
  list.empty_action = new_record_button(visit);
  return render(list, visit.ui);
}

// Every day counts as the latest that was written (ledger.h: today): whoever sees a wrong date is told why.
Html clock_notice(const Visit& visit) {
  const auto counted = visit.ledger().today(), now = visit.ledger().audit().today();
  if (counted <= now) return {};
  return notice(
      Tone::kWarn,
      visit.tr("This machine counts today as {1}, the latest day on which something was written; its clock says {2}.",
               i18n::day_text(counted), i18n::day_text(now)),
      visit.tr(
          "Tell the administrator: the clock is behind now, or it stood ahead then. Records keep the days that were typed; figures are "
          "right when both their days are given, and “this month” or “up to today” is not."));
}

net::Response tasks_page(Visit& visit) {
  if (!visit.has_tasks()) return overview_page(visit);
  auto page = visit.frame(visit.tr("To do"), Place::kTasks);
  page.actions = new_record_button(visit);
  page.main.add(greeting(visit))
      .add(clock_notice(visit))
      .add(standing_in_notices(visit))
      .add(recovery_notices(visit))
      .add(whose_units(visit));
  Html waiting = own_report_section(visit);
  for (const auto& group : kGroups) {
    auto query = query_of(visit, group.id);
    query.limit = kShown;
    const auto found = visit.site.tasks().list(visit.who, query);
    if (!found) return visit.refuse(found.error());
    if (found->items.empty() && found->next_cursor.empty()) continue;
    const auto heading = visit.tr(group.heading);
    const auto all = found->next_cursor.empty() ? Html() : button_link(visit.tr("Show all"), group_url(visit, group.id));
    waiting.add(section(heading, render(task_list(visit, heading, found->items), visit.ui), all));
  }
  waiting.add(to_confirm(visit)).add(drafts_section(visit)).add(reports_section(visit, true));
  page.main.add(waiting.empty() ? nothing_waits(visit) : waiting);
  return visit.show(page);
}

// One group whole, page by page.
net::Response group_page(Visit& visit) {
  const auto asked = visit.request.query.get("group");
  const auto group = std::ranges::find(kGroups, asked, [](const Group& one) { return std::string_view(one.id); });
  if (!visit.has_tasks() || group == kGroups.end()) return visit.not_found();
  auto query = query_of(visit, group->id);
  query.limit = kPageOfGroup;
  query.cursor = visit.request.query.get("cursor");
  const auto found = visit.site.tasks().list(visit.who, query);
  if (!found) return visit.refuse(found.error());
  const auto heading = visit.tr(group->heading);
  auto page = visit.frame(heading, Place::kTasks);
  page.crumbs = {{visit.tr("To do"), Url::to("/")}, {heading, {}}};
  auto list = task_list(visit, heading, found->items);
  if (!query.cursor.empty()) list.first = group_url(visit, group->id);
  if (!found->next_cursor.empty()) list.next = group_url(visit, group->id, found->next_cursor);
  list.unfinished = found->items.empty() && list.next;
  list.empty_text = visit.tr("Nothing waits for you.");
  page.main = render(list, visit.ui);
  return visit.show(page);
}

}  // namespace

void add_task_pages(net::Router& router, Site& site) {
  site.add_page(router, "/", [](Visit& visit, const net::Params&) { return tasks_page(visit); });
  site.add_page(router, "/tasks", [](Visit& visit, const net::Params&) { return group_page(visit); });
}

}  // namespace nc::web
