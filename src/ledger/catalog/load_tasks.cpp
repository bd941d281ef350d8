// tasks.toml: what of a record is to be done, by whom and until when.
#include <algorithm>

#include "base/civil.h"
#include "base/files.h"
#include "base/limits.h"
#include "ledger/catalog/check_type.h"
#include "ledger/catalog/tasks.h"
#include "ledger/catalog/toml_reader.h"

namespace nc::catalog {
namespace {

constexpr std::string_view kFile = "tasks.toml";
constexpr std::int64_t kDueDaysMax = 3660;

bool has(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// Whether the step of that name leaves one of the states.
bool steps_from(const Type& type, const std::string& step, const std::vector<std::string>& states) {
  const auto* transition = type.transition(step);
  return transition != nullptr && (states.empty() || std::any_of(states.begin(), states.end(),
                                                                 [&](const std::string& state) { return has(transition->from, state); }));
}

std::vector<std::string> types_of(TableReader& in, const TaskRule& rule, const Catalog& catalog) {
  const auto named = in.texts("types");
  const auto feeds = in.text("feeds", false);
  auto& problem = in.problem();
  for (const auto& id : named)
    if (catalog.find(id) == nullptr) problem.refuse(*in.find("types"), NC_MSG("There is no type “{1}” in the catalogue"), {id});
  if (!named.empty() && !feeds.empty()) problem.refuse(in.table(), NC_MSG("A task names its types or what they feed, not both"));
  if (named.empty() && feeds.empty() && rule.step.empty())
    problem.refuse(in.table(), NC_MSG("A task says of which records: by types, feeds or step"));
  std::vector<std::string> out;
  for (const auto& type : catalog.types()) {
    const bool taken = !named.empty()   ? has(named, type.id)
                       : !feeds.empty() ? type.feeds == feeds
                                        : steps_from(type, rule.step, rule.states);
    if (taken) out.push_back(type.id);  // sorted, as the types are
  }
  if (out.empty()) problem.refuse(in.table(), NC_MSG("The task “{1}” concerns no type of the catalogue"), {rule.id});
  return out;
}

void check_against(TableReader& in, const TaskRule& rule, const Type& type) {
  auto& problem = in.problem();
  for (const auto& state : rule.states)
    if (type.state(state) == nullptr)
      problem.refuse(*in.find("states"), NC_MSG("“{1}” has no state “{2}” in its workflow"), {type.id, state});
  if (!rule.step.empty() && !steps_from(type, rule.step, rule.states))
    problem.refuse(*in.find("step"), NC_MSG("“{1}” has no step “{2}” from these states"), {type.id, rule.step});
  if (rule.when) check_expression(problem, type, *rule.when, *in.find("when"));
  const auto* due = rule.due.empty() ? nullptr : type.field(rule.due);
  if (!rule.due.empty() && (due == nullptr || (due->kind != FieldKind::kDate && due->kind != FieldKind::kDateRange)))
    problem.refuse(*in.find("due"), NC_MSG("“{1}” has no field “{2}” that is a date"), {type.id, rule.due});
}

TaskRule read_one(TableReader& in, const Catalog& catalog) {
  TaskRule out;
  out.id = in.id("id");
  out.label = in.label("label", true);
  out.act = in.label("act", true);
  out.states = in.texts("states");
  out.step = in.text("step", false);
  out.due = in.text("due", false);
  out.due_days = static_cast<std::int32_t>(in.integer("due_days", 0, kDueDaysMax).value_or(0));
  out.of_maker = in.word("whose", {"unit", "maker"}, "unit") == "maker";
  out.opens =
      in.word("opens", {"form", "step"}, out.step.empty() ? "form" : "step") == "step" ? TaskRule::Opens::kStep : TaskRule::Opens::kForm;
  if (out.opens == TaskRule::Opens::kStep && out.step.empty()) in.problem().refuse(in.table(), NC_MSG("A task that opens a step names it"));
  if (const auto text = in.text("when", false); !text.empty()) {
    auto parsed = Expression::parse(text);
    if (parsed) out.when = std::move(*parsed);
    else
      in.problem().refuse(*in.find("when"), NC_MSG("The expression is wrong at its {1}: {2}"),
                          {parsed.error().where, fill_in(parsed.error().message, parsed.error().args)});
  }
  out.types = types_of(in, out, catalog);
  in.finish();
  if (in.problem().found()) return out;
  for (const auto& type : out.types) check_against(in, out, *catalog.find(type));
  return out;
}

// FNV-1a: it must be the same everywhere, and nobody gains by making two alike.
std::int64_t mixed(std::int64_t before, std::string_view text) {
  auto hash = static_cast<std::uint64_t>(before);
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::int64_t>(hash);
}

std::optional<std::int32_t> last_day_of(const Json& date) {
  if (!date.is_object() || !date["day"].is_int() || date.text("precision") == "month_day") return std::nullopt;
  CivilDate civil;
  civil.day = static_cast<std::int32_t>(date["day"].as_int());
  const auto precision = date.text("precision");
  civil.precision = precision == "year" ? DatePrecision::kYear : precision == "month" ? DatePrecision::kMonth : DatePrecision::kDay;
  const auto days = extent(civil);
  return days ? std::optional(days->last) : std::nullopt;
}

}  // namespace

bool TaskRule::concerns(std::string_view type) const { return std::binary_search(types.begin(), types.end(), type); }

bool TaskRule::open(std::string_view type, std::string_view state, const Json& values) const {
  if (!concerns(type) || (!states.empty() && !has(states, state))) return false;
  return !when || when->truth(values) == true;
}

std::optional<std::int32_t> TaskRule::due_day(const Json& values) const {
  if (due.empty()) return std::nullopt;
  const auto& value = values[due];
  auto day = last_day_of(value);
  if (!day) day = last_day_of(value["to"]);
  if (!day) day = last_day_of(value["from"]);
  return day ? std::optional(*day + due_days) : std::nullopt;
}

Result<TaskBook> TaskBook::parse(std::string_view toml, std::string_view file_name, const Catalog& catalog) {
  NC_ASSIGN(const Toml tree, parse_toml(toml, file_name));
  Problem problem(file_name);
  TableReader in(problem, tree);
  TaskBook out;
  for (const auto* table : in.tables("task")) {
    TableReader item(problem, *table);
    auto rule = read_one(item, catalog);
    if (problem.found()) break;
    if (out.find(rule.id) != nullptr) problem.refuse(*table, NC_MSG("The task “{1}” stands twice"), {rule.id});
    out.rules_.push_back(std::move(rule));
  }
  in.finish();
  if (problem.found()) return fail(problem.error());
  out.fingerprint_ = mixed(out.fingerprint_, toml);
  for (const auto& type : catalog.types()) out.fingerprint_ = mixed(out.fingerprint_, type.id + " " + std::to_string(type.version) + "\n");
  return out;
}

Result<TaskBook> TaskBook::load(const std::filesystem::path& dir, const Catalog& catalog) {
  const auto path = dir / kFile;
  std::error_code ec;
  if (!std::filesystem::exists(path, ec)) return parse({}, path.string(), catalog);
  NC_ASSIGN(const std::string text, read_file(path, limits::kCatalogFileBytesMax));
  return parse(text, path.string(), catalog);
}

const TaskRule* TaskBook::find(std::string_view id) const {
  const auto at = std::find_if(rules_.begin(), rules_.end(), [&](const TaskRule& rule) { return rule.id == id; });
  return at == rules_.end() ? nullptr : &*at;
}

}  // namespace nc::catalog
