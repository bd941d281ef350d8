// The lock of the screen: by minutes, by the button, opened by PIN or password, shared by several people.
#include <gtest/gtest.h>

#include "face/web/drafts.h"
#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

constexpr std::int64_t kMinute = 60'000;
constexpr const char* kTyped = "Cửa khẩu đang gõ dở";
constexpr const char* kForm = "/records/new?type=talks";

class LockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    browser_.cookies["__Host-nhipcau-lang"] = "en";
    browser_.log_in("officer");
  }
  static std::string csrf_of(const net::Response& page) { return Browser::hidden(page, "csrf"); }
  void set_pin(const std::string& pin) {
    const auto csrf = csrf_of(browser_.get("/account/pin"));
    const auto set = browser_.post("/account/pin", {{"csrf", csrf}, {"password", SmallSite::kPassword}, {"pin", pin}, {"again", pin}});
    ASSERT_EQ(set.status, 303) << set.body;
  }
  net::Response unlock(Browser& browser, const std::string& name, const std::string& secret, const std::string& next = "/") {
    return browser.post("/unlock", {{"csrf", csrf_of(browser.get("/locked"))}, {"next", next}, {name, secret}});
  }
  net::Response lock_with_form(Browser& browser) {
    const auto form = browser.get(kForm);
    EXPECT_TRUE(shows(form, "form=\"entry\" formaction=\"/lock\"")) << "the button sends the form along";
    return browser.post("/lock",
                        {{"csrf", csrf_of(form)}, {"once", Browser::hidden(form, "once")}, {"v.place.text", kTyped}, {"lock", kForm}});
  }

  SmallSite world_;
  Browser browser_{world_};
};

TEST_F(LockTest, AfterMinutesWithoutUseEveryPageLeadsToTheLockAndBack) {
  const auto record = world_.talks(world_.post(), "Cửa khẩu bí mật");
  const auto path = "/records/" + record.hex();
  EXPECT_TRUE(shows(browser_.get(path), "Cửa khẩu bí mật"));
  world_.clock.now_ms += 11 * kMinute;
  for (const auto& target : {std::string("/"), path, std::string("/figures"), std::string("/nothing"), std::string("/account")}) {
    const auto away = browser_.get(target);
    EXPECT_EQ(away.status, 303) << target;
    EXPECT_TRUE(location(away).starts_with("/locked")) << location(away);
  }
  const auto locked = browser_.get("/locked?next=" + path);
  EXPECT_EQ(locked.status, 200);
  EXPECT_TRUE(shows(locked, "Chức trách officer"));
  for (const auto* hidden : {"Cửa khẩu bí mật", "class=\"rail\"", "/activities"}) EXPECT_FALSE(shows(locked, hidden)) << hidden;
  EXPECT_EQ(unlock(browser_, "password", "not it").status, 403);
  EXPECT_EQ(browser_.get(path).status, 303);
  const auto opened = unlock(browser_, "password", SmallSite::kPassword, path);
  EXPECT_EQ(location(opened), path);
  EXPECT_EQ(browser_.get(path).status, 200);
}

TEST_F(LockTest, APinOpensItAndAFewWrongOnesAskForThePassword) {
  set_pin("2580");
  EXPECT_TRUE(shows(browser_.get("/account"), "with a PIN"));
  const auto lock = [&] { return browser_.post("/lock", {{"csrf", csrf_of(browser_.get("/"))}, {"next", "/figures"}}); };
  EXPECT_EQ(location(lock()), "/locked?next=%2Ffigures");
  EXPECT_EQ(location(unlock(browser_, "pin", "2580", "/figures")), "/figures");
  EXPECT_EQ(browser_.get("/figures").status, 200);
  lock();
  net::Response last;
  for (int wrong = 1; wrong <= 5; ++wrong) {
    last = unlock(browser_, "pin", "1357");
    EXPECT_FALSE(shows(last, "1357"));
    EXPECT_EQ(last.status, 403);
    if (wrong < 5) { EXPECT_EQ(unlock(browser_, "pin", "2580").status, 429) << "the next try waits"; }
    world_.clock.now_ms += 20'000;
  }
  EXPECT_TRUE(shows(last, "name=\"login\"")) << last.body;
  EXPECT_TRUE(location(browser_.get("/")).starts_with("/login"));
  EXPECT_EQ(browser_.log_in("officer").status, 303) << "nobody is locked out";
  const auto rows = world_.ledger().audit().list({.action = std::string(access::audited::kUnlock)});
  ASSERT_TRUE(rows);
  const auto refused = std::ranges::count_if(rows->rows, [](const auto& row) { return row.outcome == access::AuditOutcome::kRefused; });
  EXPECT_GT(refused, 0);
  EXPECT_EQ(std::ranges::count_if(rows->rows, [](const auto& row) { return row.outcome == access::AuditOutcome::kDone; }), 1);
}

TEST_F(LockTest, PlainPinsAndWrongPasswordsSetNone) {
  const auto csrf = csrf_of(browser_.get("/account/pin"));
  const auto tried = [&](const net::Fields& more) {
    net::Fields form{{"csrf", csrf}};
    for (const auto& [name, value] : more) form.add(name, value);
    return browser_.post("/account/pin", form);
  };
  EXPECT_TRUE(shows(tried({{"password", "not it"}, {"pin", "2580"}, {"again", "2580"}}), "f-password-error"));
  EXPECT_TRUE(shows(tried({{"password", SmallSite::kPassword}, {"pin", "2580"}, {"again", "2581"}}), "f-again-error"));
  const auto plain = tried({{"pin", "1234"}, {"again", "1234"}});  // the password was right a moment ago
  EXPECT_TRUE(shows(plain, "f-pin-error"));
  EXPECT_FALSE(shows(plain, "1234"));
  EXPECT_FALSE(shows(browser_.get("/account"), "with a PIN"));
}

TEST_F(LockTest, TheButtonKeepsWhatIsTypedAndTheLockShowsNothingOfIt) {
  EXPECT_TRUE(location(lock_with_form(browser_)).starts_with("/locked?next="));
  const auto locked = browser_.get("/locked");
  EXPECT_FALSE(shows(locked, kTyped));
  const auto back = unlock(browser_, "password", SmallSite::kPassword);
  ASSERT_EQ(back.status, 200);
  EXPECT_EQ(Browser::hidden(back, "v.place.text"), kTyped);
  const auto form = browser_.post(kForm, {{"csrf", csrf_of(back)}, {"once", Browser::hidden(back, "once")}, {"v.place.text", kTyped}});
  EXPECT_TRUE(shows(form, std::string("value=\"") + kTyped + "\"")) << form.status;
  EXPECT_EQ(location(unlock(browser_, "password", SmallSite::kPassword)), "/") << "it is given back once";
}

TEST_F(LockTest, AChangeSentToALockedSessionIsKeptAndNotDone) {
  const auto id = world_.talks(world_.post());
  const auto path = "/records/" + id.hex() + "/step";
  const auto csrf = csrf_of(browser_.get("/"));
  const auto voided = [&] { return world_.ledger().read(world_.ledger().console(), id)->voided; };
  world_.clock.now_ms += 11 * kMinute;
  const auto sent = browser_.post(path, {{"csrf", csrf}, {"act", "void"}, {"reason", "nhập nhầm"}});
  EXPECT_EQ(location(sent), "/locked");
  EXPECT_FALSE(voided());
  const auto back = unlock(browser_, "password", SmallSite::kPassword);
  EXPECT_EQ(Browser::hidden(back, "reason"), "nhập nhầm");
  EXPECT_FALSE(voided());
  EXPECT_EQ(browser_.post(path, {{"csrf", csrf_of(back)}, {"act", "void"}, {"reason", "nhập nhầm"}}).status, 303);
  EXPECT_TRUE(voided());
}

TEST_F(LockTest, SomebodyElseLogsInFromTheLockAndSeesNothingOfTheFirst) {
  lock_with_form(browser_);
  const auto first = browser_.cookies.at("__Host-nhipcau");
  const auto in = browser_.log_in("stranger");
  EXPECT_EQ(location(in), "/");
  EXPECT_FALSE(shows(browser_.get("/"), kTyped));
  EXPECT_FALSE(shows(browser_.get(kForm), kTyped));
  Browser thief(world_);
  thief.cookies["__Host-nhipcau"] = first;
  EXPECT_TRUE(location(thief.get("/locked")).starts_with("/login")) << "the first session ended";
  const auto back = Browser(world_).log_in("officer");
  ASSERT_EQ(back.status, 200) << "what was typed waits for its person, wherever he logs in";
  EXPECT_EQ(Browser::hidden(back, "v.place.text"), kTyped);
}

TEST_F(LockTest, AForeignPageLocksAndUnlocksNothing) {
  net::Headers foreign;
  foreign.add("Sec-Fetch-Site", "cross-site");
  EXPECT_EQ(browser_.send("POST", "/lock", {{"lock", kForm}, {"v.place.text", "x"}}, foreign).status, 403);
  EXPECT_EQ(browser_.get("/").status, 200);
  browser_.post("/lock", {{"csrf", csrf_of(browser_.get("/"))}});
  EXPECT_EQ(browser_.send("POST", "/unlock", {{"password", SmallSite::kPassword}}, foreign).status, 403);
  EXPECT_EQ(browser_.get("/").status, 303);
  for (const auto* next : {"//evil.example/", "https://evil.example/", "/locked"})
    EXPECT_EQ(Browser::hidden(browser_.get(net::with_query("/locked", {{"next", next}})), "next"), "/") << next;
}

// What stays on the screen is taken away by the browser itself; that keeps no session awake.
TEST_F(LockTest, PagesLoadTheLockThemselvesAndFormsDoNot) {
  const auto page = browser_.get("/figures?kind=talks&done=saved");
  EXPECT_EQ(page.headers.get("Refresh"), "305; url=/locked?idle=1&next=%2Ffigures%3Fkind%3Dtalks");
  EXPECT_FALSE(browser_.get(kForm).headers.has("Refresh")) << "typing would be lost";
  world_.clock.now_ms += 4 * kMinute;
  EXPECT_EQ(location(browser_.get("/locked?idle=1&next=%2Ffigures")), "/figures?idle=1") << "another window was in use";
  EXPECT_EQ(browser_.get("/figures?idle=1").status, 200);
  EXPECT_FALSE(shows(browser_.get("/?idle=1"), "idle=1&amp;lang")) << "links of the page are use again";
  world_.clock.now_ms += 2 * kMinute;
  EXPECT_TRUE(location(browser_.get("/figures?idle=1")).starts_with("/locked"));
}

TEST(Drafts, KeepTheFormsOfAPersonNothingSecretAndTheNewestFirst) {
  Drafts drafts;
  const auto person = [](int n) { return *PersonId::from_hex(std::string(31, '0') + static_cast<char>('0' + n)); };
  const auto taken = [&](int n) { return drafts.take(person(n), {access::SessionId{}}); };
  drafts.keep(person(1), "/a", {{"x", "one"}});
  drafts.keep(person(1), "/b",
              {{"x", "two"}, {"csrf", "t"}, {"password", "p"}, {"passphrase", "p"}, {"pin", "1"}, {"second_password", "p"}});
  drafts.keep(person(1), "/a", {{"x", "one"}});
  const auto both = taken(1);
  ASSERT_EQ(both.size(), 2U) << "sent twice it is one form";
  EXPECT_EQ(both[0].target, "/a");
  EXPECT_EQ(both[1].target, "/b");
  EXPECT_EQ(both[1].form.size(), 1U);
  EXPECT_TRUE(taken(1).empty());
  for (std::size_t n = 0; n <= Drafts::kFormsMax; ++n) drafts.keep(person(1), "/" + std::to_string(n), {{"x", "y"}});
  const auto last = taken(1);
  ASSERT_EQ(last.size(), Drafts::kFormsMax);
  EXPECT_EQ(last.back().target, "/1") << "the oldest went";
  const std::string large(1024 * 1024, 'x');
  for (int n = 1; n <= 9; ++n) drafts.keep(person(n), "/", {{"x", large}});
  EXPECT_TRUE(taken(1).empty()) << "the oldest went";
  EXPECT_TRUE(taken(2).empty()) << "names count, too";
  for (int n = 3; n <= 9; ++n) EXPECT_EQ(taken(n).size(), 1U) << n;
  drafts.keep(person(1), "/", {{"x", std::string(Drafts::kBytesMax + 1, 'x')}});
  EXPECT_TRUE(taken(1).empty());
}

}  // namespace
}  // namespace nc::web
