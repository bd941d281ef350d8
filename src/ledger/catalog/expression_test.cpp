#include "ledger/catalog/expression.h"

#include <gtest/gtest.h>

#include "base/civil.h"
#include "ledger/catalog/expression_node.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

Json sample() {
  const auto parsed = parse_json(R"({
    "n":5,"km":"157.422","other_km":"9.5","name":"Đồn","yes":true,"choice":"held","empty":"",
    "day":{"day":18142,"precision":"day"},"month":{"day":17775,"precision":"month"},"no_year":{"day":1121,"precision":"month_day"},
    "range":{"from":{"day":100,"precision":"day"},"to":{"day":130,"precision":"day"}},
    "begun":{"from":{"day":100,"precision":"day"}},"ended":{"to":{"day":130,"precision":"day"}},
    "persons":{"own":12,"counterpart":11,"total":23},
    "countries":["VN","KH"],"units":[{"ref":"00000000000000000000000000000001","role":"lead"},{"ref":"00000000000000000000000000000002"}],
    "rows":[{"pieces":2,"w":"1.5"},{"pieces":3},{"x":1}],"big":9007199254740991})");
  EXPECT_TRUE(parsed);
  return *parsed;
}

std::string answer(const std::string& text) {
  const auto expression = Expression::parse(text);
  if (!expression) return expression.error().english();
  const auto truth = expression->truth(sample());
  return truth ? (*truth ? "true" : "false") : "unknown";
}

TEST(Expression, Truth) {
  const std::pair<const char*, const char*> cases[] = {
      {"true", "true"},
      {"not true", "false"},
      {"not not true", "true"},
      {"n == 5", "true"},
      {"n != 5", "false"},
      {"n >= 5 and n <= 5", "true"},
      {"n < 5 or n > 5", "false"},
      {"2 + 3 * 4 == 14", "true"},
      {"(2 + 3) * 4 == 20", "true"},
      {"10 - 3 - 2 == 5", "true"},
      {"-n == 0 - 5", "true"},
      {"0.1 + 0.2 == 0.3", "true"},
      {"1.50 == 1.5", "true"},
      {"km > 157", "true"},
      {"km > other_km", "true"},
      {"name == \"Đồn\"", "true"},
      {"name < 5", "unknown"},
      {"yes == true", "true"},
      {"choice == \"held\" and yes", "true"},
      {"one_of(choice, \"planned\", \"held\")", "true"},
      {"one_of(missing, \"held\")", "unknown"},
      {"missing == 1", "unknown"},
      {"missing + 1 > 0", "unknown"},
      {"not missing", "unknown"},
      {"missing or true", "true"},
      {"missing and false", "false"},
      {"missing or false", "unknown"},
      {"missing and true", "unknown"},
      {"present(n)", "true"},
      {"present(missing)", "false"},
      {"present(empty)", "false"},
      {"present(no_year)", "true"},
      {"present(persons.total)", "true"},
      {"persons.own + persons.counterpart == persons.total", "true"},
      {"day == day(2019, 9, 3)", "true"},
      {"year(day) == 2019", "true"},
      {"year(no_year) == 2019", "unknown"},
      {"day(2023, 2, 29) == day", "unknown"},
      {"last_day(month) - first_day(month) == 29", "true"},
      {"last_day(range) - first_day(range) + 1 == 31", "true"},
      {"first_day(range) + 30 == last_day(range)", "true"},
      {"range.from < range.to", "true"},
      {"first_day(begun) == last_day(begun)", "true"},
      {"first_day(ended) == last_day(ended)", "unknown"},
      {"day + day == day", "unknown"},
      {"count(countries) == 2", "true"},
      {"count(missing) == 0", "true"},
      {"count(n) == 0", "unknown"},
      {"contains(countries, \"KH\")", "true"},
      {"contains(countries, \"LA\")", "false"},
      {"contains(missing, \"LA\")", "false"},
      {"contains(units, \"lead\")", "true"},
      {"contains(units, \"00000000000000000000000000000002\")", "true"},
      {"sum(rows, \"pieces\") == 5", "true"},
      {"sum(rows, \"w\") == 1.5", "true"},
      {"sum(rows, \"none\") == 0", "unknown"},
      {"min(3, n, 9) == 3 and max(3, n) == 5", "true"},
      {"max(missing, 1) == 1", "unknown"},
      {"length(name) == 3", "true"},
      {"big * big > 0", "unknown"},
      {"big * 1000 > big", "true"},
      {"9223372036854775807 + 1 > 0", "unknown"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(answer(text), expected) << text;
}

TEST(Expression, RefusedWithColumn) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "column 1: The expression ends too early"},
      {"n +", "column 4: The expression ends too early"},
      {"n == 1 2", "column 8: The expression does not go on with “2”"},
      {"1 < n < 3", "column 7: Comparisons cannot be chained; join them with “and”"},
      {"lenght(name)", "column 1: There is no function “lenght”"},
      {"length(name, 2)", "column 1: The function “length” does not take 2 values"},
      {"n = 1", "column 3: The expression has a character that means nothing here: “=”"},
      {"n == “a”", "column 6: The expression has a character that means nothing here: “““"},
      {"name == \"a", "column 9: A text in the expression has no closing quote"},
      {"n == 99999999999999999999", "column 6: The number “99999999999999999999” is too large"},
      {"and n", "column 1: The expression does not go on with “and”"},
      {"persons.", "column 9: The expression ends too early"},
  };
  for (const auto& [text, expected] : cases) {
    const auto got = answer(text);
    EXPECT_TRUE(got.starts_with(std::string(expected).substr(0, 40))) << text << " gave " << got;
  }
}

TEST(Expression, DepthAndLengthAreLimited) {
  EXPECT_FALSE(Expression::parse(std::string(30, '(') + "1" + std::string(30, ')')));
  EXPECT_TRUE(Expression::parse(std::string(20, '(') + "1" + std::string(20, ')')));
  EXPECT_FALSE(Expression::parse(std::string(30, '-') + "1"));
  EXPECT_FALSE(Expression::parse(std::string(kExpressionBytesMax + 1, ' ')));
  std::string many = "1";
  for (int i = 0; i < 1000; ++i) many += "+1";
  const auto sum = Expression::parse(many);
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->number(Json(), 0), 1001);
}

TEST(Expression, StepBudgetEndsInUnknown) {
  JsonArray rows(20'000, Json().set("a", 1));
  const auto sum = Expression::parse("sum(rows, \"a\") > 0");
  EXPECT_EQ(sum->truth(Json().set("rows", Json(rows))), std::nullopt);
  rows.resize(5'000);
  EXPECT_EQ(sum->truth(Json().set("rows", Json(rows))), true);
  // Work already decided does not count when the budget ends elsewhere: the whole answer is unknown.
  const auto decided = Expression::parse("sum(rows, \"a\") > 0 or true");
  rows.resize(20'000, Json().set("a", 1));
  EXPECT_EQ(decided->truth(Json().set("rows", Json(rows))), std::nullopt);
}

TEST(Expression, NumbersRoundHalfAwayFromZero) {
  const auto number = [](const char* text, int scale) { return Expression::parse(text)->number(sample(), scale); };
  EXPECT_EQ(number("km", 3), 157422);
  EXPECT_EQ(number("km", 2), 15742);
  EXPECT_EQ(number("2.5", 0), 3);
  EXPECT_EQ(number("-2.5", 0), -3);
  EXPECT_EQ(number("2.49", 0), 2);
  EXPECT_EQ(number("n", 6), 5'000'000);
  EXPECT_EQ(number("name", 0), std::nullopt);
  EXPECT_EQ(number("yes", 0), std::nullopt);
  EXPECT_EQ(number("big", 6), std::nullopt) << "overflow is unknown";
}

TEST(Expression, NamesItsFields) {
  const auto expression = Expression::parse("present(a) or b.c > sum(d, \"e\") and one_of(f, \"g\")");
  EXPECT_EQ(expression->fields(), (std::set<std::string>{"a", "b", "d", "f"}));
  EXPECT_EQ(Expression().truth(Json()), std::nullopt);
}

}  // namespace
}  // namespace nc::catalog
