// Guided paths of an account: a password for one use, a lost key, the administrator made on the machine itself.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

constexpr const char* kPassphrase = "khoa-ky-rat-dai";

class AccountTest : public ::testing::Test {
 protected:
  AccountTest() {
    for (auto* browser : {&officer_, &admin_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    admin_.log_in("admin");
  }
  static std::string csrf_of(const net::Response& page) { return Browser::hidden(page, "csrf"); }
  PersonId person(const std::string& login) { return test::must(world_.ledger().subject(login)).person; }
  std::string account_page(const std::string& login) { return "/admin/accounts/" + person(login).hex(); }
  net::Response administer(const std::string& login, const std::string& act, const net::Fields& more = {}) {
    const auto path = account_page(login);
    net::Fields form{{"csrf", csrf_of(admin_.get(path))}, {"password", SmallSite::kPassword}, {"act", act}};
    for (const auto& [name, value] : more) form.add(name, value);
    return admin_.post(path, form);
  }
  static std::string printed_password(const net::Response& page) {
    std::smatch found;
    return std::regex_search(page.body, found, std::regex("for one use: ([a-z0-9-]+)")) ? found[1].str() : std::string();
  }

  SmallSite world_;
  Browser officer_{world_}, admin_{world_};
};

TEST_F(AccountTest, APasswordForOneUseLeadsToAnotherOneAndNowhereElse) {
  const auto page = administer("officer", "password");
  const auto once = printed_password(page);
  ASSERT_EQ(once.size(), 19U) << page.body;
  EXPECT_EQ(officer_.get("/").status, 303) << "all sessions ended";
  EXPECT_FALSE(shows(admin_.get(account_page("officer")), once)) << "shown once";
  ASSERT_EQ(officer_.log_in("officer", once).status, 303);
  for (const char* target : {"/", "/activities", "/account", "/records/new?type=talks", "/nothing"})
    EXPECT_TRUE(location(officer_.get(target)).starts_with("/password")) << target;
  const auto form = officer_.get("/password?next=%2Factivities");
  EXPECT_FALSE(shows(form, "class=\"rail\""));
  const auto tried = [&](const std::string& fresh, const std::string& again) {
    return officer_.post("/password", {{"csrf", csrf_of(form)}, {"next", "/activities"}, {"new_password", fresh}, {"again", again}});
  };
  EXPECT_TRUE(shows(tried("mot-mat-khau-moi", "mot-mat-khau-khac"), "f-again-error"));
  EXPECT_TRUE(shows(tried(once, once), "f-new_password-error"));
  EXPECT_EQ(tried("ngan", "ngan").status, 422);
  EXPECT_EQ(location(tried("mot-mat-khau-moi", "mot-mat-khau-moi")), "/activities");
  EXPECT_EQ(officer_.get("/activities").status, 200);
  Browser other(world_);
  EXPECT_EQ(other.log_in("officer", once).status, 403);
  EXPECT_EQ(other.log_in("officer", "mot-mat-khau-moi").status, 303);
}

TEST_F(AccountTest, APasswordForOneUseLogsInOnceAndSaysWhatToDoWhenTheBrowserWasClosed) {
  const auto once = printed_password(administer("officer", "password"));
  ASSERT_EQ(officer_.log_in("officer", once).status, 303);
  Browser other(world_);
  other.cookies["__Host-nhipcau-lang"] = "en";
  const auto refused = other.log_in("officer", once);
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(shows(refused, "has been used"));
  EXPECT_TRUE(shows(refused, "administrator give you another one"));
  world_.clock.now_ms += 60'000;
  const auto rows = test::must(world_.ledger().audit().list(
      {.actor = person("officer"), .action = std::string(access::audited::kLogIn), .outcome = access::AuditOutcome::kRefused}));
  ASSERT_EQ(rows.rows.size(), 1U);
  EXPECT_EQ(officer_.get("/password").status, 200) << "where it was used one goes on";
  const auto second = printed_password(administer("officer", "password"));
  EXPECT_EQ(other.log_in("officer", second).status, 303);
}

TEST_F(AccountTest, APasswordForOneUseIsTooOldAfterAWeek) {
  const auto once = printed_password(administer("officer", "password"));
  world_.clock.now_ms += 8LL * 24 * 3'600'000;
  Browser late(world_);
  late.cookies["__Host-nhipcau-lang"] = "en";
  const auto refused = late.log_in("officer", once);
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(shows(refused, "too old now"));
  EXPECT_TRUE(shows(late.log_in("officer", "wrong"), "The login or the password is wrong"));
}

TEST_F(AccountTest, OnlyAnAdministratorWithHisPasswordResetsAndNotHimself) {
  const auto path = account_page("stranger");
  EXPECT_EQ(officer_.get(path).status, 404);
  EXPECT_EQ(officer_.post(path, {{"csrf", csrf_of(officer_.get("/"))}, {"act", "password"}, {"password", SmallSite::kPassword}}).status,
            404);
  const auto csrf = csrf_of(admin_.get(path));
  EXPECT_EQ(admin_.post(path, {{"csrf", csrf}, {"act", "password"}, {"password", "not it"}}).status, 422);
  EXPECT_EQ(admin_.post(path, {{"csrf", csrf}, {"act", "password"}}).status, 422);
  EXPECT_EQ(Browser(world_).log_in("stranger").status, 303) << "nothing was changed";
  EXPECT_EQ(administer("admin", "password").status, 404);
  EXPECT_EQ(admin_.get("/admin/accounts/" + world_.post().hex()).status, 404);
}

TEST_F(AccountTest, OnesOwnPasswordIsChangedWithThePresentOneAndEndsOtherSessions) {
  Browser other(world_);
  other.log_in("officer");
  const auto form = officer_.get("/password");
  const auto tried = [&](const std::string& present) {
    return officer_.post(
        "/password", {{"csrf", csrf_of(form)}, {"password", present}, {"new_password", "mot-mat-khau-moi"}, {"again", "mot-mat-khau-moi"}});
  };
  EXPECT_TRUE(shows(tried("not it"), "f-password-error"));
  EXPECT_EQ(location(tried(SmallSite::kPassword)), "/account?done=password");
  EXPECT_EQ(officer_.get("/account").status, 200);
  EXPECT_EQ(other.get("/").status, 303);
  const auto rows = world_.ledger().audit().list({.actor = person("officer"), .action = std::string(access::audited::kAccount)});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->rows.size(), 1U);
}

TEST_F(AccountTest, ALostKeyEndsAndTheNewOneSignsOnceItIsCertified) {
  const auto old_key = world_.make_key("officer", kPassphrase);
  EXPECT_TRUE(shows(officer_.get("/account"), old_key.hex()));
  const auto csrf = csrf_of(officer_.get("/account/key"));
  const auto tried = [&](const net::Fields& more) {
    net::Fields form{{"csrf", csrf}, {"password", SmallSite::kPassword}};
    for (const auto& [name, value] : more) form.add(name, value);
    return officer_.post("/account/key", form);
  };
  const net::Fields fresh{{"passphrase", "cum-mat-khau-moi"}, {"passphrase_again", "cum-mat-khau-moi"}};
  EXPECT_TRUE(shows(tried(fresh), "f-reason-error"));
  EXPECT_TRUE(shows(tried({{"reason", "quên"}, {"passphrase", "ngan"}, {"passphrase_again", "ngan"}}), "f-passphrase-error"));
  EXPECT_TRUE(shows(officer_.get("/account"), old_key.hex())) << "nothing ended yet";
  auto good = fresh;
  good.add("reason", "quên cụm mật khẩu");
  EXPECT_EQ(location(tried(good)), "/account?done=key");
  const auto mine = officer_.get("/account");
  EXPECT_FALSE(shows(mine, old_key.hex()));
  EXPECT_TRUE(shows(mine, "waits to be certified"));
  const auto keys = world_.ledger().list(world_.ledger().console(), {.feeds = {"person-key"}});
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->items.size(), 1U);
  EXPECT_EQ(keys->items.front().slot("ended"), Json("quên cụm mật khẩu"));
  // The administrator compares the number and certifies; nobody certifies his own.
  EXPECT_TRUE(shows(admin_.get("/admin"), "waits to be certified"));
  const auto page = admin_.get(account_page("officer"));
  std::smatch number;
  ASSERT_TRUE(std::regex_search(page.body, number, std::regex("<code>([0-9a-f]{64})</code>")));
  EXPECT_TRUE(shows(mine, number[1].str()));
  EXPECT_EQ(administer("officer", "certify").status, 303);
  EXPECT_TRUE(shows(officer_.get("/account"), "</span>certified</span>")) << officer_.get("/account").body;
  EXPECT_TRUE(shows(administer("officer", "end-key"), "f-reason-error"));
  EXPECT_EQ(administer("officer", "end-key", {{"reason", "mất máy"}}).status, 303);
  EXPECT_FALSE(shows(officer_.get("/account"), "waits to be certified"));
}

TEST_F(AccountTest, EveryAdministratorIsToldOfOneMadeOnTheMachine) {
  EXPECT_FALSE(shows(admin_.get("/"), "on the machine itself"));
  ASSERT_TRUE(world_.ledger().audit().write({world_.ledger().console().person, access::audited::kRecover, person("stranger"), {}, {}}));
  for (const char* target : {"/", "/admin"}) {
    EXPECT_TRUE(shows(admin_.get(target), "An administrator was made on the machine itself")) << target;
    EXPECT_TRUE(shows(admin_.get(target), "Chức trách stranger")) << target;
  }
  EXPECT_FALSE(shows(officer_.get("/"), "on the machine itself"));
  world_.clock.now_ms += 91LL * 24 * 3'600'000;
  admin_.log_in("admin");
  EXPECT_FALSE(shows(admin_.get("/"), "on the machine itself"));
}

}  // namespace
}  // namespace nc::web
