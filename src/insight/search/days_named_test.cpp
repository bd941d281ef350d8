#include "insight/search/days_named.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace nc::search {
namespace {

DayRange months(int year, int first, int last) {
  return {to_day(year, first, 1), last == 12 ? to_day(year, 12, 31) : to_day(year, last + 1, 1) - 1};
}

TEST(DaysNamed, DaysMonthsAndYears) {
  EXPECT_EQ(days_named("22/11/2026"), (DayRange{to_day(2026, 11, 22), to_day(2026, 11, 22)}));
  EXPECT_EQ(days_named("ngày 22/11/2026"), (DayRange{to_day(2026, 11, 22), to_day(2026, 11, 22)}));
  EXPECT_EQ(days_named("tháng 11/2026"), (DayRange{to_day(2026, 11, 1), to_day(2026, 11, 30)}));
  EXPECT_EQ(days_named("thang 11/2026"), days_named("11/2026"));
  EXPECT_EQ(days_named("năm 2026"), (DayRange{to_day(2026, 1, 1), to_day(2026, 12, 31)}));
  EXPECT_EQ(days_named("2026-11-22"), days_named("22/11/2026"));
  EXPECT_EQ(days_named("22-11-2026"), days_named("22/11/2026"));
  EXPECT_EQ(days_named("22.11.2026"), days_named("22/11/2026"));
  EXPECT_EQ(days_named("ngày 22 tháng 11 năm 2026"), days_named("22/11/2026"));
  EXPECT_EQ(days_named("tháng 11 năm 2026"), days_named("11/2026"));
  EXPECT_EQ(days_named("tháng 11 2026"), days_named("11/2026"));
}

TEST(DaysNamed, QuartersAsPeopleWriteThem) {
  for (const auto* typed : {"quý 4/2026",
                            "Quý IV/2026",
                            "quý IV năm 2026",
                            "QUÝ 4 NĂM 2026",
                            "quy iv nam 2026",
                            "quý 4-2026",
                            "quý bốn năm 2026",
                            "quý tư năm 2026",
                            "quý thứ tư năm 2026",
                            "Q4 2026",
                            "Q4/2026",
                            "Q4-2026",
                            "2026-Q4",
                            "2026Q4",
                            "2026 quý 4",
                            "quarter 4, 2026",
                            "4th quarter 2026",
                            "fourth quarter of 2026",
                            "  quý  4 / 2026 ",
                            "qu\x79\xcc\x81 4/2026"})
    EXPECT_EQ(days_named(typed), months(2026, 10, 12)) << typed;
  for (const auto* typed :
       {"quý 1/2026", "quý I/2026", "quý một năm 2026", "quý đầu năm 2026", "quý nhất năm 2026", "1st quarter 2026", "q1.2026"})
    EXPECT_EQ(days_named(typed), months(2026, 1, 3)) << typed;
  EXPECT_EQ(days_named("quý II/2024"), months(2024, 4, 6));
  EXPECT_EQ(days_named("quý hai năm 2024"), months(2024, 4, 6));
  EXPECT_EQ(days_named("quý III/2024"), months(2024, 7, 9));
  EXPECT_EQ(days_named("quý ba năm 2024"), months(2024, 7, 9));
}

TEST(DaysNamed, HalvesAndMonthsAtTheEndsOfAYear) {
  for (const auto* typed : {"6 tháng đầu năm 2026", "sáu tháng đầu năm 2026", "6 thang dau 2026", "nửa đầu năm 2026", "H1 2026", "H1/2026",
                            "6 tháng 2026", "sau thang 2026", "6 tháng của năm 2026", "six months of 2026", "2026H1", "first half of 2026",
                            "1st half of the year 2026", "first six months of 2026", "first 6 months 2026"})
    EXPECT_EQ(days_named(typed), months(2026, 1, 6)) << typed;
  for (const auto* typed : {"6 tháng cuối năm 2026", "sáu tháng cuối của năm 2026", "nửa cuối năm 2026", "nửa sau năm 2026", "H2 2026",
                            "second half of 2026", "last 6 months of 2026"})
    EXPECT_EQ(days_named(typed), months(2026, 7, 12)) << typed;
  EXPECT_EQ(days_named("9 tháng đầu năm 2026"), months(2026, 1, 9));
  EXPECT_EQ(days_named("9 tháng 2026"), months(2026, 1, 9));
  EXPECT_EQ(days_named("6 tháng 6 năm 2026"), days_named("6/6/2026"));
  EXPECT_EQ(days_named("3 tháng đầu năm 2024"), days_named("quý 1/2024"));
  EXPECT_EQ(days_named("3 tháng cuối năm 2024"), days_named("quý 4/2024"));
  EXPECT_EQ(days_named("2 tháng đầu năm 2024"), (DayRange{to_day(2024, 1, 1), to_day(2024, 2, 29)}));
}

TEST(DaysNamed, WhatIsMoreOrLessThanThatNamesNoDays) {
  for (const auto* typed : {"165",
                            "22/11",
                            "165(1)",
                            "1088/3",
                            "32/11/2026",
                            "hội đàm",
                            "",
                            "ngày",
                            "quý 4",
                            "quý 5/2026",
                            "quý 0/2026",
                            "quý V/2026",
                            "quý/2026",
                            "Q4",
                            "Q42026",
                            "q4 1850",
                            "quý 4/2150",
                            "6 tháng đầu năm",
                            "13 tháng đầu năm 2026",
                            "0 tháng đầu năm 2026",
                            "6 tháng năm 2026",  // or the sixth of May
                            "13 tháng 2026",
                            "H3 2026",
                            "nửa 2026",
                            "hội đàm quý 4/2026",
                            "quý 4/2026 quý 3/2026",
                            "quý 4 (2026)",
                            "第四季度 2026"})
    EXPECT_FALSE(days_named(typed)) << typed;
  EXPECT_FALSE(days_named("quý 4/2026" + std::string(1000, ' ')));
}

TEST(DaysNamed, WordsWithDaysBeforeOrAfterThem) {
  struct Case {
    const char *typed, *words, *named;
  };
  for (const auto& [typed, words, named] :
       {Case{"tuần tra 2019", "tuần tra", "2019"}, Case{"tuần tra năm 2019", "tuần tra", "năm 2019"},
        Case{"hội đàm 20/12/2018", "hội đàm", "20/12/2018"},
        Case{"hội đàm ngày 20 tháng 12 năm 2018", "hội đàm", "ngày 20 tháng 12 năm 2018"},
        Case{"tuần tra trong 6 tháng đầu năm 2024", "tuần tra", "trong 6 tháng đầu năm 2024"},
        Case{"quý 4/2026 giao ban", "giao ban", "quý 4/2026"}, Case{"  năm 2019  tuần  tra ", "tuần  tra", "năm 2019"},
        Case{"\"hội đàm\" 2018", "\"hội đàm\"", "2018"}, Case{"bo heng tháng 6/2019", "bo heng", "tháng 6/2019"}}) {
    const auto split = words_and_days(typed);
    ASSERT_TRUE(split) << typed;
    EXPECT_EQ(split->words, words) << typed;
    EXPECT_EQ(split->named, named) << typed;
    EXPECT_EQ(split->days, days_named(named)) << typed;
  }
  for (const auto* typed : {"", " ", "2019", "tuần tra", "mốc 2019", "tuần tra mốc 2019", "15/BB-ĐBP", "kế hoạch \"2019\"",
                            "tuần tra 22/11", "quý 4/2026", "“năm 2019 tuần tra”", "trong 2019"})
    EXPECT_FALSE(words_and_days(typed)) << typed;
}

}  // namespace
}  // namespace nc::search
