// A file of feast days from memory. Oracle: what is taken gives days that lie in the period asked for, in order.
#include <cstdint>

#include "base/check.h"
#include "work/calendar/feast_days.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc;
  const auto days = calendar::FeastDays::parse({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!days) {
    NC_CHECK(!days.error().where.empty());
    return 0;
  }
  const auto from = to_day(2026, 1, 1), until = to_day(2027, 12, 31);
  std::int32_t before = kDayMin;
  for (const auto& feast : days->between(from, until)) {
    NC_CHECK(feast.days.first <= until && feast.days.last >= from && feast.days.first <= feast.days.last);
    NC_CHECK(feast.days.first >= before && feast.of != nullptr);
    before = feast.days.first;
  }
  return 0;
}
