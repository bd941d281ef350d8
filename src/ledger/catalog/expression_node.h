// The parsed form of an expression: a tree of at most kExpressionDepthMax levels.
// Private to this room: the parser makes it, the evaluator and the loader's checks read it.
#pragma once

#include <string>
#include <vector>

#include "ledger/catalog/expression.h"

namespace nc::catalog {

inline constexpr std::size_t kExpressionBytesMax = 4096;
inline constexpr int kExpressionDepthMax = 24;  // of parentheses, calls, `not` and signs
inline constexpr int kDecimalScaleMax = 18;     // 10^18 is the last power of ten in 64 bits

enum class Op {
  kNumber,
  kText,
  kTruth,
  kPath,  // leaves
  kOr,
  kAnd,
  kNot,
  kAdd,
  kNegate,
  kMultiply,  // kOr, kAnd, kAdd, kMultiply take two or more
  kEqual,
  kUnequal,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kPresent,
  kCount,
  kFirstDay,
  kLastDay,
  kDay,
  kYear,
  kOneOf,
  kContains,
  kSum,
  kMin,
  kMax,
  kLength,
};

struct Expression::Node {
  Op op = Op::kTruth;
  Decimal number;                 // kNumber
  bool truth = false;             // kTruth
  std::string text;               // kText
  std::vector<std::string> path;  // kPath: field, then members
  std::vector<Node> children;
  std::size_t column = 1;  // where it begins, in bytes from 1
};

// A decimal in the form of the wire: -?digits[.digits], nothing when it does not fit 64 bits.
std::optional<Decimal> parse_decimal(std::string_view text);
// a <=> b by value; nothing when aligning the scales overflows.
std::optional<int> compare(Decimal a, Decimal b);

}  // namespace nc::catalog
