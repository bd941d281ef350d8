// Calendar feeds: who makes one, what its address shows.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

class FeedsTest : public testing::Test {
 protected:
  void SetUp() override { browser_.log_in("officer"); }

  // On the day after today.
  RecordId talks(const std::string& place, catalog::Handling handling, const UnitId& unit) {
    Json values;
    values.set("sub_kind", "periodic").set("status", "planned").set("level", "post").set("lead_unit", unit.hex());
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({world_.ledger().today() + 1, DatePrecision::kDay, false})}}));
    values.set("place", Json(JsonObject{{"text", Json(place)}}));
    const auto written = world_.ledger().create(world_.ledger().console(), {std::nullopt, "talks", values, handling, std::nullopt, true});
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  }
  net::Response make(const std::string& ceiling) {
    const auto csrf = test::Browser::hidden(browser_.get("/account/feeds"), "csrf");
    return browser_.post("/account/feeds", {{"csrf", csrf},
                                            {"name", "điện thoại trực"},
                                            {"own", "vn-post-a"},
                                            {"ceiling", ceiling},
                                            {"password", test::SmallSite::kPassword}});
  }
  static std::string address_in(const net::Response& page) {
    const auto at = page.body.find("/feeds/nct_");
    return at == std::string::npos ? "" : page.body.substr(at, page.body.find(".ics", at) + 4 - at);
  }
  // As a calendar asks: without a cookie.
  net::Response read(const std::string& address, const std::string& etag = {}) {
    net::Request request;
    test::must(net::set_target(request, address));
    request.peer = "192.0.2.9";
    request.headers.add("Host", "127.0.0.1:8600");
    if (!etag.empty()) request.headers.add("If-None-Match", etag);
    return world_.site->handle(request);
  }

  test::SmallSite world_;
  test::Browser browser_{world_};
};

TEST_F(FeedsTest, AFeedShowsTitlesUpToItsLabelAndDaysOfTheRest) {
  const auto open = talks("Cửa khẩu A", catalog::Handling::kInternal, world_.post());
  talks("Nơi khác", catalog::Handling::kInternal, world_.other_post());
  const auto page = make("internal");
  ASSERT_EQ(page.status, 200) << page.body;
  const auto feed = read(address_in(page));
  ASSERT_EQ(feed.status, 200);
  EXPECT_EQ(feed.headers.get("Content-Type"), "text/calendar; charset=utf-8");
  EXPECT_NE(feed.body.find("UID:" + open.hex() + "@nhipcau"), std::string::npos) << feed.body;
  EXPECT_NE(feed.body.find("SUMMARY:"), std::string::npos);
  EXPECT_NE(feed.body.find("STATUS:TENTATIVE"), std::string::npos);
  EXPECT_NE(feed.body.find("TZID:Asia/Ho_Chi_Minh"), std::string::npos);
  EXPECT_EQ(feed.body.find("BEGIN:VEVENT", feed.body.find("BEGIN:VEVENT") + 1), std::string::npos) << "nothing of the other post";
  const auto low = read(address_in(make("open")));
  EXPECT_NE(low.body.find("UID:" + open.hex()), std::string::npos) << "the day is taken";
  EXPECT_NE(low.body.find("SUMMARY:Hoạt động đối ngoại"), std::string::npos) << low.body;
  EXPECT_EQ(low.body.find("CATEGORIES"), std::string::npos);
}

TEST_F(FeedsTest, NothingRestrictedIsInAnyFeed) {
  const auto without = read(address_in(make("internal"))).body;
  // The small node takes nothing restricted without a waiver; the label is the token's, whatever the account may.
  const auto person = test::must(world_.ledger().subject("officer"));
  access::TokenTerms terms;
  terms.name = "x";
  terms.use = access::TokenUse::kFeed;
  terms.until_ms = world_.clock.now_ms + 1000;
  terms.ceiling = access::Handling::kRestricted;
  EXPECT_FALSE(world_.credentials().make_token(person.person, terms));
  EXPECT_EQ(without.find("BEGIN:VEVENT"), std::string::npos);
}

TEST_F(FeedsTest, TheAddressIsRenewedAndEnded) {
  talks("Cửa khẩu A", catalog::Handling::kInternal, world_.post());
  const auto first = address_in(make("internal"));
  const auto person = test::must(world_.ledger().subject("officer")).person;
  const auto id = test::must(world_.credentials().tokens_of(person)).front().id.hex();
  const auto csrf = test::Browser::hidden(browser_.get("/account/feeds"), "csrf");
  const auto second = address_in(browser_.post("/account/feeds/renew", {{"csrf", csrf}, {"feed", id}}));
  EXPECT_EQ(read(first).status, 401);
  const auto feed = read(second);
  EXPECT_EQ(feed.status, 200);
  EXPECT_EQ(read(second, std::string(feed.headers.get("ETag"))).status, 304);
  EXPECT_EQ(read(second).body, feed.body) << "the same records, the same bytes";
  // It opens the feed and nothing else.
  const auto secret = second.substr(7, second.size() - 11);
  EXPECT_EQ(test::Program(world_, secret).get("/me").status, 401);
  test::Browser other(world_);
  other.log_in("stranger");
  EXPECT_EQ(other.post("/account/feeds/end", {{"csrf", test::Browser::hidden(other.get("/account/feeds"), "csrf")}, {"feed", id}}).status,
            404);
  EXPECT_EQ(browser_.post("/account/feeds/end", {{"csrf", csrf}, {"feed", id}}).status, 303);
  EXPECT_EQ(read(second).status, 401);
  EXPECT_EQ(read("/feeds/x").status, 404);
}

TEST_F(FeedsTest, ItTakesThePassword) {
  const auto csrf = test::Browser::hidden(browser_.get("/account/feeds"), "csrf");
  EXPECT_EQ(browser_.post("/account/feeds", {{"csrf", csrf}, {"name", "x"}}).status, 422);
  EXPECT_TRUE(test::must(world_.credentials().tokens_of(test::must(world_.ledger().subject("officer")).person)).empty());
}

}  // namespace
}  // namespace nc::web
