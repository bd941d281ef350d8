// Whatever is asked wrongly, of every route there is: no failure of the program, and an answer that says what is wrong and what to do
// next. The routes come from the router and the table of the interface for programs, so that a new one is walked too.
#include <gtest/gtest.h>

#include <array>

#include "face/web/api/endpoint.h"
#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::json_of;
using test::location;
using test::Program;
using test::shows;
using test::SmallSite;

constexpr std::array kWrongQueries = {"?level=zz&status=zz&country=zz&detail=zz&kind=zz",
                                      "?limit=0&after=zz&before=zz&cursor=zz",
                                      "?from=31/02/2024&to=zz&day=zz&as=zz",
                                      "?own=nowhere&counterpart=nowhere&unit=nowhere",
                                      "?rows=zz&columns=zz&measure=zz",
                                      "?type=zz&view=zz&group=zz&year=zz&sort=zz",
                                      "?q=%22%22&who=zz&record=zz",
                                      "?from=2024&to=2020",
                                      "?unknown=1&unknown=2"};

class Errors : public ::testing::Test {
 protected:
  // The pattern with every {name} filled in.
  static std::string filled(std::string pattern, const std::string& with) {
    for (auto at = pattern.find('{'); at != std::string::npos; at = pattern.find('{'))
      pattern.replace(at, pattern.find('}', at) - at + 1, with);
    return pattern;
  }
  std::vector<std::string> paths(const std::string& pattern) {
    if (pattern.find('{') == std::string::npos) return {pattern};
    return {filled(pattern, record_.hex()), filled(pattern, std::string(32, '1')), filled(pattern, "zz")};
  }
  static void expect_next_step(const std::string& asked, const net::Response& response) {
    EXPECT_LT(response.status, 500) << asked << "\n" << response.body.substr(0, 2000);
    if (response.status < 400) return;
    const auto media = response.headers.get("Content-Type");
    if (media.starts_with("application/problem+json")) {
      EXPECT_FALSE(json_of(response).text("title").empty()) << asked;
      EXPECT_FALSE(json_of(response).text("next").empty()) << asked << "\n" << response.body;
      return;
    }
    if (!media.starts_with("text/html")) {
      EXPECT_NE(response.body.find(". "), std::string::npos) << asked << ": what it is, and what next: " << response.body;
      return;
    }
    const auto main = response.body.substr(std::min(response.body.find("<main"), response.body.size()));
    const bool way_on = main.find("class=\"button") != std::string::npos || main.find("<form") != std::string::npos;
    const bool advice = main.find("class=\"notice") != std::string::npos && main.find(". ") != std::string::npos;
    EXPECT_TRUE(way_on || advice) << asked << "\n" << main.substr(0, 1500);
    const bool said = main.find("role=\"alert\"") != std::string::npos || main.find("<p>") != std::string::npos ||
                      main.find("class=\"notice") != std::string::npos || main.find(" wrong\"") != std::string::npos;
    EXPECT_TRUE(said) << asked << "\n" << main.substr(0, 1500);
    // A refusal that is not a form shown again has a sentence of its own that says what to do.
    if (main.find("role=\"alert\"") != std::string::npos && main.find("<form") == std::string::npos) {
      EXPECT_TRUE(main.find("notice-detail") != std::string::npos || main.find(". ") != std::string::npos) << asked << "\n" << main;
    }
  }
  // Whoever was logged out or locked by what was sent comes in again.
  void come_in(Browser& browser, const std::string& login) {
    const auto first = browser.get("/");
    if (first.status == 200) return;
    browser.cookies.clear();
    world_.clock.now_ms += 60'000;
    ASSERT_EQ(browser.log_in(login).status, 303) << location(first);
  }

  SmallSite world_;
  RecordId record_ = world_.talks(world_.post());
};

TEST_F(Errors, EveryPageThatIsAskedForWronglySaysWhatNext) {
  for (const std::string login : {"officer", "admin"}) {
    Browser browser(world_);
    ASSERT_EQ(browser.log_in(login).status, 303);
    for (const auto& [method, pattern] : world_.site->router().routes()) {
      if (method != "GET" || pattern.starts_with("/api/v1")) continue;
      for (const auto& path : paths(pattern)) expect_next_step(login + " GET " + path, browser.get(path));
      for (const auto* query : kWrongQueries) {
        const auto target = paths(pattern).front() + query;
        expect_next_step(login + " GET " + target, browser.get(target));
      }
    }
  }
}

TEST_F(Errors, EveryFormThatIsSentWronglySaysWhatNext) {
  for (const std::string login : {"officer", "admin"}) {
    Browser browser(world_);
    ASSERT_EQ(browser.log_in(login).status, 303);
    for (const auto& [method, pattern] : world_.site->router().routes()) {
      if (method != "POST" || pattern.starts_with("/api/v1")) continue;
      for (const auto& path : paths(pattern)) {
        come_in(browser, login);
        const auto csrf = Browser::hidden(browser.get("/"), "csrf");
        const net::Fields wrong{{"csrf", csrf}, {"once", "zz"},        {"id", "zz"}, {"act", "zz"},
                                {"to", "zz"},   {"v.when.from", "zz"}, {"save", "1"}};
        for (const auto& form : {net::Fields{{"csrf", csrf}}, wrong, net::Fields{{"csrf", "zz"}, {"reason", "gõ dở"}}, net::Fields{}}) {
          come_in(browser, login);
          expect_next_step(login + " POST " + path, browser.post(path, form));
        }
      }
    }
  }
}

TEST_F(Errors, WhatNoRouteDoesSaysWhatNext) {
  Browser browser(world_);
  ASSERT_EQ(browser.log_in("officer").status, 303);
  for (const auto* path : {"/nothing", "/records/zz/zz/zz", "//evil", "/api/v1/nothing"})
    for (const auto* method : {"GET", "POST", "PUT"}) expect_next_step(std::string(method) + " " + path, browser.send(method, path, {}));
  for (const auto* path : {"/activities", "/figures", "/api/v1/records"})
    expect_next_step(std::string("DELETE ") + path, browser.send("DELETE", path, {}));
}

// Of each parameter a value that it cannot have, and a name that there is not.
TEST_F(Errors, EveryParameterOfTheInterfaceIsRefusedByItsName) {
  Program program(world_, world_.token("officer"));
  for (const auto& endpoint : endpoints()) {
    const auto path = filled(std::string(endpoint.path), record_.hex());
    const auto asked = [&](const std::string& query) {
      const auto target = path + query;
      auto response = program.send(std::string(endpoint.method), target, Json(JsonObject{}));
      expect_next_step(std::string(endpoint.method) + " " + target, response);
      world_.clock.now_ms += 60'000;  // past the limits of calls a minute
      return response;
    };
    const auto unknown = asked("?nothing=1");
    EXPECT_EQ(unknown.status, 400) << path;
    EXPECT_EQ(json_of(unknown).text("where"), "nothing") << path;
    for (const auto& parameter : endpoint.query) {
      // Any words; of the other side any area; q is refused only when it has none.
      if (parameter.name == "q" || (parameter.name == "counterpart" && endpoint.id == "figures")) continue;
      const auto refused = asked("?" + std::string(parameter.name) + "=zz" + (endpoint.id == "search" ? "&q=a" : ""));
      EXPECT_EQ(refused.status, 400) << path << " " << parameter.name << "\n" << refused.body;
      EXPECT_EQ(json_of(refused).text("where"), parameter.name) << path << "\n" << refused.body;
    }
  }
}

TEST_F(Errors, OptionsAndLimitsOfAListNameWhatIsPossible) {
  Program program(world_, world_.token("officer"));
  const auto next = [&](const std::string& target) {
    const auto refused = program.get(target);
    EXPECT_EQ(refused.status, 400) << target << "\n" << refused.body;
    return json_of(refused).text("next");
  };
  EXPECT_NE(next("/records?level=pots").find("post"), std::string::npos);
  EXPECT_NE(next("/records?status=helt").find("held"), std::string::npos);
  EXPECT_NE(next("/records?state=aproved").find("approved"), std::string::npos);
  EXPECT_NE(next("/records?country=KHM").find("KH"), std::string::npos);
  for (const auto* target : {"/records?limit=0", "/tasks?limit=0", "/search?q=a&limit=0", "/search?q=a&year=0"}) {
    const auto refused = program.get(target);
    EXPECT_EQ(refused.status, 400) << target;
    EXPECT_TRUE(shows(refused, "from 1 to")) << refused.body;
  }
  EXPECT_EQ(program.get("/records?limit=1&level=post").status, 200);
  EXPECT_EQ(program.get("/records?level=").status, 200) << "nothing said is nothing asked";
}

}  // namespace
}  // namespace nc::web
