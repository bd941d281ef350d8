// What leaves the program on paper or in a file: who may, that it is written down first, and what it holds.
#include "face/web/taking_out.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "face/web/small_site_test.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class TakingOut : public ::testing::Test {
 protected:
  TakingOut() {
    world_.add_account("clerk", "other_line_superior", world_.post());  // reads, and takes nothing out
    for (auto* browser : {&officer_, &clerk_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    clerk_.log_in("clerk");
  }
  std::vector<access::AuditRow> rows(std::string_view action) {
    return test::must(world_.ledger().audit().list({.action = std::string(action), .outcome = access::AuditOutcome::kDone})).rows;
  }

  SmallSite world_;
  Browser officer_{world_}, clerk_{world_};
};

TEST_F(TakingOut, APrintedRecordIsWrittenDownAndMarked) {
  const auto id = world_.talks(world_.post(), "Cửa khẩu A");
  const auto path = "/records/" + id.hex();
  EXPECT_TRUE(shows(officer_.get(path), path + "/print"));
  EXPECT_TRUE(rows(access::audited::kPrint).empty()) << "looking is not printing";
  const auto page = officer_.get(path + "/print");
  EXPECT_TRUE(shows(page, "Cửa khẩu A"));
  EXPECT_TRUE(shows(page, "handling-mark"));
  EXPECT_TRUE(shows(page, "by Chức trách officer"));
  ASSERT_EQ(rows(access::audited::kPrint).size(), 1U);
  EXPECT_EQ(rows(access::audited::kPrint).front().record, id);
  EXPECT_FALSE(shows(clerk_.get(path), path + "/print")) << "he may not take it out";
  EXPECT_TRUE(shows(clerk_.get(path), "There is no Print and no Export here")) << "and is told so";
  EXPECT_EQ(clerk_.get(path + "/print").status, 404);
  EXPECT_EQ(rows(access::audited::kPrint).size(), 1U);
}

TEST_F(TakingOut, AListGoesIntoAFileAsItIsShownAndNoRowThatMayNot) {
  world_.talks(world_.post(), "Cửa khẩu A");
  world_.talks(world_.post(), "=SUM(1)\"2\"");
  world_.talks(world_.other_post(), "Nơi khác");
  EXPECT_TRUE(shows(officer_.get("/activities?q=cua"), "/activities/export?q=cua"));
  const auto file = officer_.get("/activities/export");
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.headers.get("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_TRUE(file.headers.get("Content-Disposition").starts_with("attachment; filename=\"nhip-cau-"));
  EXPECT_TRUE(file.body.starts_with("\xEF\xBB\xBF\"Kind\",\"Date\""));
  EXPECT_TRUE(shows(file, "\"Cửa khẩu A\""));
  EXPECT_TRUE(shows(file, "\"'=SUM(1)\"\"2\"\"\"")) << "no formula, quotes doubled";
  EXPECT_FALSE(shows(file, "Nơi khác"));
  EXPECT_EQ(std::ranges::count(file.body, '\n'), 3);
  EXPECT_EQ(std::ranges::count(officer_.get("/activities/export?q=cua").body, '\n'), 2);
  EXPECT_EQ(rows(access::audited::kExport).size(), 2U);
  const auto paper = officer_.get("/activities/print?q=cua");
  EXPECT_TRUE(shows(paper, "Cửa khẩu A"));
  EXPECT_FALSE(shows(paper, "SUM(1)"));
  EXPECT_EQ(rows(access::audited::kPrint).size(), 1U);
  for (const char* target : {"/activities/export", "/activities/print"}) EXPECT_EQ(clerk_.get(target).status, 404) << target;
  EXPECT_FALSE(shows(clerk_.get("/activities"), "/activities/export"));
  EXPECT_TRUE(shows(clerk_.get("/activities"), "There is no Print and no Export here"));
  EXPECT_FALSE(shows(officer_.get("/activities"), "There is no Print and no Export here"));
}

// Everything at a post is printed: its officers take out what is the post's own, and nothing of another.
TEST_F(TakingOut, AnOfficerOfAPostPrintsAndExportsWhatIsHisPosts) {
  const auto own = world_.talks(world_.other_post(), "Cửa khẩu B"), others = world_.talks(world_.post(), "Cửa khẩu A");
  for (const auto* role : {"post_officer", "duty_officer", "political_officer"}) {
    world_.add_account(role, role, world_.other_post());
    Browser person(world_);
    person.cookies["__Host-nhipcau-lang"] = "en";
    person.log_in(role);
    EXPECT_TRUE(shows(person.get("/records/" + own.hex()), "/print")) << role;
    EXPECT_TRUE(shows(person.get("/records/" + own.hex() + "/print"), "handling-mark")) << role;
    EXPECT_EQ(person.get("/records/" + others.hex() + "/print").status, 404) << role;
    const auto file = person.get("/activities/export");
    EXPECT_TRUE(shows(file, "Cửa khẩu B")) << role;
    EXPECT_FALSE(shows(file, "Cửa khẩu A")) << role;
  }
  EXPECT_EQ(rows(access::audited::kPrint).size(), 3U);
  EXPECT_EQ(rows(access::audited::kExport).size(), 3U);
}

TEST_F(TakingOut, ASpreadsheetHasTheSameRowsAndIsWrittenDownToo) {
  for (int i = 0; i < 3; ++i) world_.talks(world_.post(), "Cửa khẩu " + std::to_string(i));
  EXPECT_TRUE(shows(officer_.get("/activities"), "/activities/export?format=xlsx"));
  const auto file = officer_.get("/activities/export?format=xlsx");
  EXPECT_EQ(file.status, 200);
  EXPECT_TRUE(file.body.starts_with("PK"));
  EXPECT_TRUE(file.headers.get("Content-Disposition").ends_with(".xlsx\""));
  EXPECT_EQ(officer_.get("/activities/export?format=xlsx").body, file.body) << "the same rows, the same bytes";
  EXPECT_EQ(rows(access::audited::kExport).size(), 2U);
  const auto table = officer_.get("/figures.xlsx?rows=kind");
  EXPECT_TRUE(table.body.starts_with("PK"));
  EXPECT_EQ(rows(access::audited::kExport).size(), 3U);
  EXPECT_EQ(clerk_.get("/activities/export?format=xlsx").status, 404);
  for (const auto& entry : std::filesystem::directory_iterator(world_.ledger().dir() / "works"))
    EXPECT_TRUE(entry.path().filename().string().starts_with("works.db")) << "nothing stays on the disk";
}

TEST_F(TakingOut, ManyRowsAreLongWorkWhoseFileIsItsMakersAlone) {
  constexpr int kRows = 2001;
  for (int i = 0; i < kRows; ++i) world_.talks(world_.post(), "Cửa khẩu " + std::to_string(i));
  const auto offered = officer_.get("/activities/export?kind=talks");
  EXPECT_TRUE(shows(offered, "more than 2,000 rows"));
  EXPECT_TRUE(rows(access::audited::kExport).empty()) << "nothing has left yet";
  const net::Fields form{{"csrf", Browser::hidden(offered, "csrf")}, {"once", Browser::hidden(offered, "once")}};
  const auto ordered = officer_.post("/activities/export?kind=talks", form);
  ASSERT_EQ(ordered.status, 303);
  EXPECT_EQ(location(officer_.post("/activities/export?kind=talks", form)), location(ordered)) << "a second click";
  EXPECT_EQ(rows(access::audited::kExport).size(), 2U);
  world_.site->works().wait();
  EXPECT_TRUE(shows(officer_.get(location(ordered)), "Save the file"));
  const auto file = officer_.get(location(ordered) + "/file");
  ASSERT_TRUE(file.source);
  std::string bytes(static_cast<std::size_t>(file.source->size()), '\0');
  ASSERT_EQ(*file.source->read(0, bytes), bytes.size());
  EXPECT_EQ(std::ranges::count(bytes, '\n'), kRows + 1);
  EXPECT_EQ(clerk_.get(location(ordered) + "/file").status, 404);
  EXPECT_EQ(clerk_.post("/activities/export", {{"csrf", Browser::hidden(clerk_.get("/"), "csrf")}, {"once", "x"}}).status, 404);
  // He may see less than when it was made: the file is not given any more.
  const auto person = test::must(world_.ledger().subject("officer")).person;
  ASSERT_TRUE(world_.ledger().amend(world_.ledger().console(), {person, {}, Json(JsonObject{{"clearance", Json("open")}}), {}}));
  EXPECT_EQ(officer_.get(location(ordered) + "/file").status, 404);
}

TEST_F(TakingOut, NothingIsTakenOutWhileItCannotBeWrittenDown) {
  const auto id = world_.talks(world_.post(), "Cửa khẩu A");
  const auto file = world_.ledger().audit().file();
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  for (const auto& target : {"/records/" + id.hex() + "/print", std::string("/activities/print"), std::string("/activities/export")}) {
    const auto page = officer_.get(target);
    EXPECT_NE(page.status, 200) << target;
    EXPECT_FALSE(shows(page, "Cửa khẩu A")) << target;
  }
  EXPECT_EQ(officer_.get("/records/" + id.hex()).status, 200) << "reading what is internal goes on";
}

}  // namespace
}  // namespace nc::web
