#include <algorithm>
#include <functional>
#include <variant>

#include "base/civil.h"
#include "base/limits.h"
#include "base/text.h"
#include "ledger/catalog/expression_node.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

using Node = Expression::Node;

struct Unknown {};
// Days that a date or range may mean; an open side is nothing.
struct Days {
  std::optional<std::int32_t> first, last;
};
using Value = std::variant<Unknown, bool, Decimal, std::string_view, Days, const Json*>;

// Adds zeros until the decimal has `scale` decimals; nothing on overflow.
std::optional<Decimal> widen(Decimal number, int scale) {
  while (number.scale < scale) {
    if (__builtin_mul_overflow(number.value, std::int64_t{10}, &number.value)) return std::nullopt;
    ++number.scale;
  }
  return number;
}

std::optional<Decimal> add(Decimal a, Decimal b) {
  const auto x = widen(a, b.scale), y = widen(b, a.scale);
  Decimal out;
  if (!x || !y || __builtin_add_overflow(x->value, y->value, &out.value)) return std::nullopt;
  out.scale = x->scale;
  return out;
}

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  Decimal out{0, a.scale + b.scale};
  if (out.scale > kDecimalScaleMax || __builtin_mul_overflow(a.value, b.value, &out.value)) return std::nullopt;
  return out;
}

std::optional<Decimal> negate(Decimal a) {
  if (__builtin_sub_overflow(std::int64_t{0}, a.value, &a.value)) return std::nullopt;
  return a;
}

Value from(std::optional<Decimal> number) { return number ? Value(*number) : Value(Unknown{}); }
Value from_int(std::int64_t number) { return Decimal{number, 0}; }
Value from_day(std::int64_t day) {
  if (day < kDayMin || day > kDayMax) return Unknown{};
  const auto exact = static_cast<std::int32_t>(day);
  return Days{exact, exact};
}

// Text that is written like a decimal counts as that number: decimals travel as text.
std::optional<Decimal> as_number(const Value& value) {
  if (const auto* number = std::get_if<Decimal>(&value)) return *number;
  if (const auto* text = std::get_if<std::string_view>(&value)) return parse_decimal(*text);
  return std::nullopt;
}

Value from_json(const Json& value) {
  if (value.is_null()) return Unknown{};
  if (value.is_bool()) return value.as_bool();
  if (value.is_int()) return from_int(value.as_int());
  if (value.is_string()) return std::string_view(value.as_string());
  if (value.has("precision")) {
    const auto date = date_from_json(value);
    if (!date) return Unknown{};
    const auto days = extent(*date);  // none when the year is missing: the date is there, its days unknown
    return days ? Days{days->first, days->last} : Days{};
  }
  if (value["from"].is_object() || value["to"].is_object()) {
    const auto first = from_json(value["from"]), last = from_json(value["to"]);
    Days days;
    if (const auto* edge = std::get_if<Days>(&first)) days.first = edge->first;
    if (const auto* edge = std::get_if<Days>(value.has("to") ? &last : &first)) days.last = edge->last;
    return days;
  }
  return &value;
}

const Json* list(const Value& value) {
  const auto* json = std::get_if<const Json*>(&value);
  return json != nullptr && (*json)->is_array() ? *json : nullptr;
}

class Evaluation {
 public:
  explicit Evaluation(const Json& values) : values_(values) {}

  Value of(const Node& node) {
    if (!step()) return Unknown{};
    switch (node.op) {
      case Op::kNumber: return node.number;
      case Op::kText: return std::string_view(node.text);
      case Op::kTruth: return node.truth;
      case Op::kPath: return path(node);
      case Op::kOr: return junction(node, true);
      case Op::kAnd: return junction(node, false);
      case Op::kNot: return inverse(of(node.children[0]));
      case Op::kAdd: return addition(node);
      case Op::kNegate: return negation(of(node.children[0]));
      case Op::kMultiply: return product(node);
      case Op::kEqual: return compared(node, [](int order) { return order == 0; });
      case Op::kUnequal: return compared(node, [](int order) { return order != 0; });
      case Op::kLess: return compared(node, [](int order) { return order < 0; });
      case Op::kLessEqual: return compared(node, [](int order) { return order <= 0; });
      case Op::kGreater: return compared(node, [](int order) { return order > 0; });
      case Op::kGreaterEqual: return compared(node, [](int order) { return order >= 0; });
      default: return function(node);
    }
  }

  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  bool step() {
    if (++steps_ <= limits::kRuleStepsMax) return true;
    exhausted_ = true;
    return false;
  }

  Value path(const Node& node) {
    const Json* at = &values_;
    const Json* whole = nullptr;
    for (const auto& part : node.path) {
      whole = at;
      at = &(*at)[part];
    }
    if (at->is_null() && node.path.size() > 1 && node.path.back() == "all") return all_persons(*whole);
    return from_json(*at);
  }

  // Everybody of both sides: the total where it is said, else what the sides and the basis give.
  static Value all_persons(const Json& persons) {
    if (persons["total"].is_int()) return from_int(persons["total"].as_int());
    const auto own = as_number(from_json(persons["own"])), theirs = as_number(from_json(persons["counterpart"]));
    if (own && theirs) return from(add(*own, *theirs));
    const auto basis = persons.text("basis");
    if (own && basis == "own_only") return *own;
    if (theirs && basis == "counterpart_only") return *theirs;
    const auto& side = own ? own : theirs;
    return side && basis == "each_side" ? from(add(*side, *side)) : Value(Unknown{});
  }

  // Kleene: one operand equal to `decisive` decides; else one unknown makes the whole unknown.
  Value junction(const Node& node, bool decisive) {
    bool certain = true;
    for (const auto& child : node.children) {
      const auto value = of(child);
      const auto* truth = std::get_if<bool>(&value);
      if (truth == nullptr) certain = false;
      else if (*truth == decisive) return decisive;
    }
    return certain ? Value(!decisive) : Value(Unknown{});
  }

  static Value inverse(const Value& value) {
    const auto* truth = std::get_if<bool>(&value);
    return truth != nullptr ? Value(!*truth) : Value(Unknown{});
  }

  static Value negation(const Value& value) {
    const auto number = as_number(value);
    return number ? from(negate(*number)) : Value(Unknown{});
  }

  // Numbers add up; date plus or minus days is a date, date minus date are days.
  Value addition(const Node& node) {
    Value sum = of(node.children[0]);
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      const Node& child = node.children[i];
      const bool minus = child.op == Op::kNegate;
      const Value more = of(minus ? child.children[0] : child);
      sum = added(sum, more, minus);
    }
    return sum;
  }

  static Value added(const Value& a, const Value& b, bool minus) {
    const auto* day_a = std::get_if<Days>(&a);
    const auto* day_b = std::get_if<Days>(&b);
    if (day_a != nullptr && day_b != nullptr) {
      if (!minus || !day_a->first || !day_b->first) return Unknown{};
      return from_int(std::int64_t{*day_a->first} - *day_b->first);
    }
    auto number = as_number(b);
    if (number && minus) number = negate(*number);
    if (!number) return Unknown{};
    if (day_a != nullptr) {
      std::int64_t day = 0;
      if (!day_a->first || number->scale != 0 || __builtin_add_overflow(std::int64_t{*day_a->first}, number->value, &day)) return Unknown{};
      return from_day(day);
    }
    const auto left = as_number(a);
    return left ? from(add(*left, *number)) : Value(Unknown{});
  }

  Value product(const Node& node) {
    std::optional<Decimal> out = Decimal{1, 0};
    for (const auto& child : node.children) {
      const auto number = as_number(of(child));
      out = out && number ? multiply(*out, *number) : std::nullopt;
    }
    return from(out);
  }

  // Sign of the order of two values, nothing when they cannot be compared.
  static std::optional<int> order(const Value& a, const Value& b) {
    const auto x = as_number(a), y = as_number(b);
    if (x && y) return compare(*x, *y);
    if (const auto *s = std::get_if<std::string_view>(&a), *t = std::get_if<std::string_view>(&b); s && t) return s->compare(*t);
    if (const auto *s = std::get_if<Days>(&a), *t = std::get_if<Days>(&b); s && t) {
      if (!s->first || !t->first) return std::nullopt;
      return *s->first < *t->first ? -1 : *s->first > *t->first ? 1 : 0;
    }
    if (const auto *s = std::get_if<bool>(&a), *t = std::get_if<bool>(&b); s && t) return int{*s} - int{*t};
    return std::nullopt;
  }

  template <typename Test>
  Value compared(const Node& node, Test test) {
    const auto left = of(node.children[0]), right = of(node.children[1]);
    const auto sign = order(left, right);
    return sign ? Value(test(*sign)) : Value(Unknown{});
  }

  Value function(const Node& node) {
    const auto& in = node.children;
    const Value first = of(in[0]);
    switch (node.op) {
      case Op::kPresent: return present(first);
      case Op::kCount: return count(first);
      case Op::kFirstDay: return edge(first, true);
      case Op::kLastDay: return edge(first, false);
      case Op::kDay: return day(first, of(in[1]), of(in[2]));
      case Op::kYear: return year(first);
      case Op::kOneOf: return one_of(first, node);
      case Op::kContains: return contains(first, of(in[1]));
      case Op::kSum: return sum(first, of(in[1]));
      case Op::kMin: return extreme(first, node, -1);
      case Op::kMax: return extreme(first, node, 1);
      case Op::kLength: return length(first);
      default: return Unknown{};
    }
  }

  static bool present(const Value& value) {
    if (std::holds_alternative<Unknown>(value)) return false;
    if (const auto* text = std::get_if<std::string_view>(&value)) return !text->empty();
    if (const auto* array = list(value)) return !array->as_array().empty();
    return true;
  }

  // A set without elements is not stored, so a missing list counts none.
  static Value count(const Value& value) {
    if (std::holds_alternative<Unknown>(value)) return from_int(0);
    const auto* array = list(value);
    return array != nullptr ? from_int(static_cast<std::int64_t>(array->as_array().size())) : Value(Unknown{});
  }

  static Value edge(const Value& value, bool first) {
    const auto* days = std::get_if<Days>(&value);
    if (days == nullptr) return Unknown{};
    const auto& day = first ? days->first : days->last;
    return day ? from_day(*day) : Value(Unknown{});
  }

  static std::optional<int> small(const Value& value) {
    const auto number = as_number(value);
    if (!number || number->scale != 0 || number->value < 0 || number->value > 9999) return std::nullopt;
    return static_cast<int>(number->value);
  }

  static Value day(const Value& y, const Value& m, const Value& d) {
    const auto year = small(y), month = small(m), dom = small(d);
    if (!year || !month || !dom || !is_civil(*year, *month, *dom)) return Unknown{};
    return from_day(to_day(*year, *month, *dom));
  }

  static Value year(const Value& value) {
    const auto* days = std::get_if<Days>(&value);
    return days != nullptr && days->first ? from_int(nc::from_day(*days->first).year) : Value(Unknown{});
  }

  Value one_of(const Value& value, const Node& node) {
    bool certain = !std::holds_alternative<Unknown>(value);
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      const auto sign = order(value, of(node.children[i]));
      if (!sign) certain = false;
      else if (*sign == 0) return true;
    }
    return certain ? Value(false) : Value(Unknown{});
  }

  Value contains(const Value& value, const Value& wanted) {
    const auto* text = std::get_if<std::string_view>(&wanted);
    if (text == nullptr) return Unknown{};
    if (std::holds_alternative<Unknown>(value)) return false;
    const auto* array = list(value);
    if (array == nullptr) return Unknown{};
    for (const auto& item : array->as_array()) {
      if (!step()) return Unknown{};
      if (item.is_string() && item.as_string() == *text) return true;
      if (item["ref"].is_string() && item["ref"].as_string() == *text) return true;
      if (item["role"].is_string() && item["role"].as_string() == *text) return true;
    }
    return false;
  }

  // The column's numbers; rows without one are left out, no number at all is unknown.
  Value sum(const Value& value, const Value& column) {
    const auto* array = list(value);
    const auto* name = std::get_if<std::string_view>(&column);
    if (array == nullptr || name == nullptr) return Unknown{};
    std::optional<Decimal> total;
    for (const auto& row : array->as_array()) {
      if (!step()) return Unknown{};
      if (!row.has(*name)) continue;
      const auto number = as_number(from_json(row[*name]));
      if (!number) return Unknown{};
      total = total ? add(*total, *number) : number;
      if (!total) return Unknown{};
    }
    return from(total);
  }

  Value extreme(Value best, const Node& node, int wanted_sign) {
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      const Value next = of(node.children[i]);
      const auto sign = order(next, best);
      if (!sign) return Unknown{};
      if (*sign * wanted_sign > 0) best = next;
    }
    return best;
  }

  static Value length(const Value& value) {
    const auto* text = std::get_if<std::string_view>(&value);
    return text != nullptr ? from_int(static_cast<std::int64_t>(characters(*text))) : Value(Unknown{});
  }

  const Json& values_;
  std::size_t steps_ = 0;
  bool exhausted_ = false;
};

// Half away from zero.
std::optional<std::int64_t> round_to(Decimal number, int scale) {
  if (scale < 0 || scale > kDecimalScaleMax) return std::nullopt;
  if (number.scale <= scale) {
    const auto wide = widen(number, scale);
    return wide ? std::optional(wide->value) : std::nullopt;
  }
  std::int64_t unit = 1;
  for (int i = scale; i < number.scale; ++i)
    if (__builtin_mul_overflow(unit, std::int64_t{10}, &unit)) return std::nullopt;
  const std::int64_t whole = number.value / unit, rest = number.value % unit;
  const bool up = rest >= unit - unit / 2 || rest <= -(unit - unit / 2);
  return whole + (up ? (number.value < 0 ? -1 : 1) : 0);
}

}  // namespace

std::optional<int> compare(Decimal a, Decimal b) {
  const auto x = widen(a, b.scale), y = widen(b, a.scale);
  if (!x || !y) return std::nullopt;
  return x->value < y->value ? -1 : x->value > y->value ? 1 : 0;
}

std::optional<bool> Expression::truth(const Json& values) const {
  if (!root_) return std::nullopt;
  Evaluation evaluation(values);
  const auto value = evaluation.of(*root_);
  const auto* truth = std::get_if<bool>(&value);
  if (truth == nullptr || evaluation.exhausted()) return std::nullopt;
  return *truth;
}

std::optional<std::int64_t> Expression::number(const Json& values, int scale) const {
  if (!root_) return std::nullopt;
  Evaluation evaluation(values);
  const auto number = as_number(evaluation.of(*root_));
  if (!number || evaluation.exhausted()) return std::nullopt;
  return round_to(*number, scale);
}

}  // namespace nc::catalog
