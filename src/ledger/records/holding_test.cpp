// What a node may hold: its ceiling, and restricted content on an encrypted volume or under a waiver.
#include "ledger/records/holding.h"

#include "base/files.h"
#include "ledger/records/test_world.h"
#include "ledger/records/waiving.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;
using catalog::Handling;

class HoldingTest : public test::LedgerTest {
 protected:
  WriteResult create_restricted() {
    return ledger_->create(ledger_->console(), {std::nullopt, "talks", talks(), Handling::kRestricted, std::nullopt});
  }
  static Json day(std::int32_t number) { return catalog::json_from_date({number, DatePrecision::kDay, false}); }
  RecordId waive(std::int32_t from, std::int32_t until, const std::string& reason = "đang mua ổ mã hóa") {
    if (person_.is_zero()) person_ = account("commander", "post_commander", "restricted").person;
    Json values;
    values.set("node", ledger_->identity().node.hex()).set("person", person_.hex()).set("reason", reason);
    values.set("from", day(from)).set("until", day(until));
    return make(values, std::nullopt, "handling_waiver");
  }
  // A kernel that tells of a volume with this line in dm/uuid.
  void pretend_volume(const std::string& uuid) {
    const auto root = fs::path(dir_.string() + "-kernel");
    fs::create_directories(root / "sys/dev/block/253:0/dm");
    ASSERT_TRUE(write_file_durably(root / "mountinfo", "1 0 253:0 / / rw - ext4 /dev/mapper/data rw\n"));
    ASSERT_TRUE(write_file_durably(root / "sys/dev/block/253:0/dm/uuid", uuid + "\n"));
    options_.volume = {root / "mountinfo", root / "sys"};
    reopen();
  }
  void TearDown() override {
    LedgerTest::TearDown();
    fs::remove_all(fs::path(dir_.string() + "-kernel"));
  }
  PersonId person_;
};

TEST_F(HoldingTest, RestrictedContentIsRefusedWithoutAnEncryptedVolumeOrAWaiver) {
  pretend_volume("LVM-plain");
  const auto before = *ledger_->digest();
  const auto refused = create_restricted();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, ErrorCode::kDenied);
  EXPECT_NE(refused.error().error.english().find("encrypted volume"), std::string::npos) << refused.error().error.english();
  EXPECT_EQ(*ledger_->digest(), before);
  EXPECT_FALSE(ledger_->may_hold(Handling::kRestricted));
  EXPECT_TRUE(ledger_->may_hold(Handling::kInternal));
  EXPECT_TRUE(ledger_->create(ledger_->console(), {std::nullopt, "talks", talks(), Handling::kInternal, std::nullopt}));
}

TEST_F(HoldingTest, AnEncryptedVolumeIsEnough) {
  pretend_volume("CRYPT-LUKS2-00-data");
  EXPECT_TRUE(create_restricted());
}

TEST_F(HoldingTest, ARestrictedFieldOfAnInternalRecordIsRefusedToo) {
  pretend_volume("LVM-plain");
  const auto* type = ledger_->world()->catalog->find("agreed_point");
  ASSERT_NE(type, nullptr);
  ASSERT_EQ(type->field("remark")->handling, Handling::kRestricted);
  for (const auto& other : ledger_->world()->catalog->types())
    if (other.handling == Handling::kRestricted && other.feeds == "counted-activity") {
      // By the type's own handling, with import as with a form.
      Imported row{imported_id("x", other.id), other.id, Json(JsonObject{{"lead_unit", Json(unit_.hex())}}), Digest{}, "", std::nullopt};
      const auto written = ledger_->import(ledger_->console(), {row});
      EXPECT_FALSE(written[0]) << other.id;
    }
  const auto id = make(talks());
  Json values;
  for (const auto& field : ledger_->world()->catalog->find("talks")->fields)
    if (field.handling == Handling::kRestricted) values.set(field.id, "x");
  if (!values.is_null()) { EXPECT_FALSE(ledger_->amend(ledger_->console(), {id, {}, values, {}})); }
}

TEST_F(HoldingTest, AWaiverHoldsForItsNodeAndItsTime) {
  pretend_volume("LVM-plain");
  const auto today = ledger_->today();
  waive(today - 40, today - 1);
  waive(today + 1, today + 40);
  EXPECT_ANY_THROW(waive(today - 1, today + 400)) << "longer than a waiver may be";
  EXPECT_FALSE(create_restricted());
  const auto good = waive(today, today + 30);
  EXPECT_FALSE(ledger_->amend(ledger_->console(), {good, {}, Json(JsonObject{{"until", day(today + 400)}}), {}}));
  EXPECT_TRUE(create_restricted());
  EXPECT_EQ(waiver_in_force(*ledger_->world(), ledger_->identity().node, today)->reason, "đang mua ổ mã hóa");
  EXPECT_FALSE(waiver_in_force(*ledger_->world(), NodeId{}, today));
  clock_.now_ms += std::int64_t{31} * 86'400'000;
  EXPECT_TRUE(ledger_->may_hold(Handling::kRestricted));  // the one that began tomorrow
  clock_.now_ms += std::int64_t{31} * 86'400'000;
  EXPECT_FALSE(create_restricted());
  clock_.now_ms -= std::int64_t{62} * 86'400'000;
  ASSERT_TRUE(ledger_->transition(ledger_->console(), {good, "void", "đã có ổ mã hóa", nullptr}));
  EXPECT_FALSE(create_restricted());
  reopen();
  EXPECT_FALSE(create_restricted());
}

// One waiver at a time, by who answers for the node, in his own name.
TEST_F(HoldingTest, AWaiverIsGivenByWhoAnswersForTheNode) {
  pretend_volume("LVM-plain");
  const auto today = ledger_->today();
  const auto give = [&](const access::Subject& who, const PersonId& person, bool replace = false) {
    return records::waive(*ledger_, who, {person, "đang mua ổ mã hóa", today + 30, replace});
  };
  for (const auto* role : {"inspector", "post_officer", "registrar", "administrator"}) {
    const auto who = account(role, role, "restricted");
    const auto refused = give(who, who.person);
    ASSERT_FALSE(refused) << role;
    EXPECT_EQ(refused.error().error.code, ErrorCode::kDenied) << role << ": " << refused.error().error.english();
  }
  const auto chief = account("chief", "approver", "internal"), other = account("other", "post_commander", "internal");
  EXPECT_FALSE(give(chief, other.person)) << "in another's name";
  const auto first = give(chief, chief.person);
  ASSERT_TRUE(first) << first.error().error.english();
  EXPECT_TRUE(create_restricted());
  const auto again = give(other, other.person);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().error.code, ErrorCode::kConflict);
  const auto in_force = [&] { return waiver_in_force(*ledger_->world(), ledger_->identity().node, today); };
  EXPECT_EQ(in_force()->person, chief.person) << "the first stands";
  const auto second = give(other, other.person, true);
  ASSERT_TRUE(second) << second.error().error.english();
  EXPECT_EQ(in_force()->person, other.person);
  EXPECT_TRUE(ledger_->read(ledger_->console(), first->id)->voided);
  // Nor does anybody else prolong it, or end it.
  const auto longer = Json(JsonObject{{"until", day(today + 300)}});
  const auto staff = account("staff", "provincial_staff", "internal");
  EXPECT_FALSE(ledger_->amend(staff, {second->id, {}, longer, {}}));
  EXPECT_FALSE(ledger_->amend(chief, {second->id, {}, longer, {}})) << "in another's name";
  EXPECT_FALSE(ledger_->transition(staff, {second->id, "void", "sai", nullptr}));
  EXPECT_TRUE(ledger_->transition(ledger_->console(), {second->id, "void", "đã có ổ mã hóa", nullptr}));
}

// One that came from elsewhere, for longer than a waiver may be.
TEST(Waivers, ALongOneCountsForNothing) {
  World world;
  const NodeId node = system_rng().make<NodeId>();
  world.waivers.push_back({{}, node, system_rng().make<PersonId>(), "x", 100, 100 + kWaiverDaysMax + 1});
  EXPECT_FALSE(waiver_in_force(world, node, 200));
  world.waivers.front().until -= 1;
  EXPECT_TRUE(waiver_in_force(world, node, 200));
}

TEST_F(HoldingTest, AWaiverIsTakenUpAgainInOnesOwnNameAndWhenNoOtherIsInForce) {
  pretend_volume("LVM-plain");
  const auto until = ledger_->today() + 30;
  const auto chief = account("chief", "approver", "internal"), other = account("other", "post_commander", "internal");
  const auto first = records::waive(*ledger_, chief, {chief.person, "đang mua ổ mã hóa", until});
  ASSERT_TRUE(first);
  const auto second = records::waive(*ledger_, other, {other.person, "đang mua ổ mã hóa", until, true});
  ASSERT_TRUE(second);
  const auto restore = [&](const access::Subject& who) {
    return ledger_->transition(who, {first->id, std::string(journal::acts::kRestore), "lại"});
  };
  EXPECT_FALSE(restore(other)) << "in another's name";
  const auto beside = restore(chief);
  ASSERT_FALSE(beside) << "another is in force";
  EXPECT_EQ(beside.error().error.code, ErrorCode::kConflict);
  ASSERT_TRUE(ledger_->transition(other, {second->id, std::string(journal::acts::kVoid), "xong"}));
  EXPECT_FALSE(restore(other)) << "in another's name";
  EXPECT_TRUE(restore(chief));
}

TEST_F(HoldingTest, NothingIsHeldAboveTheCeiling) {
  pretend_volume("CRYPT-LUKS2-00-data");
  const auto node = ledger_->console().person;
  const auto ceiling = [&](const char* level) {
    return ledger_->amend(ledger_->console(), {node, {}, Json(JsonObject{{"ceiling", Json(level)}}), {}}).has_value();
  };
  ASSERT_TRUE(ceiling("internal"));
  const auto refused = create_restricted();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().error.english().find("nothing above"), std::string::npos) << refused.error().error.english();
  make(talks());
  ASSERT_TRUE(ceiling("open"));
  EXPECT_FALSE(ledger_->create(ledger_->console(), {std::nullopt, "talks", talks(), Handling::kInternal, std::nullopt}));
  ASSERT_TRUE(ceiling("restricted"));
  EXPECT_TRUE(create_restricted());
}

}  // namespace
}  // namespace nc::records
