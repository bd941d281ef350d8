// Raising the handling of a record on real files: what stands above, what is left below, and who is told what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/records/node_world_test.h"
#include "ledger/records/raising.h"
#include "ledger/records/two_nodes_for_test.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::records {
namespace {

using catalog::Handling;

class RaiseTest : public PeopleTest {
 protected:
  void SetUp() override {
    PeopleTest::SetUp();
    test::allow_restricted(*ledger_);
    officer_ = account("officer", "post_officer");
    commander_ = account("commander", "post_commander", "restricted");
  }
  WriteResult raise(const access::Subject& who, const RecordId& id, Handling to = Handling::kRestricted) {
    return records::raise(*ledger_, who, {id, to, "lộ đường đi"});
  }
  RecordId raised(const Json& values) {
    const auto id = make(values);
    const auto done = raise(commander_, id);
    EXPECT_TRUE(done) << (done ? "" : done.error().error.english());
    return id;
  }
  RecordView seen_by(const access::Subject& who, const RecordId& id) {
    auto read = ledger_->read(who, id);
    if (!read) throw std::runtime_error(read.error().english());
    return std::move(*read);
  }
  std::int64_t listed(const access::Subject& who, ListQuery query = {}) {
    query.types = {"talks"};
    return ledger_->list(who, query)->total;
  }
  // All that a person is told of it, as one text.
  std::string told(const access::Subject& who, const RecordId& id) {
    const auto view = seen_by(who, id);
    Json out;
    out.set("state", view.state).set("voided", view.voided).set("bound", view.bound).set("values", view.values);
    out.set("changed", view.changed_ms).set("arrival", view.arrival).set("title", ledger_->title(who, id, "vi"));
    std::string text = canonical(out);
    for (const auto& part : view.parts) text += part.key.text() + std::to_string(part.heads.size()) + canonical(part.values);
    const auto history = ledger_->history(who, id).value();
    for (const auto& item : history)
      text += item.hash.hex() + item.act + item.reason + canonical(item.before) + canonical(item.after) + std::to_string(item.seq);
    return text;
  }
  void expect_whole() {
    const auto report = ledger_->verify();
    for (const auto& problem : report->problems) ADD_FAILURE() << problem.stream << " " << problem.error.english();
    const auto rebuilt = ledger_->rebuild(true);
    ASSERT_TRUE(rebuilt) << rebuilt.error().english();
    EXPECT_EQ(rebuilt->before, rebuilt->after);
    EXPECT_THAT(rebuilt->differs, testing::IsEmpty());
  }
  static Error refusal(const WriteResult& result) { return result ? Error(ErrorCode::kConflict, "it was done") : result.error().error; }
  Json remark(const std::string& text) { return Json(JsonObject{{"remark", Json(text)}}); }

  access::Subject officer_, commander_;
};

TEST_F(RaiseTest, ItIsRestatedAboveAndWithdrawnBelow) {
  const auto id = make(talks());
  const auto before = view(id);
  ASSERT_EQ(listed(officer_), 1);
  const auto done = raise(commander_, id);
  ASSERT_TRUE(done) << done.error().error.english();
  const auto above = seen_by(commander_, id);
  EXPECT_EQ(above.values, before.values);
  EXPECT_EQ(above.state, before.state);
  EXPECT_EQ(above.created_by, before.created_by);
  EXPECT_EQ(static_cast<Handling>(above.base_part().key.handling), Handling::kRestricted);
  EXPECT_FALSE(withdrawn(above));
  const auto below = seen_by(officer_, id);
  EXPECT_TRUE(withdrawn(below));
  EXPECT_EQ(below.values, Json(JsonObject{}));
  EXPECT_EQ(below.state, "");
  EXPECT_EQ(listed(commander_), 1);
  EXPECT_EQ(listed(officer_), 0);
  EXPECT_EQ(listed(officer_, {.with_voided = true}), 0);
  EXPECT_EQ(listed(officer_, {.own = {unit_}}), 0);
  EXPECT_EQ(listed(commander_, {.own = {unit_}, .text = "cua khau a"}), 1);
  const auto left = ledger_->history(officer_, id).value();
  for (const auto& item : left) {
    EXPECT_THAT(item.fields, testing::IsEmpty());
    EXPECT_EQ(item.reason, "");
  }
  EXPECT_EQ(left.back().act, journal::acts::kPartClosed);
  const auto history = *ledger_->history(commander_, id);
  const auto act = std::ranges::find(history, std::string(journal::acts::kRaise), &HistoryItem::act);
  ASSERT_NE(act, history.end());
  EXPECT_EQ(act->reason, "lộ đường đi");
  EXPECT_THAT(act->fields, testing::IsEmpty()) << "nothing changed but its place";
  expect_whole();
  reopen();
  EXPECT_EQ(listed(officer_), 0);
}

TEST_F(RaiseTest, WhoMayNotOrNeedNotIsToldWhy) {
  const auto id = make(talks());
  EXPECT_EQ(refusal(raise(officer_, id)).code, ErrorCode::kDenied);
  EXPECT_EQ(refusal(raise(account("inspector", "inspector", "restricted"), id)).code, ErrorCode::kDenied);
  auto low = account("low", "post_commander");
  EXPECT_EQ(refusal(raise(low, id)).where, "handling") << "not above one's own clearance";
  EXPECT_EQ(refusal(records::raise(*ledger_, commander_, {id, Handling::kRestricted, " "})).where, "reason");
  EXPECT_EQ(refusal(raise(commander_, id, Handling::kInternal)).code, ErrorCode::kConflict) << "it is so already";
  const auto old = view(id).base_part().heads;
  ASSERT_TRUE(ledger_->amend(commander_, {id, {}, remark("mới"), {}}));
  EXPECT_EQ(refusal(records::raise(*ledger_, commander_, {id, Handling::kRestricted, "vì", old})).code, ErrorCode::kConflict);
  for (const auto& common : {officer_.person, RecordId(unit_)})
    EXPECT_FALSE(records::raise(*ledger_, ledger_->console(), {common, Handling::kRestricted, "vì"})) << "it is for everybody";
  EXPECT_EQ(refusal(raise(commander_, system_rng().make<RecordId>())).code, ErrorCode::kNotFound);
  EXPECT_EQ(listed(officer_), 1) << "nothing was changed";
  expect_whole();
}

TEST_F(RaiseTest, ItNeedsAPlaceThatMayHoldIt) {
  const auto id = make(talks());
  clock_.now_ms += std::int64_t{400} * 24 * 3'600'000;  // the waiver is over
  const auto refused = refusal(records::raise(*ledger_, ledger_->console(), {id, Handling::kRestricted, "vì"}));
  EXPECT_EQ(refused.code, ErrorCode::kDenied);
  EXPECT_EQ(refused.where, "handling");
}

TEST_F(RaiseTest, WhatHappensAboveChangesNothingBelow) {
  const auto id = raised(talks());
  const auto before = told(officer_, id);
  ASSERT_TRUE(ledger_->amend(commander_, {id, {}, remark("kín"), {}}));
  ASSERT_TRUE(ledger_->transition(commander_, {id, "void", "trùng"}));
  EXPECT_EQ(told(officer_, id), before);
  ASSERT_TRUE(ledger_->transition(commander_, {id, "restore", "không trùng"}));
  EXPECT_EQ(told(officer_, id), before);
  EXPECT_EQ(seen_by(commander_, id).values.text("remark"), "kín");
  EXPECT_EQ(listed(officer_), 0);
  const auto last = ledger_->history(commander_, id)->back();
  EXPECT_EQ(static_cast<Handling>(last.part.handling), Handling::kRestricted) << "changes go above";
  expect_whole();
}

TEST_F(RaiseTest, BelowNothingCanBeDoneWithItAndWhoKnowsNothingIsToldNothing) {
  const auto id = raised(talks());
  for (const auto& refused :
       {refusal(ledger_->amend(officer_, {id, {}, remark("x"), {}})), refusal(ledger_->transition(officer_, {id, "submit", ""})),
        refusal(ledger_->transition(officer_, {id, "void", "x"})), refusal(raise(officer_, id))}) {
    EXPECT_EQ(refused.code, ErrorCode::kDenied);
    EXPECT_EQ(refused.english(), refusal(ledger_->amend(officer_, {id, {}, remark("x"), {}})).english()) << "one answer";
  }
  const auto stranger = account("stranger", "post_officer", "open");
  EXPECT_EQ(refusal(ledger_->amend(stranger, {id, {}, remark("x"), {}})).code, ErrorCode::kNotFound);
}

TEST_F(RaiseTest, AVoidRecordStaysVoidAndIsPutInForceAbove) {
  const auto id = make(talks());
  ASSERT_TRUE(ledger_->transition(commander_, {id, "void", "nhập nhầm"}));
  ASSERT_TRUE(raise(commander_, id));
  EXPECT_TRUE(seen_by(commander_, id).voided);
  ASSERT_TRUE(ledger_->transition(commander_, {id, "restore", "không nhầm"}));
  EXPECT_FALSE(seen_by(commander_, id).voided);
  expect_whole();
}

TEST_F(RaiseTest, WhatWasApprovedStaysApprovedAndIsReopenedAbove) {
  const auto key = crypto::SigningKey::generate(system_rng());
  ASSERT_TRUE(ledger_->certify_key(ledger_->console(), commander_.person, key.public_key()));
  const auto id = make(talks());
  ASSERT_TRUE(ledger_->transition(officer_, {id, "submit", ""}));
  auto strong = ledger_->subject("commander", access::Strength::kStepUp).value();
  const auto approved = ledger_->transition(strong, {id, "approve", "", &key});
  ASSERT_TRUE(approved) << approved.error().error.english();
  ASSERT_TRUE(raise(commander_, id));
  EXPECT_TRUE(view(id).bound);
  EXPECT_EQ(view(id).state, "approved");
  EXPECT_FALSE(ledger_->amend(commander_, {id, {}, remark("x"), {}})) << "an approved record is not amended";
  const auto reopened = ledger_->transition(strong, {id, "reopen", "sửa lại", &key});
  ASSERT_TRUE(reopened) << reopened.error().error.english();
  EXPECT_FALSE(view(id).bound);
  const auto amended = ledger_->amend(commander_, {id, {}, remark("đã sửa"), {}});
  ASSERT_TRUE(amended) << amended.error().error.english();
  ASSERT_TRUE(ledger_->transition(officer_ = account("second", "post_officer", "restricted"), {id, "submit", ""}));
  expect_whole();
}

TEST_F(RaiseTest, WhoAmendedBelowMeanwhileIsInConflictAboveAndItIsDecidedThere) {
  const auto id = make(talks());
  {
    test::SecondMachine second(dir_, options_);
    ASSERT_TRUE(second.ledger().amend(second.ledger().console(), {id, {}, Json(JsonObject{{"level", Json("province")}}), {}}));
    ASSERT_TRUE(second.ledger().amend(second.ledger().console(), {id, {}, remark("viết dưới"), {}}));
    ASSERT_TRUE(raise(commander_, id));
    ledger_.reset();
    second.bring();
  }
  reopen();
  ASSERT_TRUE(ledger_->rebuild(false));
  const auto above = seen_by(commander_, id);
  EXPECT_EQ(above.base_part().conflicts, std::vector<std::string>{"level"});
  EXPECT_EQ(above.values.text("remark"), "viết dưới") << "what nobody else wrote joins";
  EXPECT_TRUE(withdrawn(seen_by(officer_, id)));
  EXPECT_EQ(seen_by(officer_, id).values, Json(JsonObject{}));
  const auto before = told(officer_, id);
  const auto decided = ledger_->amend(commander_, {id, {}, Json(JsonObject{{"level", Json("province")}}), {"level"}});
  ASSERT_TRUE(decided) << decided.error().error.english();
  EXPECT_THAT(seen_by(commander_, id).base_part().conflicts, testing::IsEmpty());
  EXPECT_EQ(seen_by(commander_, id).values.text("level"), "province");
  EXPECT_EQ(told(officer_, id), before);
  expect_whole();
}

TEST_F(RaiseTest, AConflictStaysOneAndStepsSideBySideToo) {
  const auto id = make(talks());
  {
    test::SecondMachine second(dir_, options_);
    ASSERT_TRUE(second.ledger().amend(second.ledger().console(), {id, {}, Json(JsonObject{{"level", Json("province")}}), {}}));
    ASSERT_TRUE(second.ledger().transition(second.ledger().console(), {id, "submit", ""}));
    ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, {}, Json(JsonObject{{"level", Json("command")}}), {}}));
    ledger_.reset();
    second.bring();
  }
  reopen();
  ASSERT_TRUE(ledger_->rebuild(false));
  ASSERT_EQ(view(id).base_part().conflicts, std::vector<std::string>{"level"});
  ASSERT_TRUE(raise(commander_, id));
  EXPECT_EQ(seen_by(commander_, id).base_part().conflicts, std::vector<std::string>{"level"});
  EXPECT_EQ(seen_by(commander_, id).state, "submitted");
  const auto decided = ledger_->amend(commander_, {id, {}, Json(JsonObject{{"level", Json("command")}}), {"level"}});
  ASSERT_TRUE(decided) << decided.error().error.english();
  EXPECT_THAT(view(id).base_part().conflicts, testing::IsEmpty());
  expect_whole();
}

TEST_F(RaiseTest, FilesGoWithIt) {
  auto values = talks();
  const auto started = ledger_->files().start(officer_.person, "biên bản.txt");
  ASSERT_TRUE(started && ledger_->files().append(officer_.person, started->id, 0, "Biên bản hội đàm"));
  const auto finished = ledger_->finish_upload(officer_, started->id);
  ASSERT_TRUE(finished) << finished.error().english();
  values.set("attachments", JsonArray{blobs::json_of(*finished->file)});
  const auto made = ledger_->create(officer_, {std::nullopt, "talks", values, std::nullopt, std::nullopt});
  ASSERT_TRUE(made) << made.error().error.english();
  const auto hash = finished->file->sha256;
  ASSERT_TRUE(ledger_->open_attachment(officer_, made->id, hash));
  ASSERT_TRUE(raise(commander_, made->id));
  EXPECT_EQ(ledger_->attachment(officer_, made->id, hash).error().code, ErrorCode::kNotFound);
  const auto file = ledger_->open_attachment(commander_, made->id, hash);
  ASSERT_TRUE(file) << file.error().english();
  EXPECT_EQ(file->size(), std::string_view("Biên bản hội đàm").size());
  EXPECT_THAT(ledger_->verify_files()->problems, testing::IsEmpty());
  expect_whole();
}

TEST_F(RaiseTest, TheSameFormSentAgainFindsTheRecordThatWasRaised) {
  const auto form = make_uuid7(1, system_rng());
  const Create request{form, "talks", talks(), std::nullopt, std::nullopt};
  const auto made = ledger_->create(commander_, request);
  ASSERT_TRUE(made);
  ASSERT_TRUE(raise(commander_, made->id));
  const auto again = ledger_->create(commander_, request);
  ASSERT_TRUE(again) << again.error().error.english();
  EXPECT_FALSE(again->changed);
}

TEST_F(RaiseTest, FromOpenItGoesUpTwice) {
  const auto made = ledger_->create(
      ledger_->console(), {std::nullopt, "source", Json(JsonObject{{"title", Json("Báo cáo năm 2024")}}), std::nullopt, std::nullopt});
  ASSERT_TRUE(made) << made.error().error.english();
  const auto open = account("open", "post_commander", "open");
  EXPECT_EQ(seen_by(open, made->id).values.text("title"), "Báo cáo năm 2024");
  const auto keeper = account("keeper", "provincial_staff", "restricted");
  EXPECT_EQ(refusal(raise(commander_, made->id, Handling::kInternal)).code, ErrorCode::kDenied) << "a list that all use has its keepers";
  ASSERT_TRUE(raise(keeper, made->id, Handling::kInternal));
  EXPECT_TRUE(withdrawn(seen_by(open, made->id)));
  EXPECT_FALSE(withdrawn(seen_by(officer_, made->id)));
  ASSERT_TRUE(ledger_->amend(keeper, {made->id, {}, Json(JsonObject{{"title", Json("Báo cáo sửa")}}), {}}));
  EXPECT_EQ(seen_by(officer_, made->id).values.text("title"), "Báo cáo sửa");
  ASSERT_TRUE(raise(keeper, made->id));
  EXPECT_EQ(seen_by(commander_, made->id).values.text("title"), "Báo cáo sửa");
  EXPECT_TRUE(withdrawn(seen_by(officer_, made->id)));
  EXPECT_EQ(seen_by(open, made->id).parts.size(), 1U);
  expect_whole();
}

}  // namespace
}  // namespace nc::records
