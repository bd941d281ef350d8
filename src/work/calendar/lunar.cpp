#include "work/calendar/lunar.h"

#include <cmath>
#include <numbers>

#include "base/civil.h"

namespace nc::calendar {
namespace {

constexpr double kRadians = std::numbers::pi / 180;
constexpr int kJulianOfEpoch = 2440588;           // 1970-01-01 at noon
constexpr double kFirstMoon = 2415021.076998695;  // the new moon of 1900-01-01 that k counts from
constexpr double kMonthDays = 29.530588853;
constexpr int kNovember = 11;

double hours_of(LunarZone zone) { return zone == LunarZone::kVietnam ? 7 : 8; }

int whole(double value) { return static_cast<int>(std::floor(value)); }

double sine(double degrees) { return std::sin(degrees * kRadians); }

// Julian day (universal time) of the k-th new moon since 1900-01-01; Meeus, chapter 49 in its short form.
double new_moon(int k) {
  const double t = k / 1236.85, t2 = t * t, t3 = t2 * t;
  const double mean =
      2415020.75933 + 29.53058868 * k + 0.0001178 * t2 - 0.000000155 * t3 + 0.00033 * sine(166.56 + 132.87 * t - 0.009173 * t2);
  const double sun = 359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3;
  const double moon = 306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3;
  const double node = 21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3;
  double shift = (0.1734 - 0.000393 * t) * sine(sun) + 0.0021 * sine(2 * sun) - 0.4068 * sine(moon) + 0.0161 * sine(2 * moon);
  shift += -0.0004 * sine(3 * moon) + 0.0104 * sine(2 * node) - 0.0051 * sine(sun + moon) - 0.0074 * sine(sun - moon);
  shift += 0.0004 * sine(2 * node + sun) - 0.0004 * sine(2 * node - sun) - 0.0006 * sine(2 * node + moon);
  shift += 0.0010 * sine(2 * node - moon) + 0.0005 * sine(2 * moon + sun);
  const double clock =
      t < -11 ? 0.001 + 0.000839 * t + 0.0002261 * t2 - 0.00000845 * t3 - 0.000000081 * t * t3 : -0.000278 + 0.000265 * t + 0.000262 * t2;
  return mean + shift - clock;
}

// Which twelfth of the ecliptic the sun is in at the beginning of that local day: 0 from the spring equinox on.
int sun_term(int julian, LunarZone zone) {
  const double t = (julian - 2451545.5 - hours_of(zone) / 24) / 36525, t2 = t * t;
  const double anomaly = 357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t * t2;
  double longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t2;
  longitude += (1.914600 - 0.004817 * t - 0.000014 * t2) * sine(anomaly) + (0.019993 - 0.000101 * t) * sine(2 * anomaly);
  longitude += 0.000290 * sine(3 * anomaly);
  return whole((longitude - 360 * std::floor(longitude / 360)) / 30);
}

// The local day, as a Julian day number, on which that new moon falls.
int month_begin(int k, LunarZone zone) { return whole(new_moon(k) + 0.5 + hours_of(zone) / 24); }

// Begin of the month that holds the winter solstice of the year.
int month_eleven(int year, LunarZone zone) {
  const int last = to_day(year, 12, 31) + kJulianOfEpoch;
  const int k = whole((last - 2415021) / kMonthDays);
  constexpr int kSolstice = 9;
  const int begin = month_begin(k, zone);
  return sun_term(begin, zone) >= kSolstice ? month_begin(k - 1, zone) : begin;
}

// How many months after month 11 the leap month stands: the first that begins and ends in one term.
int leap_offset(int eleven, LunarZone zone) {
  const int k = whole((eleven - kFirstMoon) / kMonthDays + 0.5);
  int before = sun_term(month_begin(k + 1, zone), zone);
  for (int i = 2; i < 15; ++i) {
    const int term = sun_term(month_begin(k + i, zone), zone);
    if (term == before) return i - 1;
    before = term;
  }
  return 14;
}

// Months 11 that stand around a date: a year of 13 months lies between them when they are more than 365 days apart.
bool has_leap(int from, int until) { return until - from > 365; }

}  // namespace

LunarDate lunar_of(std::int32_t day, LunarZone zone) {
  const int julian = day + kJulianOfEpoch;
  // The mean month is up to 14 hours off the true one, on either side.
  int k = whole((julian - kFirstMoon) / kMonthDays) + 1;
  while (month_begin(k, zone) > julian) --k;
  const int begin = month_begin(k, zone);
  const int year = from_day(day).year;
  LunarDate out{year, 0, julian - begin + 1, false};
  int from = month_eleven(year, zone), until = from;
  if (from >= begin) {
    from = month_eleven(year - 1, zone);
  } else {
    out.year = year + 1;
    until = month_eleven(year + 1, zone);
  }
  const int after = (begin - from) / 29;
  out.month = after + kNovember;
  if (has_leap(from, until)) {
    const int leap = leap_offset(from, zone);
    if (after >= leap) --out.month;
    out.leap = after == leap;
  }
  if (out.month > 12) out.month -= 12;
  if (out.month >= kNovember && after < 4) --out.year;
  return out;
}

std::optional<std::int32_t> day_of_lunar(const LunarDate& date, LunarZone zone) {
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 30 || !is_civil(date.year, 1, 1)) return std::nullopt;
  const int first = date.month < kNovember ? date.year - 1 : date.year;
  const int from = month_eleven(first, zone), until = month_eleven(first + 1, zone);
  int after = (date.month - kNovember + 12) % 12;
  const int leap = has_leap(from, until) ? leap_offset(from, zone) : 99;
  if (date.leap && after + 1 != leap) return std::nullopt;
  if (date.leap || after >= leap) ++after;
  const int k = whole(0.5 + (from - kFirstMoon) / kMonthDays);
  const auto day = month_begin(k + after, zone) + date.day - 1 - kJulianOfEpoch;
  if (lunar_of(day, zone) != date) return std::nullopt;  // a month of 29 days
  return day;
}

}  // namespace nc::calendar
