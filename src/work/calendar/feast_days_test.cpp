#include "work/calendar/feast_days.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace nc::calendar {
namespace {

FeastDays project_days() {
  auto days = FeastDays::load(std::filesystem::path(NC_SOURCE_DIR) / "data/calendar/feast-days.json");
  if (!days) throw std::runtime_error(days.error().english());
  return std::move(*days);
}

std::vector<Feast> of(const FeastDays& days, std::string_view id, int year) {
  auto out = days.between(to_day(year, 1, 1), to_day(year, 12, 31));
  std::erase_if(out, [&](const Feast& feast) { return feast.of->id != id; });
  return out;
}

TEST(FeastDays, ThoseOfTheProjectFallOnTheirDays) {
  const auto days = project_days();
  ASSERT_EQ(of(days, "vn-national", 2026).size(), 1U);
  EXPECT_EQ(of(days, "vn-national", 2026).front().days, (DayRange{to_day(2026, 9, 2), to_day(2026, 9, 2)}));
  EXPECT_EQ(of(days, "tet", 2030).front().days.first, to_day(2030, 2, 2));
  EXPECT_EQ(of(days, "cn-new-year", 2030).front().days.first, to_day(2030, 2, 3)) << "one day later at UTC+8";
  EXPECT_EQ(of(days, "kh-new-year", 2024).front().days, (DayRange{to_day(2024, 4, 13), to_day(2024, 4, 16)})) << "given for the year";
  EXPECT_EQ(of(days, "kh-new-year", 2026).front().days, (DayRange{to_day(2026, 4, 14), to_day(2026, 4, 16)}));
  EXPECT_EQ(of(days, "la-new-year", 2026).front().days, (DayRange{to_day(2026, 4, 14), to_day(2026, 4, 16)}));
  EXPECT_TRUE(of(days, "pchum-ben", 2040).empty()) << "nobody has given the days of that year yet";
  for (const auto& day : days.all()) {
    EXPECT_FALSE(day.source.empty()) << day.id;
    EXPECT_FALSE(day.countries.empty()) << day.id;
  }
}

TEST(FeastDays, RoundYearsAreKnownAndNothingIsKeptBeforeTheEvent) {
  const auto days = project_days();
  EXPECT_TRUE(of(days, "la-national", 2025).front().round());
  EXPECT_FALSE(of(days, "la-national", 2026).front().round());
  EXPECT_EQ(of(days, "la-national", 2026).front().anniversary, 51);
  EXPECT_TRUE(of(days, "la-national", 1974).empty());
  EXPECT_FALSE(of(days, "la-national", 1975).front().round());
}

TEST(FeastDays, BetweenTakesWhatReachesInFromTheYearBefore) {
  const auto days =
      FeastDays::parse(R"({"format":"nhipcau-feast-days-1","days":[{"id":"x","vi":"x","en":"x","month":12,"day":30,"length":5}]})", "test");
  ASSERT_TRUE(days) << days.error().english();
  const auto found = days->between(to_day(2026, 1, 2), to_day(2026, 1, 2));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().days.first, to_day(2025, 12, 30));
  EXPECT_TRUE(days->between(to_day(2026, 1, 4), to_day(2026, 12, 29)).empty());
  EXPECT_TRUE(days->between(10, 9).empty());
}

TEST(FeastDays, WhatCannotBeADayIsRefusedByName) {
  const auto refused = [](const std::string& rest) {
    const auto days = FeastDays::parse(R"({"format":"nhipcau-feast-days-1","days":[{"id":"x","vi":"x","en":"x",)" + rest + "}]}", "test");
    return !days && days.error().where == "days.x";
  };
  EXPECT_TRUE(refused(R"("month":2,"day":30)"));
  EXPECT_TRUE(refused(R"("month":0,"day":0)"));
  EXPECT_TRUE(refused(R"("lunar":"VN","month":1,"day":31)"));
  EXPECT_TRUE(refused(R"("lunar":"KH","month":1,"day":1)"));
  EXPECT_TRUE(refused(R"("month":1,"day":1,"length":400)"));
  EXPECT_TRUE(refused(R"("dates":[{"from":"2026-04","to":"2026-04"}])"));
  EXPECT_TRUE(refused(R"("dates":[{"from":"2026-04-16","to":"2026-04-14"}])"));
  EXPECT_FALSE(FeastDays::parse("{}", "test"));
  EXPECT_FALSE(FeastDays::parse("[", "test"));
}

}  // namespace
}  // namespace nc::calendar
