#include "face/web/pages/activity_query.h"

#include <algorithm>

#include "base/text.h"
#include "face/web/activity_rows.h"
#include "face/web/filters.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

constexpr const char* kActivities = "counted-activity";
constexpr const char* kRegisters = "standing-thing";  // twinnings, markers, contacts ...: chosen, never among the activities
constexpr std::string_view kAllRegisters = "all-registers";

std::vector<const catalog::Type*> kinds(const catalog::Catalog& catalog) {
  std::vector<const catalog::Type*> out;
  for (const auto* feeds : {kActivities, kRegisters})
    for (const auto* type : catalog.feeding(feeds)) out.push_back(type);
  return out;
}

// The options of a slot are the same for all kinds; those of one kind only where it is chosen.
const catalog::Field* slot_field(const ActivityQuery& asked, std::string_view slot) {
  if (const auto* kind = asked.kind()) return kind->slot(slot);
  for (const auto* type : kinds(*asked.visit.world->catalog))
    if (const auto* field = type->slot(slot)) return field;
  return nullptr;
}

void read_kind(ActivityQuery& asked) {
  const auto kind = asked.text("kind");
  const auto all = kinds(*asked.visit.world->catalog);
  const auto at = std::ranges::find(all, kind, [](const auto* type) { return type->id; });
  asked.list.feeds = {kActivities};
  if (kind.empty()) return;
  if (kind == kAllRegisters) {
    asked.list.feeds = {kRegisters};
    return asked.chip("kind", asked.visit.tr("Kind"), asked.visit.tr("all registers"));
  }
  if (at == all.end()) return asked.problem(asked.visit.tr("There is no kind “{1}”; all kinds are shown.", kind));
  asked.list.types = {kind};
  asked.list.feeds.clear();
  asked.chip("kind", asked.visit.tr("Kind"), (*at)->label.in(asked.visit.lang()));
}

void read_option(ActivityQuery& asked, std::string_view name, std::string_view slot, const std::string& label, std::string& into) {
  const auto wanted = asked.text(name);
  if (wanted.empty()) return;
  const auto* field = slot_field(asked, slot);
  const auto* option = field ? field->option(wanted) : nullptr;
  if (!option) return asked.problem(asked.visit.tr("“{1}” is not a choice of “{2}”; it is left out.", wanted, label));
  into = wanted;
  asked.chip(name, label, option->label.in(asked.visit.lang()));
}

void show_candidates(ActivityQuery& asked, std::string_view name, const UnitMatch& match) {
  constexpr std::size_t kShownMax = 20;
  Html items;
  for (std::size_t i = 0; i < std::min(kShownMax, match.candidates.size()); ++i) {
    auto query = asked.query;
    query.set(name, match.candidates[i]->code);
    query.set("after", std::nullopt);
    items.add(el("li", {}, link(unit_text(*match.candidates[i], asked.visit.lang()), Url::to(kActivitiesPath, query))));
  }
  if (match.candidates.size() > kShownMax)
    items.add(el("li", {},
                 asked.visit.tr("and {1} more; write more of the name", static_cast<std::int64_t>(match.candidates.size() - kShownMax))));
  asked.candidates.add(
      el("div", {{"class", "notice warn"}, {"role", "status"}},
         el("div", {}, el("p", {}, asked.visit.tr("“{1}” may be several units. Which one?", asked.text(name))), el("ul", {}, items))));
}

void read_unit(ActivityQuery& asked, std::string_view name, Side side, const std::string& label, std::set<UnitId>& into) {
  const auto typed = asked.text(name);
  if (typed.empty()) return;
  const auto match = find_unit(*asked.visit.world->tree, typed, side);
  if (match.unit) {
    into = with_units_below(*asked.visit.world->tree, match.unit->id);
    asked.chip(name, label, unit_name(*match.unit, asked.visit.lang()));
    return;
  }
  into = {UnitId{}};  // nothing is shown rather than everything
  asked.chip(name, label, typed);
  if (match.candidates.empty())
    asked.problem(asked.visit.tr("No unit is called “{1}”.", typed), asked.visit.tr("Write its code or a part of its name."));
  else show_candidates(asked, name, match);
}

void read_day(ActivityQuery& asked, std::string_view name, const std::string& label, bool last, std::optional<std::int32_t>& into) {
  const auto found = day_filter(asked.visit, name, asked.problems);
  if (!found) return;
  into = last ? found->days.last : found->days.first;
  asked.chip(name, label, asked.visit.ui.date(found->date));
}

}  // namespace

Result<ActivityQuery> read_activity_query(const Visit& visit) {
  ActivityQuery asked{visit, visit.request.query, {}, {}, {}, {}, {}};
  read_kind(asked);
  if (!asked.list.types.empty()) read_option(asked, "detail", "detail", visit.tr("Sub-kind"), asked.list.detail);
  read_option(asked, "status", "status", visit.tr("Status"), asked.list.status);
  read_option(asked, "level", "level", visit.tr("Level"), asked.list.level);
  read_option(asked, "country", "countries", visit.tr("Country"), asked.list.country);
  read_unit(asked, "own", Side::kOwn, visit.tr("Own unit"), asked.list.own);
  read_unit(asked, "counterpart", Side::kCounterpart, visit.tr("Counterpart"), asked.list.counterpart);
  read_day(asked, "from", visit.tr("From"), false, asked.list.from);
  read_day(asked, "to", visit.tr("To"), true, asked.list.until);
  asked.list.text = asked.text("q");
  if (!asked.list.text.empty()) asked.chip("q", visit.tr("Words"), asked.list.text);
  asked.list.sort = asked.query.get("sort") == "oldest" ? records::ListQuery::Sort::kOldest : records::ListQuery::Sort::kNewest;
  asked.list.cursor = asked.query.get("after");
  asked.list.looked_at_max = kLookedAtMax;
  NC_ASSIGN(asked.columns, chosen_columns(visit, asked.kind()));
  return asked;
}

namespace {

Field choice_filter(const ActivityQuery& asked, std::string name, std::string label, std::string_view slot) {
  auto field = filter_field(asked.visit, std::move(name), std::move(label), Input::kChoice);
  field.options = {{"", asked.visit.tr("all"), ""}};
  if (const auto* source = slot_field(asked, slot))
    for (const auto& option : source->options) field.options.push_back({option.id, option.label.in(asked.visit.lang()), ""});
  return field;
}

Field kind_filter(const ActivityQuery& asked) {
  auto field = filter_field(asked.visit, "kind", asked.visit.tr("Kind"), Input::kChoice);
  field.options = {{"", asked.visit.tr("all activities"), ""}};
  const auto add = [&](const char* feeds, const std::string& heading) {
    const auto begin = static_cast<std::ptrdiff_t>(field.options.size());
    for (const auto* type : asked.visit.world->catalog->feeding(feeds))
      field.options.push_back({type->id, type->label.in(asked.visit.lang()), heading});
    std::ranges::sort(field.options.begin() + begin, field.options.end(), {}, [](const Option& option) { return fold(option.label); });
  };
  add(kActivities, asked.visit.tr("Activities"));
  const auto registers = asked.visit.tr("Registers");
  field.options.push_back({std::string(kAllRegisters), asked.visit.tr("all registers"), registers});
  add(kRegisters, registers);
  return field;
}

}  // namespace

Filters filters_of(const ActivityQuery& asked) {
  const auto& visit = asked.visit;
  net::Fields columns;
  for (const auto name : asked.query.all(kColumnParameter)) columns.add(std::string(kColumnParameter), std::string(name));
  Filters filters{Url::to(kActivitiesPath, columns)};
  filters.hidden = columns;
  filters.search = filter_field(visit, "q", visit.tr("Words in title or place; marks may be left out"), Input::kText);
  filters.fields = {kind_filter(asked)};
  if (const auto* detail = asked.list.types.empty() ? nullptr : slot_field(asked, "detail"); detail)
    filters.fields.push_back(choice_filter(asked, "detail", visit.tr("Sub-kind"), "detail"));
  filters.fields.push_back(choice_filter(asked, "status", visit.tr("Status"), "status"));
  filters.fields.push_back(choice_filter(asked, "level", visit.tr("Level"), "level"));
  filters.fields.push_back(choice_filter(asked, "country", visit.tr("Country"), "countries"));
  filters.fields.push_back(
      filter_field(visit, "own", visit.tr("Own unit"), Input::kText, visit.tr("code or part of the name; with the units below it")));
  filters.fields.push_back(filter_field(visit, "counterpart", visit.tr("Counterpart"), Input::kText, visit.tr("code or part of the name")));
  filters.fields.push_back(filter_field(visit, "from", visit.tr("From"), Input::kDate, visit.tr("31/12/2024, 12/2024 or 2024")));
  filters.fields.push_back(filter_field(visit, "to", visit.tr("To"), Input::kDate));
  if (asked.query.get("sort") == "oldest") filters.hidden.add("sort", "oldest");
  filters.chips = asked.chips;
  filters.open = !asked.problems.empty();  // what is on stands in the chips, and the list stays in view
  return filters;
}

ColumnChooser chooser_of(const ActivityQuery& asked) {
  auto kept = asked.query;
  for (const auto name : {std::string_view("after"), std::string_view("done"), kColumnParameter}) kept.set(name, std::nullopt);
  return column_chooser(asked.visit, asked.kind(), asked.columns, Url::to(kActivitiesPath), kept);
}

Url sorted_by_date(const ActivityQuery& asked, bool oldest_now) {
  auto query = asked.query;
  query.set("after", std::nullopt);
  query.set("sort", oldest_now ? std::nullopt : std::optional<std::string>("oldest"));
  return Url::to(kActivitiesPath, query);
}

Url page_url(const ActivityQuery& asked, const std::string& cursor) {
  auto query = asked.query;
  query.set("done", std::nullopt);
  query.set("after", cursor.empty() ? std::nullopt : std::optional(cursor));
  return Url::to(kActivitiesPath, query);
}

std::string heading_of(const ActivityQuery& asked) {
  const auto* type = asked.kind();
  const bool registers = type ? type->feeds == kRegisters : asked.list.feeds.front() == kRegisters;
  return registers ? asked.visit.tr("Registers") : asked.visit.tr("External activities");
}

}  // namespace nc::web
