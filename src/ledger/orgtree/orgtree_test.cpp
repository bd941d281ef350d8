#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/orgtree/test_rows.h"

namespace nc::orgtree {
namespace {

using test::day;
using test::id_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const OrgTree& record() {
  static const auto tree = test::public_record();
  return *tree;
}

const std::int32_t kLastOldDay = day(2025, 6, 30);
const std::int32_t kFirstNewDay = day(2025, 7, 1);

Unit unit(std::string code, std::optional<std::int32_t> from = {}, std::optional<std::int32_t> until = {}) {
  Unit out;
  out.id = id_of(code);
  out.name = code;
  out.code = std::move(code);
  out.from = from;
  out.until = until;
  return out;
}

Link link(std::string_view below, std::string_view above, std::optional<std::int32_t> from = {}, std::optional<std::int32_t> until = {},
          Line line = Line::kCommand) {
  return {id_of(below), id_of(above), line, from, until, {}};
}

Lineage became(std::string_view from, std::string_view to, std::optional<std::int32_t> on, Change change, bool heir = false) {
  return {id_of(from), id_of(to), on, change, heir};
}

const OrgTree::Span* span_of(const std::vector<OrgTree::Span>& spans, std::string_view code) {
  for (const auto& span : spans)
    if (span.unit == id_of(code)) return &span;
  return nullptr;
}

TEST(OrgTreeRecord, HasAllUnitsAndNoCircles) {
  EXPECT_EQ(record().units().size(), 430U);
  EXPECT_THAT(record().problems(), IsEmpty());
  ASSERT_NE(record().by_code("vn-bg"), nullptr);
  EXPECT_EQ(record().find(id_of("vn-bg"))->name_en, "Border Guard High Command");
  EXPECT_EQ(record().find(id_of("no such unit")), nullptr);
}

TEST(OrgTreeRecord, DakLakUntilJune2025UnderTheBorderGuardCommandOnBothLines) {
  const auto board = id_of("vn-bg-daklak");
  for (const auto line : {Line::kCommand, Line::kGuidance}) {
    EXPECT_EQ(record().parent(board, line, kLastOldDay), id_of("vn-bg"));
    EXPECT_EQ(record().parent(board, line, kFirstNewDay), std::nullopt);
    EXPECT_THAT(record().chain_above(board, line, kLastOldDay), ElementsAre(id_of("vn-bg"), id_of("vn-mnd"), id_of("vn-gov")));
  }
}

TEST(OrgTreeRecord, DakLakFromJuly2025HasTwoSuperiors) {
  const auto board = id_of("vn-bc-daklak");
  EXPECT_EQ(record().parent(board, Line::kCommand, kFirstNewDay), id_of("vn-mc-daklak"));
  EXPECT_EQ(record().parent(board, Line::kGuidance, kFirstNewDay), id_of("vn-bg"));
  EXPECT_EQ(record().parent(board, Line::kCommand, kLastOldDay), std::nullopt);
  EXPECT_EQ(record().parent(board, Line::kGuidance, kLastOldDay), std::nullopt);
  EXPECT_FALSE(record().is_under(board, id_of("vn-bg"), Line::kCommand, kFirstNewDay));
  EXPECT_TRUE(record().is_under(board, id_of("vn-bg"), Line::kGuidance, kFirstNewDay));
}

TEST(OrgTreeRecord, PostsFollowTheirBoard) {
  const auto post = id_of("vn-post-boheng");
  EXPECT_EQ(record().parent(post, Line::kCommand, kLastOldDay), id_of("vn-bg-daklak"));
  EXPECT_EQ(record().parent(post, Line::kCommand, kFirstNewDay), id_of("vn-bc-daklak"));
  EXPECT_THAT(record().chain_above(post, Line::kCommand, kFirstNewDay),
              ElementsAre(id_of("vn-bc-daklak"), id_of("vn-mc-daklak"), id_of("vn-mnd"), id_of("vn-gov")));
  EXPECT_TRUE(record().subtree(id_of("vn-mc-daklak"), Line::kCommand, kFirstNewDay).contains(post));
  EXPECT_FALSE(record().subtree(id_of("vn-mc-daklak"), Line::kCommand, kLastOldDay).contains(post));
}

TEST(OrgTreeRecord, GuidanceFallsBackToCommand) {
  // The post has no guidance link of its own: it is guided by its board, and so by the command above.
  const auto post = id_of("vn-post-boheng");
  EXPECT_EQ(record().parent(post, Line::kGuidance, kFirstNewDay), id_of("vn-bc-daklak"));
  EXPECT_THAT(record().chain_above(post, Line::kGuidance, kFirstNewDay),
              ElementsAre(id_of("vn-bc-daklak"), id_of("vn-bg"), id_of("vn-mnd"), id_of("vn-gov")));
  EXPECT_THAT(record().children(id_of("vn-bc-daklak"), Line::kGuidance, kFirstNewDay), testing::Contains(post));
}

TEST(OrgTreeRecord, RenamedBoardStandsForItselfForwardAndBackward) {
  EXPECT_EQ(record().as_of(id_of("vn-bg-hagiang"), kFirstNewDay), id_of("vn-bc-tuyenquang"));
  EXPECT_EQ(record().as_of(id_of("vn-bg-hagiang"), kLastOldDay), id_of("vn-bg-hagiang"));
  EXPECT_EQ(record().as_of(id_of("vn-bc-tuyenquang"), kLastOldDay), id_of("vn-bg-hagiang"));
  EXPECT_EQ(record().as_of(id_of("vn-bc-tuyenquang"), kFirstNewDay), id_of("vn-bc-tuyenquang"));
  EXPECT_EQ(record().as_of(id_of("vn-pc-hue"), day(2024, 12, 31)), id_of("vn-pc-tthue"));
  EXPECT_EQ(record().renamed_as_of(id_of("vn-bg-hagiang"), kFirstNewDay), id_of("vn-bc-tuyenquang"));
}

TEST(OrgTreeRecord, MergedBoardsGoForwardAndStayUndividedBackward) {
  for (const auto* part : {"vn-bg-quangbinh", "vn-bg-quangtri"}) {
    EXPECT_EQ(record().as_of(id_of(part), kFirstNewDay), id_of("vn-bc-quangtri"));
    EXPECT_EQ(record().renamed_as_of(id_of(part), kFirstNewDay), id_of(part));  // a merge is wider, not the same
  }
  EXPECT_EQ(record().as_of(id_of("vn-bc-quangtri"), kLastOldDay), id_of("vn-bc-quangtri"));
  // Undivided, it still counts under the common superior of its parts, and under neither of them.
  EXPECT_TRUE(record().scope_as_of(id_of("vn-bg"), Line::kCommand, kLastOldDay).contains(id_of("vn-bc-quangtri")));
  EXPECT_FALSE(record().scope_as_of(id_of("vn-bg-quangtri"), Line::kCommand, kLastOldDay).contains(id_of("vn-bc-quangtri")));
  EXPECT_THAT(record().predecessors(id_of("vn-bc-quangtri")),
              UnorderedElementsAre(id_of("vn-bc-quangtri"), id_of("vn-bg-quangbinh"), id_of("vn-bg-quangtri")));
}

TEST(OrgTreeRecord, TakingInANeighbourDoesNotRenameTheOneThatStays) {
  // The People's Committee of Quang Tri took in that of Quang Binh and existed before.
  EXPECT_EQ(record().as_of(id_of("vn-pc-quangbinh"), kFirstNewDay), id_of("vn-pc-quangtri"));
  EXPECT_EQ(record().as_of(id_of("vn-pc-quangtri"), kLastOldDay), id_of("vn-pc-quangtri"));
  EXPECT_EQ(record().as_of(id_of("vn-pc-quangbinh"), kLastOldDay), id_of("vn-pc-quangbinh"));
}

TEST(OrgTreeRecord, UndatedRenameIsFollowedForwardOnEveryDayAndNeverBack) {
  for (const auto on : {day(2004, 1, 1), day(2018, 6, 15), day(2026, 1, 1)}) {
    EXPECT_EQ(record().as_of(id_of("cn-ps-fangcheng"), on), id_of("cn-bm-fangcheng"));
    EXPECT_EQ(record().as_of(id_of("cn-bm-fangcheng"), on), id_of("cn-bm-fangcheng"));
  }
}

TEST(OrgTreeRecord, ALinkToAReplacedSuperiorCountsUnderTheSuccessor) {
  // The village's link names the People's Committee of Binh Phuoc and has no end.
  const auto village = id_of("vn-vil-vuonbuoi");
  EXPECT_TRUE(record().scope_as_of(id_of("vn-pc-dongnai"), Line::kCommand, kFirstNewDay).contains(village));
  EXPECT_FALSE(record().scope_as_of(id_of("vn-pc-dongnai"), Line::kCommand, kLastOldDay).contains(village));
  EXPECT_TRUE(record().scope_as_of(id_of("vn-pc-binhphuoc"), Line::kCommand, kLastOldDay).contains(village));
}

TEST(OrgTreeRecord, ScopeAsOfReachesFormerUnits) {
  const auto now = record().scope_as_of(id_of("vn-bc-daklak"), Line::kCommand, day(2026, 3, 1));
  EXPECT_THAT(now, testing::IsSupersetOf({id_of("vn-bc-daklak"), id_of("vn-bg-daklak"), id_of("vn-post-boheng")}));
  const auto then = record().scope_as_of(id_of("vn-bg-daklak"), Line::kCommand, kLastOldDay);
  EXPECT_EQ(then, now);
  EXPECT_THAT(record().scope_as_of(id_of("vn-bg-daklak"), Line::kCommand, kFirstNewDay), IsEmpty());  // does not stand
}

TEST(OrgTreeRecord, TheMinistryCountsTheSameUnitsInEveryTree) {
  for (const auto line : {Line::kCommand, Line::kGuidance})
    EXPECT_EQ(record().scope_as_of(id_of("vn-mnd"), line, kLastOldDay), record().scope_as_of(id_of("vn-mnd"), line, kFirstNewDay));
}

TEST(OrgTreeRecord, AsRecordedTheBorderGuardCommandGoesOnAlongGuidanceOnly) {
  const auto guided = record().scope_as_recorded(id_of("vn-bg"), Line::kGuidance);
  const auto commanded = record().scope_as_recorded(id_of("vn-bg"), Line::kCommand);
  ASSERT_NE(span_of(guided, "vn-bc-daklak"), nullptr);
  EXPECT_THAT(span_of(guided, "vn-bc-daklak")->days, ElementsAre(DayRange{kFirstNewDay, kDayMax}));
  EXPECT_EQ(span_of(commanded, "vn-bc-daklak"), nullptr);
  EXPECT_THAT(span_of(guided, "vn-post-boheng")->days, ElementsAre(DayRange{kDayMin, kDayMax}));  // one span over the change
  EXPECT_THAT(span_of(commanded, "vn-post-boheng")->days, ElementsAre(DayRange{kDayMin, kLastOldDay}));
  EXPECT_THAT(span_of(commanded, "vn-bg-daklak")->days, ElementsAre(DayRange{kDayMin, kLastOldDay}));
  EXPECT_THAT(span_of(commanded, "vn-bg")->days, ElementsAre(DayRange{kDayMin, kDayMax}));
}

TEST(OrgTreeRecord, NamesAreFoundAsTyped) {
  const auto found = record().by_name("bo chi huy bo doi bien phong tinh dak lak");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]->code, "vn-bg-daklak");
  EXPECT_EQ(record().by_name("VN-BG").size(), 1U);
  EXPECT_EQ(record().by_name("Nam Can Border Post").size(), 2U);  // two posts, one English name: ambiguous
  EXPECT_THAT(record().by_name("no such post"), IsEmpty());
}

TEST(OrgTree, AliasesAreNames) {
  auto command = unit("vn-bg");
  command.aliases = {"Bộ Tư lệnh BĐBP"};
  const auto tree = OrgTree::build({command}, {}, {});
  EXPECT_EQ(tree->by_name("bo tu lenh bdbp").size(), 1U);
}

TEST(OrgTree, OfSeveralLinksTheOneThatBeganLastHolds) {
  auto tie = link("a", "z", 100);
  tie.source = id_of("greater");
  auto other = link("a", "x", 100);
  const auto tree = OrgTree::build({unit("a"), unit("x"), unit("y"), unit("z")}, {link("a", "y"), tie, other, link("a", "x", 50, 60)}, {});
  EXPECT_EQ(tree->parent(id_of("a"), Line::kCommand, 49), id_of("y"));
  EXPECT_EQ(tree->parent(id_of("a"), Line::kCommand, 60), id_of("x"));
  EXPECT_EQ(tree->parent(id_of("a"), Line::kCommand, 61), id_of("y"));
  EXPECT_EQ(tree->parent(id_of("a"), Line::kCommand, 100), id_of("z"));
}

TEST(OrgTree, UnknownUnitsGetAStandIn) {
  const auto tree = OrgTree::build({unit("a")}, {link("a", "ghost")}, {became("a", "later", 5, Change::kRename)});
  ASSERT_NE(tree->find(id_of("ghost")), nullptr);
  EXPECT_EQ(tree->find(id_of("ghost"))->code, id_of("ghost").hex());
  EXPECT_EQ(tree->as_of(id_of("a"), 5), id_of("later"));
  EXPECT_EQ(tree->parent(id_of("a"), Line::kCommand, 0), id_of("ghost"));
}

TEST(OrgTree, SplitWithoutHeirStaysUndividedUnderTheCommonSuperior) {
  const std::vector<Unit> units{unit("top"), unit("mid"), unit("a", {}, 99), unit("b", 100), unit("c", 100)};
  const std::vector<Link> links{link("mid", "top"), link("a", "mid", {}, 99), link("b", "mid", 100), link("c", "mid", 100)};
  const auto tree = OrgTree::build(units, links, {became("a", "b", 100, Change::kSplit), became("a", "c", 100, Change::kSplit)});
  EXPECT_EQ(tree->as_of(id_of("a"), 100), id_of("a"));
  EXPECT_TRUE(tree->scope_as_of(id_of("mid"), Line::kCommand, 200).contains(id_of("a")));
  EXPECT_FALSE(tree->scope_as_of(id_of("b"), Line::kCommand, 200).contains(id_of("a")));
  EXPECT_FALSE(tree->scope_as_of(id_of("c"), Line::kCommand, 200).contains(id_of("a")));
  // In the old tree the two halves are what the whole was.
  EXPECT_THAT(tree->scope_as_of(id_of("a"), Line::kCommand, 50), UnorderedElementsAre(id_of("a"), id_of("b"), id_of("c")));
}

TEST(OrgTree, SplitWithDefaultHeirCountsThere) {
  const std::vector<Unit> units{unit("top"), unit("a", {}, 99), unit("b", 100), unit("c", 100)};
  const std::vector<Link> links{link("a", "top", {}, 99), link("b", "top", 100), link("c", "top", 100)};
  const auto tree = OrgTree::build(units, links, {became("a", "b", 100, Change::kSplit, true), became("a", "c", 100, Change::kSplit)});
  EXPECT_EQ(tree->as_of(id_of("a"), 100), id_of("b"));
  EXPECT_EQ(tree->as_of(id_of("a"), 99), id_of("a"));
  EXPECT_THAT(tree->predecessors(id_of("b")), UnorderedElementsAre(id_of("a"), id_of("b")));
  EXPECT_THAT(tree->predecessors(id_of("c")), UnorderedElementsAre(id_of("c")));
}

TEST(OrgTree, MergeWithDefaultHeirIsUndoneToIt) {
  const auto tree = OrgTree::build({unit("a", {}, 99), unit("b", {}, 99), unit("ab", 100)}, {},
                                   {became("a", "ab", 100, Change::kMerge, true), became("b", "ab", 100, Change::kMerge)});
  EXPECT_EQ(tree->as_of(id_of("ab"), 50), id_of("a"));
  EXPECT_EQ(tree->as_of(id_of("b"), 50), id_of("b"));
}

TEST(OrgTree, RenamedThereAndBack) {
  const auto tree =
      OrgTree::build({unit("a"), unit("b")}, {}, {became("a", "b", 2010, Change::kRename), became("b", "a", 2020, Change::kRename)});
  for (const auto* name : {"a", "b"}) {
    EXPECT_EQ(tree->as_of(id_of(name), 2005), id_of("a")) << name;
    EXPECT_EQ(tree->as_of(id_of(name), 2015), id_of("b")) << name;
    EXPECT_EQ(tree->as_of(id_of(name), 2025), id_of("a")) << name;
  }
}

TEST(OrgTree, ATransferChangesTheSuperiorNotTheBody) {
  const auto tree = OrgTree::build({unit("p"), unit("q"), unit("a")}, {link("a", "p", {}, 99), link("a", "q", 100)},
                                   {became("a", "q", 100, Change::kTransfer)});
  EXPECT_EQ(tree->as_of(id_of("a"), 200), id_of("a"));
  EXPECT_TRUE(tree->scope_as_of(id_of("q"), Line::kCommand, 100).contains(id_of("a")));
  EXPECT_FALSE(tree->scope_as_of(id_of("p"), Line::kCommand, 100).contains(id_of("a")));
  EXPECT_EQ(tree->lineage_of(id_of("a")).size(), 1U);
  EXPECT_EQ(tree->links_of(id_of("a")).size(), 2U);
}

TEST(OrgTree, ADissolvedUnitWithoutSuccessorStaysWhereItWas) {
  const auto tree = OrgTree::build({unit("p"), unit("a", {}, 99), unit("free")}, {link("a", "p", {}, 99), link("free", "p", {}, 99)}, {});
  EXPECT_TRUE(tree->scope_as_of(id_of("p"), Line::kCommand, 500).contains(id_of("a")));
  EXPECT_FALSE(tree->scope_as_of(id_of("p"), Line::kCommand, 500).contains(id_of("free")));  // lives on, under nobody
}

TEST(OrgTree, ACircleIsCutOnItsDaysOnlyAndTold) {
  const auto tree =
      OrgTree::build({unit("a"), unit("b"), unit("c")}, {link("b", "a"), link("c", "b"), link("a", "c", 100, 200), link("a", "a", 5)}, {});
  EXPECT_EQ(tree->parent(id_of("a"), Line::kCommand, 150), std::nullopt);  // the link that began last goes
  EXPECT_EQ(tree->parent(id_of("b"), Line::kCommand, 150), id_of("a"));
  EXPECT_EQ(tree->subtree(id_of("a"), Line::kCommand, 150).size(), 3U);
  ASSERT_EQ(tree->problems().size(), 3U);  // both lines, and its own superior
  EXPECT_EQ(tree->problems()[0], "circle along the command line on 1970-04-11: a under c is left out");
}

TEST(OrgTree, UnitsThatSwappedPlacesAreNoCircle) {
  const auto tree = OrgTree::build({unit("a"), unit("b")}, {link("b", "a", {}, 99), link("a", "b", 100)}, {});
  EXPECT_THAT(tree->problems(), IsEmpty());
  EXPECT_EQ(tree->parent(id_of("b"), Line::kCommand, 99), id_of("a"));
  EXPECT_EQ(tree->parent(id_of("a"), Line::kCommand, 100), id_of("b"));
}

}  // namespace
}  // namespace nc::orgtree
