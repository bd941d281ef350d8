// What lies above its author he does not write, whichever way he tries, and is told so beside the field.
#include "foundation/crypto/hash.h"
#include "ledger/records/test_world.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::records::test {
namespace {

class FillingTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    allow_restricted(*ledger_);
    officer_ = account("officer", "post_officer", "internal");
    cleared_ = account("cleared", "post_officer", "restricted");
  }
  [[nodiscard]] Json point() {
    Json values;
    values.set("text", "Điều đã thống nhất").set("state", "open").set("lead_unit", unit_.hex());
    values.set("owner_side", ledger_->world()->catalog->find("agreed_point")->field("owner_side")->options.front().id);
    return values.set("agreed_at", make(talks()).hex());
  }
  [[nodiscard]] Json pupil() const {
    Json values;
    values.set("code", "HS-01").set("programme", "steps").set("side", "domestic").set("lead_unit", unit_.hex()).set("status", "held");
    values.set("consent_support", "both").set("persons", Json(JsonObject{{"total", Json(1)}}));
    return values.set("started_on", catalog::json_from_date({to_day(2024, 9, 5), DatePrecision::kDay, false}));
  }
  WriteResult create(const access::Subject& who, const std::string& type, const Json& values) {
    return ledger_->create(who, {std::nullopt, type, values, std::nullopt, std::nullopt});
  }
  WriteResult remark(const access::Subject& who, const RecordId& id, Json text) {
    return ledger_->amend(who, {id, {}, Json(JsonObject{{"remark", std::move(text)}}), {}});
  }
  void expect_refused_beside(const WriteResult& result, const std::string& field, const char* what) {
    ASSERT_FALSE(result) << what;
    EXPECT_EQ(result.error().error.code, ErrorCode::kDenied) << what << ": " << result.error().error.english();
    EXPECT_EQ(result.error().error.where, field) << what << ": " << result.error().error.english();
  }
  access::Subject officer_, cleared_;
};

TEST_F(FillingTest, ANewRecordRefusesWhatItsAuthorMayNotReadAsAmendingDoes) {
  const auto values = point();
  const auto id = make(values, std::nullopt, "agreed_point");
  const auto before = *ledger_->digest();
  auto with_remark = values;
  with_remark.set("remark", "ghi chú kín");
  const auto created = create(officer_, "agreed_point", with_remark);
  expect_refused_beside(created, "remark", "creating");
  const auto amended = remark(officer_, id, Json("ghi chú kín"));
  expect_refused_beside(amended, "remark", "amending");
  EXPECT_EQ(created.error().error.english(), amended.error().error.english());
  EXPECT_EQ(*ledger_->digest(), before) << "nothing was changed";
  EXPECT_TRUE(create(officer_, "agreed_point", values)) << "what he may read he may enter";
  const auto his = create(cleared_, "agreed_point", with_remark);
  ASSERT_TRUE(his) << his.error().error.english();
  EXPECT_EQ(ledger_->read(cleared_, his->id)->values.text("remark"), "ghi chú kín");
}

TEST_F(FillingTest, PersonalDataAreEnteredByWhoMayReadTheirPart) {
  auto values = pupil();
  values.set("person_name", "Trần Thị Thử Nghiệm");
  const auto custodian = account("custodian", "pupil_custodian", "restricted");
  const auto low = account("low", "pupil_custodian", "internal");
  expect_refused_beside(create(officer_, "pupil", values), "person_name", "an officer");
  expect_refused_beside(create(low, "pupil", values), "person_name", "a custodian who is not cleared");
  const auto made = create(custodian, "pupil", values);
  ASSERT_TRUE(made) << made.error().error.english();
}

// The refusal follows from the type and the person: what stands in the field, or that nothing does, changes no byte of it.
TEST_F(FillingTest, NobodyLearnsByTryingWhatStandsAboveHim) {
  const auto values = point();
  auto with_remark = values;
  with_remark.set("remark", "ghi chú kín");
  const auto full = make(with_remark, std::nullopt, "agreed_point"), empty = make(values, std::nullopt, "agreed_point");
  const auto told = [&](const RecordId& id, Json text) {
    const auto result = remark(officer_, id, std::move(text));
    return result ? std::string(result->changed ? "changed" : "as it was") : result.error().error.english();
  };
  const auto answer = told(empty, Json("sai"));
  for (const auto& text : {Json("ghi chú kín"), Json("sai"), Json()}) {
    EXPECT_EQ(told(full, text), answer) << canonical(text);
    EXPECT_EQ(told(empty, text), answer) << canonical(text);
  }
  const auto stranger = ledger_->subject("security").value();
  const auto absent = system_rng().make<RecordId>();
  for (const auto& change : {Json(JsonObject{{"remark", Json("x")}}), Json(JsonObject{{"no_such_field", Json("x")}})})
    EXPECT_EQ(ledger_->amend(stranger, {full, {}, change, {}}).error().error.english(),
              ledger_->amend(stranger, {absent, {}, change, {}}).error().error.english())
        << "hidden and absent ids answer alike";
}

TEST_F(FillingTest, ARowOfAFileBringsNothingAboveItsImporterEither) {
  Imported row{imported_id("points", "1"), "agreed_point", point(), crypto::sha256("1"), "", std::nullopt};
  const auto import = [&](const access::Subject& who) { return ledger_->import(who, {row}).front(); };
  row.values.set("remark", "ghi chú kín");
  expect_refused_beside(import(officer_), "remark", "a new row");
  ASSERT_TRUE(import(cleared_));
  row.values.set("remark", "ghi chú khác");
  row.origin = crypto::sha256("2");
  expect_refused_beside(import(officer_), "remark", "a row that changed");
  // A file without the column says nothing of it: what is above the importer stays.
  row.values.as_object().erase("remark");
  row.values.set("text", "Điều sửa lại");
  row.origin = crypto::sha256("3");
  const auto taken = import(officer_);
  ASSERT_TRUE(taken) << taken.error().error.english();
  const auto now = ledger_->read(cleared_, row.id)->values;
  EXPECT_EQ(now.text("text"), "Điều sửa lại");
  EXPECT_EQ(now.text("remark"), "ghi chú kín");
}

}  // namespace
}  // namespace nc::records::test
