#include <algorithm>
#include <array>

#include "base/text.h"
#include "ledger/catalog/expression_node.h"

namespace nc::catalog {
namespace {

using Node = Expression::Node;

struct Token {
  enum class Kind { kEnd, kName, kNumber, kText, kSign };
  Kind kind = Kind::kEnd;
  std::string text;
  std::size_t column = 1;
};

struct Function {
  std::string_view name;
  Op op;
  std::size_t least, most;
};

constexpr std::array kFunctions{
    Function{"present", Op::kPresent, 1, 1},  Function{"count", Op::kCount, 1, 1},       Function{"first_day", Op::kFirstDay, 1, 1},
    Function{"last_day", Op::kLastDay, 1, 1}, Function{"day", Op::kDay, 3, 3},           Function{"year", Op::kYear, 1, 1},
    Function{"one_of", Op::kOneOf, 2, 64},    Function{"contains", Op::kContains, 2, 2}, Function{"sum", Op::kSum, 2, 2},
    Function{"min", Op::kMin, 2, 16},         Function{"max", Op::kMax, 2, 16},          Function{"length", Op::kLength, 1, 1},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

std::unexpected<Error> bad(std::size_t column, const char* message, std::vector<std::string> args = {}) {
  return fail(Error(ErrorCode::kInvalid, message, std::move(args)).at("column " + std::to_string(column)));
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<Token> next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
    Token token;
    token.column = at_ + 1;
    if (at_ == text_.size()) return token;
    const char c = text_[at_];
    if (is_name_start(c)) return name(std::move(token));
    if (is_digit(c)) return number(std::move(token));
    if (c == '"') return literal(std::move(token));
    return sign(std::move(token));
  }

 private:
  Token name(Token token) {
    token.kind = Token::Kind::kName;
    while (at_ < text_.size() && is_name(text_[at_])) token.text += text_[at_++];
    return token;
  }

  Token number(Token token) {
    token.kind = Token::Kind::kNumber;
    while (at_ < text_.size() && is_digit(text_[at_])) token.text += text_[at_++];
    if (at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1])) {
      token.text += text_[at_++];
      while (at_ < text_.size() && is_digit(text_[at_])) token.text += text_[at_++];
    }
    return token;
  }

  Result<Token> literal(Token token) {
    token.kind = Token::Kind::kText;
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;  // \" and \\ only mean themselves
      token.text += text_[at_++];
    }
    if (at_ == text_.size()) return bad(token.column, NC_MSG("A text in the expression has no closing quote"));
    ++at_;
    return token;
  }

  Result<Token> sign(Token token) {
    token.kind = Token::Kind::kSign;
    for (const std::string_view two : {"==", "!=", "<=", ">="})
      if (text_.substr(at_).starts_with(two)) {
        at_ += 2;
        token.text = two;
        return token;
      }
    constexpr std::string_view kOne = "<>+-*(),.";
    if (kOne.find(text_[at_]) == std::string_view::npos)
      return bad(token.column, NC_MSG("The expression has a character that means nothing here: “{1}”"), {next_character()});
    token.text = text_[at_++];
    return token;
  }

  [[nodiscard]] std::string next_character() const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0) == 0x80) ++end;
    return std::string(text_.substr(at_, end - at_));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<Node> all() {
    NC_TRY(advance());
    NC_ASSIGN(Node node, either());
    if (token_.kind != Token::Kind::kEnd) return unexpected_token();
    return node;
  }

 private:
  Status advance() {
    NC_ASSIGN(token_, lexer_.next());
    return {};
  }

  [[nodiscard]] bool is_sign(std::string_view sign) const { return token_.kind == Token::Kind::kSign && token_.text == sign; }
  [[nodiscard]] bool is_word(std::string_view word) const { return token_.kind == Token::Kind::kName && token_.text == word; }

  std::unexpected<Error> unexpected_token() const {
    if (token_.kind == Token::Kind::kEnd) return bad(token_.column, NC_MSG("The expression ends too early"));
    return bad(token_.column, NC_MSG("The expression does not go on with “{1}”"), {token_.text});
  }

  Status expect(std::string_view sign) {
    if (!is_sign(sign)) return unexpected_token();
    return advance();
  }

  // A level of precedence whose operator is a word: operands joined into one node.
  Result<Node> joined(std::string_view word, Op op, Result<Node> (Parser::*operand)()) {
    NC_ASSIGN(Node first, (this->*operand)());
    if (!is_word(word)) return first;
    Node node{.op = op, .column = first.column};
    node.children.push_back(std::move(first));
    while (is_word(word)) {
      NC_TRY(advance());
      NC_ASSIGN(Node more, (this->*operand)());
      node.children.push_back(std::move(more));
    }
    return node;
  }

  Result<Node> either() { return joined("or", Op::kOr, &Parser::both); }
  Result<Node> both() { return joined("and", Op::kAnd, &Parser::negation); }

  Result<Node> negation() {
    if (!is_word("not")) return comparison();
    Node node{.op = Op::kNot, .column = token_.column};
    NC_TRY(deeper());
    NC_TRY(advance());
    NC_ASSIGN(Node operand, negation());
    --depth_;
    node.children.push_back(std::move(operand));
    return node;
  }

  static std::optional<Op> comparison_op(const Token& token) {
    if (token.kind != Token::Kind::kSign) return std::nullopt;
    if (token.text == "==") return Op::kEqual;
    if (token.text == "!=") return Op::kUnequal;
    if (token.text == "<") return Op::kLess;
    if (token.text == "<=") return Op::kLessEqual;
    if (token.text == ">") return Op::kGreater;
    if (token.text == ">=") return Op::kGreaterEqual;
    return std::nullopt;
  }

  Result<Node> comparison() {
    NC_ASSIGN(Node left, addition());
    const auto op = comparison_op(token_);
    if (!op) return left;
    NC_TRY(advance());
    NC_ASSIGN(Node right, addition());
    if (comparison_op(token_)) return bad(token_.column, NC_MSG("Comparisons cannot be chained; join them with “and”"));
    Node node{.op = *op, .column = left.column};
    node.children.push_back(std::move(left));
    node.children.push_back(std::move(right));
    return node;
  }

  Result<Node> addition() {
    NC_ASSIGN(Node first, product());
    if (!is_sign("+") && !is_sign("-")) return first;
    Node node{.op = Op::kAdd, .column = first.column};
    node.children.push_back(std::move(first));
    while (is_sign("+") || is_sign("-")) {
      const bool minus = is_sign("-");
      NC_TRY(advance());
      NC_ASSIGN(Node more, product());
      if (minus) {
        Node negated{.op = Op::kNegate, .column = more.column};
        negated.children.push_back(std::move(more));
        more = std::move(negated);
      }
      node.children.push_back(std::move(more));
    }
    return node;
  }

  Result<Node> product() {
    NC_ASSIGN(Node first, signed_value());
    if (!is_sign("*")) return first;
    Node node{.op = Op::kMultiply, .column = first.column};
    node.children.push_back(std::move(first));
    while (is_sign("*")) {
      NC_TRY(advance());
      NC_ASSIGN(Node more, signed_value());
      node.children.push_back(std::move(more));
    }
    return node;
  }

  Result<Node> signed_value() {
    if (!is_sign("-")) return value();
    Node node{.op = Op::kNegate, .column = token_.column};
    NC_TRY(deeper());
    NC_TRY(advance());
    NC_ASSIGN(Node operand, signed_value());
    --depth_;
    node.children.push_back(std::move(operand));
    return node;
  }

  Result<Node> value() {
    Node node{.column = token_.column};
    if (token_.kind == Token::Kind::kNumber) return number(std::move(node));
    if (token_.kind == Token::Kind::kText) {
      node.op = Op::kText;
      node.text = to_nfc(token_.text);
      NC_TRY(advance());
      return node;
    }
    if (token_.kind == Token::Kind::kName) return name(std::move(node));
    if (!is_sign("(")) return unexpected_token();
    NC_TRY(deeper());
    NC_TRY(advance());
    NC_ASSIGN(Node inner, either());
    NC_TRY(expect(")"));
    --depth_;
    return inner;
  }

  Result<Node> number(Node node) {
    const auto decimal = parse_decimal(token_.text);
    if (!decimal) return bad(token_.column, NC_MSG("The number “{1}” is too large"), {token_.text});
    node.op = Op::kNumber;
    node.number = *decimal;
    NC_TRY(advance());
    return node;
  }

  Result<Node> name(Node node) {
    if (is_word("or") || is_word("and") || is_word("not")) return unexpected_token();
    if (is_word("true") || is_word("false")) {
      node.truth = is_word("true");
      NC_TRY(advance());
      return node;
    }
    const std::string first = token_.text;
    NC_TRY(advance());
    if (is_sign("(")) return call(std::move(node), first);
    node.op = Op::kPath;
    node.path.push_back(first);
    while (is_sign(".")) {
      NC_TRY(advance());
      if (token_.kind != Token::Kind::kName) return unexpected_token();
      node.path.push_back(token_.text);
      NC_TRY(advance());
    }
    return node;
  }

  Result<Node> call(Node node, const std::string& function_name) {
    const auto* function = std::find_if(kFunctions.begin(), kFunctions.end(), [&](const Function& f) { return f.name == function_name; });
    if (function == kFunctions.end()) return bad(node.column, NC_MSG("There is no function “{1}”"), {function_name});
    node.op = function->op;
    NC_TRY(deeper());
    NC_TRY(advance());
    while (!is_sign(")")) {
      NC_ASSIGN(Node argument, either());
      node.children.push_back(std::move(argument));
      if (!is_sign(")")) NC_TRY(expect(","));
    }
    NC_TRY(advance());
    --depth_;
    if (node.children.size() < function->least || node.children.size() > function->most)
      return bad(node.column, NC_MSG("The function “{1}” does not take {2} values"), {function_name, std::to_string(node.children.size())});
    return node;
  }

  Status deeper() {
    if (++depth_ <= kExpressionDepthMax) return {};
    return fail(Error(ErrorCode::kLimit, NC_MSG("The expression is nested deeper than {1}"), {std::to_string(kExpressionDepthMax)})
                    .at("column " + std::to_string(token_.column)));
  }

  Lexer lexer_;
  Token token_;
  int depth_ = 0;
};

void collect_fields(const Node& node, std::set<std::string>& out) {
  if (node.op == Op::kPath) out.insert(node.path.front());
  for (const auto& child : node.children) collect_fields(child, out);
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return std::nullopt;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(c) || (point && out.scale == kDecimalScaleMax)) return std::nullopt;
    if (__builtin_mul_overflow(out.value, std::int64_t{10}, &out.value) ||
        __builtin_add_overflow(out.value, std::int64_t{c - '0'}, &out.value))
      return std::nullopt;
    if (point) ++out.scale;
  }
  if (minus) out.value = -out.value;
  return out;
}

Result<Expression> Expression::parse(std::string_view text) {
  if (text.size() > kExpressionBytesMax)
    return fail(
        Error(ErrorCode::kLimit, NC_MSG("The expression is longer than {1} bytes"), {std::to_string(kExpressionBytesMax)}).at("column 1"));
  if (!is_utf8(text)) return bad(1, NC_MSG("Text is not valid UTF-8"));
  NC_ASSIGN(Node node, Parser(text).all());
  Expression out;
  out.text_ = text;
  out.root_ = std::make_shared<const Node>(std::move(node));
  return out;
}

std::set<std::string> Expression::fields() const {
  std::set<std::string> out;
  if (root_) collect_fields(*root_, out);
  return out;
}

}  // namespace nc::catalog
