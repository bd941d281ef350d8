// The calendar: month, week, day and list, filters in the address, feast days and the moon beside what is recorded.
#include <gtest/gtest.h>

#include "base/url_text.h"
#include "face/web/small_site_test.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::shows;
using test::SmallSite;

class CalendarPage : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(browser_.log_in("officer").status, 303);
    held_ = world_.talks(world_.post(), "Nơi A");  // on 06/05/2024
  }
  static std::size_t count(const std::string& text, std::string_view what) {
    std::size_t out = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++out;
    return out;
  }

  SmallSite world_;
  Browser browser_{world_};
  RecordId held_;
};

TEST_F(CalendarPage, TheMonthShowsRecordsFeastsAndTheMoon) {
  const auto page = browser_.get("/calendar?day=05/2024");
  ASSERT_EQ(page.status, 200);
  EXPECT_TRUE(shows(page, "/records/" + held_.hex()));
  EXPECT_TRUE(shows(page, "Tháng 5/2024"));
  EXPECT_EQ(count(page.body, "class=\"cal-day\""), 31U) << "a link for each day of the month and for no other";
  EXPECT_TRUE(shows(page, "href=\"/calendar?view=day&amp;day=2024-05-06\""));
  EXPECT_TRUE(shows(page, "Ngày Cảnh sát quốc gia Campuchia"));
  EXPECT_TRUE(shows(page, ">28/3<")) << "06/05/2024 by the moon";
  EXPECT_TRUE(shows(browser_.get("/calendar?day=02/2030"), "Tết Xuân Trung Quốc"));
}

TEST_F(CalendarPage, WeekDayAndListShowTheSame) {
  for (const auto* view : {"week", "day", "list"}) {
    const auto page = browser_.get(std::string("/calendar?view=") + view + "&day=2024-05-06");
    ASSERT_EQ(page.status, 200) << view;
    EXPECT_TRUE(shows(page, "/records/" + held_.hex())) << view;
  }
  EXPECT_FALSE(shows(browser_.get("/calendar?view=day&day=2024-05-07"), held_.hex()));
  EXPECT_TRUE(shows(browser_.get("/calendar?view=week&day=2024-05-12"), held_.hex())) << "Sunday of the same week";
  EXPECT_FALSE(shows(browser_.get("/calendar?view=week&day=2024-05-13"), held_.hex()));
  EXPECT_FALSE(shows(browser_.get("/calendar?view=list&day=06/2024"), held_.hex()));
}

// What was agreed, falls due or is planned stands in every view on its day, within the reader's label.
TEST_F(CalendarPage, WhatFallsDueStandsInEveryViewForWhoMaySeeIt) {
  records::test::allow_restricted(world_.ledger());
  const auto due = [&](const std::string& text, std::optional<catalog::Handling> handling) {
    Json values;
    values.set("text", text).set("state", "open").set("lead_unit", world_.post().hex());
    values.set("owner_side", world_.ledger().world()->catalog->find("agreed_point")->field("owner_side")->options.front().id);
    values.set("due_on", catalog::json_from_date({to_day(2024, 5, 20), DatePrecision::kDay, false}));
    const auto written =
        world_.ledger().create(world_.ledger().console(), {std::nullopt, "agreed_point", values, handling, std::nullopt, true});
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  };
  const auto open = due("Cùng phát quang đường tuần tra", std::nullopt), hidden = due("ĐIỀU KÍN", catalog::Handling::kRestricted);
  Json obligation;
  obligation.set("subject", "Hội đàm thường niên").set("lead_unit", world_.post().hex()).set("cadence", "yearly");
  obligation.set("next_due", catalog::json_from_date({to_day(2024, 5, 21), DatePrecision::kDay, false}));
  const auto owed = world_.create("obligation", obligation);
  for (const auto* view : {"month", "week", "list"}) {
    const auto page = browser_.get(std::string("/calendar?view=") + view + "&day=2024-05-20");
    EXPECT_TRUE(shows(page, open.hex()) && shows(page, owed.hex())) << view;
    EXPECT_FALSE(shows(page, hidden.hex()) || shows(page, "ĐIỀU KÍN")) << view;
  }
  EXPECT_TRUE(shows(browser_.get("/calendar?day=05/2024&kind=agreed_point"), open.hex()));
  EXPECT_FALSE(shows(browser_.get("/calendar?day=05/2024&kind=agreed_point"), held_.hex()));
  EXPECT_FALSE(shows(browser_.get("/activities"), open.hex())) << "it is no activity";
  world_.add_account("cleared", "post_commander", world_.post(), "restricted");
  Browser above(world_);
  above.log_in("cleared");
  EXPECT_TRUE(shows(above.get("/calendar?day=05/2024"), hidden.hex()));
}

TEST_F(CalendarPage, FiltersStandInTheAddressAndInEveryLink) {
  const auto kept = browser_.get("/calendar?day=05/2024&own=vn-post-a&counterpart=nam%20lia&kind=talks");
  EXPECT_TRUE(shows(kept, held_.hex()));
  EXPECT_TRUE(shows(kept, "view=week&amp;day=2024-05-01&amp;own=vn-post-a&amp;counterpart=nam%20lia&amp;kind=talks"));
  EXPECT_FALSE(shows(browser_.get("/calendar?day=05/2024&own=vn-post-b"), held_.hex()));
  EXPECT_FALSE(shows(browser_.get("/calendar?day=05/2024&kind=patrol"), held_.hex()));
  const auto unknown = browser_.get("/calendar?day=05/2024&own=khong-co");
  EXPECT_TRUE(shows(unknown, "khong-co"));
  EXPECT_FALSE(shows(unknown, held_.hex())) << "nothing rather than everything";
  EXPECT_TRUE(shows(browser_.get("/calendar?kind=account"), "account"));
  for (const auto* day : {"31/02/2024", "x", "9999", "0001-01-01", "21/11"})
    EXPECT_EQ(browser_.get("/calendar?day=" + url_encode(day)).status, 200) << day;
}

TEST_F(CalendarPage, WhatIsPlannedIsNoEventThatWasHeld) {
  world_.talks(world_.post(), "Nơi B", "planned");
  const auto page = browser_.get("/calendar?view=day&day=2024-05-06");
  EXPECT_TRUE(shows(page, "kế hoạch") || shows(page, "dự kiến"));
  EXPECT_TRUE(shows(browser_.get("/calendar?day=05/2024"), "○"));
}

TEST_F(CalendarPage, NobodySeesWhatIsNotHis) {
  Browser admin(world_);
  admin.log_in("admin");
  EXPECT_EQ(admin.get("/calendar").status, 404);
  EXPECT_EQ(admin.get("/instruments").status, 404);
  Browser stranger(world_);
  stranger.log_in("stranger");
  EXPECT_FALSE(shows(stranger.get("/calendar?day=05/2024"), held_.hex()));
}

TEST_F(CalendarPage, InstrumentsAreThoseInForceOnTheDay) {
  const auto instrument = [&](const std::string& title, const std::string& from, const std::string& until) {
    Json values;
    const auto* type = world_.ledger().world()->catalog->find("instrument");
    const auto day = [](const std::string& text) { return catalog::json_from_date(test::must(parse_iso_date(text))); };
    values.set("name", title).set("lead_unit", world_.post().hex()).set("signed_on", day(from));
    values.set("class", type->slot("detail")->options.front().id);
    if (const auto* status = type->slot("status"); status->required) values.set("status", status->options.front().id);
    if (!until.empty()) values.set("ends_on", day(until));
    values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(world_.counterpart().hex())}})});
    return world_.create("instrument", values);
  };
  const auto now = instrument("Thỏa thuận đang có hiệu lực", "2019-03-01", "");
  const auto over = instrument("Thỏa thuận đã hết", "2010-03-01", "2015-03-01");
  const auto today = browser_.get("/instruments");
  ASSERT_EQ(today.status, 200);
  EXPECT_TRUE(shows(today, now.hex()));
  EXPECT_FALSE(shows(today, over.hex()));
  const auto then = browser_.get("/instruments?day=2012");
  EXPECT_TRUE(shows(then, over.hex()));
  EXPECT_FALSE(shows(then, now.hex()));
  EXPECT_TRUE(shows(browser_.get("/instruments?ever=1"), over.hex()));
  EXPECT_FALSE(shows(browser_.get("/instruments?counterpart=khong-co"), now.hex()));
  EXPECT_TRUE(shows(browser_.get("/instruments?counterpart=nam%20lia"), now.hex()));
}

}  // namespace
}  // namespace nc::web
