// The authenticator on the pages: enrolled, asked at log-in and before what binds, taken away by an administrator.
#include <gtest/gtest.h>

#include <regex>

#include "face/web/small_site_test.h"
#include "foundation/crypto/totp.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class SecondFactorPage : public ::testing::Test {
 protected:
  SecondFactorPage() {
    for (auto* browser : {&officer_, &admin_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    admin_.log_in("admin");
  }
  net::Response act(Browser& browser, const std::string& page, const net::Fields& fields) {
    auto form = fields;
    form.set("csrf", Browser::hidden(browser.get("/account"), "csrf"));
    return browser.post(page, form);
  }
  // The key as it stands on the page, in groups of four.
  static std::string key_on(const net::Response& page) {
    std::smatch found;
    if (!std::regex_search(page.body, found, std::regex("<code>([A-Z2-7 ]{39})</code>"))) return {};
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : found[1].str()) {
      if (c == ' ') continue;
      bits = bits << 5 | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
      if ((held += 5) >= 8) out += static_cast<char>(bits >> (held -= 8) & 255U);
    }
    return out;
  }
  std::string shown() { return crypto::totp_code(key_, crypto::totp_step(world_.clock.now_ms)); }
  void next() { world_.clock.now_ms += crypto::kTotpStepMs; }
  // Longer than a step-up holds, and never so long without a request that the screen locks.
  void go_on_working() {
    for (int i = 0; i < 2; ++i) {
      world_.clock.now_ms += 3 * 60'000;
      officer_.get("/account");
    }
  }
  // The recovery codes.
  std::vector<std::string> enrol() {
    key_ = key_on(act(officer_, "/account/code", {{"act", "begin"}, {"password", SmallSite::kPassword}}));
    EXPECT_EQ(key_.size(), crypto::kTotpSecretBytes);
    const auto page = act(officer_, "/account/code", {{"act", "confirm"}, {"code", shown()}});
    next();
    std::vector<std::string> out;
    const std::regex code("<code>([a-z0-9-]{19})</code>");
    for (auto at = std::sregex_iterator(page.body.begin(), page.body.end(), code); at != std::sregex_iterator(); ++at)
      out.push_back((*at)[1].str());
    return out;
  }
  net::Response give_code(Browser& browser, const std::string& code, const std::string& next = "/activities") {
    return browser.post("/code", {{"csrf", Browser::hidden(browser.get("/code"), "csrf")}, {"next", next}, {"code", code}});
  }
  std::size_t log_ins(const std::string& login) {
    const auto person = test::must(world_.ledger().subject(login)).person;
    return test::must(world_.ledger().audit().list(
                          {.actor = person, .action = std::string(access::audited::kLogIn), .outcome = access::AuditOutcome::kDone}))
        .rows.size();
  }

  SmallSite world_;
  Browser officer_{world_}, admin_{world_};
  std::string key_;
};

TEST_F(SecondFactorPage, EnrollingShowsAPictureTheKeyAndTenCodesOnce) {
  EXPECT_TRUE(shows(officer_.get("/account"), "none: the password is enough"));
  EXPECT_EQ(act(officer_, "/account/code", {{"act", "begin"}, {"password", "not it"}}).status, 422);
  const auto page = act(officer_, "/account/code", {{"act", "begin"}, {"password", SmallSite::kPassword}});
  EXPECT_TRUE(shows(page, "<svg class=\"qr\" role=\"img\""));
  EXPECT_FALSE(shows(page, "<script>")) << "the picture needs none";
  EXPECT_FALSE(key_on(page).empty());
  EXPECT_TRUE(shows(act(officer_, "/account/code", {{"act", "confirm"}, {"code", "12345"}}), "f-code-error"));
  EXPECT_EQ(enrol().size(), 10U);
  EXPECT_TRUE(shows(officer_.get("/account"), "asked at log-in"));
  const auto state = officer_.get("/account/code");
  EXPECT_TRUE(key_on(state).empty());
  EXPECT_TRUE(shows(state, "10 recovery codes are left"));
}

TEST_F(SecondFactorPage, TheKeyIsNotShownAgainWithoutThePassword) {
  act(officer_, "/account/code", {{"act", "begin"}, {"password", SmallSite::kPassword}});
  Browser later(world_);
  later.log_in("officer");
  EXPECT_TRUE(key_on(act(later, "/account/code", {{"act", "confirm"}, {"code", "000000"}})).empty());
  EXPECT_TRUE(key_on(later.get("/account/code")).empty());
}

TEST_F(SecondFactorPage, LogInLeadsToTheCodeAndNowhereElse) {
  const auto recovery = enrol();
  Browser browser(world_);
  browser.cookies["__Host-nhipcau-lang"] = "en";
  const auto before = log_ins("officer");
  EXPECT_EQ(browser.log_in("officer").status, 303);
  for (const char* target : {"/", "/activities", "/account", "/account/code", "/password", "/records/new?type=talks", "/nothing"})
    EXPECT_TRUE(location(browser.get(target)).starts_with("/code")) << target;
  EXPECT_FALSE(shows(browser.get("/code"), "class=\"rail\""));
  EXPECT_EQ(give_code(browser, "000000").status, 403);
  EXPECT_EQ(log_ins("officer"), before) << "not in yet";
  const auto code = shown();
  EXPECT_EQ(location(give_code(browser, code)), "/activities");
  EXPECT_EQ(browser.get("/activities").status, 200);
  EXPECT_EQ(log_ins("officer"), before + 1);
  Browser thief(world_);
  thief.cookies["__Host-nhipcau-lang"] = "en";
  thief.log_in("officer");
  EXPECT_TRUE(shows(give_code(thief, code), "used already"));
  EXPECT_EQ(thief.get("/").status, 303);
  EXPECT_EQ(location(give_code(thief, recovery[0], "/")), "/");
  Browser again(world_);
  again.log_in("officer");
  EXPECT_EQ(give_code(again, recovery[0]).status, 403) << "a recovery code is for one use";
}

// Who has the password alone leaves nothing that the person would be offered as his own.
TEST_F(SecondFactorPage, WhatIsSentBeforeTheCodeIsOfferedInThatSessionAlone) {
  enrol();
  Browser thief(world_), other(world_);
  thief.log_in("officer");
  const net::Fields planted{{"csrf", Browser::hidden(thief.get("/code"), "csrf")}, {"v.remark", "của kẻ gian"}};
  EXPECT_EQ(location(thief.post("/records/new?type=talks", planted)), "/code");
  other.cookies["__Host-nhipcau-lang"] = "en";
  other.log_in("officer");
  EXPECT_EQ(location(give_code(other, shown(), "/")), "/") << "nothing waits for him";
  next();
  const auto own = give_code(thief, shown(), "/");
  EXPECT_TRUE(shows(own, "của kẻ gian")) << "in the session that sent it, after its code";
}

TEST_F(SecondFactorPage, WrongCodesWaitAndAreCounted) {
  enrol();
  Browser browser(world_);
  browser.cookies["__Host-nhipcau-lang"] = "en";
  browser.log_in("officer");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(give_code(browser, "000000").status, 403);
  const auto waiting = give_code(browser, shown());
  EXPECT_EQ(waiting.status, 429);
  EXPECT_TRUE(shows(waiting, "next one is possible in"));
  world_.clock.now_ms += 120'000;
  EXPECT_EQ(give_code(browser, shown()).status, 303) << "nobody is locked out";
}

TEST_F(SecondFactorPage, WhatBindsAsksForTheCodeAsWell) {
  enrol();
  go_on_working();  // the step-up of enrolling is over
  EXPECT_TRUE(shows(officer_.get("/account/pin"), "name=\"code\""));
  const net::Fields pin{{"password", SmallSite::kPassword}, {"pin", "2580"}, {"again", "2580"}};
  EXPECT_TRUE(shows(act(officer_, "/account/pin", pin), "f-code-error"));
  auto with = pin;
  with.set("code", shown());
  EXPECT_EQ(location(act(officer_, "/account/pin", with)), "/account?done=pin");
  go_on_working();
  const net::Fields password{{"password", SmallSite::kPassword}, {"new_password", "mot-mat-khau-moi"}, {"again", "mot-mat-khau-moi"}};
  EXPECT_TRUE(shows(act(officer_, "/password", password), "f-code-error"));
}

TEST_F(SecondFactorPage, AnAdministratorTakesItAwayAndThePersonIsTold) {
  enrol();
  const auto person = test::must(world_.ledger().subject("officer")).person;
  const auto path = "/admin/accounts/" + person.hex();
  EXPECT_TRUE(shows(admin_.get(path), "value=\"no-code\""));
  EXPECT_EQ(location(act(admin_, path, {{"act", "no-code"}, {"password", SmallSite::kPassword}})), path + "?done=code-removed");
  EXPECT_FALSE(shows(admin_.get(path), "value=\"no-code\""));
  const auto rows = test::must(world_.ledger().audit().list({.action = std::string(access::audited::kAccount), .record = person}));
  ASSERT_FALSE(rows.rows.empty());
  EXPECT_EQ(rows.rows.front().actor, test::must(world_.ledger().subject("admin")).person);
  Browser browser(world_);
  browser.cookies["__Host-nhipcau-lang"] = "en";
  browser.log_in("officer");
  const auto first = browser.get("/");
  EXPECT_TRUE(shows(first, "Your authenticator was taken away")) << first.status;
  EXPECT_TRUE(shows(first, "Chức trách admin"));
}

TEST_F(SecondFactorPage, OnesOwnIsTakenAwayWithPasswordAndCode) {
  enrol();
  go_on_working();
  EXPECT_TRUE(shows(act(officer_, "/account/code", {{"act", "remove"}, {"password", SmallSite::kPassword}}), "f-code-error"));
  EXPECT_EQ(location(act(officer_, "/account/code", {{"act", "remove"}, {"password", SmallSite::kPassword}, {"code", shown()}})),
            "/account?done=no-code");
  Browser fresh(world_);
  fresh.cookies["__Host-nhipcau-lang"] = "en";
  EXPECT_EQ(location(fresh.log_in("officer")), "/") << "no code";
  EXPECT_FALSE(shows(fresh.get("/"), "taken away"));
}

}  // namespace
}  // namespace nc::web
