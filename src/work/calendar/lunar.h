// The lunar calendar of Vietnam and of China: day, month, leap month and year of a civil day, and back.
//
// Source of the rule: Hồ Ngọc Đức, "Thuật toán tính âm lịch" (https://www.informatik.uni-leipzig.de/~duc/amlich/calrules.html),
// after Jean Meeus, "Astronomical Algorithms" (new moons, longitude of the sun), written anew here. A month begins on the
// local day of the new moon; month 11 holds the winter solstice; of thirteen months between two solstices the first
// without a principal term is the leap one. Vietnam reckons the day at UTC+7, China at UTC+8: in some years Tết differs
// (2007, 2030). Checked against published dates of 1990 to 2050 (lunar_test.cpp); good for 1976 to 2100.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace nc::calendar {

enum class LunarZone : std::uint8_t { kVietnam, kChina };  // UTC+7, UTC+8

struct LunarDate {
  int year = 0, month = 0, day = 0;
  bool leap = false;  // the second month of that number
  auto operator<=>(const LunarDate&) const = default;
};

// `day` as in base/civil.h.
[[nodiscard]] LunarDate lunar_of(std::int32_t day, LunarZone zone = LunarZone::kVietnam);
// Nothing where the year has no such leap month, or the month no such day.
[[nodiscard]] std::optional<std::int32_t> day_of_lunar(const LunarDate& date, LunarZone zone = LunarZone::kVietnam);

}  // namespace nc::calendar
