// The days that a text of the search box names, as people write days, months, quarters, halves and years.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/civil.h"

namespace nc::search {

// "22/11/2026", "ngày 22 tháng 11 năm 2026", "tháng 11/2026", "năm 2026"; "quý 4/2026", "quý IV năm 2026", "Q4 2026", "fourth quarter
// of 2026"; "6 tháng đầu năm 2026" and any other number of months at the beginning or the end of a year; "6 tháng 2024", its first six
// (not "6 tháng năm 2024": "tháng năm" is May, too); "nửa cuối năm 2026", "H2 2026".
// Marks and capitals may be left out. Nothing for a text that is more or less than that, has no year, or one before 1900 or after 2100.
std::optional<DayRange> days_named(std::string_view typed);

// "tuần tra 2019", "hội đàm ngày 20/12/2018", "quý 4/2026 giao ban": words, and days before or after them. Nothing without both, and
// for a number that is said to be one ("mốc 2019").
struct WordsAndDays {
  std::string words, named;  // as they were typed
  DayRange days;
};
std::optional<WordsAndDays> words_and_days(std::string_view typed);

}  // namespace nc::search
