// Likely duplicates: the same kind, force, place and day; only among what the reader may know.
#include <gtest/gtest.h>

#include "ledger/records/duplicates.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

class Duplicates : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("nc-duplicates-" + system_rng().make<RecordId>().hex());
    ASSERT_TRUE(Ledger::found(dir_, fs::path(NC_SOURCE_DIR) / "catalog", "vn-bg"));
    ledger_ = std::move(Ledger::open(dir_).value());
    ours_ = unit("a", "VN", "VN-defence");
    company_ = unit("x", "LA", "LA-defence");
    sister_ = unit("z", "LA", "LA-defence");
    police_ = unit("y", "LA", "LA-security");
  }
  void TearDown() override {
    ledger_.reset();
    fs::remove_all(dir_);
  }
  UnitId unit(const std::string& code, const std::string& country, const std::string& chain) {
    Json values;
    values.set("code", code).set("name", code).set("country", country).set("own", country == "VN").set("chain", chain);
    return ledger_->create(ledger_->console(), {std::nullopt, "unit", values, std::nullopt, std::nullopt})->id;
  }
  Json patrol(int day, const UnitId& with, const std::string& marker, const std::string& place = "") const {
    Json values;
    values.set("sub_kind", "bilateral").set("status", "held").set("lead_unit", ours_.hex());
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 5, day), DatePrecision::kDay, false})}}));
    values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(with.hex())}})});
    values.set("countries", JsonArray{Json("LA"), Json("VN")});
    if (!marker.empty()) values.set("marker_from", marker);
    if (!place.empty()) values.set("place", Json(JsonObject{{"text", Json(place)}}));
    return values;
  }
  RecordId make(const Json& values, std::optional<catalog::Handling> handling = {}) {
    const auto made = ledger_->create(ledger_->console(), {std::nullopt, "patrol", values, handling, std::nullopt});
    EXPECT_TRUE(made) << (made ? "" : made.error().error.english());
    return made ? made->id : RecordId{};
  }
  std::vector<RecordId> found(const Json& values, const access::Subject& who) const {
    std::vector<RecordId> out;
    const auto& type = *ledger_->world()->catalog->find("patrol");
    const auto candidates = likely_duplicates(*ledger_, who, type, values, RecordId{});
    EXPECT_TRUE(candidates);
    for (const auto& one : *candidates) out.push_back(one.id);
    return out;
  }
  std::vector<RecordId> found(const Json& values) const { return found(values, ledger_->console()); }

  fs::path dir_;
  std::unique_ptr<Ledger> ledger_;
  UnitId ours_, company_, sister_, police_;
};

TEST_F(Duplicates, AreOfTheSameForceAndPlaceWithinADay) {
  const auto id = make(patrol(6, company_, "460", "Cửa khẩu La Lay"));
  EXPECT_EQ(found(patrol(6, company_, "460")), std::vector{id});
  EXPECT_EQ(found(patrol(7, sister_, "460")), std::vector{id});  // another unit of the same force
  EXPECT_EQ(found(patrol(5, company_, "", "cua khau la lay")), std::vector{id});
  EXPECT_TRUE(found(patrol(8, company_, "460")).empty());
  EXPECT_TRUE(found(patrol(6, police_, "460")).empty());
  EXPECT_TRUE(found(patrol(6, company_, "461")).empty());
  EXPECT_TRUE(found(patrol(6, company_, "")).empty());
  auto linked = patrol(6, company_, "460");
  linked.set("same_event", JsonArray{Json(JsonObject{{"ref", Json(id.hex())}})});
  EXPECT_TRUE(found(linked).empty());
}

// On a busy day the one that matters lies behind hundreds of others of the same force.
TEST_F(Duplicates, AreFoundBehindHundredsOfOthers) {
  const auto id = make(patrol(5, company_, "460"));
  for (int i = 0; i < 250; ++i) make(patrol(7, company_, std::to_string(500 + i)));
  EXPECT_EQ(found(patrol(6, sister_, "460")), std::vector{id});
}

TEST_F(Duplicates, AChangeIsAskedAboutWhatItMakesLikely) {
  const auto id = make(patrol(6, company_, "460")), beside = make(patrol(9, company_, "460"));
  const auto mine = make(patrol(20, company_, "460"));
  const auto asked = [&](const Json& before, const Json& after) {
    const auto& type = *ledger_->world()->catalog->find("patrol");
    const auto candidates = newly_likely_duplicates(*ledger_, ledger_->console(), type, before, after, mine);
    EXPECT_TRUE(candidates);
    std::vector<RecordId> out;
    for (const auto& one : *candidates) out.push_back(one.id);
    return out;
  };
  auto other = patrol(20, company_, "460");
  other.set("remark", "x");
  EXPECT_TRUE(asked(patrol(20, company_, "460"), other).empty());
  EXPECT_EQ(asked(patrol(20, company_, "460"), patrol(6, company_, "460")), std::vector{id}) << "the day";
  EXPECT_EQ(asked(patrol(6, police_, "460"), patrol(6, company_, "460")), std::vector{id}) << "the force";
  EXPECT_EQ(asked(patrol(6, company_, "461"), patrol(6, company_, "460")), std::vector{id}) << "the marker";
  auto reworded = patrol(6, company_, "460", "Cửa khẩu La Lay");
  EXPECT_TRUE(asked(patrol(6, company_, "460"), reworded).empty()) << "it was asked about when it was saved so";
  EXPECT_EQ(asked(patrol(7, company_, "460"), patrol(8, company_, "460")), std::vector{beside}) << "and of the others only once";
}

TEST_F(Duplicates, HiddenOnesAreNotShown) {
  test::allow_restricted(*ledger_);
  make(patrol(6, company_, "460"), catalog::Handling::kRestricted);
  access::Subject reader;
  reader.live = true;
  reader.unit = ours_;
  reader.clearance = catalog::Handling::kInternal;
  reader.strength = access::Strength::kFull;
  reader.today = ledger_->today();
  access::Grant grant;
  grant.role = "post_officer";
  grant.unit = ours_;
  reader.grants = {grant};
  EXPECT_TRUE(found(patrol(6, company_, "460"), reader).empty());
  const auto seen = make(patrol(6, company_, "460"));
  EXPECT_EQ(found(patrol(6, company_, "460"), reader), std::vector{seen});
}

}  // namespace
}  // namespace nc::records
