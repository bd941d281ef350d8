// Periods: who said what, nil entries, which side leads, what came after a closing.
#include "insight/stats/periods_for_test.h"

namespace nc::stats::test {
namespace {

TEST_F(Periods, ThePostsOweAndEachSaysWhatItSays) {
  r.put("game", "g1", "p1", held("p1", "2021-02-01"));
  nil("n2", "p2", "game");
  EXPECT_EQ(r.columns.statuses(quarter("north"), r.reader(), r.world).size(), 3U);
  EXPECT_EQ(status("p1").said, UnitSaid::kRecorded);
  EXPECT_EQ(status("p1").records, 1U);
  EXPECT_EQ(status("p2", {"game"}).said, UnitSaid::kNil);
  EXPECT_EQ(status("p2", {"chat"}).said, UnitSaid::kSilent);
  EXPECT_EQ(status("p3").said, UnitSaid::kSilent);
  closing("c1", "p1", "prepared");  // nobody signed it
  EXPECT_EQ(status("p1").said, UnitSaid::kRecorded);
  closing("c1", "p1", "closed");
  EXPECT_EQ(status("p1").said, UnitSaid::kClosed);
  const auto complete = figure(r.ask(quarter("north", {"game"})), "game").completeness;
  EXPECT_EQ(complete.reporting, 2U);
  EXPECT_EQ(complete.expected, 3U);
  closing("c1", "p1", "reopened");
  EXPECT_EQ(status("p1").said, UnitSaid::kRecorded);
}

// An entry of one kind speaks of that kind alone: asked about all kinds a post has said that there was nothing only when
// its entries together name every kind that is counted.
TEST_F(Periods, ANilEntrySaysNothingOfKindsThatItDoesNotName) {
  const auto reporting = [&](const std::vector<std::string>& kinds) {
    return figure(r.ask(quarter("north", kinds)), kinds.front()).completeness.reporting;
  };
  nil("game", "p2", "game");
  EXPECT_EQ(status("p2").said, UnitSaid::kSilent);
  EXPECT_TRUE(status("p2").statements.empty());
  EXPECT_EQ(status("p2", {"game", "chat"}).said, UnitSaid::kSilent);
  EXPECT_EQ(reporting({"game"}), 1U);
  nil("chat", "p2", "chat");
  EXPECT_EQ(status("p2", {"game", "chat"}).said, UnitSaid::kNil) << "two entries say it together";
  EXPECT_EQ(status("p2").said, UnitSaid::kSilent);
  for (const auto* type : r.world.catalog->feeding("counted-activity"))
    if (type->countable && type->id != "game" && type->id != "chat") nil(type->id, "p2", type->id);
  EXPECT_EQ(status("p2").said, UnitSaid::kNil);
  r.put("game", "g1", "p2", held("p2", "2021-02-01"));
  EXPECT_TRUE(status("p2").contradicted);
}

TEST_F(Periods, ZeroIsWhatEveryPostSaidAndSilenceIsNotYet) {
  for (const auto* post : {"p1", "p2"}) nil(std::string("n") + post, post, "game");
  EXPECT_FALSE(figure(r.ask(quarter("north", {"game"})), "game").recorded.value);
  EXPECT_EQ(number(figure(r.ask(quarter("p1", {"game"})), "game").recorded.value), 0);
  nil("np3", "p3", "game");
  const auto zero = figure(r.ask(quarter("north", {"game"})), "game");
  EXPECT_EQ(number(zero.recorded.value), 0);
  EXPECT_TRUE(zero.recorded.nil);
  EXPECT_FALSE(figure(r.ask(quarter("north", {"chat"})), "chat").recorded.value);
}

// A unit owes for a period in which it stood on any day; before and after nobody owes, and nobody's silence is a zero.
TEST(PeriodsOfUnits, WhoDidNotStandInAPeriodOwesNothingForIt) {
  orgtree::Unit board, post;
  board.id = id_of("board");
  board.code = board.name = "board";
  board.own = post.own = true;
  board.from = day(2021, 3, 1);
  board.until = day(2021, 6, 30);
  post.id = id_of("post");
  post.code = post.name = "post";
  post.level = "post";
  Records r{orgtree::OrgTree::build({board, post},
                                    {{id_of("post"), id_of("board"), orgtree::Line::kCommand, day(2021, 3, 1), day(2021, 6, 30), {}}}, {})};
  const auto owing = [&](const std::string& unit, std::int32_t from, std::int32_t to) {
    Query query;
    query.unit = id_of(unit);
    query.from = from;
    query.to = to;
    std::vector<std::string> out;
    for (const auto& one : r.columns.statuses(query, r.reader(), r.world)) out.push_back(r.world.tree->find(one.unit)->code);
    const auto all = r.ask(query);
    for (const auto& figure : all.figures) EXPECT_FALSE(figure.recorded.value) << unit;
    return out;
  };
  EXPECT_EQ(owing("board", day(2020), day(2020, 12, 31)), std::vector<std::string>());
  EXPECT_EQ(owing("board", day(2021), day(2021, 2, 28)), std::vector<std::string>());
  EXPECT_EQ(owing("board", day(2021), day(2021, 3, 31)), std::vector<std::string>{"post"});
  EXPECT_EQ(owing("board", day(2021), day(2021, 12, 31)), std::vector<std::string>{"board"}) << "its post left, it stood until June";
  EXPECT_EQ(owing("board", day(2021, 7, 1), day(2021, 12, 31)), std::vector<std::string>());
  EXPECT_EQ(owing("post", day(2020), day(2020, 12, 31)), std::vector<std::string>{"post"}) << "its days are not known";
}

TEST_F(Periods, ANilEntryThatARecordContradictsIsFound) {
  nil("n1", "p1", "game");
  EXPECT_FALSE(status("p1").contradicted);
  r.put("game", "g1", "p1", held("p1", "2021-02-01"));
  EXPECT_TRUE(status("p1").contradicted);
  const auto found = figure(r.ask(quarter("north", {"game"})), "game");
  EXPECT_EQ(number(found.recorded.value), 1);
  ASSERT_EQ(found.differences.size(), 1U);
  EXPECT_EQ(found.differences[0].id, "nil");
  EXPECT_EQ(found.differences[0].records, (std::vector{id_of("n1"), id_of("g1")}));
  r.put("chat", "c1", "p1", held("p1", "2021-02-01"));
  EXPECT_TRUE(figure(r.ask(quarter("north", {"chat"})), "chat").differences.empty());
  r.void_it("g1");
  EXPECT_FALSE(status("p1").contradicted);
}

TEST_F(Periods, TheRecordedSideLeadsFromTheDayOnWhichTheUnitKeepsRecords) {
  r.indicator("games", "game", "count");
  r.declared("before", "games", "north", "2023-01-01", "2023-12-31", "5");
  r.declared("across", "games", "north", "2023-07-01", "2024-06-30", "6");
  r.declared("after", "games", "north", "2024-01-01", "2024-12-31", "7");
  r.declared("open", "games", "north", "", "2024-12-31", "20");
  r.declared("other", "games", "command", "2024-01-01", "2024-12-31", "9");
  r.put("game", "g1", "p1", held("p1", "2024-02-01"));
  const auto leading = [&](const std::string& unit, const std::string& declared) {
    Query query;
    query.unit = id_of(unit);
    for (const auto& f : r.ask(query).figures)
      if (!f.declared.empty() && f.declared.front().code == declared) return std::string(leading_name(f.leading));
    return std::string("absent");
  };
  EXPECT_EQ(leading("north", "before"), "declared");
  EXPECT_EQ(leading("north", "across"), "declared");
  EXPECT_EQ(leading("north", "after"), "recorded");
  EXPECT_EQ(leading("north", "open"), "declared");
  EXPECT_EQ(leading("command", "other"), "declared");  // the unit itself says from when it keeps records
  Query query;
  query.unit = id_of("north");
  const auto json = to_json(r.ask(query), r.world, {});
  EXPECT_NE(canonical(json).find("\"leading\":\"recorded\""), std::string::npos);
}

TEST_F(Periods, PracticeDoesNotCount) {
  r.put("march", "m1", "p1", held("p1", "2021-02-01", "village").set("detail", "b"));
  r.put("march", "m2", "p1", held("p1", "2021-02-01", "village").set("detail", "a"));
  EXPECT_EQ(number(figure(r.ask(quarter("north")), "march").recorded.value), 1);
  EXPECT_EQ(number(figure(r.ask(quarter("north")), "all").recorded.value), 1);
}

TEST_F(Periods, WhatCameAfterAClosing) {
  r.put("game", "kept", "p1", held("p1", "2021-02-01"));
  r.put("game", "moves", "p1", held("p1", "2021-02-02"));
  r.put("game", "voided", "p1", held("p1", "2021-02-03"));
  r.put("game", "changes", "p1", held("p1", "2021-02-04").set("heads", 4));
  r.put("sealed", "quiet", "p1", held("p1", "2021-02-04"));
  const auto shut = closing("c1", "p1", "closed");
  const auto since = [&] { return since_closing(shut, r.columns, r.reader(), r.world, reads_all()); };
  EXPECT_TRUE(since().nothing());
  for (const auto& f : since().figures) EXPECT_FALSE(f.differs) << f.what << f.measure;
  EXPECT_EQ(canonical(shut.values).find("sealed"), std::string::npos);

  r.put("game", "late", "p1", held("p1", "2021-03-01"));
  r.put("game", "moves", "p1", held("p1", "2021-05-02"));
  r.void_it("voided");
  r.put("game", "changes", "p1", held("p1", "2021-02-04").set("heads", 6));
  r.put("sealed", "quiet2", "p1", held("p1", "2021-02-05"));
  const auto after = since();
  EXPECT_EQ(after.added, std::vector{id_of("late")});
  EXPECT_EQ(after.changed, std::vector{id_of("changes")});
  std::vector gone{id_of("moves"), id_of("voided")};
  std::sort(gone.begin(), gone.end());
  EXPECT_EQ(after.gone, gone);
  bool found = false;
  for (const auto& f : after.figures)
    if (f.what == "game" && f.measure == "count" && f.level.empty()) {
      found = true;
      EXPECT_EQ(number(f.recorded), 4);
      EXPECT_EQ(number(f.recorded_now), 3);
      EXPECT_TRUE(f.differs);
    }
  EXPECT_TRUE(found);
  // What a reader may not know of is not told to be gone.
  EXPECT_TRUE(since_closing(shut, r.columns, r.reader(), r.world, [](const RecordId&) { return std::nullopt; }).gone.empty());
}

// With invented figures, or after a record came, changed or went.
TEST_F(Periods, OnlyAClosingThatSaysWhatIsCountedNowMayBeSigned) {
  r.put("game", "g1", "p1", held("p1", "2021-02-01").set("heads", 4));
  const auto prepared = closing("c1", "p1", "prepared");
  access::Subject who;
  who.console = true;
  who.clearance = catalog::Handling::kRestricted;
  const auto holds = [&](const records::RecordView& view) { return closing_holds(view, reads_all(), r.columns, who, r.world).has_value(); };
  EXPECT_TRUE(holds(prepared));
  auto invented = prepared;
  auto rows = invented.values["figures"].as_array();
  ASSERT_FALSE(rows.empty());
  rows.front().set("recorded", "9999");
  invented.values.set("figures", Json(rows));
  EXPECT_FALSE(holds(invented));
  auto doubled = prepared;
  rows = doubled.values["figures"].as_array();
  rows.push_back(rows.front());
  doubled.values.set("figures", Json(rows));
  EXPECT_FALSE(holds(doubled));
  for (const auto* slot : {"counted", "set_digest", "parameters", "as_of", "figures"}) {
    auto without = prepared;
    without.values.erase(without.type->slot(slot)->id);
    EXPECT_FALSE(holds(without)) << slot;
  }
  r.put("game", "g1", "p1", held("p1", "2021-02-01").set("heads", 5));
  EXPECT_FALSE(holds(prepared)) << "changed since";
  r.put("game", "g1", "p1", held("p1", "2021-02-01").set("heads", 4));
  EXPECT_TRUE(holds(prepared));
  r.put("game", "g2", "p1", held("p1", "2021-02-02"));
  EXPECT_FALSE(holds(prepared)) << "one more since";
}

TEST_F(Periods, AClosingThatHoldsNothingIsRefused) {
  const auto refused = prepare("p1");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("nothing to close"), std::string::npos);
}

}  // namespace
}  // namespace nc::stats::test
