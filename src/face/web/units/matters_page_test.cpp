// The page of a unit: what stands with it, what was agreed, and the sheet for the next talks.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::shows;
using test::SmallSite;

class MattersPage : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(browser_.log_in("officer").status, 303);
    talks_ = world_.talks(world_.post(), "Cửa khẩu A");
    Json contact;
    contact.set("function", "Trực ban đồn").set("unit", world_.counterpart().hex()).set("lead_unit", world_.post().hex());
    contact_ = world_.create("contact", contact);
    point_ = point("Hai bên thống nhất đường dây nóng", std::nullopt);
  }
  RecordId point(const std::string& text, std::optional<catalog::Handling> handling) {
    Json values;
    values.set("text", text).set("state", "open").set("lead_unit", world_.post().hex()).set("agreed_at", talks_.hex());
    values.set("owner_side", world_.ledger().world()->catalog->find("agreed_point")->field("owner_side")->options.front().id);
    values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(world_.counterpart().hex())}})});
    const auto written =
        world_.ledger().create(world_.ledger().console(), {std::nullopt, "agreed_point", values, handling, std::nullopt, true});
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  }
  std::string unit() { return "/units/" + world_.counterpart().hex(); }

  SmallSite world_;
  Browser browser_{world_};
  RecordId talks_, contact_, point_;
};

TEST_F(MattersPage, TheUnitShowsContactsPointsAndWhatHappened) {
  const auto page = browser_.get(unit());
  ASSERT_EQ(page.status, 200);
  for (const auto& id : {talks_, contact_, point_}) EXPECT_TRUE(shows(page, "/records/" + id.hex()));
  EXPECT_TRUE(shows(page, "Trực ban đồn"));
  EXPECT_TRUE(shows(page, unit() + "/sheet"));
}

TEST_F(MattersPage, TheSheetHoldsTheLastMeetingAndWhatIsOpen) {
  const auto sheet = browser_.get(unit() + "/sheet");
  ASSERT_EQ(sheet.status, 200);
  for (const auto& id : {talks_, point_}) EXPECT_TRUE(shows(sheet, "/records/" + id.hex()));
  EXPECT_EQ(browser_.get("/units/" + world_.post().hex() + "/sheet").status, 404) << "of the other side only";
  Browser admin(world_);
  admin.log_in("admin");
  EXPECT_EQ(admin.get(unit() + "/sheet").status, 404);
}

// "Since then" begins on the day after the meeting: it is told of by itself, and is in no figure of what came after.
TEST_F(MattersPage, WhatCameAfterTheMeetingBeginsOnTheNextDay) {
  browser_.cookies["__Host-nhipcau-lang"] = "en";
  const auto sheet = browser_.get(unit() + "/sheet");
  const auto since = sheet.body.find("Figures since then, from 07/05/2024 on");
  ASSERT_NE(since, std::string::npos) << sheet.body;
  const auto all = sheet.body.find("All activities since then");
  ASSERT_NE(all, std::string::npos);
  EXPECT_EQ(sheet.body.find("/records/" + talks_.hex(), all), std::string::npos) << "the meeting itself came not after it";
  EXPECT_TRUE(shows(sheet, "Agreed points and plans with this unit"));
}

TEST_F(MattersPage, NothingHigherStandsOnThePageOrTheSheet) {
  records::test::allow_restricted(world_.ledger());
  point("ĐIỀU KÍN", catalog::Handling::kRestricted);
  for (const auto& path : {unit(), unit() + "/sheet"}) EXPECT_FALSE(shows(browser_.get(path), "ĐIỀU KÍN")) << path;
  world_.add_account("cleared", "post_commander", world_.post(), "restricted");
  Browser above(world_);
  above.log_in("cleared");
  EXPECT_TRUE(shows(above.get(unit()), "ĐIỀU KÍN"));
}

// What was given and received stands on the sheet with its direction; of another partner nothing.
TEST_F(MattersPage, TheSheetSaysWhatWasGivenAndReceived) {
  browser_.get("/?lang=en");
  EXPECT_TRUE(shows(browser_.get(unit() + "/sheet"), "Given and received"));
  const auto greeting = [&](const UnitId& with, const std::string& gift, const std::string& direction) {
    Json values;
    values.set("status", "held").set("level", "post").set("lead_unit", world_.post().hex()).set("gift", gift).set("direction", direction);
    values.set("occasion", world_.ledger().world()->catalog->find("greeting")->field("occasion")->options.front().id);
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 4, 14), DatePrecision::kDay, false})}}));
    values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(with.hex())}})});
    values.set("value", Json(JsonObject{{"amount", Json("5000000")}, {"currency", Json("VND")}}));
    world_.create("greeting", values);
  };
  Json other;
  other.set("code", "kh-post-2").set("name", "Đồn khác").set("own", false).set("country", "KH").set("chain", "KH-police");
  greeting(world_.counterpart(), "Bánh chưng, gạo nếp", "ours");
  greeting(world_.counterpart(), "Tranh đền Angkor", "theirs");
  greeting(world_.create("unit", other), "Quà của đồn khác", "ours");
  const auto sheet = browser_.get(unit() + "/sheet");
  EXPECT_TRUE(shows(sheet, "Bánh chưng, gạo nếp") && shows(sheet, "ours to theirs"));
  EXPECT_TRUE(shows(sheet, "Tranh đền Angkor") && shows(sheet, "theirs to ours"));
  EXPECT_TRUE(shows(sheet, "5.000.000") || shows(sheet, "5,000,000"));
  EXPECT_FALSE(shows(sheet, "Quà của đồn khác"));
}

// The administrator reads the catalogue as forms, and the state of the node; nobody else does.
TEST_F(MattersPage, TypesAreShownAsFormsToTheAdministrator) {
  Browser admin(world_);
  admin.log_in("admin");
  EXPECT_TRUE(shows(admin.get("/admin/types"), "/admin/types/talks"));
  for (const auto& type : world_.ledger().world()->catalog->types()) {
    const auto page = admin.get("/admin/types/" + type.id);
    ASSERT_EQ(page.status, 200) << type.id;
    EXPECT_TRUE(shows(page, "<fieldset disabled>")) << type.id;
    EXPECT_FALSE(shows(page, "Nậm Lia")) << type.id << ": a form names no unit to who reads no record";
  }
  EXPECT_EQ(admin.get("/admin/types/none").status, 404);
  const auto health = admin.get("/admin/health");
  EXPECT_EQ(health.status, 200);
  EXPECT_TRUE(shows(health, "MiB"));
  for (const auto* path : {"/admin/types", "/admin/types/talks", "/admin/health"}) EXPECT_EQ(browser_.get(path).status, 404) << path;
}

}  // namespace
}  // namespace nc::web
