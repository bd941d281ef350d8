#include "base/civil.h"

#include <charconv>
#include <cstdio>
#include <vector>

namespace nc {
namespace {

bool is_leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

int days_in_month(int y, int m) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return m == 2 && is_leap(y) ? 29 : kDays[m - 1];
}

// Digits only, 1 to 4 of them.
std::optional<int> number(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != by) continue;
    parts.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  return parts;
}

std::unexpected<Error> bad_form(std::string_view text) {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not a date"), {std::string(text)})
                  .then(NC_MSG("Write 31/12/2024, 12/2024 or 2024; 21/11 when the year is not known")));
}

std::unexpected<Error> no_such_day(int y, int m, int d) {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("There is no day {1}/{2}/{3}"), {std::to_string(d), std::to_string(m), std::to_string(y)})
                  .then(NC_MSG("Check the day and the month")));
}

Result<CivilDate> make_day(int y, int m, int d) {
  if (!is_civil(y, m, d)) return no_such_day(y, m, d);
  return CivilDate{to_day(y, m, d), DatePrecision::kDay, false};
}

Result<CivilDate> make_month(int y, int m, std::string_view text) {
  if (!is_civil(y, m, 1)) return bad_form(text);
  return CivilDate{to_day(y, m, 1), DatePrecision::kMonth, false};
}

Result<CivilDate> make_year(int y, std::string_view text) {
  if (!is_civil(y, 1, 1) || y < 1000) return bad_form(text);
  return CivilDate{to_day(y, 1, 1), DatePrecision::kYear, false};
}

Result<CivilDate> make_month_day(int m, int d, std::string_view text) {
  if (!is_civil(2000, m, d)) return bad_form(text);  // 29 February exists in some year
  return CivilDate{m * 100 + d, DatePrecision::kMonthDay, false};
}

}  // namespace

bool is_civil(int y, int m, int d) { return y >= 1 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= days_in_month(y, m); }

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
std::int32_t to_day(int y, int m, int d) {
  y -= m <= 2;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int yoe = y - era * 400;
  const int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

YearMonthDay from_day(std::int32_t z) {
  z += 719468;
  const int era = (z >= 0 ? z : z - 146096) / 146097;
  const int doe = z - era * 146097;
  const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int mp = (5 * doy + 2) / 153;
  const int d = doy - (153 * mp + 2) / 5 + 1;
  const int m = mp + (mp < 10 ? 3 : -9);
  return {yoe + era * 400 + (m <= 2), m, d};
}

std::optional<DayRange> extent(const CivilDate& date) {
  const auto ymd = date.precision == DatePrecision::kMonthDay ? YearMonthDay{} : from_day(date.day);
  switch (date.precision) {
    case DatePrecision::kDay: return DayRange{date.day, date.day};
    case DatePrecision::kMonth: return DayRange{date.day, date.day + days_in_month(ymd.year, ymd.month) - 1};
    case DatePrecision::kYear: return DayRange{date.day, to_day(ymd.year, 12, 31)};
    case DatePrecision::kMonthDay: return std::nullopt;
  }
  return std::nullopt;
}

Result<CivilDate> parse_iso_date(std::string_view text) {
  if (text.starts_with("--")) {
    const auto parts = split(text.substr(2), '-');
    if (parts.size() != 2 || parts[0].size() != 2 || parts[1].size() != 2) return bad_form(text);
    const auto m = number(parts[0]), d = number(parts[1]);
    if (!m || !d) return bad_form(text);
    return make_month_day(*m, *d, text);
  }
  const auto parts = split(text, '-');
  if (parts.size() > 3 || parts[0].size() != 4) return bad_form(text);
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (parts[i].size() != 2) return bad_form(text);
  const auto y = number(parts[0]);
  const auto m = parts.size() > 1 ? number(parts[1]) : 1;
  const auto d = parts.size() > 2 ? number(parts[2]) : 1;
  if (!y || !m || !d) return bad_form(text);
  if (parts.size() == 1) return make_year(*y, text);
  if (parts.size() == 2) return make_month(*y, *m, text);
  return make_day(*y, *m, *d);
}

std::string iso_date(const CivilDate& date) {
  char out[32];
  if (date.precision == DatePrecision::kMonthDay) {
    std::snprintf(out, sizeof out, "--%02d-%02d", date.day / 100, date.day % 100);
    return out;
  }
  const auto ymd = from_day(date.day);
  if (date.precision == DatePrecision::kYear) std::snprintf(out, sizeof out, "%04d", ymd.year);
  else if (date.precision == DatePrecision::kMonth) std::snprintf(out, sizeof out, "%04d-%02d", ymd.year, ymd.month);
  else std::snprintf(out, sizeof out, "%04d-%02d-%02d", ymd.year, ymd.month, ymd.dom);
  return out;
}

Result<CivilDate> parse_typed_date(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.find('/') == std::string_view::npos) return parse_iso_date(text);
  const auto parts = split(text, '/');
  std::vector<int> n;
  for (const auto part : parts) {
    const auto value = number(part);
    if (!value) return bad_form(text);
    n.push_back(*value);
  }
  if (n.size() == 3 && parts[2].size() == 4) return make_day(n[2], n[1], n[0]);
  if (n.size() == 2 && parts[1].size() == 4) return make_month(n[1], n[0], text);
  if (n.size() == 2 && parts[1].size() <= 2) return make_month_day(n[1], n[0], text);
  return bad_form(text);
}

Result<DayRange> parse_period_edge(std::string_view iso) {
  NC_ASSIGN(const CivilDate date, parse_typed_date(iso));
  const auto days = extent(date);
  if (!days) return bad_form(iso);
  return *days;
}

}  // namespace nc
