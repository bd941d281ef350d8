// Accounts as their administrator makes and changes them: rights, dates, closing, and the refusals in plain words.
#include <gtest/gtest.h>

#include <regex>

#include "base/civil.h"
#include "face/web/small_site_test.h"
#include "ledger/records/accounts.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class AccountsPage : public ::testing::Test {
 protected:
  AccountsPage() {
    for (auto* browser : {&officer_, &admin_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    admin_.log_in("admin");
  }
  PersonId person(const std::string& login) { return test::must(world_.ledger().subject(login)).person; }
  std::string page_of(const std::string& login) { return "/admin/accounts/" + person(login).hex(); }
  std::vector<records::GrantRow> grants(const std::string& login) {
    return records::grant_rows(test::must(world_.ledger().read(world_.ledger().console(), person(login))));
  }
  net::Response send(Browser& browser, const std::string& page, const net::Fields& fields) {
    const auto form = browser.get(page);
    auto all = fields;
    all.set("csrf", Browser::hidden(form, "csrf"));
    if (!all.has("once")) all.set("once", Browser::hidden(form, "once"));
    if (!all.has("password")) all.set("password", SmallSite::kPassword);
    return browser.post(page.substr(0, page.find('?')), all);
  }
  std::vector<access::AuditRow> rows_of_accounts() {  // newest first
    return test::must(world_.ledger().audit().list({.actor = person("admin"), .action = std::string(access::audited::kAccount)})).rows;
  }
  static net::Fields duty_officer(const std::string& login) {
    return {{"login", login},
            {"display", "Trực ban đồn A"},
            {"unit", "vn-post-a"},
            {"clearance", "internal"},
            {"role", "duty_officer"},
            {"scope", "vn-post-a"},
            {"line", "command"},
            {"chain", ""},
            {"from", ""},
            {"until", "31/12/2030"}};
  }
  static std::string printed_password(const net::Response& page) {
    std::smatch found;
    return std::regex_search(page.body, found, std::regex("for one use: ([a-z0-9-]+)")) ? found[1].str() : std::string();
  }

  SmallSite world_;
  Browser officer_{world_}, admin_{world_};
};

TEST_F(AccountsPage, AnAccountIsMadeAndItsPasswordIsShownOnce) {
  EXPECT_TRUE(shows(admin_.get("/admin"), "/admin/accounts/new"));
  const auto made = send(admin_, "/admin/accounts/new", duty_officer("Truc-Ban"));
  const auto once = printed_password(made);
  ASSERT_EQ(once.size(), 19U) << made.body;
  EXPECT_FALSE(shows(admin_.get(page_of("truc-ban")), once));
  const auto rows = grants("truc-ban");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().grant.role, "duty_officer");
  EXPECT_EQ(rows.front().grant.until, to_day(2030, 12, 31));
  Browser fresh(world_);
  EXPECT_EQ(fresh.log_in("truc-ban", once).status, 303);
  EXPECT_TRUE(location(fresh.get("/")).starts_with("/password"));
  const auto page = admin_.get(page_of("truc-ban"));
  EXPECT_TRUE(shows(page, "Duty officer"));
  EXPECT_TRUE(shows(page, "Account made"));
  EXPECT_TRUE(shows(page, "Chức trách admin"));
  EXPECT_FALSE(shows(page, world_.post().hex().substr(0, 8) + "…")) << "no id where a name can stand";
}

TEST_F(AccountsPage, WhatIsTypedStaysAndEachErrorStandsBesideItsField) {
  auto form = duty_officer("trực ban");
  form.set("display", " ");
  form.set("unit", "nowhere");
  form.set("role", "");
  form.set("until", "31/02/2027");
  const auto page = send(admin_, "/admin/accounts/new", form);
  EXPECT_EQ(page.status, 422);
  for (const char* id : {"f-login-error", "f-display-error", "f-unit-error", "f-role-error", "f-until-error"})
    EXPECT_TRUE(shows(page, id)) << id;
  EXPECT_TRUE(shows(page, "value=\"trực ban\""));
  EXPECT_TRUE(shows(page, "value=\"31/02/2027\""));
  auto wrong = duty_officer("truc-ban");
  wrong.set("password", "not it");
  EXPECT_TRUE(shows(send(admin_, "/admin/accounts/new", wrong), "f-password-error"));
  EXPECT_TRUE(shows(send(admin_, "/admin/accounts/new", duty_officer("officer")), "f-login-error"));
  EXPECT_FALSE(world_.ledger().subject("truc-ban"));
}

TEST_F(AccountsPage, ASecondClickMakesOneAccount) {
  const auto form = admin_.get("/admin/accounts/new");
  auto fields = duty_officer("truc-ban");
  fields.set("csrf", Browser::hidden(form, "csrf"));
  fields.set("once", Browser::hidden(form, "once"));
  fields.set("password", SmallSite::kPassword);
  EXPECT_EQ(admin_.post("/admin/accounts/new", fields).status, 200);
  const auto first = person("truc-ban");
  const auto second = admin_.post("/admin/accounts/new", fields);
  EXPECT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(person("truc-ban"), first);
}

TEST_F(AccountsPage, NotWiderThanTheGiverAndNotToOneself) {
  const auto path = page_of("officer") + "/grant";
  const auto give = [&](const std::string& line, const std::string& chain, const std::string& scope) {
    return send(admin_, path, {{"role", "inspector"}, {"scope", scope}, {"line", line}, {"chain", chain}, {"from", ""}, {"until", ""}});
  };
  for (const auto& page : {give("guidance", "", "vn-post-a"), give("command", "KH-police", "")}) {
    EXPECT_EQ(page.status, 403);
    EXPECT_TRUE(shows(page, "may not be wider than what you hold")) << page.body;
  }
  EXPECT_TRUE(shows(give("command", "", "vn-post-b"), "f-scope-error")) << "a unit that is not his is not there for him";
  EXPECT_EQ(grants("officer").size(), 1U);
  EXPECT_EQ(give("command", "KH-police", "vn-post-a").status, 303);
  ASSERT_EQ(grants("officer").size(), 2U);
  EXPECT_EQ(grants("officer")[1].grant.chain, "KH-police");
  const auto own = send(admin_, page_of("admin") + "/grant", {{"role", "inspector"}, {"scope", "vn-post-a"}, {"line", "command"}});
  EXPECT_EQ(own.status, 403);
  EXPECT_TRUE(shows(own, "Nobody grants rights to himself"));
  EXPECT_FALSE(shows(admin_.get(page_of("admin")), "/end-grant"));
}

TEST_F(AccountsPage, ARoleIsGivenForDaysAndEnded) {
  const auto path = page_of("officer");
  ASSERT_EQ(send(admin_, path + "/grant",
                 {{"role", "inspector"}, {"scope", "vn-post-a"}, {"line", "command"}, {"from", "01/01/2026"}, {"until", "31/12/2026"}})
                .status,
            303);
  auto rows = grants("officer");
  ASSERT_EQ(rows.size(), 2U);
  const auto ending = path + "/end-grant?row=" + rows[1].key;
  EXPECT_TRUE(shows(admin_.get(path), ending.substr(0, ending.find('?')))) << admin_.get(path).body;
  EXPECT_EQ(send(admin_, ending, {{"row", rows[1].key}, {"last_day", "ngày mai"}}).status, 422);
  ASSERT_EQ(location(send(admin_, ending, {{"row", rows[1].key}, {"last_day", ""}})), path + "?done=grant-ended");
  rows = grants("officer");
  EXPECT_EQ(rows[1].grant.until, world_.ledger().today() - 1);
  EXPECT_EQ(admin_.get(ending).status, 404) << "no such row any more";
  const auto page = admin_.get(path);
  EXPECT_TRUE(shows(page, "over</span>"));
  EXPECT_TRUE(shows(page, "<ins>")) << "the history says what was given";
}

TEST_F(AccountsPage, ClosingEndsSessionsAndLogInAndOpensAgain) {
  const auto path = page_of("officer");
  ASSERT_EQ(location(send(admin_, path, {{"act", "close"}})), path + "?done=closed");
  EXPECT_EQ(officer_.get("/").status, 303);
  EXPECT_EQ(Browser(world_).log_in("officer").status, 403);
  ASSERT_EQ(location(send(admin_, path, {{"act", "open"}})), path + "?done=opened");
  EXPECT_EQ(officer_.log_in("officer").status, 303);
  EXPECT_TRUE(shows(admin_.get(path), "End its 1 session"));
  ASSERT_EQ(location(send(admin_, path, {{"act", "sessions"}})), path + "?done=sessions-ended");
  EXPECT_EQ(officer_.get("/").status, 303);
}

// Whoever resets a password can log in with it: an account that holds more is not for an administrator below it.
TEST_F(AccountsPage, NoActOfThePageReachesAnAccountThatHoldsMore) {
  auto& ledger = world_.ledger();
  world_.add_account("above", "post_commander", world_.post());
  world_.make_key("above", "cum-mat-khau-dai-1");
  const auto above = person("above");
  access::Grant wide{.role = "administrator", .unit = world_.other_post()};
  wide.from = ledger.today() + 10;
  ASSERT_TRUE(records::add_grant(ledger, ledger.console(), above, wide));
  Browser other(world_);
  ASSERT_EQ(other.log_in("above").status, 303);
  const auto path = page_of("above");
  const auto before = ledger.digest();
  for (const std::string act : {"password", "no-code", "sessions", "close", "open", "certify", "end-key", "anything"}) {
    const auto page = send(admin_, path, {{"act", act}, {"reason", "mất máy"}});
    EXPECT_EQ(page.status, 403) << act;
    EXPECT_TRUE(shows(page, "may not be wider than what you hold")) << act << page.body;
    EXPECT_FALSE(shows(page, "for one use:")) << act;
  }
  const auto row = grants("above").back().key;
  EXPECT_EQ(send(admin_, path + "/end-grant?row=" + row, {{"row", row}, {"last_day", ""}}).status, 403) << "a right that is still to come";
  EXPECT_EQ(test::must(ledger.digest()), test::must(before));
  EXPECT_EQ(other.get("/").status, 200) << "his session goes on";
  EXPECT_EQ(Browser(world_).log_in("above").status, 303) << "and his password";
  world_.clock.now_ms += 60'000;  // refusals are rows when their minute is over
  const auto refused = test::must(ledger.audit().list({.actor = person("admin"), .outcome = access::AuditOutcome::kRefused}));
  EXPECT_FALSE(refused.rows.empty());
}

// The row comes first; when nothing came of it another says so, and no "done" stands alone.
TEST_F(AccountsPage, ANewAccountThatIsRefusedIsWrittenDownAsRefused) {
  const auto before = rows_of_accounts();
  auto fields = duty_officer("truc-ban");
  const auto form = admin_.get("/admin/accounts/new");
  fields.set("csrf", Browser::hidden(form, "csrf"));
  fields.set("once", Browser::hidden(form, "once"));
  fields.set("password", SmallSite::kPassword);
  fields.set("clearance", "restricted");  // above the administrator's own
  ASSERT_EQ(admin_.post("/admin/accounts/new", fields).status, 403);
  fields.set("clearance", "internal");
  fields.set("login", "officer");  // taken
  ASSERT_EQ(admin_.post("/admin/accounts/new", fields).status, 422);
  auto rows = rows_of_accounts();
  ASSERT_EQ(rows.size(), before.size() + 4);
  using enum access::AuditOutcome;
  for (const auto& [at, outcome] : {std::pair(0, kFailed), std::pair(1, kDone), std::pair(2, kRefused), std::pair(3, kDone)}) {
    EXPECT_EQ(rows[static_cast<std::size_t>(at)].outcome, outcome) << at;  // newest first
    EXPECT_EQ(rows[static_cast<std::size_t>(at)].record, rows[0].record) << at;
  }
}

// The form of a new account, sent again when the account has been given more by somebody above.
TEST_F(AccountsPage, TheFormOfANewAccountGivesNoPasswordToOneThatHoldsMoreByNow) {
  const auto form = admin_.get("/admin/accounts/new");
  auto fields = duty_officer("truc-ban");
  fields.set("csrf", Browser::hidden(form, "csrf"));
  fields.set("once", Browser::hidden(form, "once"));
  fields.set("password", SmallSite::kPassword);
  ASSERT_EQ(admin_.post("/admin/accounts/new", fields).status, 200);
  ASSERT_TRUE(records::add_grant(world_.ledger(), world_.ledger().console(), person("truc-ban"),
                                 {.role = "post_commander", .unit = world_.other_post()}));
  const auto again = admin_.post("/admin/accounts/new", fields);
  EXPECT_EQ(again.status, 403) << again.body;
  EXPECT_TRUE(printed_password(again).empty());
}

// The journal has no password, authenticator or session: without their row in the trail nothing is done to them.
TEST_F(AccountsPage, WhatCannotBeWrittenDownIsNotDone) {
  const auto path = page_of("officer");
  const auto file = world_.ledger().audit().file();
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  for (const std::string act : {"password", "sessions", "no-code"}) {
    const auto page = send(admin_, path, {{"act", act}});
    EXPECT_EQ(page.status, 503) << act;
    EXPECT_TRUE(shows(page, "Nothing was done: the audit trail cannot be written")) << page.body;
    EXPECT_TRUE(printed_password(page).empty()) << act;
  }
  EXPECT_EQ(send(admin_, "/admin/accounts/new", duty_officer("truc-ban")).status, 503);
  EXPECT_FALSE(world_.ledger().subject("truc-ban"));
  EXPECT_EQ(officer_.get("/").status, 200) << "his session goes on";
  EXPECT_EQ(Browser(world_).log_in("officer").status, 303) << "and his password";
}

TEST_F(AccountsPage, NobodyElseSeesThesePages) {
  const auto absent = officer_.get("/admin/accounts/" + world_.post().hex());
  for (const auto& target : {std::string("/admin/accounts/new"), page_of("stranger"), page_of("stranger") + "/grant",
                             page_of("stranger") + "/end-grant?row=" + grants("stranger").front().key}) {
    EXPECT_EQ(officer_.get(target).status, 404) << target;
  }
  EXPECT_EQ(send(officer_, "/admin/accounts/new", duty_officer("ké-gian")).status, 404);
  EXPECT_EQ(absent.status, 404);
}

// The administrator reads no record; of units he is shown those over which he gives rights.
TEST_F(AccountsPage, TheFormNamesOnlyUnitsWithinTheGiversReach) {
  const auto form = admin_.get("/admin/accounts/new");
  EXPECT_TRUE(shows(form, "vn-post-a]"));
  EXPECT_FALSE(shows(form, "vn-post-b")) << "not under his grant";
  EXPECT_FALSE(shows(form, "kh-post-1"));
}

}  // namespace
}  // namespace nc::web
