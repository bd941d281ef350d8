#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/limits.h"
#include "ledger/catalog/capabilities.h"
#include "ledger/catalog/check_type.h"
#include "ledger/catalog/load_field.h"
#include "ledger/catalog/loader.h"
#include "ledger/catalog/slots.h"
#include "ledger/catalog/text_rules.h"

namespace nc::catalog {
namespace {

constexpr std::int64_t kSystemsMax = 27;

Expression read_expression(TableReader& in, std::string_view key, bool required, std::vector<PlacedExpression>& placed) {
  const auto text = in.text(key, required);
  if (text.empty() || in.problem().found()) return {};
  const auto* found = in.find(key);
  auto parsed = Expression::parse(text);
  if (!parsed) {
    // The column inside the expression is kept in the message: escapes make it no column of the file.
    in.problem().refuse(*found, NC_MSG("The expression is wrong at its {1}: {2}"),
                        {parsed.error().where, fill_in(parsed.error().message, parsed.error().args)});
    return {};
  }
  placed.push_back({*parsed, found});
  return std::move(*parsed);
}

std::vector<Rule> read_rules(TableReader& in, std::string_view key, std::string_view expression_key, Placed& placed) {
  std::vector<Rule> out;
  for (const auto* table : in.tables(key)) {
    TableReader item(in.problem(), *table);
    Rule rule;
    rule.id = item.id("id");
    rule.check = read_expression(item, expression_key, true, placed.expressions);
    rule.message = item.label("message", true);
    rule.fields = item.texts("fields");
    if (const auto* fields = item.find("fields")) placed.add_names(rule.fields, *fields);
    placed.rule_ids.emplace_back(rule.id, table);
    item.finish();
    out.push_back(std::move(rule));
  }
  return out;
}

std::vector<Measure> read_measures(TableReader& in, Placed& placed) {
  std::vector<Measure> out;
  for (const auto* table : in.tables("measure")) {
    TableReader item(in.problem(), *table);
    Measure measure;
    measure.id = item.id("id");
    item.need("nature");
    measure.nature = item.word("nature", {"flow", "stock"}, "flow") == "stock" ? Nature::kStock : Nature::kFlow;
    measure.value = read_expression(item, "value", true, placed.expressions);
    if (item.find("when") != nullptr) measure.when = read_expression(item, "when", true, placed.expressions);
    measure.scale = static_cast<int>(item.integer("scale", 0, 6).value_or(0));
    measure.label = item.label("label", true);
    item.finish();
    placed.measure_ids.emplace_back(measure.id, table);
    out.push_back(std::move(measure));
  }
  return out;
}

// `counts_when`: what must not be false for a record to count at all.
std::vector<Expression> read_counts_when(TableReader& in, Placed& placed) {
  if (in.find("counts_when") == nullptr) return {};
  return {read_expression(in, "counts_when", true, placed.expressions)};
}

std::vector<State> read_states(TableReader& in) {
  std::vector<State> out;
  for (const auto* table : in.tables("state")) {
    TableReader item(in.problem(), *table);
    State state;
    state.id = item.id("id");
    item.need("rank");
    state.rank = static_cast<int>(item.integer("rank", 0, 1000).value_or(0));
    state.label = item.label("label", true);
    state.editable = item.flag("editable", true);
    item.finish();
    if (std::any_of(out.begin(), out.end(), [&](const State& s) { return s.id == state.id; }))
      in.problem().refuse(*table, NC_MSG("The state “{1}” stands twice"), {state.id});
    out.push_back(std::move(state));
  }
  return out;
}

// A right that the program does not know would be missing without a word.
void refuse_unknown_capability(Problem& problem, const Toml& at) {
  if (is_capability(at.text)) return;
  problem.refuse(Error(ErrorCode::kInvalid, NC_MSG("There is no capability “{1}”"),
                       {at.text, nearest_of(at.text, {kCapabilities.begin(), kCapabilities.end()})})
                     .at(problem.place(at.line, at.column))
                     .then(NC_MSG("The nearest that there are: {2}")));
}

Transition read_transition(TableReader& item, const std::vector<State>& states) {
  const auto known = [&](const std::string& id) {
    return std::any_of(states.begin(), states.end(), [&](const State& s) { return s.id == id; });
  };
  Transition out;
  out.id = item.id("id");
  item.need("from");
  out.from = item.texts("from");
  out.to = item.text("to", true);
  out.capability = item.id("capability");
  out.binding = item.flag("binding", false);
  out.separate = item.flag("separate", false);
  out.reason = item.flag("reason", false);
  const auto by = item.word("by", {"anyone", "self", "another"}, "anyone");
  out.by = by == "self" ? Transition::By::kSelf : by == "another" ? Transition::By::kAnother : Transition::By::kAnyone;
  out.alone_hours = static_cast<int>(item.integer("alone_hours", 0, 24 * 31).value_or(0));
  out.confirms = item.text("confirms", false);
  out.label = item.label("label", true);
  item.finish();
  if (item.problem().found()) return out;
  refuse_unknown_capability(item.problem(), *item.find("capability"));
  if (out.from.empty()) item.problem().refuse(*item.find("from"), NC_MSG("“{1}” is empty"), {"from"});
  for (std::size_t i = 0; i < out.from.size(); ++i)
    if (!known(out.from[i])) item.problem().refuse(item.find("from")->items[i], NC_MSG("There is no state “{1}”"), {out.from[i]});
  if (!known(out.to)) item.problem().refuse(*item.find("to"), NC_MSG("There is no state “{1}”"), {out.to});
  return out;
}

template <typename Owner>  // Type or SharedBlock
bool read_workflow(TableReader& in, Owner& owner) {
  const auto* found = in.find("workflow");
  if (found == nullptr) return false;
  if (found->kind != Toml::Kind::kTable) {
    in.problem().refuse(*found, NC_MSG("“{1}” must be a table"), {"workflow"});
    return false;
  }
  TableReader flow(in.problem(), *found);
  owner.initial_state = flow.id("initial");
  owner.states = read_states(flow);
  owner.transitions.clear();
  if (!in.problem().found() &&
      std::none_of(owner.states.begin(), owner.states.end(), [&](const State& s) { return s.id == owner.initial_state; }))
    in.problem().refuse(*flow.find("initial"), NC_MSG("There is no state “{1}”"), {owner.initial_state});
  for (const auto* table : flow.tables("transition")) {
    TableReader item(in.problem(), *table);
    Transition transition = read_transition(item, owner.states);
    if (std::any_of(owner.transitions.begin(), owner.transitions.end(), [&](const Transition& t) { return t.id == transition.id; }))
      in.problem().refuse(*table, NC_MSG("The transition “{1}” stands twice"), {transition.id});
    owner.transitions.push_back(std::move(transition));
  }
  for (const auto& transition : owner.transitions)
    if (!transition.confirms.empty() && std::none_of(owner.transitions.begin(), owner.transitions.end(),
                                                     [&](const Transition& t) { return t.id == transition.confirms && t.alone_hours > 0; }))
      in.problem().refuse(*found, NC_MSG("The transition “{1}” confirms none that one person may take alone"), {transition.id});
  flow.finish();
  return true;
}

std::map<std::string, std::string> read_slots(TableReader& in, Placed& placed) {
  std::map<std::string, std::string> out;
  const auto* found = in.find("slots");
  if (found == nullptr) return out;
  if (found->kind != Toml::Kind::kTable) in.problem().refuse(*found, NC_MSG("“{1}” must be a table"), {"slots"});
  for (const auto& member : found->members) {
    if (member.value.kind != Toml::Kind::kText) in.problem().refuse(member.value, NC_MSG("“{1}” must be text in quotes"), {member.key});
    out.emplace(member.key, member.value.text);
    placed.slots.emplace_back(member.key, &member);
  }
  return out;
}

void read_own_systems(TableReader& in, Type& type) {
  const auto* found = in.find("systems");
  if (found == nullptr) return;
  if (found->kind != Toml::Kind::kArray) in.problem().refuse(*found, NC_MSG("“{1}” must be a list in square brackets"), {"systems"});
  for (const auto& item : found->items) {
    if (item.kind != Toml::Kind::kInteger || item.integer < 1 || item.integer > kSystemsMax)
      in.problem().refuse(item, NC_MSG("“{1}” must be a whole number from {2} to {3}"), {"systems", "1", std::to_string(kSystemsMax)});
    type.systems.push_back(static_cast<int>(item.integer));
  }
}

void read_identity(TableReader& in, Type& type, const std::filesystem::path& path) {
  type.id = in.id("id");
  in.need("version");
  type.version = static_cast<int>(in.integer("version", 1, 1'000'000).value_or(1));
  type.group = in.id("group");
  type.file = path;
  if (in.problem().found()) return;
  if (path.stem() != type.id)
    in.problem().refuse(*in.find("id"), NC_MSG("The id “{1}” is not the file's name “{2}”"), {type.id, path.stem().string()});
  if (path.parent_path().filename() != type.group)
    in.problem().refuse(*in.find("group"), NC_MSG("The group “{1}” is not the folder's name “{2}”"),
                        {type.group, path.parent_path().filename().string()});
}

void read_manner(TableReader& in, Type& type) {
  type.label = in.label("label", true);
  type.help = in.label("help", false);
  type.feeds = in.text("feeds", false);
  if (!type.feeds.empty() && !is_feed(type.feeds))
    in.problem().refuse(*in.find("feeds"), NC_MSG("The program knows nothing that feeds “{1}”"), {type.feeds});
  const auto audience = in.word("audience", {"own", "all", "authority"}, "own");
  type.audience = audience == "all" ? AudienceDefault::kAll : audience == "authority" ? AudienceDefault::kAuthority : AudienceDefault::kOwn;
  type.handling = handling_from_name(in.word("handling", {"open", "internal", "restricted"}, "internal")).value_or(Handling::kInternal);
  type.urgent = in.word("lane", {"ordinary", "urgent"}, "ordinary") == "urgent";
  type.sensitive = in.flag("sensitive", false);
  type.creatable = in.flag("creatable", true);
  type.countable = in.flag("countable", true);
  read_own_systems(in, type);
}

void include_shared(TableReader& in, Type& type, const SharedBlock* shared) {
  const auto name = in.text("include", false);
  if (name.empty() || in.problem().found()) return;
  if (shared == nullptr || shared->id != name) {
    in.problem().refuse(*in.find("include"), NC_MSG("There is no shared block “{1}”"), {name});
    return;
  }
  type.fields = shared->fields;
  type.slots = shared->slots;
  type.rules = shared->rules;
  type.questions = shared->questions;
  type.measures = shared->measures;
  type.counts_when = shared->counts_when;
  if (!shared->states.empty()) {
    type.initial_state = shared->initial_state;
    type.states = shared->states;
    type.transitions = shared->transitions;
  }
}

template <typename T>
void append(std::vector<T>& to, std::vector<T> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void read_own_fields(TableReader& in, Type& type, std::vector<PendingRef>& refs) {
  auto own = read_fields(in, "field", false, refs);
  const auto tables = in.tables("field");
  for (std::size_t i = 0; i < own.size() && !in.problem().found(); ++i)
    if (type.field(own[i].id) != nullptr)
      in.problem().refuse(*tables[i], NC_MSG("The field “{1}” is already in the shared block"), {own[i].id});
  append(type.fields, std::move(own));
  if (type.fields.size() > limits::kFieldsMax)
    in.problem().refuse(in.table(), NC_MSG("There are more than {1} fields"), {std::to_string(limits::kFieldsMax)});
}

}  // namespace

Result<LoadedType> load_type(std::string_view toml, std::string_view file_name, const SharedBlock* shared) {
  NC_ASSIGN(const Toml tree, parse_toml(toml, file_name));
  Problem problem(file_name);
  TableReader in(problem, tree);
  LoadedType out;
  Type& type = out.type;
  Placed placed;
  read_identity(in, type, std::filesystem::path(file_name));
  read_manner(in, type);
  include_shared(in, type, shared);
  read_own_fields(in, type, out.refs);
  for (auto& [slot, field] : read_slots(in, placed)) type.slots.insert_or_assign(slot, field);
  append(type.rules, read_rules(in, "rule", "check", placed));
  append(type.questions, read_rules(in, "question", "ask", placed));
  append(type.measures, read_measures(in, placed));
  append(type.counts_when, read_counts_when(in, placed));
  read_workflow(in, type);
  if (type.states.empty()) type.states.push_back({"recorded", 0, {"Đã ghi", "Recorded"}, true});
  type.title = in.texts("title");
  if (const auto* title = in.need("title")) placed.add_shown(type.title, *title);
  type.list = in.texts("list");
  if (const auto* list = in.find("list")) placed.add_shown(type.list, *list);
  type.quick = in.texts("quick");
  if (const auto* quick = in.find("quick")) placed.add_shown(type.quick, *quick);
  in.finish();
  if (!problem.found()) check_type(problem, tree, type, placed);
  if (problem.found()) return fail(problem.error());
  return out;
}

Result<Type> parse_type(std::string_view toml, std::string_view file_name, const SharedBlock* shared) {
  NC_ASSIGN(LoadedType loaded, load_type(toml, file_name, shared));
  return std::move(loaded.type);
}

Result<SharedBlock> parse_shared(std::string_view toml, std::string_view file_name) {
  NC_ASSIGN(const Toml tree, parse_toml(toml, file_name));
  Problem problem(file_name);
  TableReader in(problem, tree);
  SharedBlock out;
  Placed placed;
  const auto stem = std::filesystem::path(file_name).stem().string();
  out.id = in.find("id") == nullptr ? stem : in.id("id");
  if (!problem.found() && stem != out.id)
    problem.refuse(*in.find("id"), NC_MSG("The id “{1}” is not the file's name “{2}”"), {out.id, stem});
  out.fields = read_fields(in, "field", false, out.refs);
  out.slots = read_slots(in, placed);
  out.rules = read_rules(in, "rule", "check", placed);
  out.questions = read_rules(in, "question", "ask", placed);
  out.measures = read_measures(in, placed);
  out.counts_when = read_counts_when(in, placed);
  read_workflow(in, out);
  in.finish();
  if (!problem.found()) {
    Type type;  // the block checked as if it were a type that feeds nothing
    type.fields = out.fields;
    type.slots = out.slots;
    type.rules = out.rules;
    type.questions = out.questions;
    type.measures = out.measures;
    check_type(problem, tree, type, placed);
  }
  if (problem.found()) return fail(problem.error());
  return out;
}

Result<std::vector<Role>> parse_roles(std::string_view toml, std::string_view file_name, const std::vector<std::string>& groups) {
  NC_ASSIGN(const Toml tree, parse_toml(toml, file_name));
  Problem problem(file_name);
  TableReader in(problem, tree);
  std::vector<Role> out;
  for (const auto* table : in.tables("role")) {
    TableReader item(problem, *table);
    Role role;
    role.id = item.id("id");
    role.label = item.label("label", true);
    role.help = item.label("help", false);
    item.need("capabilities");
    role.capabilities = item.texts("capabilities");
    role.groups = item.texts("groups");
    item.finish();
    if (problem.found()) break;
    for (std::size_t i = 0; i < role.capabilities.size(); ++i) refuse_unknown_capability(problem, item.find("capabilities")->items[i]);
    for (std::size_t i = 0; i < role.groups.size(); ++i)
      if (std::find(groups.begin(), groups.end(), role.groups[i]) == groups.end())
        problem.refuse(item.find("groups")->items[i], NC_MSG("No type is in the group “{1}”"), {role.groups[i]});
    if (std::any_of(out.begin(), out.end(), [&](const Role& r) { return r.id == role.id; }))
      problem.refuse(*table, NC_MSG("The role “{1}” stands twice"), {role.id});
    out.push_back(std::move(role));
  }
  in.finish();
  if (problem.found()) return fail(problem.error());
  return out;
}

}  // namespace nc::catalog
