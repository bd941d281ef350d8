// The rule language of the catalogue: total expressions over the values of one record.
//
// An Expression is parsed once and immutable; evaluation takes at most limits::kRuleStepsMax steps
// and knows three truth values. Syntax and meaning: docs/formats/catalogue.md, "Expressions".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace nc::catalog {

// A number with a fixed number of decimals: value / 10^scale.
struct Decimal {
  std::int64_t value = 0;
  int scale = 0;
};

class Expression {
 public:
  struct Node;

  Expression() = default;
  // The error's `where` is "column N".
  static Result<Expression> parse(std::string_view text);

  // `values`: object of field id -> wire value (set fields as arrays). Unknown when a value is missing
  // or kinds do not fit.
  [[nodiscard]] std::optional<bool> truth(const Json& values) const;
  // The number, scaled to `scale` decimals (rounded half away from zero); nothing when unknown.
  [[nodiscard]] std::optional<std::int64_t> number(const Json& values, int scale) const;

  [[nodiscard]] const std::string& text() const { return text_; }
  // First parts of the paths it reads: the field ids.
  [[nodiscard]] std::set<std::string> fields() const;
  // The parsed form, for the checks of the loader; null for an expression that was never parsed.
  [[nodiscard]] const Node* root() const { return root_.get(); }

 private:
  std::string text_;
  std::shared_ptr<const Node> root_;
};

}  // namespace nc::catalog
