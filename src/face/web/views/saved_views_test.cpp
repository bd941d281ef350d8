// Filters with a name: their person's alone, above the list and in the menu, renamed, deleted, bounded.
#include "face/web/views/saved_views.h"

#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class SavedViewsTest : public ::testing::Test {
 protected:
  SavedViewsTest() {
    for (auto* browser : {&officer_, &stranger_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    stranger_.log_in("stranger");
  }
  net::Response keep(const std::string& page, const std::string& name) {
    const auto shown = officer_.get("/activities?kind=talks");
    return officer_.post("/views", {{"csrf", Browser::hidden(shown, "csrf")}, {"once", fresh()}, {"target", page}, {"name", name}});
  }
  static std::string fresh() { return system_rng().make<ViewId>().hex(); }
  std::vector<SavedView> views() {
    return test::must(world_.site->saved_views().of(test::must(world_.ledger().subject("officer")).person));
  }

  SmallSite world_;
  Browser officer_{world_}, stranger_{world_};
};

TEST_F(SavedViewsTest, AViewStandsAboveTheListAndInTheMenuForItsPersonAlone) {
  world_.talks(world_.post());
  EXPECT_FALSE(shows(officer_.get("/activities"), "Keep this view")) << "all of it needs no name";
  EXPECT_TRUE(shows(officer_.get("/activities?kind=talks"), "Keep this view"));
  const auto kept = keep("/activities?kind=talks&status=held&after=x&lang=en", "Hội đàm <đã> xong");
  ASSERT_EQ(kept.status, 303);
  EXPECT_TRUE(location(kept).starts_with("/activities?kind=talks&status=held")) << location(kept);
  const auto page = officer_.get("/activities");
  EXPECT_TRUE(shows(page, "<li class=\"below\"><a href=\"/activities?kind=talks&amp;status=held\">Hội đàm &lt;đã&gt; xong"));
  EXPECT_TRUE(shows(page, "class=\"chip\" href=\"/activities?kind=talks&amp;status=held\""));
  EXPECT_TRUE(shows(officer_.get("/activities?status=&kind=talks&status=held"), "aria-current=\"page\">Hội đàm"));
  EXPECT_FALSE(shows(officer_.get("/figures"), "Hội đàm &lt;")) << "it is a view of the list";
  EXPECT_FALSE(shows(stranger_.get("/activities"), "Hội đàm &lt;"));
  EXPECT_FALSE(shows(stranger_.get("/views"), "Hội đàm"));
  ASSERT_EQ(keep("/figures?rows=kind&columns=year", "Theo loại").status, 303);
  EXPECT_TRUE(shows(officer_.get("/figures"), "Theo loại"));
}

TEST_F(SavedViewsTest, RenamedAndDeletedByItsPersonOnly) {
  ASSERT_EQ(keep("/activities?kind=talks", "Một").status, 303);
  const auto path = "/views/" + views().front().id.hex();
  const auto csrf = Browser::hidden(officer_.get("/views"), "csrf"), other = Browser::hidden(stranger_.get("/views"), "csrf");
  for (const char* what : {"/rename", "/delete"})
    EXPECT_EQ(stranger_.post(path + what, {{"csrf", other}, {"name", "Hai"}}).status, 404) << what;
  EXPECT_EQ(officer_.post(path + "/rename", {{"csrf", csrf}, {"name", " Hai "}}).status, 303);
  EXPECT_EQ(views().front().name, "Hai");
  EXPECT_EQ(officer_.post(path + "/rename", {{"csrf", csrf}, {"name", ""}}).status, 400);
  EXPECT_EQ(officer_.post(path + "/delete", {{"csrf", csrf}}).status, 303);
  EXPECT_TRUE(views().empty());
  EXPECT_EQ(officer_.post(path + "/delete", {{"csrf", csrf}}).status, 404);
}

TEST_F(SavedViewsTest, WhatCannotBeAViewIsRefusedByName) {
  const auto csrf = Browser::hidden(officer_.get("/views"), "csrf");
  const auto send = [&](const std::string& target, const std::string& name, const std::string& once) {
    return officer_.post("/views", {{"csrf", csrf}, {"once", once}, {"target", target}, {"name", name}});
  };
  for (const char* target :
       {"/admin", "//evil.example/activities", "/activities/export?x=1", "https://evil.example/", "", "/activities/../admin"})
    EXPECT_EQ(send(target, "x", fresh()).status, 404) << target;
  EXPECT_EQ(send("/activities?kind=talks", "", fresh()).status, 400);
  EXPECT_EQ(send("/activities?kind=talks", std::string(61, 'x'), fresh()).status, 413);
  EXPECT_EQ(send("/activities?q=" + std::string(2000, 'x'), "x", fresh()).status, 413);
  const auto once = fresh();
  EXPECT_EQ(send("/activities?kind=talks", "Tên", once).status, 303);
  EXPECT_EQ(send("/activities?kind=talks", "tên", fresh()).status, 409) << "names differ by more than marks";
  EXPECT_EQ(send("/activities?kind=talks", "Tên", once).status, 303) << "the same form once more";
  EXPECT_EQ(views().size(), 1U);
  for (std::int64_t i = 1; i < SavedViews::kAPersonMax; ++i)
    EXPECT_EQ(send("/activities?q=1", "v" + std::to_string(i), fresh()).status, 303);
  EXPECT_EQ(send("/activities?q=1", "one more", fresh()).status, 413);
}

TEST_F(SavedViewsTest, WhoReadsNothingHasNone) {
  Browser admin(world_);
  admin.log_in("admin");
  EXPECT_EQ(admin.get("/views").status, 404);
}

}  // namespace
}  // namespace nc::web
