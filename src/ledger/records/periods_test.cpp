// What is said of a period: closings and their parts, made by the program alone, all or nothing; nil entries that mean something.
#include "base/files.h"
#include "ledger/records/node_world_test.h"

namespace nc::records {
namespace {

class ClosingsTest : public RecordsTest {
 protected:
  static Json date(std::int32_t month, std::int32_t dom) {
    return catalog::json_from_date({to_day(2024, month, dom), DatePrecision::kDay, false});
  }
  Json part_values(int number) const {
    return Json().set("unit", unit_.hex()).set("number", number).set("counted", "part " + std::to_string(number));
  }
  Closing closing(int parts) const {
    Closing out;
    out.head.type = "period_closing";
    out.head.by_program = true;
    auto& values = out.head.values;
    values.set("unit", unit_.hex()).set("line", "command").set("from", date(1, 1)).set("until", date(3, 31));
    values.set("as_of", date(4, 1)).set("parameters", "{}").set("counted", "x").set("set_digest", std::string(64, '0'));
    out.part_type = "period_closing_part";
    JsonArray rows;
    for (int i = 1; i <= parts; ++i) {
      out.parts.push_back(part_values(i));
      rows.push_back(Json().set("digest", std::string(64, '1')).set("figures", 0).set("records", i));
    }
    values.set("parts", std::move(rows));
    return out;
  }
  std::int64_t entries() { return ledger_->verify()->entries; }
};

TEST_F(ClosingsTest, ItsPartsAreWrittenWithItAndEachRowNamesItsOwn) {
  const auto made = ledger_->create_closing(ledger_->console(), closing(5));
  ASSERT_TRUE(made) << made.error().error.english();
  const auto rows = view(made->id).values["parts"].as_array();
  ASSERT_EQ(rows.size(), 5U);
  for (int i = 0; i < 5; ++i) {
    const auto part = view(*RecordId::from_hex(rows[static_cast<std::size_t>(i)].text("part")));
    EXPECT_EQ(part.values.integer("number"), i + 1);
    EXPECT_EQ(part.base_part().key, view(made->id).base_part().key) << "whoever reads the closing reads its parts";
  }
  EXPECT_TRUE(ledger_->verify()->problems.empty());
  EXPECT_TRUE(ledger_->rebuild(true)->differs.empty());
}

TEST_F(ClosingsTest, WhenOneOfThemIsRefusedNothingIsWritten) {
  const auto before = entries();
  auto bad = closing(3);
  bad.parts[2].set("number", "three");
  EXPECT_FALSE(ledger_->create_closing(ledger_->console(), bad));
  bad = closing(3);
  bad.head.values.erase("set_digest");
  EXPECT_FALSE(ledger_->create_closing(ledger_->console(), bad)) << "the parts were fine";
  EXPECT_EQ(entries(), before);
  EXPECT_TRUE(ledger_->create_closing(ledger_->console(), closing(3)));
  EXPECT_EQ(entries(), before + 4);
}

TEST_F(ClosingsTest, NobodyButTheProgramMakesAPartOrChangesOne) {
  const auto console = ledger_->console();
  const auto typed = ledger_->create(console, {std::nullopt, "period_closing_part", part_values(1), std::nullopt, std::nullopt});
  ASSERT_FALSE(typed);
  EXPECT_EQ(typed.error().error.code, ErrorCode::kDenied);
  const Imported row{imported_id("closing", "1"), "period_closing_part", part_values(1), Digest{}, "", std::nullopt};
  const auto imported = ledger_->import(console, {row}).front();
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().error.code, ErrorCode::kDenied);
  auto by_hand = closing(2);
  by_hand.head.by_program = false;
  EXPECT_FALSE(ledger_->create_closing(console, by_hand));
  const auto made = ledger_->create_closing(console, closing(2));
  ASSERT_TRUE(made);
  const auto part = *RecordId::from_hex(view(made->id).values["parts"].as_array()[0].text("part"));
  EXPECT_FALSE(ledger_->amend(console, {part, {}, Json(JsonObject{{"counted", Json("y")}}), {}}));
  EXPECT_EQ(view(part).values.text("counted"), "part 1");
  EXPECT_FALSE(ledger_->amend(console, {made->id, {}, Json(JsonObject{{"parts", Json(JsonArray{})}}), {}}));
}

class NilEntries : public RecordsTest {
 protected:
  WriteResult nil(const std::string& kind, std::int32_t until, const Confirmed& confirmed = {}) {
    Json values;
    values.set("unit", unit_.hex()).set("from", catalog::json_from_date({to_day(2026, 1, 1), DatePrecision::kDay, false}));
    values.set("until", catalog::json_from_date({until, DatePrecision::kDay, false}));
    values.set("nil_kinds", JsonArray{Json(JsonObject{{"kind", Json(kind)}})});
    return ledger_->create(ledger_->console(), {std::nullopt, "nil_entry", values, std::nullopt, std::nullopt}, confirmed);
  }
};

TEST_F(NilEntries, SpeakOfKindsThatAreCounted) {
  const auto ended = to_day(2026, 3, 31);
  EXPECT_TRUE(nil("patrol", ended));
  for (const char* kind : {"patrl", "Patrol", "unit", "account", "nil_entry", ""}) {
    const auto refused = nil(kind, ended);
    ASSERT_FALSE(refused) << kind;
    EXPECT_EQ(refused.error().error.code, ErrorCode::kInvalid) << kind;
  }
  EXPECT_NE(nil("patrl", ended).error().error.english().find("patrol"), std::string::npos) << "the nearest is named";
}

// Else the figures of months to come would show 0.
TEST_F(NilEntries, SayWhyWhenThePeriodIsNotOver) {
  const auto today = ledger_->today();
  EXPECT_TRUE(nil("patrol", today - 1));
  for (const auto until : {today, today + 40}) {
    const auto asked = nil("patrol", until);
    ASSERT_FALSE(asked);
    ASSERT_EQ(asked.error().findings.size(), 1U);
    EXPECT_EQ(asked.error().findings[0].rule, "nil_before_the_end");
    EXPECT_TRUE(nil("patrol", until, {{"nil_before_the_end", "đồn đóng cửa"}}));
  }
}

}  // namespace
}  // namespace nc::records
