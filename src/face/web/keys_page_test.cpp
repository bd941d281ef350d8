// The keys: where they lead is said by the page, their own page lists them, and they can be turned off.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::shows;
using test::SmallSite;

class Keys : public ::testing::Test {
 protected:
  Browser in(const std::string& login) {
    Browser out(world_);
    out.cookies["__Host-nhipcau-lang"] = "en";
    out.log_in(login);
    return out;
  }
  SmallSite world_;
};

TEST_F(Keys, EachLeadsWhereItsPersonMayGo) {
  world_.add_account("reader", "inspector", world_.post());
  auto officer = in("officer"), reader = in("reader"), admin = in("admin");
  const auto page = officer.get("/overview");
  for (const char* wanted : {"href=\"/records/new\" data-key=\"n\"", "href=\"/keys\" data-key=\"?\"", "data-key=\"/\"", "/assets/keys.js"})
    EXPECT_TRUE(shows(page, wanted)) << wanted;
  EXPECT_TRUE(shows(officer.get("/keys"), "<kbd>n</kbd>"));
  EXPECT_FALSE(shows(reader.get("/overview"), "data-key=\"n\"")) << "he begins nothing";
  EXPECT_FALSE(shows(reader.get("/keys"), "<kbd>n</kbd>"));
  EXPECT_TRUE(shows(reader.get("/keys"), "<kbd>/</kbd>"));
  EXPECT_TRUE(shows(admin.get("/overview"), "data-key=\"?\""));
  EXPECT_FALSE(shows(admin.get("/overview"), "data-key=\"/\"")) << "he has nothing to search";
  Browser nobody(world_);
  EXPECT_EQ(nobody.get("/keys").status, 303);
  EXPECT_FALSE(shows(nobody.get("/login"), "keys.js"));
}

TEST_F(Keys, TheyAreTurnedOffAndOnAgain) {
  auto officer = in("officer");
  const auto csrf = Browser::hidden(officer.get("/keys"), "csrf");
  EXPECT_EQ(officer.post("/keys", {{"csrf", csrf}, {"once", "a"}, {"keys", "off"}}).status, 303);
  EXPECT_FALSE(shows(officer.get("/overview"), "keys.js"));
  EXPECT_FALSE(shows(officer.get("/overview"), "rel=\"help\""));
  EXPECT_TRUE(shows(officer.get("/overview"), "href=\"/keys\"")) << "the page of the keys is still reached";
  EXPECT_FALSE(shows(officer.get("/keys"), "<kbd>n</kbd>"));
  EXPECT_EQ(officer.post("/keys", {{"csrf", csrf}, {"once", "b"}, {"keys", "on"}}).status, 303);
  EXPECT_TRUE(shows(officer.get("/overview"), "keys.js"));
}

}  // namespace
}  // namespace nc::web
