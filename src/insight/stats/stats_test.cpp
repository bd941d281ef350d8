// The rules of counting, each by name (ledger rules, section 8).
#include <thread>

#include "insight/stats/test_world.h"

namespace nc::stats::test {
namespace {

using orgtree::Change;
using orgtree::Line;
using orgtree::Lineage;
using orgtree::Link;
using orgtree::OrgTree;
using orgtree::Unit;

Unit unit(const std::string& code, const std::string& level, const std::string& country = "VN", const std::string& area = "",
          const std::string& chain = "") {
  Unit out;
  out.id = id_of(code);
  out.code = out.name = code;
  out.level = level;
  out.country = country;
  out.area = area;
  out.chain = chain;
  out.own = country == "VN";
  return out;
}

Link link(const std::string& below, const std::string& above, std::optional<std::int32_t> from = {}, std::optional<std::int32_t> until = {},
          Line line = Line::kCommand) {
  return {id_of(below), id_of(above), line, from, until, {}};
}

// top > north (n1, n2 until 2019), south (s1, n2 from 2020); old became young on 2020-01-01 under south.
std::shared_ptr<const OrgTree> small_tree() {
  const auto moved = day(2020);
  return OrgTree::build(
      {unit("top", "command"), unit("north", "province"), unit("south", "province"), unit("n1", "post"), unit("n2", "post"),
       unit("s1", "post"), unit("old", "post"), unit("young", "post"), unit("kh", "province", "KH", "Mondulkiri", "KH-police"),
       unit("kh1", "post", "KH", "Mondulkiri", "KH-police"), unit("la", "province", "LA", "Attapeu", "LA-army")},
      {link("north", "top"), link("south", "top"), link("n1", "north"), link("n2", "north", {}, moved - 1), link("n2", "south", moved),
       link("s1", "south"), link("old", "north", {}, moved - 1), link("young", "south", moved), link("kh1", "kh")},
      {Lineage{id_of("old"), id_of("young"), moved, Change::kRename, false}});
}

Query of(const std::string& unit, const std::vector<std::string>& kinds = {}) {
  Query query;
  if (!unit.empty()) query.unit = id_of(unit);
  query.kinds = kinds;
  return query;
}

Query within(Query query, std::int32_t from, std::int32_t to) {
  query.from = from;
  query.to = to;
  return query;
}

struct Stats : testing::Test {
  Records r{small_tree()};
  Recorded count(const Query& query, const std::string& kind = "game", const std::string& measure = "count") {
    return figure(r.ask(query), kind, measure).recorded;
  }
};

TEST_F(Stats, FlowIsSummedOverThePeriod) {
  r.put("game", "g1", "n1", held("n1", "2021-03-01").set("heads", 12));
  r.put("game", "g2", "n1", held("n1", "2021-12-31").set("heads", 8));
  r.put("game", "g3", "n1", held("n1", "2022-01-01").set("heads", 5));
  const auto query = within(of("north"), day(2021), day(2021, 12, 31));
  EXPECT_EQ(number(count(query).value), 2);
  EXPECT_EQ(number(count(query, "game", "participants").value), 20);
  EXPECT_EQ(count(query).record_ids.size(), 2u);
}

TEST_F(Stats, DecimalsStayExact) {
  r.put("march", "m1", "n1", held("n1", "2021-03-01").set("km", "15.3"));
  r.put("march", "m2", "n1", held("n1", "2021-03-02").set("km", "0.722"));
  const auto recorded = count(of("north"), "march", "km");
  ASSERT_TRUE(recorded.value);
  EXPECT_EQ(recorded.value->text(), "16.022");
  EXPECT_EQ(canonical(recorded.value->json()), "\"16.022\"");
}

TEST_F(Stats, StockIsAsOfTheLastDayAndNeverSummedOverTime) {
  Json pair = held("n1", "", "post").set("heads", 1).set("from", date("2015-05-01"));
  r.put("pair", "p1", "n1", pair);
  r.put("pair", "p2", "n1", Json(pair).set("from", date("2018-01-01")).set("until", date("2019-12-31")));
  EXPECT_EQ(number(count(within(of("north", {"pair"}), day(2018), day(2018, 12, 31)), "pair").value), 2);
  EXPECT_EQ(number(count(within(of("north", {"pair"}), day(2010), day(2020, 12, 31)), "pair").value), 1) << "ended before the last day";
  EXPECT_EQ(number(count(within(of("north", {"pair"}), day(2010), day(2019, 12, 31)), "pair").value), 2) << "its last day counts";
  EXPECT_EQ(number(count(within(of("north", {"pair"}), day(2010), day(2012)), "pair").value), -1) << "not yet";
  EXPECT_EQ(figure(r.ask(of("north", {"pair"})), "pair", "pairs").nature, Nature::kStock);
  EXPECT_EQ(number(count(within(of("north", {"pair"}), day(2018), day(2018, 12, 31)), "pair", "signed").value), 1) << "signed is a flow";
}

TEST_F(Stats, StocksOfTwoLevelsAreNeverAdded) {
  r.put("pair", "p1", "n1", held("n1", "", "post").set("from", date("2015-05-01")));
  r.put("pair", "p2", "n1", held("n1", "", "village").set("from", date("2015-05-01")));
  const auto answer = r.ask(of("north", {"pair"}));
  EXPECT_EQ(number(figure(answer, "pair", "count", {"post"}).recorded.value), 1);
  EXPECT_EQ(number(figure(answer, "pair", "count", {"village"}).recorded.value), 1);
  for (const auto& f : answer.figures) EXPECT_NE(number(f.recorded.value), 2);
  Query table = of("north", {"pair"});
  table.rows = Dimension::kLevel;
  const auto pivot = *r.ask(table).pivot;
  EXPECT_EQ(number(pivot.row_totals.at("post").value), 1);
  EXPECT_FALSE(pivot.total.value);
  EXPECT_EQ(pivot.total.records, 2u);
}

TEST_F(Stats, StockByYearIsAsOfEachYearsEnd) {
  r.put("pair", "p1", "n1", held("n1", "", "post").set("from", date("2018-05-01")).set("until", date("2019-06-30")));
  r.put("pair", "p2", "n1", held("n1", "", "post").set("from", date("2019-02-01")));
  Query table = within(of("north", {"pair"}), day(2018), day(2020, 12, 31));
  table.rows = Dimension::kYear;
  const auto pivot = *r.ask(table).pivot;
  EXPECT_EQ(number(pivot.row_totals.at("2018").value), 1);
  EXPECT_EQ(number(pivot.row_totals.at("2019").value), 1);
  EXPECT_EQ(number(pivot.row_totals.at("2020").value), 1);
  EXPECT_EQ(number(pivot.total.value), 1) << "as of the last day, not 3";
}

TEST_F(Stats, StockThatActivitiesReportIsTheLatestOfEachUnit) {
  r.put("march", "m1", "n1", held("n1", "2019-03-01", "province").set("heads", 100));
  r.put("march", "m2", "n1", held("n1", "2020-03-01", "province").set("heads", 120));
  r.put("march", "m3", "s1", held("s1", "2018-03-01", "province").set("heads", 7));
  EXPECT_EQ(number(count(of("top"), "march", "done").value), 127);
}

TEST_F(Stats, JointActivityCountsOnceInEveryScopeThatItTouches) {
  r.put("game", "g1", "n1", held("n1", "2021-03-01").set("own", refs({"s1"})));
  for (const auto* scope : {"n1", "s1", "north", "south", "top"}) EXPECT_EQ(number(count(of(scope)).value), 1) << scope;
  Query table = of("top");
  table.rows = Dimension::kProvince;
  const auto pivot = *r.ask(table).pivot;
  EXPECT_TRUE(pivot.by_lead_unit);
  EXPECT_EQ(number(pivot.row_totals.at("north").value), 1);
  EXPECT_FALSE(pivot.row_totals.contains("south")) << "sums go by the lead unit";
}

TEST_F(Stats, TotalIsNeverTheSumOfCells) {
  r.put("game", "g1", "n1", held("n1", "2021-03-01").set("counterpart", refs({"kh1", "la"})));
  Query table = of("top");
  table.rows = Dimension::kPartner;
  table.columns = Dimension::kYear;
  const auto pivot = *r.ask(table).pivot;
  EXPECT_EQ(number(pivot.row_totals.at("KH").value), 1);
  EXPECT_EQ(number(pivot.row_totals.at("LA").value), 1);
  EXPECT_EQ(number(pivot.total.value), 1);
  EXPECT_EQ(number(pivot.column_totals.at("2021").value), 1);
}

TEST_F(Stats, UnitsAsRecordedGoByTheFirstDay) {
  r.put("game", "g1", "n2", held("n2", "2019-12-31"));
  r.put("game", "g2", "n2", held("n2", "2020-01-01"));
  EXPECT_EQ(count(of("north")).record_ids, std::vector{id_of("g1")});
  EXPECT_EQ(count(of("south")).record_ids, std::vector{id_of("g2")});
}

TEST_F(Stats, UnitsAsOfADayGoThroughTheLineage) {
  r.put("game", "g1", "old", held("old", "2018-05-01"));
  auto query = of("south", {"game"});
  EXPECT_EQ(number(count(query).value), -1);
  query.as_of = day(2021);
  EXPECT_EQ(number(count(query).value), 1);
  query.unit = id_of("north");
  EXPECT_EQ(number(count(query).value), -1);
  query.as_of = day(2019);
  EXPECT_EQ(number(count(query).value), 1);
  query.unit = id_of("young");
  query.as_of = day(2021);
  EXPECT_EQ(number(count(query).value), 1);
}

TEST_F(Stats, CounterpartByUnitAreaAndCountry) {
  r.put("game", "g1", "n1", held("n1", "2021-03-01").set("counterpart", refs({"kh1"})));
  r.put("game", "g2", "n1", held("n1", "2021-03-02").set("countries", list({"VN", "LA"})));
  const auto with = [&](const std::string& text) {
    Query query = of("north", {"game"});
    query.partner = partner_from_text(text, *r.world.tree).value();
    return number(count(query).value);
  };
  EXPECT_EQ(with("kh"), 1) << "the subtree of a unit; a code wins over a country";
  EXPECT_EQ(with("kh1"), 1);
  EXPECT_EQ(with("MONDULKIRI"), 1);
  EXPECT_EQ(with("KH"), 1);
  EXPECT_EQ(with("LA"), 1);
  EXPECT_EQ(with("Attapeu"), -1);
  EXPECT_EQ(with("nowhere"), -1);
}

TEST_F(Stats, SameEventCountsOnceAndTheHeldRowStandsForIt) {
  r.source("S1");
  r.source("S2");
  r.put("game", "a", "n1", held("n1", "2021-03-01").set("status", "announced").set("source", refs({"S1"})));
  r.put("game", "b", "n1", held("n1", "2021-03-02").set("source", refs({"S2"})).set("heads", 9).set("same_event", refs({"a"})));
  r.put("game", "c", "n1", held("n1", "2021-03-03").set("source", refs({"S1"})).set("heads", 7));
  const auto one = count(of("north"));
  EXPECT_EQ(number(one.value), 2);
  EXPECT_EQ(one.announced, 0u) << "a report of it exists";
  r.put("game", "c", "n1", held("n1", "2021-03-03").set("source", refs({"S1"})).set("heads", 7).set("same_event", refs({"a"})));
  EXPECT_EQ(count(of("north")).record_ids, std::vector{id_of("c")}) << "symmetric and closed; of held rows the first source";
  EXPECT_EQ(number(count(of("north"), "game", "participants").value), 7);
  r.void_it("a");
  EXPECT_EQ(number(count(of("north")).value), 2) << "the row that joined them is gone";
}

TEST_F(Stats, AnnouncedPlannedPostponedAndCancelledAreNotCounted) {
  for (const auto* status : {"announced", "planned", "postponed", "cancelled"})
    r.put("game", status, "n1", held("n1", "2021-03-01").set("status", status));
  const auto recorded = count(of("north"));
  EXPECT_FALSE(recorded.value);
  EXPECT_EQ(recorded.announced, 1u);
  EXPECT_EQ(recorded.announced_ids, std::vector{id_of("announced")});
}

TEST_F(Stats, PartCountsInItsKindAndTheWholeOnceInAll) {
  r.put("game", "whole", "n1", held("n1", "2021-03-01").set("heads", 40));
  r.put("march", "part", "n1", held("n1", "2021-03-01").set("heads", 15).set("parent", id_of("whole").hex()));
  const auto answer = r.ask(of("north"));
  EXPECT_EQ(number(figure(answer, "march").recorded.value), 1);
  EXPECT_EQ(figure(answer, "march").recorded.within, 1u);
  EXPECT_EQ(number(figure(answer, "game").recorded.value), 1);
  EXPECT_EQ(number(figure(answer, "all").recorded.value), 1);
  EXPECT_EQ(figure(answer, "all").recorded.parts_left_out, 1u);
  Query table = of("north");
  table.rows = Dimension::kKind;
  const auto pivot = *r.ask(table).pivot;
  EXPECT_EQ(number(pivot.row_totals.at("march").value), 1);
  EXPECT_EQ(number(pivot.row_totals.at("game").value), 1);
  EXPECT_EQ(number(pivot.total.value), 1);
}

TEST_F(Stats, AttendancesOfPartsAreNeverAdded) {
  r.put("game", "whole", "n1", held("n1", "2021-03-01").set("heads", 40));
  r.put("march", "part", "n1", held("n1", "2021-03-01").set("heads", 15).set("parent", id_of("whole").hex()));
  r.indicator("both", "game;march", "participants");
  r.declared("R1", "both", "n1", "2021", "2021", "40");
  EXPECT_EQ(number(figure(r.ask(of("n1")), "both", "participants").recorded.value), 40);
  Query table = of("north");
  table.measure = "participants";
  table.rows = Dimension::kYear;
  EXPECT_EQ(number(r.ask(table).pivot->total.value), 40);
}

// A total says which records its values hold already: 700 million that hold the 250 of the works.
TEST_F(Stats, ATotalIsNeverAddedToWhatItIncludes) {
  r.put("game", "works", "n1", held("n1", "2021-03-01").set("heads", 250));
  r.put("game", "gifts", "n1", held("n1", "2021-03-02").set("heads", 50));
  r.put("game", "total", "north", held("north", "2021-12-31").set("heads", 700).set("includes", refs({"works"})));
  r.put("game", "years", "north", held("north", "2022-01-01").set("heads", 900).set("includes", refs({"total"})));
  const auto asked = [](const std::string& unit, const std::string& to) {
    auto query = of(unit);
    query.kinds = {"game"};
    query.measure = "participants";
    query.to = parse_iso_date(to)->day;
    return query;
  };
  const auto sum = [&](const Query& query) { return number(figure(r.ask(query), "game", "participants").recorded.value); };
  const auto found = figure(r.ask(asked("north", "2021-12-31")), "game", "participants").recorded;
  EXPECT_EQ(number(found.value), 750) << "the gifts are in no total";
  EXPECT_EQ(found.parts_left_out, 1u);
  EXPECT_EQ(found.record_ids.size(), 2u) << "what stands behind the number";
  EXPECT_EQ(sum(asked("north", "2021-12-30")), 300) << "the total is not in the period: its part counts";
  EXPECT_EQ(sum(asked("n1", "2021-12-31")), 300) << "nor in the scope";
  EXPECT_EQ(sum(asked("top", "2022-12-31")), 950) << "a total of a total, over the years";
  auto table = asked("north", "2021-12-31");
  table.rows = Dimension::kMonth;
  const auto pivot = *r.ask(table).pivot;
  EXPECT_EQ(number(pivot.total.value), 750);
  EXPECT_EQ(number(pivot.row_totals.at("2021-03").value), 300) << "a month in which the total does not stand";
  table.measure.clear();
  table.columns = Dimension::kMeasure;
  EXPECT_EQ(number(r.ask(table).pivot->column_totals.at("participants").value), 750);
  EXPECT_EQ(number(r.ask(table).pivot->column_totals.at("count").value), 3) << "each is an activity of its own";
}

TEST_F(Stats, ATotalHoldsOnlyWhatItHasANumberOfAndWhatIsSeen) {
  r.put("game", "works", "n1", held("n1", "2021-03-01").set("heads", 250).set("km", "2.000"));
  r.put("game", "total", "n1", held("n1", "2021-03-02").set("heads", 700).set("includes", refs({"works", "total"})));
  auto query = of("n1");
  query.kinds = {"game"};
  EXPECT_EQ(figure(r.ask(query), "game", "km").recorded.value->text(), "2") << "the total says nothing of km";
  EXPECT_EQ(number(figure(r.ask(query), "game", "participants").recorded.value), 700);
  r.put("game", "works", "n1", held("n1", "2021-03-01").set("heads", 250).set("includes", refs({"total"})));
  EXPECT_EQ(number(figure(r.ask(query), "game", "participants").recorded.value), 950) << "a circle holds nothing";
  r.put("game", "works", "n1", held("n1", "2021-03-01").set("heads", 250));
  r.put(Made("game", "total", {{own("n1", 2), held("n1", "2021-03-02").set("heads", 700).set("includes", refs({"works"}))}}));
  const auto low = r.columns.answer(query, r.reader("n1", "reader", 1), r.world);
  EXPECT_EQ(number(figure(low, "game", "participants").recorded.value), 250) << "a hidden total takes nothing away";
  r.void_it("total");
  EXPECT_EQ(number(figure(r.ask(query), "game", "participants").recorded.value), 250);
}

TEST_F(Stats, ACircleOfPartsHidesNothing) {
  r.put("game", "x", "n1", held("n1", "2021-03-01").set("parent", id_of("y").hex()));
  r.put("game", "y", "n1", held("n1", "2021-03-01").set("parent", id_of("x").hex()));
  EXPECT_EQ(number(count(of("north")).value), 2);
}

TEST_F(Stats, ImpreciseDateLiesInAPeriodOnlyWholly) {
  r.put("game", "month", "n1", held("n1", "2021-03"));
  r.put("game", "year", "n1", held("n1", "2021"));
  r.put("game", "none", "n1", held("n1", ""));
  r.put("game", "no-year", "n1", held("n1", "--11-21"));
  const auto march = count(within(of("north"), day(2021, 3, 1), day(2021, 3, 31)));
  EXPECT_EQ(march.record_ids, std::vector{id_of("month")});
  EXPECT_EQ(march.undated_within, 3u);
  const auto half = count(within(of("north"), day(2021, 3, 10), day(2021, 12, 31)));
  EXPECT_FALSE(half.value);
  EXPECT_EQ(half.undated_within, 4u);
  EXPECT_EQ(number(count(of("north")).value), 4) << "without a period all lie in it";
  EXPECT_EQ(count(within(of("north"), day(2022), day(2022, 12, 31))).undated_within, 2u);
}

TEST_F(Stats, NoReportIsNotYetAndZeroOnlyByANilReport) {
  const auto query = within(of("n1", {"game"}), day(2021), day(2021, 3, 31));
  EXPECT_FALSE(count(query).value);
  Json report;
  report.set("unit", id_of("n1").hex())
      .set("from", date("2021-01"))
      .set("until", date("2021-03"))
      .set("nil", list({"game"}))
      .set("state", "draft");
  r.put("report", "q1", "n1", report);
  EXPECT_FALSE(count(query).value) << "a draft says nothing";
  r.put("report", "q1", "n1", report.set("state", "closed"));
  EXPECT_EQ(number(count(query).value), 0);
  EXPECT_TRUE(count(query).nil);
  EXPECT_FALSE(count(within(of("n1", {"chat"}), day(2021), day(2021, 3, 31)), "chat").value);
}

TEST_F(Stats, CompletenessNamesWhoReported) {
  r.put("game", "g1", "n1", held("n1", "2021-02-01"));
  const auto query = within(of("north", {"game"}), day(2021), day(2021, 3, 31));
  EXPECT_FALSE(figure(r.ask(query), "game").completeness.reported);
  Json report;
  report.set("unit", id_of("n1").hex()).set("from", date("2021-01")).set("until", date("2021-03")).set("state", "closed");
  r.put("report", "q1", "n1", report);
  const auto f = figure(r.ask(within(of("south", {"game"}), day(2021), day(2021, 3, 31))), "game");
  EXPECT_FALSE(f.completeness.reported);
  const auto complete = figure(r.ask(query), "game").completeness;
  EXPECT_TRUE(complete.reported);
  EXPECT_EQ(complete.reporting, 1u);
  EXPECT_GE(complete.expected, 1u);
}

TEST_F(Stats, NotCountableKindsStandOutsideAllActivities) {
  r.put("game", "g1", "n1", held("n1", "2021-03-01"));
  r.put("inner", "i1", "n1", held("n1", "2021-03-01"));
  const auto answer = r.ask(of("north"));
  EXPECT_EQ(number(figure(answer, "all").recorded.value), 1);
  EXPECT_EQ(number(figure(answer, "inner").recorded.value), 1);
}

TEST_F(Stats, SensitiveKindsAreCountedForHoldersOfTheGrantOnlyAndThenExactly) {
  r.put("sealed", "s", "n1", held("n1", "2021-03-01"));
  const auto asked = [&](const std::string& role) { return r.columns.answer(of("north"), r.reader("north", role), r.world); };
  EXPECT_TRUE(asked("reader").figures.empty());
  EXPECT_EQ(number(figure(asked("trusted"), "sealed").recorded.value), 1);
}

TEST_F(Stats, HiddenRowsChangeNothingForALowerReader) {
  r.source("S1");
  r.put("game", "g1", "n1", held("n1", "2021-03-01").set("heads", 5));
  r.put("march", "g2", "n1", held("n1", "2021-03-02").set("heads", 5).set("parent", id_of("hidden").hex()));
  r.put("game", "g3", "n1", held("n1", "2021-04-02").set("heads", 6));
  r.indicator("games", "game", "count");
  r.declared("R1", "games", "north", "2021", "2021", "2");
  const auto low = [&] { return canonical(to_json(r.columns.answer(of("north"), r.reader("north", "trusted", 1), r.world), r.world, {})); };
  const auto before = low();
  // Restricted: one row that would join the others, is the whole of another and has the better source.
  Json secret = held("n1", "2021-03-01").set("heads", 99).set("same_event", refs({"g1", "g3"})).set("source", refs({"S1"}));
  r.put(Made("game", "hidden", {{own("n1", 2), secret}}));
  Json told;
  told.set("code", "R0")
      .set("indicator", id_of("games").hex())
      .set("unit", id_of("north").hex())
      .set("from", date("2021"))
      .set("until", date("2021"))
      .set("value", "77");
  r.put(Made("told", "R0", {{own("n1", 2), told}}));
  EXPECT_EQ(low(), before);
  const auto high = r.columns.answer(of("north"), r.reader("north", "trusted", 2), r.world);
  EXPECT_EQ(number(figure(high, "game").recorded.value), 1) << "who may see all gets the exact figure";
  EXPECT_EQ(number(figure(high, "game", "participants").recorded.value), 99);
  EXPECT_EQ(figure(high, "games").declared.size(), 2u);
}

TEST_F(Stats, ARestrictedPartIsReadByItsReadersOnly) {
  Json open = held("n1", "2021-03-01").set("heads", 5), secret;
  secret.set("secret_heads", 3).set("level", "province");
  r.put(Made("game", "g1", {{own("n1", 1), open}, {own("n1", 2), secret}}));
  EXPECT_EQ(r.columns.rows(), 2u);
  const auto low = r.columns.answer(of("north"), r.reader("north", "trusted", 1), r.world);
  EXPECT_EQ(number(figure(low, "game").recorded.value), 1);
  EXPECT_FALSE(has_figure(low, "game", "secret"));
  const auto high = r.columns.answer(of("north"), r.reader("north", "trusted", 2), r.world);
  EXPECT_EQ(number(figure(high, "game").recorded.value), 1) << "one record, read more fully";
  EXPECT_EQ(number(figure(high, "game", "secret").recorded.value), 3);
}

TEST_F(Stats, AReaderOutsideSeesNothing) {
  r.put("game", "g1", "n1", held("n1", "2021-03-01"));
  EXPECT_TRUE(r.columns.answer(of("top"), r.reader("south"), r.world).figures.empty());
  EXPECT_FALSE(r.columns.answer(of("top"), r.reader("north"), r.world).figures.empty());
}

TEST_F(Stats, ColumnsFollowEveryChangeAndTheDigestDoesNotKnowTheOrder) {
  r.put("game", "g1", "n1", held("n1", "2021-03-01"));
  r.put("game", "g2", "n1", held("n1", "2021-03-02"));
  r.put("game", "g3", "n1", held("n1", "2021-03-03"));
  const auto three = r.columns.digest();
  r.put("game", "g1", "s1", held("s1", "2021-03-01"));
  EXPECT_EQ(number(count(of("north")).value), 2);
  EXPECT_EQ(number(count(of("south")).value), 1);
  EXPECT_NE(r.columns.digest(), three);
  r.put("game", "g1", "n1", held("n1", "2021-03-01"));
  EXPECT_EQ(r.columns.digest(), three);
  r.void_it("g2");
  EXPECT_EQ(r.columns.rows(), 2u);
  Records again(small_tree());
  for (const auto& [id, view] : r.all) again.put(view);
  EXPECT_EQ(again.columns.digest(), r.columns.digest());
  r.columns.clear();
  EXPECT_EQ(r.columns.rows(), 0u);
}

TEST_F(Stats, QuestionsWhileTheWriterWrites) {
  std::thread writer([&] {
    for (int i = 0; i < 300; ++i) r.put("game", "g" + std::to_string(i % 20), "n1", held("n1", "2021-03-01"));
  });
  for (int i = 0; i < 100; ++i) {
    const auto answer = r.ask(of("north", {"game"}));
    EXPECT_LE(number(figure(answer, "game").recorded.value), 20);
  }
  writer.join();
  EXPECT_EQ(number(count(of("north")).value), 20);
}

}  // namespace
}  // namespace nc::stats::test
