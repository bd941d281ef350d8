#include "ledger/catalog/check_type.h"

#include <algorithm>
#include <array>

#include "base/id.h"
#include "base/text.h"
#include "ledger/catalog/expression_node.h"
#include "ledger/catalog/slots.h"
#include "ledger/catalog/value_words.h"

namespace nc::catalog {
namespace {

using Node = Expression::Node;
using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 4> kBuiltInRules{"required", "value", "unknown", "retired"};

Words members_of(FieldKind kind) {
  switch (kind) {
    case FieldKind::kDate: return {"day", "precision", "inferred"};
    case FieldKind::kDateRange: return {"from", "to"};
    case FieldKind::kMoney: return {"amount", "currency"};
    case FieldKind::kPlace: return {"text", "area"};
    case FieldKind::kPersons: return {"own", "counterpart", "total", "basis", "counted", "qualifier", "all"};
    case FieldKind::kFile: return {"sha256", "chunks", "name", "media", "bytes"};
    default: return {};
  }
}

bool contains(const Words& words, const std::string& word) { return std::find(words.begin(), words.end(), word) != words.end(); }

Words ids_of(const std::vector<Option>& options) {
  Words out;
  for (const auto& option : options) out.push_back(option.id);
  return out;
}

template <std::size_t N>
Words words(const std::array<std::string_view, N>& names) {
  return Words(names.begin(), names.end());
}

class ExpressionCheck {
 public:
  ExpressionCheck(Problem& problem, const Type& type, const Toml& at) : problem_(problem), type_(type), at_(at) {}

  void run(const Node& node) {
    if (node.op == Op::kPath) path(node);
    if (node.op == Op::kEqual || node.op == Op::kUnequal) compared(node);
    if (node.op == Op::kOneOf) listed(node);
    if (node.op == Op::kContains && node.children[1].op == Op::kText) word(node.children[0], node.children[1]);
    if (node.op == Op::kSum) sum(node);
    for (const auto& child : node.children) run(child);
  }

 private:
  void path(const Node& node) {
    const auto* field = type_.field(node.path[0]);
    if (field == nullptr)
      return problem_.refuse(at_, NC_MSG("The expression mentions “{1}”, which is not a field of the type"), {node.path[0]});
    FieldKind kind = field->kind;
    for (std::size_t i = 1; i < node.path.size(); ++i) {
      if (!contains(members_of(kind), node.path[i]))
        return problem_.refuse(at_, NC_MSG("The expression mentions “{1}”, which “{2}” does not have"), {node.path[i], node.path[i - 1]});
      kind = kind == FieldKind::kDateRange ? FieldKind::kDate : FieldKind::kText;
    }
  }

  // The words that the value at a path may be; nothing when any text will do.
  [[nodiscard]] std::optional<Words> words_at(const Node& node) const {
    if (node.op != Op::kPath) return std::nullopt;
    const auto* field = type_.field(node.path[0]);
    if (field == nullptr) return std::nullopt;
    const std::string member = node.path.size() == 2 ? node.path[1] : "";
    if (field->kind == FieldKind::kPersons && member == "basis") return words(kBasisWords);
    if (field->kind == FieldKind::kPersons && member == "counted") return ids_of(field->roles);
    if (field->kind == FieldKind::kPersons && member == "qualifier") return words(kQualifierWords);
    if (node.path.size() > 1) return std::nullopt;
    if (field->kind == FieldKind::kChoice || field->kind == FieldKind::kChoices) return ids_of(field->options);
    if (field->kind == FieldKind::kRefs) return ids_of(field->roles);
    if (field->kind == FieldKind::kQualifier) return words(kQualifierWords);
    return std::nullopt;
  }

  void word(const Node& path_node, const Node& literal) {
    const auto allowed = words_at(path_node);
    if (!allowed || contains(*allowed, literal.text) || RecordId::from_hex(literal.text)) return;
    problem_.refuse(at_, NC_MSG("“{1}” is not an option of “{2}”"), {literal.text, path_node.path[0]});
  }

  void compared(const Node& node) {
    const Node &a = node.children[0], &b = node.children[1];
    if (b.op == Op::kText) word(a, b);
    if (a.op == Op::kText) word(b, a);
  }

  void listed(const Node& node) {
    for (std::size_t i = 1; i < node.children.size(); ++i)
      if (node.children[i].op == Op::kText) word(node.children[0], node.children[i]);
  }

  void sum(const Node& node) {
    const Node &list = node.children[0], &name = node.children[1];
    const auto* field = list.op == Op::kPath && list.path.size() == 1 ? type_.field(list.path[0]) : nullptr;
    const auto* column = field != nullptr && name.op == Op::kText ? field->column(name.text) : nullptr;
    if (column == nullptr || (column->kind != FieldKind::kInteger && column->kind != FieldKind::kDecimal))
      problem_.refuse(at_, NC_MSG("sum takes a field of lines and, in quotes, a column of numbers"));
  }

  Problem& problem_;
  const Type& type_;
  const Toml& at_;
};

const Toml& place_of(const Toml& tree, std::string_view key) {
  for (const auto& member : tree.members)
    if (member.key == key) return member.value;
  return tree;
}

std::string kinds_text(const std::vector<FieldKind>& kinds) {
  Words names;
  for (const auto kind : kinds) names.emplace_back(field_kind_name(kind));
  return join(names, ", ");
}

bool fits(const std::vector<FieldKind>& kinds, FieldKind kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); }

class SlotCheck {
 public:
  SlotCheck(Problem& problem, const Toml& tree, const Type& type, const Placed& placed)
      : problem_(problem), tree_(tree), type_(type), placed_(placed) {}

  void run() {
    for (const auto& [slot, field_id] : type_.slots) filled(slot, field_id);
    for (const auto& rule : slots_of(type_.feeds))
      if (rule.required && !type_.slots.contains(std::string(rule.name)))
        problem_.refuse(place_of(tree_, "feeds"), NC_MSG("A type that feeds “{1}” must fill the slot “{2}”"),
                        {type_.feeds, std::string(rule.name)});
  }

 private:
  // The value in the file, or where the type says what it feeds when the slot comes from the block.
  [[nodiscard]] const Toml& place(const std::string& slot) const {
    for (const auto& [name, member] : placed_.slots)
      if (name == slot) return member->value;
    return place_of(tree_, "feeds");
  }

  void filled(const std::string& slot, const std::string& field_id) {
    const auto& rules = slots_of(type_.feeds);
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const SlotRule& r) { return r.name == slot; });
    if (rule == rules.end()) return problem_.refuse(place(slot), NC_MSG("“{1}” is not a slot of what this type feeds"), {slot});
    const auto* field = type_.field(field_id);
    if (field == nullptr)
      return problem_.refuse(place(slot), NC_MSG("The slot “{1}” names “{2}”, which is not a field of the type"), {slot, field_id});
    if (!fits(rule->kinds, field->kind))
      return problem_.refuse(place(slot), NC_MSG("The slot “{1}” takes a field of the kind {2}, and “{3}” is {4}"),
                             {slot, kinds_text(rule->kinds), field_id, std::string(field_kind_name(field->kind))});
    options(slot, *field);
    columns(slot, *field);
  }

  void options(const std::string& slot, const Field& field) {
    const auto allowed = slot_options(type_.feeds, slot);
    if (allowed.empty()) return;
    for (const auto& option : field.options)
      if (std::find(allowed.begin(), allowed.end(), option.id) == allowed.end())
        problem_.refuse(place(slot), NC_MSG("The program does not know the option “{1}” of the slot “{2}”; it knows {3}"),
                        {option.id, slot, join(Words(allowed.begin(), allowed.end()), ", ")});
  }

  void columns(const std::string& slot, const Field& field) {
    for (const auto& wanted : slot_columns(type_.feeds, slot)) {
      const auto* column = field.column(wanted.name);
      if (column == nullptr)
        return problem_.refuse(place(slot), NC_MSG("The slot “{1}” needs the column “{2}”"), {slot, std::string(wanted.name)});
      if (!fits(wanted.kinds, column->kind))
        return problem_.refuse(place(slot), NC_MSG("The column “{1}” must be of the kind {2}"),
                               {std::string(wanted.name), kinds_text(wanted.kinds)});
    }
  }

  Problem& problem_;
  const Toml& tree_;
  const Type& type_;
  const Placed& placed_;
};

void check_rule_ids(Problem& problem, const Type& type, const Placed& placed) {
  for (const auto& [id, at] : placed.rule_ids) {
    const auto same = [&wanted = id](const Rule& rule) { return rule.id == wanted; };
    const auto times =
        std::count_if(type.rules.begin(), type.rules.end(), same) + std::count_if(type.questions.begin(), type.questions.end(), same);
    if (times > 1) problem.refuse(*at, NC_MSG("The rule or question “{1}” stands twice"), {id});
    if (std::find(kBuiltInRules.begin(), kBuiltInRules.end(), id) != kBuiltInRules.end())
      problem.refuse(*at, NC_MSG("“{1}” is the name of a rule of the program"), {id});
  }
  for (const auto& [id, at] : placed.measure_ids) {
    const auto times =
        std::count_if(type.measures.begin(), type.measures.end(), [&wanted = id](const Measure& m) { return m.id == wanted; });
    if (times > 1) problem.refuse(*at, NC_MSG("The measure “{1}” stands twice"), {id});
    if (id == "count") problem.refuse(*at, NC_MSG("“{1}” is the name of a measure of the program"), {id});
  }
}

void check_names(Problem& problem, const Type& type, const Placed& placed) {
  for (const auto* list : {&placed.names, &placed.shown})
    for (const auto& [id, at] : *list)
      if (type.field(id) == nullptr) problem.refuse(*at, NC_MSG("There is no field “{1}”"), {id});
  for (const auto& [id, at] : placed.shown)
    if (const auto* field = type.field(id); field != nullptr && field->kind == FieldKind::kPersonal)
      problem.refuse(*at, NC_MSG("Personal data cannot stand in titles and lists: “{1}”"), {id});
}

}  // namespace

void check_type(Problem& problem, const Toml& tree, const Type& type, const Placed& placed) {
  for (const auto& [expression, at] : placed.expressions)
    if (expression.root() != nullptr) ExpressionCheck(problem, type, *at).run(*expression.root());
  check_names(problem, type, placed);
  check_rule_ids(problem, type, placed);
  SlotCheck(problem, tree, type, placed).run();
}

void check_expression(Problem& problem, const Type& type, const Expression& expression, const Toml& at) {
  if (expression.root() != nullptr) ExpressionCheck(problem, type, at).run(*expression.root());
}

}  // namespace nc::catalog
