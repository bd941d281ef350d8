// The pages of long work: ordered by who may, seen by its person alone, told in the end.
#include <gtest/gtest.h>

#include <filesystem>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class WorkPages : public ::testing::Test {
 protected:
  WorkPages() {
    for (auto* browser : {&admin_, &officer_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    admin_.log_in("admin");
    officer_.log_in("officer");
  }
  net::Response order(Browser& browser, const std::string& what) {
    const auto page = browser.get("/admin");
    return browser.post("/admin/care", {{"csrf", Browser::hidden(page, "csrf")}, {"once", Browser::hidden(page, "once")}, {"what", what}});
  }
  std::size_t rows(std::string_view action) {
    return test::must(world_.ledger().audit().list({.action = std::string(action), .outcome = access::AuditOutcome::kDone})).rows.size();
  }

  SmallSite world_;
  Browser admin_{world_}, officer_{world_};
};

TEST_F(WorkPages, AnAdministratorVerifiesComparesAndBacksUp) {
  EXPECT_FALSE(shows(admin_.get("/admin"), "href=\"/work\"")) << "the rail names long work when there is some";
  for (const std::string what : {"verify", "compare", "backup"}) {
    const auto ordered = order(admin_, what);
    ASSERT_EQ(ordered.status, 303) << what;
    world_.site->works().wait();
    const auto page = admin_.get(location(ordered));
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "badge good")) << what << page.body;
    EXPECT_FALSE(shows(page, "hx-get")) << "what has ended is not asked for again";
    EXPECT_TRUE(shows(admin_.get("/work"), location(ordered)));
  }
  EXPECT_TRUE(shows(admin_.get("/admin"), "href=\"/work\""));
  EXPECT_EQ(rows(access::audited::kCheck), 2U);
  EXPECT_EQ(rows(access::audited::kBackup), 1U);
  EXPECT_FALSE(std::filesystem::is_empty(world_.ledger().dir() / "backups"));
}

TEST_F(WorkPages, NobodyElseOrdersOrSeesIt) {
  const auto ordered = order(admin_, "verify");
  world_.site->works().wait();
  const auto csrf = Browser::hidden(officer_.get("/"), "csrf");
  EXPECT_EQ(officer_.post("/admin/care", {{"csrf", csrf}, {"once", "x"}, {"what", "verify"}}).status, 404);
  const auto hidden = officer_.get(location(ordered)), absent = officer_.get("/work/" + std::string(32, '1'));
  EXPECT_EQ(hidden.status, 404);
  EXPECT_EQ(absent.status, 404);
  EXPECT_EQ(officer_.post(location(ordered) + "/cancel", {{"csrf", csrf}}).status, 404);
  EXPECT_FALSE(shows(officer_.get("/work"), "Verify now"));
  EXPECT_EQ(order(admin_, "nothing").status, 404);
}

TEST_F(WorkPages, WhileItLastsThePageLooksAgainAndCancels) {
  std::atomic<bool> begun = false;
  WorkOrder endless;
  endless.maker = test::must(world_.ledger().subject("admin")).person;
  endless.once = "endless";
  endless.title = "Verify now";
  endless.run = [&](const Progress& progress, const std::filesystem::path&) -> Result<WorkResult> {
    while (true) {
      NC_TRY(step(progress, "Reading the entries", 3, 10));
      begun = true;
    }
  };
  const auto id = test::must(world_.site->works().order(std::move(endless)));
  while (!begun) std::this_thread::yield();
  const auto path = "/work/" + id.hex();
  const auto page = admin_.get(path);
  EXPECT_TRUE(shows(page, "hx-get=\"" + path + "?idle=1\"")) << "looking again by itself keeps no session awake";
  EXPECT_TRUE(shows(page, "max=\"10\" value=\"3\""));
  EXPECT_TRUE(shows(page, "Reading the entries: 3 of 10"));
  EXPECT_TRUE(shows(page, "Look again"));
  EXPECT_EQ(admin_.post(path + "/cancel", {{"csrf", Browser::hidden(page, "csrf")}}).status, 303);
  world_.site->works().wait();
  EXPECT_TRUE(shows(admin_.get(path), "nothing of it stays"));
}

TEST_F(WorkPages, NothingIsOrderedWhileItCannotBeWrittenDown) {
  const auto file = world_.ledger().audit().file();
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  EXPECT_NE(order(admin_, "backup").status, 303);
  EXPECT_TRUE(world_.site->works().of(test::must(world_.ledger().subject("admin")).person).empty());
}

}  // namespace
}  // namespace nc::web
