// Whatever is typed: no days, or days that follow each other within the years that are taken; marks and capitals change nothing.
#include "base/check.h"
#include "base/text.h"
#include "insight/search/days_named.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc;
  const std::string_view typed(reinterpret_cast<const char*>(data), size);
  if (const auto split = search::words_and_days(typed)) {
    NC_CHECK(!split->words.empty() && search::days_named(split->named) == split->days);
    NC_CHECK(typed.find(split->words) != std::string_view::npos && typed.find(split->named) != std::string_view::npos);
    NC_CHECK(split->words.size() + split->named.size() < typed.size());
  }
  const auto days = search::days_named(typed);
  if (!days) return 0;
  NC_CHECK(days->first <= days->last);
  NC_CHECK(from_day(days->first).year >= 1900 && from_day(days->last).year <= 2100);
  NC_CHECK(from_day(days->first).year == from_day(days->last).year);
  const auto folded = fold(typed);
  NC_CHECK(search::days_named(folded) == days);
  return 0;
}
