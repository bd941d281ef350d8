#include "channels/intake/import_map.h"

#include <gtest/gtest.h>

namespace nc::intake {
namespace {

std::vector<std::string> found(std::string_view pattern, std::string_view text) {
  const auto phrase = Phrase::parse(pattern);
  EXPECT_TRUE(phrase);
  return phrase->find(text).value_or(std::vector<std::string>{"nothing"});
}
using Parts = std::vector<std::string>;

TEST(Phrase, SlotsAreReadAndMarksOfVietnameseDoNotCount) {
  EXPECT_EQ(found("{day} {month}, year not shown", "with law talks, 25 November, year not shown"), (Parts{"25", "11"}));
  EXPECT_EQ(found("{day} to {day} {month}, year not shown", "7 to 9 September, year not shown"), (Parts{"7", "9", "9"}));
  EXPECT_EQ(found("also {marker_number} to {marker_number}", "also 525 to 526, several days"), (Parts{"525", "526"}));
  EXPECT_EQ(found("{num}/{num}", "932,7/1.137km"), Parts{"nothing"});  // a number is not cut off from its unit
  EXPECT_EQ(found("{num}/{num}", "xây dựng được 315/371 mốc"), (Parts{"315", "371"}));
  EXPECT_EQ(found("TUAN TRA song phuong", "tuần tra song phương được 73 lần"), Parts{});
  EXPECT_EQ(found("{int} leaflets", "over 10,000 leaflets"), Parts{"10000"});
  EXPECT_EQ(found("Q{quarter}/{year}", "regular talks for Q4/2025 held"), (Parts{"4", "2025"}));
  EXPECT_EQ(found("ship", "2 ships"), Parts{"nothing"});
  EXPECT_EQ(found("{day} {month}, year not shown", "early December, year not shown"), Parts{"nothing"});
}

TEST(Phrase, BrokenPatternsAreRefused) {
  EXPECT_FALSE(Phrase::parse(""));
  EXPECT_FALSE(Phrase::parse("a {int b"));
  EXPECT_FALSE(Phrase::parse("a {person}"));
}

TEST(Phrase, NumbersAreReadAsPrintedInEitherLanguage) {
  EXPECT_EQ(plain_number("1.137"), "1137");
  EXPECT_EQ(plain_number("932,7"), "932.7");
  EXPECT_EQ(plain_number("371"), "371");
  EXPECT_TRUE(can_mean("157,422", "157.422"));
  EXPECT_TRUE(can_mean("1,384", "1384"));
  EXPECT_FALSE(can_mean("317", "315"));
}

TEST(Phrase, QualifiersBelongToTheirNumber) {
  const std::vector<QualifierWord> words = {{"nearly", "nearly"}, {"over", "over"}, {"about", "about"}};
  const std::vector<ScaleWord> scales = {{"million", 6}, {"billion", 9}};
  EXPECT_EQ(qualifier_of("810 million cash, nearly 2 billion in all", "2000000000", words, scales), "nearly");
  EXPECT_EQ(qualifier_of("lighting, about 250 million", "250000000", words, scales), "about");
  EXPECT_EQ(qualifier_of("around 4.3 billion", "4300000000", words, scales), "");
  EXPECT_EQ(qualifier_of("nearly 1,000 delegates", "1000", words, scales), "nearly");
  EXPECT_EQ(qualifier_of("over 3100 residents, over 1300 checkups", "3100", words, scales), "over");
  EXPECT_EQ(qualifier_of("3 teams", "48", words, scales), std::nullopt);
}

std::string refused(std::string_view text) {
  const auto map = ImportMap::from_text(text, "map.json");
  EXPECT_FALSE(map) << text;
  return map ? "" : map.error().english();
}

// A map with one table of the column x and these further keys.
std::string refused_table(const std::string& keys) {
  return refused(R"({"format":"nhipcau-import-map-1","tables":[{"name":"a","columns":["x"],"key":"x",)" + keys + "}]}");
}

TEST(ImportMap, RefusesWhatItDoesNotKnowWithThePlace) {
  const auto has = [](const std::string& error, const std::string& part) { return error.find(part) != std::string::npos; };
  EXPECT_TRUE(has(refused("[]"), "not an import map"));
  EXPECT_TRUE(has(refused(R"({"format":"nhipcau-import-map-1","tabels":[]})"), "tabels"));
  EXPECT_TRUE(has(refused(R"({"format":"nhipcau-import-map-1","format":"x"})"), "map.json"));
  EXPECT_TRUE(has(refused_table(R"("fields":[{"field":"f","as":"text","from":"y"}])"), "“y”"));
  EXPECT_TRUE(has(refused_table(R"("fields":[{"as":"text","from":"x"}])"), "tables[1].fields[1]"));
  EXPECT_TRUE(has(refused_table(R"("fields":[{"field":"f","as":"text","from":"x","table":"b"}])"), "“b”"));
  EXPECT_TRUE(has(refused_table(R"("fields":[{"field":"f","as":"text","frm":"x"}])"), "frm: no such key"));
  EXPECT_TRUE(has(refused_table(R"("kinds":[{"name":"k"}])"), "kinds[1]"));
  EXPECT_TRUE(has(refused_table(R"("rows":{"1":{"kind":"nowhere"}})"), "“nowhere”"));
}

TEST(ImportMap, TheProjectsOwnMapFitsTheCatalogue) {
  const auto map = ImportMap::load(std::string(NC_SOURCE_DIR) + "/data/import/public-record.json");
  ASSERT_TRUE(map) << map.error().english();
  const auto catalog = catalog::Catalog::load(std::string(NC_SOURCE_DIR) + "/catalog");
  ASSERT_TRUE(catalog) << catalog.error().english();
  const auto fits = map->check(**catalog);
  EXPECT_TRUE(fits) << fits.error().english();
  EXPECT_NE(map->table("events"), nullptr);
  EXPECT_EQ(map->table("units")->source, "units");
}

TEST(ImportMap, NoRuleWritesPersonalData) {
  const auto map = ImportMap::load(std::string(NC_SOURCE_DIR) + "/data/import/public-record.json");
  const auto catalog = catalog::Catalog::load(std::string(NC_SOURCE_DIR) + "/catalog");
  ASSERT_TRUE(map && catalog);
  for (const auto& table : map->tables())
    for (const auto& kind : table.kinds)
      for (const auto& rule : kind.fields) {
        const auto* type = (*catalog)->find(kind.type);
        const auto* field = type ? type->field(rule.field) : nullptr;
        EXPECT_TRUE(!field || field->kind != catalog::FieldKind::kPersonal) << kind.name << " " << rule.field;
      }
}

}  // namespace
}  // namespace nc::intake
