// The rule language. Oracle: parsing keeps the text, and an answer is a truth or a number, not both.
#include <cstdint>

#include "base/check.h"
#include "ledger/catalog/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc;
  using namespace nc::catalog;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto expression = Expression::parse(text);
  if (!expression) {
    NC_CHECK(expression.error().where.starts_with("column "));
    return 0;
  }
  NC_CHECK(expression->text() == text);
  static const Json kValues = *parse_json(
      R"({"a":5,"b":"1.5","c":{"total":9007199254740991},"d":{"day":100,"precision":"month_day"},"e":{"from":{"day":0,"precision":"day"}},)"
      R"("f":["x"],"g":[{"ref":"x","count":1},{"p":"2.5"}],"h":true,"i":""})");
  const auto truth = expression->truth(kValues);
  const auto number = expression->number(kValues, 3);
  NC_CHECK(!truth || !number);
  // What is not there can only make an answer unknown or, for present and sets, another; never crash.
  (void)expression->truth(Json());
  return 0;
}
