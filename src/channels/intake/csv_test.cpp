#include "channels/intake/csv.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace nc::intake {
namespace {

CsvTable good(std::string_view text) {
  auto table = read_csv(text, "x.csv");
  EXPECT_TRUE(table) << (table ? "" : table.error().english());
  return table ? *table : CsvTable();
}

Error bad(std::string_view text) {
  const auto table = read_csv(text, "x.csv");
  EXPECT_FALSE(table) << "was read";
  return table ? Error() : table.error();
}

TEST(Csv, ReadsQuotesCommasAndLinesInCells) {
  const auto table = good("id,name,note\r\n1,\"Bộ Tư lệnh, Hà Nội\",\"said \"\"yes\"\"\nand left\"\r\n2,,\n");
  EXPECT_EQ(table.header, (std::vector<std::string>{"id", "name", "note"}));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0].cells[1], "Bộ Tư lệnh, Hà Nội");
  EXPECT_EQ(table.rows[0].cells[2], "said \"yes\"\nand left");
  EXPECT_EQ(table.rows[0].line, 2u);
  EXPECT_EQ(table.rows[1].line, 4u);
  EXPECT_EQ(table.rows[1].cells, (std::vector<std::string>{"2", "", ""}));
}

TEST(Csv, ByteOrderMarkEmptyLinesAndAMissingLastLineFeedAreFine) {
  const auto table = good("\xEF\xBB\xBFid,a\n\n1,2\n\n3,\"4\"");
  EXPECT_EQ(table.header.front(), "id");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[1].cells[1], "4");
  EXPECT_EQ(table.rows[1].line, 5u);
}

TEST(Csv, CellsAreNfc) {
  const auto table = good("id\nBo\xCC\xA3\n");  // o with a combining dot below
  EXPECT_EQ(table.rows[0].cells[0], "Bọ");
}

TEST(Csv, AHeaderAloneHasNoRows) { EXPECT_TRUE(good("id,a\n").rows.empty()); }

struct Bad {
  const char* name;
  std::string text;
  std::string where;
  std::string says;
};

class CsvRefuses : public testing::TestWithParam<Bad> {};

TEST_P(CsvRefuses, WithPlaceAndReason) {
  const auto error = bad(GetParam().text);
  EXPECT_EQ(error.where, GetParam().where);
  EXPECT_NE(error.english().find(GetParam().says), std::string::npos) << error.english();
}

INSTANTIATE_TEST_SUITE_P(
    Csv, CsvRefuses,
    testing::Values(
        Bad{"empty", "", "x.csv", "empty"}, Bad{"only_blanks", " \n \n", "x.csv", "empty"},
        Bad{"semicolons", "id;a;b\n1;2;3\n", "x.csv:1", "separated by “;”"}, Bad{"tabs", "id\ta\n1\t2\n", "x.csv:1", "separated by “TAB”"},
        Bad{"latin1", "id,a\n1,2\n3,B\xF4\n", "x.csv:3", "not UTF-8"}, Bad{"utf16", std::string("\xFF\xFEi\0d\0", 6), "x.csv:1", "UTF-16"},
        Bad{"nul", std::string("id,a\n1,x\0y\n", 11), "x.csv:2", "NUL"},
        Bad{"open_quote", "id,a\n1,2\n3,\"abc\nd\ne\n", "x.csv:3:a", "never closed"},
        Bad{"quote_inside", "id,a\n1,ab\"c\n", "x.csv:2:a", "quotation mark inside"},
        Bad{"after_quote", "id,a\n1,\"ab\"c\n", "x.csv:2:a", "closing quotation mark"},
        Bad{"too_few", "id,a,b\n1,2,3\n1,2\n", "x.csv:3", "2 cells, the header has 3"},
        Bad{"too_many", "id,a\n1,2,3\n", "x.csv:2", "3 cells, the header has 2"},
        Bad{"same_column", "id,a,a\n1,2,3\n", "x.csv:1:3", "“a” twice"}, Bad{"unnamed_column", "id,,a\n1,2,3\n", "x.csv:1:2", "no name"},
        Bad{"lone_return", "id,a\n1,2\r3,4\n", "x.csv:2:a", "carriage return"},
        Bad{"long_cell", "id,a\n1," + std::string(1'000'000, 'x') + "\n", "x.csv:2:a", "longer than 65536"},
        Bad{"long_quoted_cell", "id,a\n1,\"" + std::string(1'000'000, 'x') + "\"\n", "x.csv:2:a", "longer than 65536"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Csv, RefusesTooManyColumns) {
  std::string header = "c0";
  for (std::size_t i = 1; i <= limits::kCsvColumnsMax; ++i) header += ",c" + std::to_string(i);
  const auto error = bad(header + "\n");
  EXPECT_EQ(error.code, ErrorCode::kLimit);
  EXPECT_NE(error.english().find("more than 256 columns"), std::string::npos);
}

TEST(Csv, NextStepTellsHowToSaveTheFile) { EXPECT_NE(bad("id;a\n1;2\n").next.find("CSV UTF-8"), std::string::npos); }

}  // namespace
}  // namespace nc::intake
