// What is worked out before its turn holds only for the World it was worked out in.
#include <gmock/gmock.h>

#include "ledger/records/test_world.h"

namespace nc::records {
namespace {

// Does something between the plan of a save and its turn: a plan is salted last.
class Between final : public Rng {
 public:
  void fill(std::span<std::uint8_t> out) override {
    system_rng().fill(out);
    if (out.size() != Salt::kSize || !armed_) return;
    armed_ = false;
    then_();
  }
  void before_the_turn(std::function<void()> then) {
    then_ = std::move(then);
    armed_ = true;
  }
  [[nodiscard]] bool done() const { return !armed_; }

 private:
  std::function<void()> then_;
  bool armed_ = false;
};

class PlanTest : public test::LedgerTest {
 protected:
  void SetUp() override {
    options_.rng = &rng_;
    LedgerTest::SetUp();
    Json unit;
    unit.set("code", "kh-post").set("name", "Đồn bạn").set("country", "KH").set("own", false).set("level", "post");
    theirs_ = make(unit, std::nullopt, "unit");
    officer_ = account("lan", "post_officer", "internal");
  }
  Json with_counterpart() const {
    auto values = talks();
    values.erase("counterpart_unnamed");
    return values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(theirs_.hex())}})});
  }
  Between rng_;
  UnitId theirs_;
  access::Subject officer_;
};

TEST_F(PlanTest, WhatNothingChangedIsSavedAsPlanned) {
  bool came = false;
  rng_.before_the_turn([&] { came = true; });
  const auto written = ledger_->create(officer_, {std::nullopt, "talks", with_counterpart(), {}, {}});
  ASSERT_TRUE(written) << written.error().error.english();
  EXPECT_TRUE(came);
  const auto checked = ledger_->rebuild(true);
  ASSERT_TRUE(checked);
  EXPECT_THAT(checked->differs, testing::IsEmpty()) << "the planned rows are those that the journal gives";
  const auto read = ledger_->read(officer_, written->id);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->created_ms, clock_.now_ms);
  EXPECT_EQ(read->parts.front().heads.size(), 1u);
}

TEST_F(PlanTest, AUnitThatBecameOursMeanwhileIsNoCounterpart) {
  rng_.before_the_turn([&] {
    const auto written =
        ledger_->amend(ledger_->console(), {theirs_, {}, Json(JsonObject{{"own", Json(true)}, {"country", Json("VN")}}), {}});
    ASSERT_TRUE(written) << written.error().error.english();
  });
  const auto written = ledger_->create(officer_, {std::nullopt, "talks", with_counterpart(), {}, {}});
  EXPECT_TRUE(rng_.done());
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().error.english(), testing::HasSubstr("is a unit of our side"));
}

TEST_F(PlanTest, AnotherUnitsNameMeanwhileStopsNothing) {
  rng_.before_the_turn(
      [&] { ASSERT_TRUE(ledger_->amend(ledger_->console(), {theirs_, {}, Json(JsonObject{{"name", Json("Đồn Cảnh sát")}}), {}})); });
  const auto written = ledger_->create(officer_, {std::nullopt, "talks", with_counterpart(), {}, {}});
  ASSERT_TRUE(written) << written.error().error.english();
  EXPECT_TRUE(rng_.done());
  ListQuery query;
  query.types = {"talks"};
  query.text = "canh sat";  // the rows were made with the name of the moment
  const auto found = ledger_->list(officer_, query);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->items.size(), 1u);
}

TEST_F(PlanTest, TheSameFormSentTwiceAtOnceIsOneRecord) {
  const Create request{make_uuid7(clock_.now_ms, system_rng()), "talks", with_counterpart(), {}, {}};
  std::optional<WriteResult> inner;
  rng_.before_the_turn([&] { inner = ledger_->create(officer_, request); });
  const auto outer = ledger_->create(officer_, request);
  ASSERT_TRUE(inner && *inner && outer);
  EXPECT_TRUE((*inner)->changed);
  EXPECT_FALSE(outer->changed);
  EXPECT_EQ((*inner)->id, outer->id);
}

}  // namespace
}  // namespace nc::records
