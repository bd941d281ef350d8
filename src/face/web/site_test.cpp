// The site as a whole: hosts, headers, log-in, tokens, who sees what.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class SiteTest : public ::testing::Test {
 protected:
  SmallSite world_;
  Browser browser_{world_};
};

TEST_F(SiteTest, OtherHostsAreRefused) {
  for (const char* host : {"evil.example", "127.0.0.1:8601", "127.0.0.1", "localhost.evil.example:8600", ""}) {
    Browser other(world_, host);
    EXPECT_EQ(other.get("/login").status, 421) << host;
  }
  for (const char* host : {"127.0.0.1:8600", "localhost:8600", "LOCALHOST:8600", "[::1]:8600"})
    EXPECT_EQ(Browser(world_, host).get("/login").status, 200) << host;
  world_.site->allow_listener("127.0.0.1", 4711);
  EXPECT_EQ(Browser(world_, "127.0.0.1:4711").get("/login").status, 200);
}

TEST_F(SiteTest, EveryAnswerHasTheSecurityHeaders) {
  browser_.log_in("officer");
  for (const char* target :
       {"/", "/login", "/activities", "/records/new", "/nothing/here", "/sources", "/assets/app.css", "/assets/none"}) {
    const auto response = browser_.get(target);
    EXPECT_NE(response.headers.get("Content-Security-Policy").find("default-src 'none'"), std::string_view::npos) << target;
    EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(response.headers.get("Referrer-Policy"), "same-origin") << target;
    EXPECT_EQ(response.headers.get("Cross-Origin-Opener-Policy"), "same-origin") << target;
    if (!std::string_view(target).starts_with("/assets/app")) { EXPECT_EQ(response.headers.get("Cache-Control"), "no-store") << target; }
    const auto script = response.body.find("<script");
    EXPECT_TRUE(script == std::string::npos || response.body.substr(script).starts_with("<script defer src=\"/assets/")) << target;
    EXPECT_EQ(response.headers.get("Content-Security-Policy").find("unsafe"), std::string_view::npos) << target;
    EXPECT_FALSE(response.headers.has("Strict-Transport-Security")) << target;
  }
}

TEST_F(SiteTest, WithoutASessionEverythingLeadsToTheLogIn) {
  for (const char* target : {"/", "/activities", "/records/new", "/figures", "/nothing"}) {
    const auto response = browser_.get(target);
    EXPECT_EQ(response.status, 303) << target;
    EXPECT_TRUE(location(response).starts_with("/login")) << location(response);
  }
  EXPECT_EQ(location(browser_.get("/activities?kind=talks&q=a%20b")), "/login?next=%2Factivities%3Fkind%3Dtalks%26q%3Da%2520b");
}

TEST_F(SiteTest, LogInMakesAStrictSecureHostCookieAndLogOutEndsIt) {
  const auto response = browser_.log_in("officer");
  ASSERT_EQ(response.status, 303);
  EXPECT_EQ(location(response), "/");
  const std::string cookie(response.headers.get("Set-Cookie"));
  for (const char* part : {"__Host-nhipcau=", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"})
    EXPECT_NE(cookie.find(part), std::string::npos) << part;
  const auto page = browser_.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(shows(page, "Chức trách officer"));
  const auto kept = browser_.cookies;
  EXPECT_EQ(browser_.post("/logout", {{"csrf", Browser::hidden(page, "csrf")}}).status, 303);
  EXPECT_FALSE(browser_.cookies.contains("__Host-nhipcau"));
  browser_.cookies = kept;  // a stolen cookie is worth nothing afterwards
  EXPECT_EQ(browser_.get("/").status, 303);
}

TEST_F(SiteTest, LoggingOutFromAnOldPageIsAnsweredClearly) {
  const auto id = [](const Browser& browser) { return browser.cookies.at("__Host-nhipcau"); };
  browser_.log_in("officer");
  const auto first = id(browser_);
  // The token of another session, from our own origin: he is logged out.
  EXPECT_EQ(browser_.post("/logout", {{"csrf", "old"}}).status, 303);
  EXPECT_FALSE(browser_.cookies.contains("__Host-nhipcau"));
  browser_.cookies["__Host-nhipcau"] = first;
  EXPECT_EQ(browser_.get("/").status, 303) << "the session itself is over";
  const auto over = browser_.post("/logout", {{"csrf", "old"}});
  EXPECT_EQ(over.status, 200);
  EXPECT_TRUE(shows(over, "Đã đăng xuất"));
  EXPECT_FALSE(browser_.cookies.contains("__Host-nhipcau"));
  // From elsewhere nothing happens; a browser that says nothing is asked once more.
  browser_.log_in("officer");
  net::Headers foreign, silent;
  foreign.add("Sec-Fetch-Site", "cross-site");
  silent.add("Sec-Fetch-Site", "");
  EXPECT_EQ(browser_.send("POST", "/logout", {{"csrf", "old"}}, foreign).status, 403);
  const auto still = browser_.send("POST", "/logout", {{"csrf", "old"}}, silent);
  EXPECT_EQ(still.status, 403);
  EXPECT_TRUE(shows(still, "Vẫn đang đăng nhập"));
  EXPECT_EQ(browser_.get("/").status, 200);
  EXPECT_EQ(browser_.send("POST", "/logout", {{"csrf", Browser::hidden(still, "csrf")}}, silent).status, 303);
  EXPECT_EQ(browser_.get("/").status, 303);
}

TEST_F(SiteTest, TheHeadOfAPageNamesOnesOwnUnitAlsoToWhoReadsNothing) {
  const auto* unit = world_.ledger().world()->tree->find(world_.post());
  ASSERT_NE(unit, nullptr);
  ASSERT_FALSE(unit->name.empty());
  browser_.log_in("officer");
  EXPECT_TRUE(shows(browser_.get("/"), "<span class=\"who-unit\">" + unit->name));
  Browser admin(world_);
  admin.log_in("admin");
  const auto page = admin.get("/");
  EXPECT_TRUE(shows(page, "<span class=\"who-unit\">" + unit->name));
  EXPECT_TRUE(shows(admin.get("/admin"), "data-label=\"Đơn vị\">" + unit->name));
  EXPECT_EQ(admin.get("/units").status, 404);
}

TEST_F(SiteTest, WrongPasswordAndUnknownLoginReadTheSameAndSayTheWait) {
  const auto wrong = browser_.log_in("officer", "not it");
  const auto unknown = Browser(world_).log_in("nobody-here", "not it");
  EXPECT_EQ(wrong.status, 403);
  EXPECT_EQ(unknown.status, 403);
  EXPECT_TRUE(shows(wrong, "không đúng"));
  const auto message = [](const net::Response& response) { return response.body.substr(response.body.find("role=\"alert\""), 300); };
  EXPECT_EQ(message(wrong), message(unknown));
  EXPECT_TRUE(shows(wrong, "value=\"officer\""));
  EXPECT_FALSE(shows(wrong, "not it"));
  net::Response last;
  for (int i = 0; i < 4; ++i) last = browser_.log_in("officer", "not it");
  EXPECT_EQ(last.status, 429);
  EXPECT_TRUE(shows(last, "giây")) << last.body;
  world_.clock.now_ms += 61'000;
  EXPECT_EQ(browser_.log_in("officer").status, 303);  // never locked out
}

TEST_F(SiteTest, LogInWithoutItsCookieIsAskedAgain) {
  const auto response = browser_.post("/login", {{"csrf", std::string(64, 'a')}, {"login", "officer"}, {"password", SmallSite::kPassword}});
  EXPECT_EQ(response.status, 403);
  EXPECT_FALSE(browser_.cookies.contains("__Host-nhipcau"));
  const auto page = browser_.get("/login");
  const auto foreign = browser_.send(
      "POST", "/login", {{"csrf", Browser::hidden(page, "csrf")}, {"login", "officer"}, {"password", SmallSite::kPassword}}, [] {
        net::Headers h;
        h.add("Origin", "http://evil.example");
        return h;
      }());
  EXPECT_EQ(foreign.status, 403);
}

TEST_F(SiteTest, NextLeadsOnlyToOwnPages) {
  for (const char* next : {"//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"}) {
    Browser browser(world_);
    const auto page = browser.get(net::with_query("/login", {{"next", next}}));
    net::Fields form{{"csrf", Browser::hidden(page, "csrf")}, {"login", "officer"}, {"password", SmallSite::kPassword}, {"next", next}};
    const auto to = location(browser.post("/login", form));
    EXPECT_TRUE(to.starts_with("/") && !to.starts_with("//") && to.find('\\') == std::string::npos) << next << " -> " << to;
  }
  const auto page = browser_.get("/login?next=%2Factivities%3Fkind%3Dtalks");
  EXPECT_EQ(location(browser_.post("/login", {{"csrf", Browser::hidden(page, "csrf")},
                                              {"login", "officer"},
                                              {"password", SmallSite::kPassword},
                                              {"next", Browser::hidden(page, "next")}})),
            "/activities?kind=talks");
}

TEST_F(SiteTest, LanguageIsKeptInACookie) {
  EXPECT_TRUE(shows(browser_.get("/login"), "<html lang=\"vi\">"));
  const auto response = browser_.get("/login?next=%2Fsources&lang=en");
  EXPECT_EQ(location(response), "/login?next=%2Fsources");
  const std::string cookie(response.headers.get("Set-Cookie"));
  for (const char* part : {"__Host-nhipcau-lang=en", "; Secure", "; HttpOnly", "; Path=/"})
    EXPECT_NE(cookie.find(part), std::string::npos) << part;
  EXPECT_TRUE(shows(browser_.get("/login"), "<html lang=\"en\">"));
  browser_.get("/login?lang=vi");
  EXPECT_TRUE(shows(browser_.get("/login"), "<html lang=\"vi\">"));
}

TEST_F(SiteTest, ChangesNeedTheTokenAndOurOrigin) {
  const auto id = world_.talks(world_.post());
  browser_.log_in("officer");
  const auto former = Browser::hidden(browser_.get("/"), "csrf");
  browser_.post("/logout", {{"csrf", former}});
  browser_.log_in("officer");
  const auto page = browser_.get("/records/" + id.hex());
  const net::Fields good{{"csrf", Browser::hidden(page, "csrf")}, {"act", "void"}, {"reason", "nhập nhầm"}};
  const auto path = "/records/" + id.hex() + "/step";
  const auto voided = [&] { return world_.ledger().read(world_.ledger().console(), id)->voided; };
  net::Headers foreign, cross, silent;
  foreign.add("Origin", "http://evil.example");
  cross.add("Sec-Fetch-Site", "cross-site");
  silent.add("Sec-Fetch-Site", "");
  EXPECT_EQ(browser_.send("POST", path, good, foreign).status, 403);
  EXPECT_EQ(browser_.send("POST", path, good, cross).status, 403);
  EXPECT_EQ(browser_.send("POST", path, {{"act", "void"}, {"reason", "x"}}, silent).status, 403);
  EXPECT_FALSE(voided());
  // From our own origin an old token is asked about, with what was typed kept; nothing is done yet.
  const auto again = browser_.post(path, {{"csrf", former}, {"act", "void"}, {"reason", "nhập nhầm"}});
  EXPECT_TRUE(shows(again, "value=\"nhập nhầm\""));
  EXPECT_FALSE(voided());
  EXPECT_EQ(browser_.send("POST", path, good, silent).status, 303);
  EXPECT_TRUE(voided());
}

TEST_F(SiteTest, WhatIsHiddenAnswersLikeWhatIsAbsent) {
  const auto hidden = world_.talks(world_.post());
  const RecordId absent = system_rng().make<RecordId>();
  browser_.log_in("stranger");
  for (const char* pattern : {"/records/{}", "/records/{}/edit", "/sources/{}"}) {
    const auto target = [&](const RecordId& id) {
      std::string out = pattern;
      return out.replace(out.find("{}"), 2, id.hex());
    };
    auto one = browser_.get(target(hidden)), other = browser_.get(target(absent));
    EXPECT_EQ(one.status, 404);
    for (auto* response : {&one, &other})
      for (const auto& id : {hidden.hex(), absent.hex()})
        for (auto at = response->body.find(id); at != std::string::npos; at = response->body.find(id))
          response->body.replace(at, id.size(), "ID");
    EXPECT_EQ(one.body, other.body) << pattern;
    EXPECT_EQ(other.status, 404);
  }
  const auto csrf = Browser::hidden(browser_.get("/"), "csrf");
  EXPECT_EQ(browser_.post("/records/" + hidden.hex() + "/step", {{"csrf", csrf}, {"act", "void"}, {"reason", "x"}}).status, 404);
  EXPECT_FALSE(shows(browser_.get("/activities"), hidden.hex()));
}

TEST_F(SiteTest, AdministratorRunsTheNodeAndReadsNoRecord) {
  const auto id = world_.talks(world_.post());
  browser_.log_in("admin");
  const auto overview = browser_.get("/");
  EXPECT_TRUE(shows(overview, "href=\"/admin\""));
  EXPECT_FALSE(shows(overview, "href=\"/activities\""));
  EXPECT_EQ(browser_.get("/activities").status, 404);
  EXPECT_EQ(browser_.get("/records/" + id.hex()).status, 404);
  EXPECT_EQ(browser_.get("/admin").status, 200);
  Browser officer(world_);
  officer.log_in("officer");
  EXPECT_EQ(officer.get("/admin").status, 404);
  EXPECT_FALSE(shows(officer.get("/"), "href=\"/admin\""));
}

TEST_F(SiteTest, AnAddressThatCannotBeReadIsAPageThatNamesTheParameter) {
  Browser browser(world_);
  for (const auto* target : {"/activities?q=%ff", "/login?q=%00", "/assets/app.css?q=%zz"}) {
    const auto page = browser.get(target);
    EXPECT_EQ(page.status, 400) << target;
    EXPECT_TRUE(shows(page, "<h1>Không đọc được địa chỉ</h1>")) << page.body;
    EXPECT_TRUE(shows(page, "q: ")) << target;
  }
}

TEST_F(SiteTest, BadBodiesAreRefusedByName) {
  browser_.log_in("officer");
  net::Request request;
  ASSERT_TRUE(net::set_target(request, "/records/new?type=talks"));
  request.method = "POST";
  request.headers.add("Host", "127.0.0.1:8600");
  request.headers.add("Cookie", "__Host-nhipcau=" + browser_.cookies["__Host-nhipcau"]);
  request.headers.add("Sec-Fetch-Site", "same-origin");
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  const auto status_of = [&](std::string body) {
    request.body = std::move(body);
    const auto response = world_.site->handle(request);
    EXPECT_TRUE(shows(response, "<h1>")) << response.body;
    return response.status;
  };
  EXPECT_EQ(status_of("v.remark=" + std::string(1024 * 1024, 'a')), 413);
  EXPECT_TRUE(shows(world_.site->handle(request), "lớn hơn 1 MB")) << "which limit";
  EXPECT_TRUE(shows(world_.site->handle(request), "Quay lại")) << "and where the text is";
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "a=1&";
  EXPECT_EQ(status_of(many), 413);
  EXPECT_EQ(status_of("v.remark=%zz"), 400);
  request.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(status_of("a=1"), 415);
}

TEST_F(SiteTest, AValueThatIsSentTwiceIsRefusedByName) {
  browser_.log_in("officer");
  const auto page = browser_.get("/records/new?type=talks");
  net::Fields form{{"csrf", Browser::hidden(page, "csrf")}, {"once", Browser::hidden(page, "once")}, {"save", "1"}};
  form.add("v.place.text", "Cửa khẩu A");
  form.add("v.place.text", "Cửa khẩu B");
  const auto again = browser_.post("/records/new?type=talks", form);
  EXPECT_EQ(again.status, 422);
  EXPECT_TRUE(shows(again, "Ở đây chỉ được ghi một giá trị"));
  EXPECT_NE(again.body.find("f-v-place-text-error"), std::string::npos) << again.body.find("-error");
}

TEST_F(SiteTest, OnlyWhoMayCreateSomethingIsShownTheWayThere) {
  world_.add_account("inspector", "inspector", world_.post());
  for (const char* login : {"officer", "inspector"}) {
    Browser browser(world_);
    browser.log_in(login);
    const bool creates = browser.get("/records/new").status == 200;
    EXPECT_EQ(creates, std::string(login) == "officer");
    for (const char* page : {"/", "/activities", "/activities?q=khongcogi"})
      EXPECT_EQ(browser.get(page).body.find("href=\"/records/new\"") != std::string::npos, creates) << login << page;
  }
}

TEST_F(SiteTest, TextThatCannotBeReadIsNamedAndTheRestIsKept) {
  browser_.log_in("officer");
  const auto csrf = Browser::hidden(browser_.get("/records/new?type=talks"), "csrf");
  const auto once = Browser::hidden(browser_.get("/records/new?type=talks"), "once");
  auto again = browser_.post("/records/new?type=talks", {{"csrf", csrf},
                                                         {"once", once},
                                                         {"save", "1"},
                                                         {"v.place.text", "Cửa khẩu A"},
                                                         {"v.remark", "đúng \xff\xfe"},
                                                         {"confirm.odd", "vì thế"}});
  EXPECT_EQ(again.status, 422);
  EXPECT_TRUE(shows(again, "value=\"Cửa khẩu A\"")) << again.body;
  EXPECT_TRUE(shows(again, "đúng \uFFFD\uFFFD</textarea>"));
  EXPECT_TRUE(shows(again, "id=\"f-v-remark-error\""));
  EXPECT_EQ(Browser::hidden(again, "confirm.odd"), "vì thế");
  // Other pages change nothing and name the field.
  again = browser_.post("/records/" + world_.talks(world_.post()).hex() + "/step", {{"csrf", csrf}, {"act", "void"}, {"reason", "\xc3"}});
  EXPECT_EQ(again.status, 400);
  EXPECT_TRUE(shows(again, "reason: "));
}

}  // namespace
}  // namespace nc::web
