// The rules of docs/LEDGER.md section 3 as situations of people at posts. Every test merges its
// entries in every rotation and reversed, so that none can lean on an order.
#include "ledger/journal/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "foundation/crypto/hash.h"
#include "ledger/journal/bound_id.h"
#include "ledger/journal/home.h"
#include "ledger/journal/testing.h"

namespace nc::journal {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

int rank(std::string_view state) {
  if (state == "draft") return 1;
  if (state == "submitted") return 2;
  if (state == "returned") return 3;
  if (state == "approved") return 4;
  return 0;
}

RecordState merged(std::vector<Entry> entries) {
  const auto first = merge_record(entries, rank);
  for (std::size_t turn = 0; turn < entries.size(); ++turn) {
    std::rotate(entries.begin(), entries.begin() + 1, entries.end());
    for (int side = 0; side < 2; ++side) {
      std::reverse(entries.begin(), entries.end());
      const auto again = merge_record(entries, rank);
      EXPECT_EQ(canonical(again.values()), canonical(first.values()));
      EXPECT_EQ(again.state, first.state);
      EXPECT_EQ(again.bindings, first.bindings);
      EXPECT_EQ(again.parked, first.parked);
    }
  }
  return first;
}

std::string text(const RecordState& state) { return canonical(state.values()); }
const PartState& own(const RecordState& state, HandlingLevel handling = 1) { return state.parts.at(part_at(handling)); }

TEST(Merge, AFirstEntryIsTheRecord) {
  Desk desk;
  const auto create = desk.act("create", "draft", {}, 1, {{"place", "Bu Prang"}});
  const auto state = merged({create});
  EXPECT_EQ(text(state), R"({"place":"Bu Prang"})");
  EXPECT_EQ(state.state, "draft");
  EXPECT_EQ(state.depth, 1u);
  EXPECT_THAT(own(state).heads, ElementsAre(create.hash));
}

TEST(Merge, NobodyWroteAnything) {
  const auto state = merge_record({}, rank);
  EXPECT_EQ(text(state), "{}");
  EXPECT_TRUE(state.parts.empty());
}

TEST(Merge, ACorrectionReplacesTheValueItsAuthorSaw) {
  Desk desk;
  const auto first = desk.set({{"length_km", 12}}, {});
  const auto second = desk.set({{"length_km", 21}}, on({&first}));
  const auto state = merged({first, second});
  EXPECT_EQ(text(state), R"({"length_km":21})");
  EXPECT_FALSE(own(state).registers.at("length_km").in_conflict());
  EXPECT_EQ(own(state).registers.at("length_km").setter, second.hash);
}

TEST(Merge, TwoOfficersOfOnePostFillDifferentFields) {
  Desk desk;
  const auto create = desk.set({{"place", "Post 1"}}, {});
  const auto when = desk.set({{"when", "2024-05-01"}}, on({&create}));
  const auto people = desk.set({{"people", 8}}, on({&create}));
  const auto state = merged({create, when, people});
  EXPECT_EQ(text(state), R"({"people":8,"place":"Post 1","when":"2024-05-01"})");
  EXPECT_THAT(state.conflicts(), IsEmpty());
  EXPECT_EQ(own(state).heads.size(), 2u);
}

TEST(Merge, TwoOfficersCorrectTheSameFieldWithoutSeeingEachOther) {
  Desk desk;
  const auto create = desk.set({{"people", 8}}, {});
  const auto a = desk.set({{"people", 9}}, on({&create}));
  const auto b = desk.set({{"people", 10}}, on({&create}));
  const auto state = merged({create, a, b});
  const auto& people = own(state).registers.at("people");
  EXPECT_TRUE(people.in_conflict());
  EXPECT_EQ(people.shown, a.hash > b.hash ? Json(9) : Json(10));
  EXPECT_EQ(people.live.size(), 2u);
  EXPECT_EQ(state.conflicts(), (std::vector<std::pair<PartKey, std::string>>{{part_at(1), "people"}}));
}

TEST(Merge, TheDeeperValueIsShownInAConflictNotTheLaterClock) {
  Desk desk;
  const auto create = desk.set({{"people", 8}}, {});
  auto early = desk.set({{"people", 9}}, on({&create}));
  early.header.wall_ms = 4'000'000'000'000;
  early = finish(early.header, early.body);
  const auto other = desk.set({{"place", "x"}}, on({&create}));
  const auto deep = desk.set({{"people", 10}}, on({&other}));
  EXPECT_EQ(own(merged({create, early, other, deep})).registers.at("people").shown, Json(10));
}

TEST(Merge, TwoOfficersMakeTheSameCorrection) {
  Desk desk;
  const auto create = desk.set({{"people", 8}}, {});
  const auto a = desk.set({{"people", 9}}, on({&create}));
  const auto b = desk.set({{"people", 9}}, on({&create}));
  const auto state = merged({create, a, b});
  EXPECT_FALSE(own(state).registers.at("people").in_conflict());
  EXPECT_THAT(own(state).registers.at("people").live.at(0).setters, UnorderedElementsAre(a.hash, b.hash));
}

TEST(Merge, ADecisionThatSawBothValuesResolves) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  const auto b = desk.set({{"people", 10}}, {});
  const auto decision = desk.set({{"people", 9}}, on({&a, &b}));
  const auto state = merged({a, b, decision});
  EXPECT_THAT(state.conflicts(), IsEmpty());
  EXPECT_EQ(text(state), R"({"people":9})");
}

TEST(Merge, AThirdValueThatTheDecisionDidNotSeeStaysLive) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  const auto b = desk.set({{"people", 10}}, {});
  const auto c = desk.set({{"people", 11}}, {});
  const auto decision = desk.set({{"people", 9}}, on({&a, &b}));
  const auto state = merged({a, b, c, decision});
  EXPECT_EQ(own(state).registers.at("people").live.size(), 2u);
  EXPECT_EQ(own(state).registers.at("people").shown, Json(9)) << "the decision is deeper";
}

TEST(Merge, TwoDecisionsAtOnceConflictAnew) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  const auto b = desk.set({{"people", 10}}, {});
  const auto one = desk.set({{"people", 9}}, on({&a, &b}));
  const auto two = desk.set({{"people", 10}}, on({&a, &b}));
  EXPECT_EQ(merged({a, b, one, two}).conflicts().size(), 1u);
}

TEST(Merge, AnEntryOfAnotherFieldDoesNotDecideWhatItSaw) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  const auto b = desk.set({{"people", 10}}, {});
  const auto elsewhere = desk.set({{"place", "x"}}, on({&a, &b}));
  EXPECT_EQ(merged({a, b, elsewhere}).conflicts().size(), 1u) << "seeing is not deciding";
}

TEST(Merge, AnOverrideReachesThroughEntriesThatDidNotTouchTheField) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  const auto between = desk.set({{"place", "x"}}, on({&a}));
  const auto b = desk.set({{"people", 10}}, on({&between}));
  EXPECT_THAT(merged({a, between, b}).conflicts(), IsEmpty());
}

TEST(Merge, AClearedFieldIsAbsent) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  const auto cleared = desk.set({{"people", nullptr}}, on({&a}));
  const auto state = merged({a, cleared});
  EXPECT_EQ(text(state), "{}");
  EXPECT_TRUE(own(state).registers.at("people").shown.is_null());
}

TEST(Merge, ClearingAgainstACorrectionIsAConflict) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  const auto cleared = desk.set({{"people", nullptr}}, on({&a}));
  const auto corrected = desk.set({{"people", 10}}, on({&a}));
  EXPECT_TRUE(own(merged({a, cleared, corrected})).registers.at("people").in_conflict());
}

TEST(Merge, AnAddNobodySawSurvivesARemove) {
  Desk desk;
  const auto a = desk.add("units", {"u1", "u2"}, {});
  const auto again = desk.add("units", {"u1"}, on({&a}));
  const auto removed = desk.remove("units", {"u1"}, on({&a}));
  const auto state = merged({a, again, removed});
  EXPECT_EQ(text(state), R"({"units":["u1","u2"]})");
}

TEST(Merge, ARemoveKillsTheAddsItSaw) {
  Desk desk;
  const auto a = desk.add("units", {"u1", "u2"}, {});
  const auto b = desk.add("units", {"u1"}, {});
  const auto removed = desk.remove("units", {"u1"}, on({&a, &b}));
  EXPECT_EQ(text(merged({a, b, removed})), R"({"units":["u2"]})");
}

TEST(Merge, AnElementMayComeBack) {
  Desk desk;
  const auto a = desk.add("units", {"u1"}, {});
  const auto removed = desk.remove("units", {"u1"}, on({&a}));
  const auto back = desk.add("units", {"u1"}, on({&removed}));
  EXPECT_EQ(text(merged({a, removed})), "{}");
  EXPECT_EQ(text(merged({a, removed, back})), R"({"units":["u1"]})");
}

TEST(Merge, TheStateOfGreatestRankIsShownAndBothStayLive) {
  Desk desk;
  const auto create = desk.act("create", "draft", {});
  const auto submit = desk.act("submit", "submitted", on({&create}));
  const auto give_back = desk.act("return", "returned", on({&submit}));
  const auto approve = desk.act("approve", "approved", on({&submit}));
  const auto state = merged({create, submit, give_back, approve});
  EXPECT_EQ(state.state, "approved");
  EXPECT_THAT(state.live_states, ElementsAre("approved", "returned"));
}

TEST(Merge, ALowerStateThatSawTheHigherOneStands) {
  Desk desk;
  const auto submit = desk.act("submit", "submitted", {});
  const auto withdraw = desk.act("withdraw", "draft", on({&submit}));
  const auto state = merged({submit, withdraw});
  EXPECT_EQ(state.state, "draft");
  EXPECT_THAT(state.live_states, ElementsAre("draft"));
}

TEST(Merge, AVoidHoldsUntilARestoreThatSawIt) {
  Desk desk;
  const auto create = desk.act("create", "draft", {}, 1, {{"people", 9}});
  const auto voided = desk.act("void", "", on({&create}));
  const auto blind = desk.act("restore", "", on({&create}));
  const auto restored = desk.act("restore", "", on({&voided}));
  EXPECT_TRUE(merged({create, voided}).voided);
  EXPECT_TRUE(merged({create, voided, blind}).voided) << "a restore that did not see the void";
  EXPECT_FALSE(merged({create, voided, blind, restored}).voided);
  EXPECT_EQ(text(merged({create, voided})), R"({"people":9})") << "void hides nothing from the merge";
}

TEST(Merge, WhatWasSetOutsideAVoidIsKeptAndReported) {
  Desk desk;
  const auto create = desk.set({{"people", 9}}, {});
  const auto voided = desk.act("void", "", on({&create}));
  const auto blind = desk.set({{"people", 12}}, on({&create}));
  const auto later = desk.set({{"place", "x"}}, on({&voided}));
  const auto state = merged({create, voided, blind, later});
  EXPECT_TRUE(state.voided);
  EXPECT_THAT(own(state).after_void, UnorderedElementsAre(blind.hash, later.hash));
  EXPECT_EQ(text(state), R"({"people":12,"place":"x"})");
  const auto restored = desk.act("restore", "", on({&voided}));
  EXPECT_THAT(own(merged({create, voided, blind, later, restored})).after_void, IsEmpty());
}

TEST(Merge, TwoVoidsNeedBothToBeSeen) {
  Desk desk;
  const auto create = desk.set({{"people", 9}}, {});
  const auto a = desk.act("void", "", on({&create}));
  const auto b = desk.act("void", "", on({&create}));
  const auto restored = desk.act("restore", "", on({&a}));
  EXPECT_TRUE(merged({create, a, b, restored}).voided);
}

TEST(Merge, ACorrectionThatDidNotSeeTheApprovalIsAProposal) {
  Desk desk;
  const auto create = desk.set({{"people", 9}}, {});
  const auto approved = desk.approve(on({&create}));
  const auto blind = desk.set({{"people", 12}}, on({&create}));
  const auto state = merged({create, approved, blind});
  EXPECT_EQ(text(state), R"({"people":9})");
  EXPECT_TRUE(state.bound);
  EXPECT_THAT(state.bindings, ElementsAre(approved.hash));
  EXPECT_THAT(own(state).proposals, ElementsAre(blind.hash));
}

TEST(Merge, ACorrectionAfterTheApprovalIsAProposalToo) {
  Desk desk;
  const auto create = desk.set({{"people", 9}}, {});
  const auto approved = desk.approve(on({&create}));
  const auto after = desk.set({{"people", 12}}, on({&approved}));
  EXPECT_THAT(own(merged({create, approved, after})).proposals, ElementsAre(after.hash));
}

TEST(Merge, AReopenMakesProposalsCount) {
  Desk desk;
  const auto create = desk.set({{"people", 9}}, {});
  const auto approved = desk.approve(on({&create}));
  const auto after = desk.set({{"people", 12}}, on({&approved}));
  const auto reopened = desk.act("reopen", "draft", on({&approved}));
  const auto state = merged({create, approved, after, reopened});
  EXPECT_FALSE(state.bound);
  EXPECT_EQ(text(state), R"({"people":12})");
  EXPECT_THAT(own(state).proposals, IsEmpty());
}

TEST(Merge, AReopenDoesNotLiftAnApprovalItDidNotSee) {
  Desk desk;
  const auto create = desk.set({{"people", 9}}, {});
  const auto seen = desk.approve(on({&create}));
  const auto unseen = desk.approve(on({&create}));
  const auto reopened = desk.act("reopen", "draft", on({&seen}));
  EXPECT_THAT(merged({create, seen, unseen, reopened}).bindings, ElementsAre(unseen.hash));
}

TEST(Merge, TheApprovalItselfMayCarryValues) {
  Desk desk;
  const auto create = desk.set({{"people", 9}}, {});
  auto approved = desk.approve(on({&create}));
  approved.body.set = {{"remark", "seen"}};
  approved = finish(approved.header, approved.body);
  EXPECT_EQ(text(merged({create, approved})), R"({"people":9,"remark":"seen"})");
}

TEST(Merge, AnApprovalCoversAnotherPartAsFarAsItNamesIt) {
  Desk desk;
  const auto open = desk.set({{"place", "x"}}, {}, 0);
  const auto inner = desk.set({{"people", 9}}, {}, 1);
  CoveredPart covered;
  covered.heads = {open.hash};
  const auto approved = desk.approve(on({&inner}), {{part_at(0), covered}}, 1);
  const auto late = desk.set({{"place", "y"}}, on({&open}), 0);
  const auto state = merged({open, inner, approved, late});
  EXPECT_EQ(text(state), R"({"people":9,"place":"x"})");
  EXPECT_THAT(own(state, 0).proposals, ElementsAre(late.hash));
}

TEST(Merge, AnApprovalDoesNotTouchAPartItDoesNotName) {
  Desk desk;
  const auto base = desk.set({{"place", "x"}}, {}, 1);
  const auto secret = desk.set({{"route", "r"}}, {}, 2);
  const auto approved = desk.approve(on({&base}), {}, 1);
  EXPECT_EQ(text(merged({base, secret, approved})), R"({"place":"x","route":"r"})");
}

TEST(Merge, AMovedPartIsClosedAndItsValuesStandInTheNewOne) {
  Desk desk;
  const auto before = desk.set({{"place", "x"}, {"people", 9}}, {}, 1);
  const auto after = desk.set({{"place", "x"}, {"people", 9}}, {}, 2);
  const auto closed = desk.act("part-closed", "", on({&before}), 1);
  const auto blind = desk.set({{"people", 12}}, on({&before}), 1);
  const auto state = merged({before, after, closed, blind});
  EXPECT_TRUE(own(state, 1).closed);
  EXPECT_THAT(own(state, 1).proposals, ElementsAre(blind.hash));
  EXPECT_EQ(text(state), R"({"people":9,"place":"x"})");
  const auto changed = desk.set({{"people", 20}}, on({&after}), 2);
  EXPECT_EQ(text(merged({before, after, closed, blind, changed})), R"({"people":20,"place":"x"})");
}

// A record that was open until somebody raised it.
class Raised : public ::testing::Test {
 protected:
  Entry raise(JsonObject values, std::vector<EntryHash> base, const std::string& state = "draft", HandlingLevel to = 1) {
    return desk.act("raise", state, std::move(base), to, std::move(values));
  }
  static std::vector<Entry> and_also(std::vector<Entry> some, const std::vector<Entry>& more) {
    some.insert(some.end(), more.begin(), more.end());
    return some;
  }

  Desk desk;
  Entry created = desk.act("create", "draft", {}, 0, {{"place", "x"}, {"people", 9}});
  Entry raised = raise({{"place", "x"}, {"people", 9}}, on({&created}));
  Entry withdrawn = desk.act("part-closed", "", on({&created}), 0);
  std::vector<Entry> all{created, raised, withdrawn};
};

TEST_F(Raised, TheRecordStandsAboveAndSaysNothingBelow) {
  const auto above = merged(all);
  EXPECT_EQ(text(above), R"({"people":9,"place":"x"})");
  EXPECT_TRUE(own(above, 0).closed);
  EXPECT_FALSE(own(above, 1).closed);
  EXPECT_THAT(above.live_states, ElementsAre("draft")) << "the raise has seen the creation";
  const auto below = merged({created, withdrawn});
  EXPECT_EQ(text(below), "{}");
  EXPECT_TRUE(own(below, 0).closed);
}

TEST_F(Raised, ItIsLeftBelowAlsoBeforeTheWithdrawalHasArrived) {
  const auto state = merged({created, raised});
  EXPECT_TRUE(own(state, 0).closed);
  EXPECT_EQ(text(state), R"({"people":9,"place":"x"})");
}

TEST_F(Raised, WithoutWhatItRestatesItWaits) { EXPECT_THAT(merged({raised}).parked, ElementsAre(raised.hash)); }

TEST_F(Raised, WhoAmendedBelowWithoutKnowingIsInConflictAbove) {
  const auto blind = desk.set({{"people", 12}}, on({&created}), 0);
  const auto state = merged(and_also(all, {blind}));
  EXPECT_EQ(own(state, 1).registers.at("people").live.size(), 2u);
  EXPECT_FALSE(own(state, 0).registers.at("people").in_conflict());
  const auto decided = desk.set({{"people", 12}}, on({&raised, &blind}), 1);
  const auto after = merged(and_also(all, {blind, decided}));
  EXPECT_THAT(after.conflicts(), IsEmpty());
  EXPECT_EQ(text(after), R"({"people":12,"place":"x"})");
  EXPECT_THAT(own(merged({created, withdrawn, blind}), 0).proposals, ElementsAre(blind.hash)) << "who holds nothing above keeps it";
}

TEST_F(Raised, AnotherFieldThatWasWrittenBelowJoins) {
  const auto blind = desk.set({{"remark", "y"}}, on({&created}), 0);
  EXPECT_EQ(text(merged(and_also(all, {blind}))), R"({"people":9,"place":"x","remark":"y"})");
}

TEST_F(Raised, AVoidFromBelowHoldsUntilItIsRestoredAbove) {
  const auto gone = desk.act("void", "", on({&created}), 0);
  EXPECT_TRUE(merged(and_also(all, {gone})).voided);
  const auto back = desk.act("restore", "", on({&raised, &gone}), 1);
  EXPECT_FALSE(merged(and_also(all, {gone, back})).voided);
}

TEST_F(Raised, AVoidThatWasSeenStaysAndIsLiftedAbove) {
  const auto gone = desk.act("void", "", on({&created}), 0);
  const auto up = raise({{"place", "x"}}, on({&gone}));
  EXPECT_TRUE(merged({created, gone, up}).voided);
  const auto back = desk.act("restore", "", on({&up}), 1);
  EXPECT_FALSE(merged({created, gone, up, back}).voided);
}

TEST_F(Raised, AStepTakenBelowMeanwhileStandsBesideTheOther) {
  const auto step = desk.act("submit", "submitted", on({&created}), 0);
  const auto state = merged(and_also(all, {step}));
  EXPECT_THAT(state.live_states, UnorderedElementsAre("draft", "submitted"));
  const auto above = desk.act("submit", "submitted", on({&raised}), 1);
  EXPECT_THAT(merged(and_also(all, {above})).live_states, ElementsAre("submitted"));
}

TEST_F(Raised, WhatWasApprovedStaysBoundAbove) {
  const auto approved = desk.approve(on({&created}), {}, 0);
  const auto up = raise({{"place", "x"}, {"people", 9}}, on({&approved}), "approved");
  const auto changed = desk.set({{"people", 10}}, on({&up}), 1);
  const auto state = merged({created, approved, up, changed});
  EXPECT_TRUE(state.bound);
  EXPECT_EQ(state.state, "approved");
  EXPECT_THAT(own(state, 1).proposals, ElementsAre(changed.hash));
  EXPECT_EQ(text(state), R"({"people":9,"place":"x"})");
  const auto reopened = desk.act("reopen", "draft", on({&changed}), 1);
  EXPECT_EQ(text(merged({created, approved, up, changed, reopened})), R"({"people":10,"place":"x"})");
}

TEST_F(Raised, AnApprovalGivenBelowMeanwhileCountsForNothing) {
  const auto approved = desk.approve(on({&created}), {}, 0);
  const auto state = merged(and_also(all, {approved}));
  EXPECT_FALSE(state.bound);
  EXPECT_THAT(state.live_states, ElementsAre("draft"));
  EXPECT_TRUE(merged({created, approved, withdrawn}).bound) << "below nobody knows of the raise";
}

TEST_F(Raised, AConflictThatIsRestatedStaysOne) {
  const auto a = desk.set({{"people", 10}}, on({&created}), 0), b = desk.set({{"people", 11}}, on({&created}), 0);
  const auto first = raise({{"place", "x"}, {"people", 10}}, on({&a, &b})), second = raise({{"people", 11}}, on({&a, &b}));
  const auto state = merged({created, a, b, first, second});
  EXPECT_EQ(own(state, 1).registers.at("people").live.size(), 2u);
  EXPECT_THAT(state.live_states, ElementsAre("draft"));
}

TEST_F(Raised, OfTwoWhoRaiseItTheHigherCountsForWhoHoldsIt) {
  const auto higher = raise({{"place", "x"}, {"people", 9}}, on({&created}), "draft", 2);
  const auto between = desk.set({{"people", 15}}, on({&raised}), 1);
  const auto state = merged(and_also(all, {higher, between}));
  EXPECT_TRUE(own(state, 1).closed);
  EXPECT_FALSE(own(state, 2).closed);
  EXPECT_EQ(own(state, 2).registers.at("people").live.size(), 2u) << "what the lower one goes on with is seen";
  EXPECT_EQ(own(state, 2).registers.at("place").live.size(), 1u);
  const auto held = merged(and_also(all, {between}));
  EXPECT_FALSE(own(held, 1).closed);
  EXPECT_EQ(text(held), R"({"people":15,"place":"x"})");
}

TEST_F(Raised, APartAboveThatNobodyRaisedItToGoesOnByItself) {
  const auto secret = desk.set({{"route", "r"}}, {}, 2);
  EXPECT_EQ(text(merged(and_also(all, {secret}))), R"({"people":9,"place":"x","route":"r"})");
}

TEST(Merge, TwoNodesImportTheSameRowAndAPersonAmendsOne) {
  Desk desk;
  const auto here = desk.import({{"people", 9}}, 5, {});
  const auto there = desk.import({{"people", 9}}, 5, {});
  const auto amended = desk.set({{"people", 12}}, on({&here}));
  const auto state = merged({here, there, amended});
  EXPECT_EQ(text(state), R"({"people":12})");
  EXPECT_THAT(state.conflicts(), IsEmpty());
}

TEST(Merge, RowsOfDifferentOriginAreTwoSetters) {
  Desk desk;
  const auto a = desk.import({{"people", 9}}, 5, {});
  const auto b = desk.import({{"people", 10}}, 6, {});
  EXPECT_EQ(merged({a, b}).conflicts().size(), 1u);
}

TEST(Merge, ARowThatIsCorrectedAndTakenBackHasItsLastValue) {
  Desk desk;
  const auto first = desk.import({{"people", 9}}, 5, {});
  const auto corrected = desk.import({{"people", 10}}, 6, on({&first}));
  const auto taken_back = desk.import({{"people", 9}}, 5, on({&corrected}));
  const auto state = merged({first, corrected, taken_back});
  EXPECT_EQ(text(state), R"({"people":9})");
  EXPECT_THAT(state.conflicts(), IsEmpty());
}

TEST(Merge, RowsImportedBackAndForthInARingLoseNothing) {
  Desk desk;
  const auto a1 = desk.import({{"n", 1}}, 1, {}), b1 = desk.import({{"n", 2}}, 2, {}), c1 = desk.import({{"n", 3}}, 3, {});
  const auto b2 = desk.import({{"n", 2}}, 2, on({&a1})), c2 = desk.import({{"n", 3}}, 3, on({&b1})),
             a2 = desk.import({{"n", 1}}, 1, on({&c1}));
  EXPECT_EQ(own(merged({a1, b1, c1, a2, b2, c2})).registers.at("n").live.size(), 3u);
}

TEST(Merge, AnApprovalOfAnImportedRowCoversTheOtherNodesImport) {
  Desk desk;
  const auto here = desk.import({{"people", 9}}, 5, {});
  const auto there = desk.import({{"people", 9}}, 5, {});
  const auto approved = desk.approve(on({&here}));
  EXPECT_THAT(own(merged({here, there, approved})).proposals, IsEmpty());
}

TEST(Merge, AnEntryWithoutItsBaseIsParkedWithAllThatStandOnIt) {
  Desk desk;
  const auto first = desk.set({{"people", 9}}, {});
  const auto missing = desk.set({{"people", 10}}, on({&first}));
  const auto child = desk.set({{"people", 11}}, on({&missing}));
  const auto grandchild = desk.set({{"place", "x"}}, on({&child}));
  const auto state = merged({first, child, grandchild});
  EXPECT_EQ(text(state), R"({"people":9})");
  EXPECT_THAT(state.parked, UnorderedElementsAre(child.hash, grandchild.hash));
  EXPECT_EQ(text(merged({first, missing, child, grandchild})), R"({"people":11,"place":"x"})");
}

TEST(Merge, TheSameEntryTwiceIsOne) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  EXPECT_EQ(own(merged({a, a, a})).registers.at("people").live.at(0).setters.size(), 1u);
}

TEST(Merge, APurgedBodySaysNothingButItsPlaceInThePastStays) {
  Desk desk;
  const auto a = desk.set({{"people", 9}}, {});
  auto spilled = desk.set({{"people", 10}}, on({&a}));
  const auto later = desk.set({{"people", 11}}, on({&spilled}));
  spilled.body = {};
  spilled.body_bytes.clear();
  EXPECT_EQ(text(merged({a, spilled})), R"({"people":9})");
  EXPECT_EQ(text(merged({a, spilled, later})), R"({"people":11})");
}

TEST(Merge, AnAuthorityEntrySeesItsOwnRecordThroughOthers) {
  struct Through final : Ancestry {
    EntryHash bridge, below;
    std::optional<std::vector<EntryHash>> nearest(const EntryHash& hash, const RecordId&) const override {
      if (hash == bridge) return std::vector<EntryHash>{below};
      return std::nullopt;
    }
    std::uint32_t depth_of(const EntryHash&) const override { return 40; }
  };
  Desk desk;
  const auto first = desk.set({{"name", "A"}}, {});
  Through ancestry;
  ancestry.bridge = id_of<EntryHash>(99);
  ancestry.below = first.hash;
  const auto second = desk.set({{"name", "B"}}, {ancestry.bridge});
  const std::vector<Entry> entries = {second, first};
  const auto state = merge_record(entries, rank, &ancestry);
  EXPECT_EQ(text(state), R"({"name":"B"})");
  EXPECT_THAT(state.conflicts(), IsEmpty());
  EXPECT_EQ(state.depth, 41u) << "depth runs through the whole authority set";
  EXPECT_EQ(merge_record(entries, rank).parked.size(), 1u) << "without ancestry the base is unknown";
}

TEST(Merge, TheIdOfAConflictSpeaksOfRecordPartAndFieldOnly) {
  const auto record = id_of<RecordId>(3);
  EXPECT_EQ(conflict_id(record, part_at(1), "people"), conflict_id(record, part_at(1), "people"));
  EXPECT_NE(conflict_id(record, part_at(1), "people"), conflict_id(record, part_at(2), "people"));
  EXPECT_NE(conflict_id(record, part_at(1), "people"), conflict_id(record, part_at(1), "place"));
}

TEST(Merge, TheDigestOfAPartIsThatOfItsShownValues) {
  Desk desk;
  const auto a = desk.set({{"people", 9}, {"gone", 1}}, {});
  const auto b = desk.set({{"gone", nullptr}}, on({&a}));
  const auto c = desk.set({{"people", 9}}, {});
  EXPECT_EQ(values_digest(own(merged({a, b}))), values_digest(own(merged({c}))));
  EXPECT_NE(values_digest(own(merged({a}))), values_digest(own(merged({c}))));
}

// Whoever may write for unit 8 adds a part to a record of unit 7; handling and hash cannot make it the home.
TEST(MergeHome, APartAddedElsewhereNeitherVoidsNorRetypesNorFills) {
  Desk desk;
  const auto made = desk.act("create", "draft", {}, 1, {{"place", Json("here")}});
  const auto alone = merge_record(std::vector{made}, nullptr);
  for (const HandlingLevel handling : {0, 1, 2}) {
    const auto elsewhere = part_at(handling, 8);
    Body body;
    body.act = "void";
    body.state = "gone";
    body.set = {{"place", Json("there")}, {"clearance", Json("restricted")}};
    const std::vector entries = {made, desk.make(Form::kAct, body, {}, elsewhere, "other"),
                                 desk.make(Form::kAct, body, {made.hash}, elsewhere)};
    const auto state = merge_record(entries, nullptr);
    EXPECT_FALSE(state.voided);
    EXPECT_EQ(state.state, "draft");
    EXPECT_EQ(state.values(), alone.values());
    EXPECT_EQ(state.parts.size(), 1U);
    EXPECT_EQ(state.parts.begin()->second.heads, alone.parts.begin()->second.heads);
    std::vector<const Entry*> pointers;
    for (const auto& entry : entries) pointers.push_back(&entry);
    EXPECT_EQ(home_of(pointers)->type, "sample");
    EXPECT_EQ(home_of(pointers)->audience, part_at(1).audience);
  }
}

// Node 2 knows the id. Handling, hash, authority and order of arrival are his to choose; the node is not.
TEST(MergeHome, AnIdThatNamesItsNodeIsFoundedByThatNodeAlone) {
  Desk desk;
  desk.record = bound_id(1'700'000'000'000, 77, id_of<NodeId>(1));
  const auto made = desk.act("create", "draft", {}, 1, {{"place", Json("here")}});
  const auto alone = merge_record(std::vector{made}, nullptr);
  EXPECT_EQ(alone.state, "draft");
  desk.node = id_of<NodeId>(2);
  Body body;
  body.act = "create";
  body.state = "gone";
  body.set = {{"place", Json("there")}};
  std::vector<Entry> rogue;
  for (const auto& audience : {Audience::own(id_of<UnitId>(8)), Audience::own(id_of<UnitId>(6)), Audience::all(), Audience::authority()})
    rogue.push_back(desk.make(Form::kAct, body, {}, PartKey{0, audience}, "other"));
  EXPECT_TRUE(merge_record(rogue, nullptr).parts.empty()) << "nor where its own node's entries are not held";
  rogue.push_back(made);
  const auto state = merge_record(rogue, nullptr);
  EXPECT_EQ(state.state, "draft");
  EXPECT_EQ(state.values(), alone.values());
  EXPECT_EQ(state.parts.size(), 1U);
}

// Admission refuses the first; what stands on it then begins nothing, whatever its act.
TEST(MergeHome, WithoutAnEntryThatBeginsItARecordIsNotShown) {
  Desk desk;
  const auto first = desk.make(
      Form::kAct,
      [] {
        Body body;
        body.act = "create";
        return body;
      }(),
      {}, part_at(1, 8));
  for (const auto* act : {"create", "void", "submit"}) {
    const auto after = desk.make(
        Form::kAct,
        [&] {
          Body body;
          body.act = act;
          body.set = {{"a", Json(1)}};
          return body;
        }(),
        {first.hash}, part_at(1, 8), "other");
    EXPECT_FALSE(home_of(std::vector{&after}).has_value());
    const auto made = desk.act("create", "draft", {}, 1);
    const auto home = home_of(std::vector{&after, &made});
    ASSERT_TRUE(home);
    EXPECT_EQ(home->audience, part_at(1).audience);
    EXPECT_EQ(home->type, "sample");
  }
}

TEST(BoundId, OfARowNamesTheNodeAndTheRow) {
  const auto one = id_of<NodeId>(1), other = id_of<NodeId>(2);
  const auto row = crypto::sha256(std::string_view("a row")), another = crypto::sha256(std::string_view("another row"));
  EXPECT_TRUE(is_bound_to(bound_row_id(row, one), one));
  EXPECT_FALSE(is_bound_to(bound_row_id(row, one), other));
  EXPECT_EQ(bound_row_id(row, one), bound_row_id(row, one));
  const auto [first, last] = bound_row_ids(row);
  for (const auto& node : {one, other}) {
    EXPECT_TRUE(first <= bound_row_id(row, node) && bound_row_id(row, node) <= last);
    EXPECT_FALSE(first <= bound_row_id(another, node) && bound_row_id(another, node) <= last);
  }
}

TEST(BoundId, NamesOneNode) {
  const auto one = id_of<NodeId>(1), other = id_of<NodeId>(2);
  const auto id = bound_id(1'700'000'000'000, 0xfedcba98, one);
  EXPECT_TRUE(is_bound(id));
  EXPECT_TRUE(is_bound_to(id, one));
  EXPECT_FALSE(is_bound_to(id, other));
  for (std::size_t byte = 0; byte < id.bytes.size(); ++byte) {
    auto changed = id;
    changed.bytes[byte] ^= 1;
    EXPECT_FALSE(is_bound_to(changed, one)) << byte;
  }
  EXPECT_NE(bound_id(1'700'000'000'000, 0xfedcba99, one), id);
  SeededRng rng(1);
  EXPECT_FALSE(is_bound(make_uuid7(1'700'000'000'000, rng)));
  EXPECT_FALSE(is_bound(make_uuid8(crypto::sha256("a row"))));
  EXPECT_LT(id, bound_id(1'700'000'070'000, 0, one)) << "later ids stand behind";
}

}  // namespace
}  // namespace nc::journal
