// What waits for the person, as on the first page.
#include <charconv>

#include "base/civil.h"
#include "face/web/api/record_json.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

constexpr std::int64_t kTasksMost = 100;

Json task_json(const Call& call, const records::Task& task) {
  static const catalog::Label kConflict{"Hai người ghi khác nhau", "Two people wrote different things"};
  Json out = Json().set("task", task.rule ? task.rule->id : "conflict").set("what", label_json(task.rule ? task.rule->label : kConflict));
  out.set("step", task.transition ? Json(task.transition->id) : Json());
  out.set("due", task.due ? Json(iso_date({*task.due, DatePrecision::kDay, false})) : Json());
  return out.set("late", task.due && *task.due < call.who.today).set("record", record_json(call, task.record));
}

net::Response tasks(const Call& call) {
  const auto& asked = call.request.query;
  records::TaskQuery query;
  if (asked.has("until")) {
    const auto days = days_of(asked.get("until"));
    if (!days) return problem(ProblemType::kBadRequest, days.error(), call.ui);
    query.until = days->last;
  }
  query.units_below = asked.get("units") == "below";
  query.cursor = asked.get("after");
  if (const auto limit = asked.get("limit"); !limit.empty())  // check_query has seen it
    std::from_chars(limit.data(), limit.data() + limit.size(), query.limit);
  // A token that changes nothing still says what waits for its person.
  auto person = call.who;
  person.reads_only = false;
  const auto page = call.site.tasks().list(person, query);
  if (!page)
    return page.error().where == "cursor" ? problem(ProblemType::kBadRequest, Error(page.error()).at("after"), call.ui)
                                          : problem(page.error(), call.ui);
  JsonArray items;
  for (const auto& task : page->items) items.push_back(task_json(call, task));
  return answer(call, Json().set("items", std::move(items)).set("next", page->next_cursor.empty() ? Json() : Json(page->next_cursor)));
}

}  // namespace

void add_task_endpoints(std::vector<Endpoint>& out) {
  out.push_back(
      {"GET",
       "/tasks",
       "tasks",
       NC_MSG("What waits for the person, by the day until which it is to be done; what has no day comes last"),
       Rate::kReads,
       {{"until", Shape::kDay, NC_MSG("Only what is due until that day, or has no day")},
        {"units", Shape::kWord, NC_MSG("Also what waits for the units below, or only for the person's own"), false, {"own", "below"}},
        {"after", Shape::kText, NC_MSG("The “next” of the page before, as it is")},
        {"limit", Shape::kInteger, NC_MSG("How many at most; 50 when nothing is said"), false, {}, kTasksMost, 1}},
       "",
       "Tasks",
       {200, 304},
       {},
       tasks});
}

}  // namespace nc::web
