// The audit trail as it fills from the pages, and its own page.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::shows;
using test::SmallSite;
namespace audited = access::audited;

class AuditPage : public ::testing::Test {
 protected:
  access::AuditPage rows(const access::AuditQuery& query) { return test::must(world_.ledger().audit().list(query)); }
  std::int64_t count(std::string_view action) { return rows({.action = std::string(action)}).total; }
  PersonId person(const std::string& login) { return world_.ledger().world()->accounts.at(login).person; }

  SmallSite world_;
  Browser browser_{world_};
};

TEST_F(AuditPage, LogInsAreWrittenAndRefusedOnesCounted) {
  browser_.log_in("officer");
  EXPECT_EQ(rows({.actor = person("officer"), .action = "log-in"}).total, 1);
  for (int i = 0; i < 3; ++i) Browser(world_).log_in("officer", "not-the-password");
  for (int i = 0; i < 2; ++i) Browser(world_).log_in("secret-typed-as-login", "not-the-password");
  world_.clock.now_ms += 60'000;
  const auto refused = rows({.outcome = access::AuditOutcome::kRefused});
  ASSERT_EQ(refused.rows.size(), 2U);
  for (const auto& row : refused.rows) {
    EXPECT_EQ(row.action, audited::kLogIn);
    EXPECT_EQ(row.count, row.actor == person("officer") ? 3 : 2);
    EXPECT_EQ(audit_row_bytes(row, {}).find("secret-typed"), std::string::npos);
  }
  const auto page = browser_.get("/");
  browser_.post("/logout", {{"csrf", Browser::hidden(page, "csrf")}});
  EXPECT_EQ(count(audited::kLogOut), 1);
}

TEST_F(AuditPage, PagesAndChangesThatAreNotForHimAreCounted) {
  const auto id = world_.talks(world_.post());
  Browser stranger(world_);
  stranger.log_in("stranger");
  for (int i = 0; i < 5; ++i) stranger.get("/records/" + id.hex());
  stranger.get("/admin");
  const auto csrf = Browser::hidden(stranger.get("/"), "csrf");
  stranger.post("/records/" + id.hex() + "/step", {{"csrf", csrf}, {"act", "void"}, {"reason", "x"}});
  world_.clock.now_ms += 60'000;
  const auto pages = rows({.actor = person("stranger"), .action = "page"});
  ASSERT_EQ(pages.rows.size(), 1U);
  EXPECT_EQ(pages.rows[0].count, 6);
  EXPECT_TRUE(pages.rows[0].record.is_zero());
  EXPECT_EQ(rows({.actor = person("stranger"), .action = "change"}).rows.at(0).count, 1);
}

TEST_F(AuditPage, ItIsForTheInspectorAndReadingItIsARowOfIt) {
  world_.add_account("inspector", "inspector", world_.post());
  for (const char* login : {"officer", "admin", "stranger"}) {
    Browser other(world_);
    other.log_in(login);
    EXPECT_EQ(other.get("/audit").status, 404) << login;
    EXPECT_FALSE(shows(other.get("/"), "href=\"/audit\"")) << login;
  }
  EXPECT_EQ(count(audited::kReadAudit), 0);
  browser_.log_in("inspector");
  EXPECT_TRUE(shows(browser_.get("/"), "href=\"/audit\""));
  EXPECT_EQ(browser_.get("/audit").status, 200);
  EXPECT_EQ(count(audited::kReadAudit), 1);
  EXPECT_TRUE(shows(browser_.get("/audit?action=read-audit&outcome=done"), "Chức trách inspector"));
  EXPECT_EQ(count(audited::kReadAudit), 2);
}

TEST_F(AuditPage, FiltersNarrowAndWrongOnesShowNothing) {
  world_.add_account("inspector", "inspector", world_.post());
  const auto id = world_.talks(world_.post());
  ASSERT_TRUE(world_.ledger().transition(world_.ledger().console(), {id, "void", "nhập nhầm", nullptr}));
  browser_.log_in("inspector");
  const auto has_void = [&](const std::string& query) { return shows(browser_.get("/audit" + query), "/records/" + id.hex() + "\""); };
  for (const std::string query : {"", "?who=console", "?action=void", "?outcome=done", "?from=1/1/2026", "?to=31/12/2026"})
    EXPECT_TRUE(has_void(query)) << query;
  EXPECT_TRUE(has_void("?record=" + id.hex()));
  for (const std::string query :
       {"?who=inspector", "?who=nobody", "?action=log-in", "?outcome=refused", "?from=1/1/2027", "?to=2025", "?record=zz", "?before=1"})
    EXPECT_FALSE(has_void(query)) << query;
}

// The row is of somebody within his reach, the record is not for him: no title, no id, none by filtering, and nothing
// that counts how many such rows there are.
TEST_F(AuditPage, RowsAboutRecordsThatTheInspectorMayNotKnowAreNotThere) {
  world_.add_account("inspector", "inspector", world_.post());
  const auto seen = world_.talks(world_.post(), "Nơi được biết");
  auto& ledger = world_.ledger();
  ASSERT_TRUE(ledger.transition(ledger.console(), {seen, "void", "nhập nhầm", nullptr}));
  browser_.log_in("inspector");
  const auto without = browser_.get("/audit?action=void").body;
  const auto id = world_.talks(world_.other_post(), "Nơi không ai được biết");
  ASSERT_TRUE(ledger.transition(ledger.console(), {id, "void", "nhập nhầm", nullptr}));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(ledger.audit().write({person("officer"), audited::kExport, id, {}}));
  EXPECT_EQ(rows({.action = "void"}).total, 2);
  EXPECT_EQ(browser_.get("/audit?action=void").body, without);
  const auto page = browser_.get("/audit?action=export");
  EXPECT_TRUE(shows(page, "Không có dòng nào")) << page.body;
  for (const auto& hidden : {id.hex(), id.hex().substr(0, 8), std::string("Nơi không ai"), std::string("nằm ngoài phạm vi")})
    EXPECT_FALSE(shows(page, hidden)) << hidden;
  const auto absent = RecordId::from_hex("0123456789abcdef0123456789abcdef").value().hex();
  auto one = browser_.get("/audit?action=void&record=" + id.hex()).body, other = browser_.get("/audit?action=void&record=" + absent).body;
  for (const auto& [body, typed] : {std::pair(&one, id.hex()), std::pair(&other, absent)})
    for (const auto& part : {typed, typed.substr(0, 8)})
      for (auto at = body->find(part); at != std::string::npos; at = body->find(part)) body->replace(at, part.size(), "ID");
  EXPECT_EQ(one, other);
}

TEST_F(AuditPage, TheInspectorSeesRowsOfThoseWhomHisRoleReachesAndNoTraceOfOthers) {
  world_.add_account("inspector", "inspector", world_.other_post());
  auto& trail = world_.ledger().audit();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(trail.write({person("officer"), audited::kPrint}));  // at the other unit
    trail.count_refusal({}, audited::kLogIn, "192.0.2.77");          // the node's own
    world_.clock.now_ms += 60'000;
    ASSERT_TRUE(trail.write({person("stranger"), audited::kExport}));
  }
  browser_.log_in("inspector");
  const auto page = browser_.get("/audit");
  EXPECT_TRUE(shows(page, "Chức trách stranger"));
  for (const char* of_others : {"Chức trách officer", "192.0.2.77"}) EXPECT_FALSE(shows(page, of_others)) << of_others;
  // Three of the stranger and his own log-in, numbered as if there were no others.
  EXPECT_TRUE(shows(page, ">4<"));
  EXPECT_FALSE(shows(page, ">5<"));
  const auto no_account = [&](const std::string& who) {
    auto body = browser_.get("/audit?action=void&who=" + who).body;
    for (const std::string& typed : {who, std::string("console")})  // the label of the field speaks of it too
      for (auto at = body.find(typed); at != std::string::npos; at = body.find(typed)) body.replace(at, typed.size(), "ID");
    return body;
  };
  const auto nobody = no_account("nobody-here");
  EXPECT_EQ(no_account("officer"), nobody);
  EXPECT_EQ(no_account("console"), nobody);
  EXPECT_NE(no_account("stranger"), nobody);
  const auto older = browser_.get("/audit?before=3");
  EXPECT_TRUE(shows(older, ">2<"));
  EXPECT_FALSE(shows(older, ">3<"));
}

TEST_F(AuditPage, ItIsNotShownWhenItsOwnReadingCannotBeWritten) {
  world_.add_account("inspector", "inspector", world_.post());
  browser_.log_in("inspector");
  const auto file = world_.ledger().audit().file();
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + ending);
  std::filesystem::create_directory(file);
  EXPECT_EQ(browser_.get("/audit").status, 500);
  EXPECT_EQ(browser_.get("/activities").status, 200);  // the work goes on
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace nc::web
