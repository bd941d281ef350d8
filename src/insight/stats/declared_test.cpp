// Declared figures beside recorded ones, on the trade's own traps.
#include "insight/stats/test_world.h"

namespace nc::stats::test {
namespace {

using orgtree::Link;
using orgtree::OrgTree;
using orgtree::Unit;

std::shared_ptr<const OrgTree> tree() {
  const auto unit = [](const std::string& code, const std::string& country, const std::string& area) {
    Unit out;
    out.id = id_of(code);
    out.code = out.name = code;
    out.country = country;
    out.area = area;
    out.level = "province";
    out.own = country == "VN";
    return out;
  };
  return OrgTree::build({unit("guard", "VN", ""), unit("daklak", "VN", ""), unit("post", "VN", ""), unit("mk", "KH", "Mondulkiri"),
                         unit("rk", "KH", "Ratanakiri")},
                        {Link{id_of("daklak"), id_of("guard"), orgtree::Line::kCommand, {}, {}, {}},
                         Link{id_of("post"), id_of("daklak"), orgtree::Line::kCommand, {}, {}, {}}},
                        {});
}

struct DeclaredFigures : testing::Test {
  Records r{tree()};
  Query daklak() {
    Query query;
    query.unit = id_of("daklak");
    return query;
  }
  Query with_mondulkiri() {
    Query query = daklak();
    query.partner.area = "Mondulkiri";
    query.from = day(2013);
    query.to = day(2022, 12, 31);
    return query;
  }
  Json part_of(const std::string& total, const std::string& level) {
    Json out;
    out.set("levels", list({level})).set("part_of", id_of(total).hex()).set("area", "Mondulkiri");
    return out.set("countries", list({"KH"})).set("qualifier", "exact");
  }
  void meetings() {
    r.indicator("meetings_all", "game;chat", "count");
    Json total;
    total.set("levels", list({"province", "post"})).set("area", "Mondulkiri").set("countries", list({"KH"})).set("qualifier", "exact");
    r.declared("R006", "meetings_all", "daklak", "2013", "2022-12", "106", total);
    r.declared("R007", "meetings_all", "daklak", "2013", "2022-12", "8", part_of("R006", "province"));
    r.declared("R008", "meetings_all", "daklak", "2013", "2022-12", "98", part_of("R006", "post"));
  }
};

TEST_F(DeclaredFigures, A106IsNot212) {
  meetings();
  r.put("game", "g1", "post", held("post", "2014-05-01").set("counterpart", refs({"mk"})));
  r.put("chat", "c1", "post", held("post", "2015-05").set("counterpart", refs({"mk"})));
  r.put("chat", "c2", "post", held("post", "2015-06").set("counterpart", refs({"rk"})));
  const auto answer = r.ask(with_mondulkiri());
  const auto f = figure(answer, "meetings_all");
  ASSERT_EQ(f.declared.size(), 1u);
  EXPECT_EQ(number(f.declared[0].value), 106);
  ASSERT_EQ(f.declared[0].parts.size(), 2u);
  EXPECT_EQ(number(f.declared[0].parts[0].value) + number(f.declared[0].parts[1].value), 106);
  EXPECT_EQ(number(f.recorded.value), 2) << "exactly its kinds, partner and period";
  for (const auto& one : answer.figures)
    for (const auto& row : one.declared) EXPECT_NE(number(row.value), 212);
  std::vector<std::string> found;
  for (const auto& difference : f.differences) found.push_back(difference.id);
  EXPECT_EQ(found, std::vector<std::string>{"recorded"}) << "8 + 98 agree with 106";
  const auto json = to_json(answer, r.world, [](const RecordId&) { return std::string("title"); });
  const auto& first = json["figures"].as_array().front();
  EXPECT_EQ(first["declared"], Json(106));
  EXPECT_EQ(first["recorded"], Json(2));
  EXPECT_EQ(first["level"], Json("post;province"));
  for (const auto* key :
       {"kind", "level", "measure", "nature", "recorded", "declared", "qualifier", "sources", "records", "differences", "completeness"})
    EXPECT_TRUE(first.as_object().contains(key)) << key;
}

TEST_F(DeclaredFigures, OneLevelGivesThePartAsAFigureOfItsOwn) {
  meetings();
  auto query = with_mondulkiri();
  query.level = "post";
  const auto f = figure(r.ask(query), "meetings_all");
  ASSERT_EQ(f.declared.size(), 1u);
  EXPECT_EQ(number(f.declared[0].value), 98);
  query.kinds = {"march"};
  EXPECT_FALSE(has_figure(r.ask(query), "meetings_all"));
}

TEST_F(DeclaredFigures, TotalThatIsNotTheSumOfItsPartsIsListed) {
  meetings();
  r.declared("R008", "meetings_all", "daklak", "2013", "2022-12", "97", part_of("R006", "post"));
  const auto f = figure(r.ask(with_mondulkiri()), "meetings_all");
  ASSERT_EQ(f.differences.size(), 1u);
  EXPECT_EQ(f.differences[0].id, "parts");
  EXPECT_EQ(fill_in(f.differences[0].message, f.differences[0].args), "The parts add up to 105, the total says 106");
}

TEST_F(DeclaredFigures, TwoSourcesThatContradictEachOtherAreBothShown) {
  r.indicator("markers", "", "items", "stock");
  const auto out_of = Json().set("denominator", "371").set("countries", list({"KH"}));
  r.declared("R016", "markers", "daklak", "", "2019-08", "317", out_of);
  r.declared("R017", "markers", "daklak", "", "2019-08", "315", out_of);
  const auto f = figure(r.ask(daklak()), "markers", "items");
  ASSERT_EQ(f.declared.size(), 2u);
  EXPECT_EQ(number(f.declared[0].value), 317);
  EXPECT_EQ(f.declared[0].denominator, (Amount{371, 0}));
  ASSERT_EQ(f.differences.size(), 1u);
  EXPECT_EQ(f.differences[0].id, "sources");
  EXPECT_FALSE(f.recorded.value) << "no kind of record counts markers";
}

TEST_F(DeclaredFigures, EqualNumbersOfDifferentScaleAreNoDifference) {
  r.indicator("length", "", "km", "stock");
  r.declared("R1", "length", "daklak", "", "", "157.4");
  r.declared("R2", "length", "daklak", "", "", "157.400");
  EXPECT_TRUE(figure(r.ask(daklak()), "length", "km").differences.empty());
  r.declared("R2", "length", "daklak", "", "", "157.422");
  EXPECT_EQ(figure(r.ask(daklak()), "length", "km").differences.size(), 1u);
}

TEST_F(DeclaredFigures, NearlyTwoHundredIsNotTwoHundred) {
  r.indicator("pairs", "pair", "count", "stock");
  r.declared("R003", "pairs", "guard", "", "2023-01", "200", Json().set("qualifier", "nearly").set("levels", list({"post"})));
  Query query;
  query.unit = id_of("guard");
  const auto json = to_json(r.ask(query), r.world, {});
  const auto& f = json["figures"].as_array().front();
  EXPECT_EQ(f["declared"], Json(200));
  EXPECT_EQ(f["qualifier"], Json("nearly"));
  EXPECT_EQ(f["nature"], Json("stock"));
  EXPECT_TRUE(f["recorded"].is_null());
}

TEST_F(DeclaredFigures, AnOrderOfMagnitudeHasNoNumber) {
  r.indicator("masks", "", "items");
  r.declared("R013", "masks", "daklak", "", "2021-10", "", Json().set("qualifier", "magnitude").set("magnitude", "hundreds_of_thousands"));
  const auto f = figure(r.ask(daklak()), "masks", "items");
  EXPECT_FALSE(f.declared.at(0).value);
  EXPECT_EQ(f.declared.at(0).magnitude, "hundreds_of_thousands");
  EXPECT_TRUE(f.differences.empty());
}

TEST_F(DeclaredFigures, FiguresOfUnitsBelowAreListedAndNeverAdded) {
  meetings();
  Query query;
  query.unit = id_of("guard");
  const auto answer = r.ask(query);
  EXPECT_FALSE(has_figure(answer, "meetings_all"));
  EXPECT_EQ(answer.below.size(), 3u);
  query.unit = id_of("post");
  EXPECT_TRUE(r.ask(query).below.empty()) << "a figure of the superior is not the post's";
}

TEST_F(DeclaredFigures, APeriodThatIsNotInsideIsNotCompared) {
  meetings();
  auto query = with_mondulkiri();
  query.from = day(2018);
  const auto answer = r.ask(query);
  EXPECT_FALSE(has_figure(answer, "meetings_all"));
  EXPECT_EQ(answer.outside.size(), 3u);
  query.from = day(2023);
  query.to = day(2024);
  EXPECT_TRUE(r.ask(query).outside.empty()) << "another period altogether";
}

TEST_F(DeclaredFigures, ImplausibleSizesAreAQuestion) {
  r.indicator("marches", "march", "count");
  r.indicator("marchers", "march", "participants");
  const auto with = [&](const std::string& marches, const std::string& people) {
    r.declared("R092", "marches", "daklak", "2024", "2024", marches, Json().set("levels", list({"district"})));
    r.declared("R093", "marchers", "daklak", "2024", "2024", people, Json().set("levels", list({"district"})));
    auto query = daklak();
    query.measure = "count";
    return figure(r.ask(query), "marches").differences;
  };
  ASSERT_EQ(with("112", "185").size(), 1u);
  EXPECT_EQ(with("112", "185")[0].id, "ratio");
  EXPECT_EQ(with("112", "185")[0].args.at(2), "1.7");
  EXPECT_TRUE(with("73", "1384").empty());
  EXPECT_TRUE(with("62", "3720").empty()) << "60 each is plausible still";
  EXPECT_EQ(with("62", "3721").size(), 1u);
}

TEST_F(DeclaredFigures, SeveralCountriesAreNotOneOfThem) {
  r.indicator("papers", "game", "documents");
  r.declared("R001", "papers", "guard", "", "2023-01", "60", Json().set("countries", list({"LA", "KH", "CN"})));
  Query query;
  query.unit = id_of("guard");
  EXPECT_TRUE(has_figure(r.ask(query), "papers", "documents"));
  query.partner.country = "KH";
  EXPECT_FALSE(has_figure(r.ask(query), "papers", "documents"));
}

TEST_F(DeclaredFigures, ACircleOfPartsLosesNothing) {
  r.indicator("games", "game", "count");
  r.declared("R1", "games", "daklak", "2020", "2020", "1", Json().set("part_of", id_of("R2").hex()));
  r.declared("R2", "games", "daklak", "2020", "2020", "1", Json().set("part_of", id_of("R1").hex()));
  EXPECT_FALSE(figure(r.ask(daklak()), "games").declared.empty());
}

TEST_F(DeclaredFigures, AKindWithEqualBoundsIsNotShownTwice) {
  r.indicator("games", "game", "count");
  r.declared("R1", "games", "daklak", "2020", "2020-12", "1");
  r.put("game", "g1", "post", held("post", "2020-05-01"));
  auto query = daklak();
  query.kinds = {"game"};
  query.measure = "count";
  query.from = day(2020);
  query.to = day(2020, 12, 31);
  EXPECT_EQ(r.ask(query).figures.size(), 1u);
  query.to = day(2021, 12, 31);
  EXPECT_EQ(r.ask(query).figures.size(), 2u);
}

TEST_F(DeclaredFigures, CsvIsSafeForSpreadsheets) {
  r.put("game", "g1", "post", held("post", "2020-05-01").set("detail", "=1+1"));
  auto query = daklak();
  query.rows = Dimension::kDetail;
  query.columns = Dimension::kYear;
  EXPECT_EQ(to_csv(*r.ask(query).pivot),
            "\xEF\xBB\xBF"
            "detail,2020,total\r\n'=1+1,1,1\r\ntotal,1,1\r\n");
  query.rows = Dimension::kNone;
  const auto text = to_csv(r.ask(query), r.world, [](const RecordId&) { return std::string("a, \"b\""); });
  EXPECT_NE(text.find("game,,,count,flow,daklak,,,,,1,1,"), std::string::npos);
}

// The Border Guard Command after the reorganisation, on the real units and links.
TEST(RealUnits, TheGuidanceLineGoesOnAfterJune2025) {
  Records r(orgtree::test::public_record());
  r.put("game", "before", "vn-bg-daklak", held("vn-bg-daklak", "2025-06-30"));
  r.put("game", "after", "vn-bc-daklak", held("vn-bc-daklak", "2025-07-01"));
  Query query;
  query.unit = id_of("vn-bg");
  query.kinds = {"game"};
  EXPECT_EQ(number(figure(r.ask(query), "game").recorded.value), 1) << "command passed to the military commands";
  query.line = orgtree::Line::kGuidance;
  EXPECT_EQ(number(figure(r.ask(query), "game").recorded.value), 2);
  query.as_of = day(2026);
  EXPECT_EQ(number(figure(r.ask(query), "game").recorded.value), 2);
  query.rows = Dimension::kProvince;
  EXPECT_EQ(number(r.ask(query).pivot->total.value), 2);
}

}  // namespace
}  // namespace nc::stats::test
