// What leaves as a table: types, no formula out of a text, nothing beside the file, the same bytes from the same rows. What
// is inside an XLSX is read back by tests/program/export_test.py, with another library's eyes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/civil.h"
#include "base/files.h"
#include "base/rng.h"
#include "channels/documents/csv.h"
#include "channels/documents/row_spool.h"
#include "channels/documents/xlsx.h"

namespace nc::documents {
namespace {

namespace fs = std::filesystem;

class Documents : public ::testing::Test {
 protected:
  Documents() { fs::create_directories(folder_); }
  ~Documents() override { fs::remove_all(folder_); }
  static Sheet sheet() {
    return {
        "Hoạt động: 2026", "Hoạt động đối ngoại", {{"Độ mật", "nội bộ"}}, {{"Kind", 20}, {"Day", 12}, {"Number", 12}}, 1'795'000'000'000};
  }
  static std::vector<Cell> row(int i) {
    return {text_cell("Hội đàm \"" + std::to_string(i) + "\""), day_cell("22/11/2026", to_day(2026, 11, 22)),
            number_cell("1.384,5", 13845 + i, 1)};
  }
  static RowSource rows(std::int64_t count) {
    return [count](const TakeRow& take) -> Status {
      for (std::int64_t i = 0; i < count; ++i) NC_TRY(take(row(static_cast<int>(i % 1000))));
      return {};
    };
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  const fs::path folder_ = fs::temp_directory_path() / ("nc-documents-" + system_rng().make<RecordId>().hex());
};

TEST_F(Documents, CsvKeepsTypesAndMakesNoFormulas) {
  const std::vector<Cell> cells{text_cell("a,\"b\"\r\nc"), number_cell("-1.384", -1384), number_cell("0,05", 5, 2),
                                day_cell("22/11/2026", 1)};
  EXPECT_EQ(csv_line(cells), "\"a,\"\"b\"\"\r\nc\",-1384,0.05,\"22/11/2026\"\r\n");
  for (const std::string bad : {"=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx"})
    EXPECT_EQ(csv_line(std::vector{text_cell(bad)}), "\"'" + bad + "\"\r\n");
  const auto file = folder_ / "list.csv";
  ASSERT_TRUE(write_csv(sheet(), rows(2), file));
  EXPECT_EQ(*read_file(file),
            "\xEF\xBB\xBF\"Kind\",\"Day\",\"Number\"\r\n\"Hội đàm \"\"0\"\"\",\"22/11/2026\",1384.5\r\n"
            "\"Hội đàm \"\"1\"\"\",\"22/11/2026\",1384.6\r\n");
  EXPECT_EQ(write_csv(sheet(), rows(1), file).error().code, ErrorCode::kConflict) << "nothing is written over";
}

TEST_F(Documents, TheSameRowsGiveTheSameBytesAndNothingElseStays) {
  for (const auto* name : {"one.xlsx", "two.xlsx"}) ASSERT_TRUE(write_xlsx(sheet(), rows(500), folder_ / name, folder_)) << name;
  EXPECT_EQ(*read_file(folder_ / "one.xlsx"), *read_file(folder_ / "two.xlsx"));
  EXPECT_TRUE(read_file(folder_ / "one.xlsx")->starts_with("PK"));
  EXPECT_EQ(files(), 2U);
  EXPECT_EQ(write_xlsx(sheet(), rows(1), folder_ / "one.xlsx", folder_).error().code, ErrorCode::kConflict);
}

TEST_F(Documents, WhatBreaksOffLeavesNoFile) {
  const RowSource broken = [](const TakeRow& take) -> Status {
    NC_TRY(take(row(1)));
    return fail(ErrorCode::kIo, "broken");
  };
  EXPECT_EQ(write_xlsx(sheet(), broken, folder_ / "x.xlsx", folder_).error().message, "broken");
  EXPECT_EQ(files(), 0U);
  EXPECT_FALSE(write_xlsx(sheet(), rows(1), folder_ / "absent" / "x.xlsx", folder_));
}

TEST_F(Documents, ATableWithoutRowsOrColumnsIsOne) {
  EXPECT_TRUE(write_xlsx(sheet(), rows(0), folder_ / "empty.xlsx", folder_));
  EXPECT_TRUE(write_xlsx({"[a]:*?/\\'", "", {}, {}, 0}, rows(0), folder_ / "nothing.xlsx", folder_));
  EXPECT_TRUE(write_csv({}, rows(0), folder_ / "nothing.csv"));
}

TEST_F(Documents, ASpoolGivesBackWhatItGotAndGoes) {
  const auto file = folder_ / "rows";
  {
    auto spool = RowSpool::create(file);
    ASSERT_TRUE(spool);
    std::vector<std::vector<Cell>> put;
    for (int i = 0; i < 5000; ++i) {
      auto cells = row(i);
      if (i % 7 == 0) cells.push_back(text_cell(std::string(static_cast<std::size_t>(i) * 13, 'x')));
      if (i % 11 == 0) cells.clear();
      ASSERT_TRUE(spool->add(cells));
      put.push_back(std::move(cells));
    }
    EXPECT_EQ(spool->rows(), 5000);
    for (int twice = 0; twice < 2; ++twice) {
      std::size_t at = 0;
      ASSERT_TRUE(spool->each([&](std::span<const Cell> got) -> Status {
        EXPECT_TRUE(std::ranges::equal(got, put.at(at)));
        ++at;
        return {};
      }));
      EXPECT_EQ(at, put.size());
    }
    EXPECT_TRUE(fs::exists(file));
    const auto moved = std::move(*spool);
    EXPECT_EQ(moved.rows(), 5000);
  }
  EXPECT_EQ(files(), 0U);
  std::ofstream(file) << "of a work that was broken off";
  auto again = RowSpool::create(file);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->each([](std::span<const Cell>) -> Status { return fail(ErrorCode::kIo, "no row was put in"); }));
}

}  // namespace
}  // namespace nc::documents
