// Civil days: the dates of the trade. A day is an integer (days since 1970-01-01, proleptic
// Gregorian), without zone. Dates carry a precision, because sources print "2019-09" or
// "21 November" without a year, and a flag when the precision was inferred, not printed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace nc {

enum class DatePrecision : std::uint8_t {
  kDay,       // day is exact
  kMonth,     // day is the first of the month
  kYear,      // day is 1 January
  kMonthDay,  // the year is missing; day = month * 100 + day of month
};

struct CivilDate {
  std::int32_t day = 0;
  DatePrecision precision = DatePrecision::kDay;
  bool inferred = false;  // the year (or the whole date) was inferred by a reader, not printed

  auto operator<=>(const CivilDate&) const = default;
};

// Closed interval of days.
struct DayRange {
  std::int32_t first = 0;
  std::int32_t last = 0;
  auto operator<=>(const DayRange&) const = default;
};

inline constexpr std::int32_t kDayMin = -719162;  // 0001-01-01
inline constexpr std::int32_t kDayMax = 2932896;  // 9999-12-31

struct YearMonthDay {
  int year = 1970;
  int month = 1;
  int dom = 1;
};

[[nodiscard]] bool is_civil(int year, int month, int dom);
[[nodiscard]] std::int32_t to_day(int year, int month, int dom);  // precondition: is_civil
[[nodiscard]] YearMonthDay from_day(std::int32_t day);

// The days that the date may mean; nothing for kMonthDay.
[[nodiscard]] std::optional<DayRange> extent(const CivilDate& date);

// ISO forms: "2019-09-03", "2019-09", "2019", "--11-21". Errors name the part: "day 31 does not
// exist in month 2 of 2024".
Result<CivilDate> parse_iso_date(std::string_view text);
std::string iso_date(const CivilDate& date);

// What people type: "31/12/2024", "12/2024", "2024", "21/11" (year missing), or an ISO form.
Result<CivilDate> parse_typed_date(std::string_view text);

// Days of [first, last] of what an ISO text means as a period edge: "2013" begins 2013-01-01 and
// ends 2013-12-31.
Result<DayRange> parse_period_edge(std::string_view iso);

}  // namespace nc
