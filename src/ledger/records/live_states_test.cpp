// Steps that two people took side by side, on two machines of a node, and deciding between them.
#include "ledger/records/live_states.h"

#include "ledger/records/seen.h"
#include "ledger/records/test_world.h"
#include "ledger/records/two_nodes_for_test.h"

namespace nc::records {
namespace {

class LiveStates : public test::LedgerTest {
 protected:
  void SetUp() override {
    test::LedgerTest::SetUp();
    for (const auto* login : {"officer", "second", "third"}) account(login, "post_officer", "internal");
    account("commander", "post_commander", "internal");
    id_ = make(talks());
    ASSERT_TRUE(step(*ledger_, "officer", "submit"));
  }
  WriteResult step(Ledger& ledger, const std::string& login, const std::string& act, const std::string& reason = {},
                   const crypto::SigningKey* key = nullptr) {
    const auto strength = key ? access::Strength::kStepUp : access::Strength::kFull;
    return ledger.transition(*ledger.subject(login, strength), {id_, act, reason, key});
  }
  // What `elsewhere` did on another machine is brought here after `here` was done.
  void side_by_side(const std::function<WriteResult(Ledger&)>& here, const std::function<WriteResult(Ledger&)>& elsewhere) {
    test::SecondMachine second(dir_, options_);
    const auto mine = here(*ledger_), other = elsewhere(second.ledger());
    ASSERT_TRUE(mine) << mine.error().error.english();
    ASSERT_TRUE(other) << other.error().error.english();
    ledger_.reset();
    second.bring();
    reopen();
    ASSERT_TRUE(ledger_->rebuild(false));
  }
  void returned_and_withdrawn() {
    side_by_side([&](Ledger& ledger) { return step(ledger, "commander", "return", "thiếu biên bản"); },
                 [&](Ledger& ledger) { return step(ledger, "officer", "withdraw"); });
  }
  std::vector<LiveState> live() {
    std::vector<LiveState> out;
    EXPECT_TRUE(ledger_->inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
      NC_ASSIGN(out, live_states(db, journal, *ledger_->read(ledger_->console(), id_)));
      return {};
    }));
    return out;
  }
  std::string state() { return ledger_->read(ledger_->console(), id_)->state; }
  static void refused(const WriteResult& result, ErrorCode code) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().error.code, code) << result.error().error.english();
  }

  RecordId id_;
};

TEST_F(LiveStates, NothingIsInConflictWhereEachStepSawTheOneBefore) {
  ASSERT_TRUE(step(*ledger_, "commander", "return", "thiếu"));
  EXPECT_TRUE(live().empty());
  refused(step(*ledger_, "second", keep_state("recorded")), ErrorCode::kConflict);
  EXPECT_EQ(state(), "returned");
}

TEST_F(LiveStates, AThirdPersonKeepsOneAndBothStepsStayInTheHistory) {
  returned_and_withdrawn();
  const auto both = live();
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].state, "returned") << "of greater rank: shown first";
  EXPECT_EQ(both[1].state, "recorded");
  EXPECT_EQ(both[0].setters.size(), 1U);
  EXPECT_FALSE(both[0].binding);
  EXPECT_EQ(state(), "returned");
  refused(step(*ledger_, "officer", keep_state("recorded")), ErrorCode::kDenied);  // his own step alone
  refused(step(*ledger_, "second", keep_state("approved")), ErrorCode::kConflict);
  const auto kept = step(*ledger_, "second", keep_state("recorded"));
  ASSERT_TRUE(kept) << kept.error().error.english();
  EXPECT_EQ(state(), "recorded");
  EXPECT_TRUE(live().empty());
  refused(step(*ledger_, "third", keep_state("returned")), ErrorCode::kConflict);
  const auto history = *ledger_->history(ledger_->console(), id_);
  EXPECT_EQ(history.back().act, kKeepState);
  EXPECT_EQ(std::ranges::count_if(history, [](const auto& item) { return item.act == "return" || item.act == "withdraw"; }), 2);
  // The derived tables say the same when they are made anew.
  ASSERT_TRUE(ledger_->rebuild(false));
  EXPECT_EQ(state(), "recorded");
}

// He would decide between somebody else's step and that of the person whose rights he holds.
TEST_F(LiveStates, NorDoesHeWhoStandsInForOneOfThem) {
  returned_and_withdrawn();
  const auto key = crypto::SigningKey::generate(system_rng());
  ASSERT_TRUE(ledger_->certify_key(ledger_->console(), ledger_->subject("officer")->person, key.public_key()));
  const auto today = ledger_->today();
  const auto lent = ledger_->delegate(
      *ledger_->subject("officer", access::Strength::kStepUp),
      {ledger_->subject("second")->person, {"post_officer", unit_, orgtree::Line::kCommand, "", today, today + 5}, "đi công tác", &key});
  ASSERT_TRUE(lent) << lent.error().error.english();
  refused(step(*ledger_, "second", keep_state("recorded")), ErrorCode::kDenied);
  EXPECT_TRUE(step(*ledger_, "third", keep_state("recorded")));
}

TEST_F(LiveStates, WhoHasNotSeenAllOfItDecidesNothing) {
  returned_and_withdrawn();
  const auto seen = ledger_->read(ledger_->console(), id_)->base_part().heads;
  const auto remark = ledger_->amend(ledger_->console(), {id_, {}, Json(JsonObject{{"remark", Json("mới")}}), {}});
  ASSERT_TRUE(remark) << remark.error().error.english();
  const auto late = ledger_->transition(*ledger_->subject("second"), {id_, keep_state("recorded"), "", nullptr, std::nullopt, seen});
  refused(late, ErrorCode::kConflict);
  EXPECT_EQ(live().size(), 2U);
}

// Whoever keeps "submitted" has not submitted it: the one who did still cannot approve, and he himself can.
TEST_F(LiveStates, WhoKeepsAStateHasNotTakenTheStep) {
  returned_and_withdrawn();
  ASSERT_TRUE(step(*ledger_, "second", keep_state("returned")));
  std::vector<journal::Stored> entries;
  ASSERT_TRUE(ledger_->inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(entries, journal.entries_of(db, id_));
    return {};
  }));
  EXPECT_EQ(entered_by(entries, "returned"), std::vector<PersonId>{ledger_->subject("commander")->person});
}

TEST_F(LiveStates, AnApprovalInForceIsNotSetAsideWithoutReopening) {
  const auto key = crypto::SigningKey::generate(system_rng());
  ASSERT_TRUE(ledger_->certify_key(ledger_->console(), ledger_->subject("commander")->person, key.public_key()));
  side_by_side([&](Ledger& ledger) { return step(ledger, "commander", "approve", "", &key); },
               [&](Ledger& ledger) { return step(ledger, "officer", "withdraw"); });
  ASSERT_EQ(live().size(), 2U);
  EXPECT_TRUE(live()[0].binding);
  refused(step(*ledger_, "second", keep_state("recorded")), ErrorCode::kConflict);
  EXPECT_EQ(live().size(), 2U);
  const auto kept = step(*ledger_, "second", keep_state("approved"));
  ASSERT_TRUE(kept) << kept.error().error.english();
  const auto record = *ledger_->read(ledger_->console(), id_);
  EXPECT_EQ(record.state, "approved");
  EXPECT_TRUE(record.bound) << "the approval stays the approval";
  EXPECT_TRUE(live().empty());
}

TEST_F(LiveStates, WhoMayNotKnowTheRecordLearnsNothing) {
  returned_and_withdrawn();
  Json unit;
  unit.set("code", "vn-post-z").set("name", "Đồn Z").set("own", true).set("country", "VN").set("chain", "VN-defence");
  const auto elsewhere = make(unit, std::nullopt, "unit");
  Json values, grants{JsonArray{}};
  grants.push(Json(JsonObject{{"line", Json("command")}, {"role", Json("post_officer")}, {"unit", Json(elsewhere.hex())}}));
  values.set("login", "stranger").set("display", "stranger").set("unit", elsewhere.hex()).set("grants", std::move(grants));
  values.set("clearance", "internal");
  make(values, std::nullopt, "account");
  refused(step(*ledger_, "stranger", keep_state("recorded")), ErrorCode::kNotFound);
  id_ = system_rng().make<RecordId>();
  refused(step(*ledger_, "stranger", keep_state("recorded")), ErrorCode::kNotFound);
}

TEST(KeepState, IsReadFromTheActAlone) {
  EXPECT_EQ(kept_state(keep_state("returned")), "returned");
  for (const char* act : {"", "keep-state", "keep-state:", "void", "submit"}) EXPECT_FALSE(kept_state(act)) << act;
}

}  // namespace
}  // namespace nc::records
