// Raising the handling on its page and for many records at once: said beforehand, done once, and shown to nobody below.
#include <gtest/gtest.h>

#include <regex>

#include "face/web/small_site_test.h"
#include "ledger/records/raising.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class RaisePage : public ::testing::Test {
 protected:
  void SetUp() override {
    records::test::allow_restricted(world_.ledger());
    world_.add_account("commander", "post_commander", world_.post(), "restricted");
    for (auto* browser : {&commander_, &officer_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    ASSERT_EQ(commander_.log_in("commander").status, 303);
    ASSERT_EQ(officer_.log_in("officer").status, 303);
    id_ = world_.talks(world_.post(), "Nơi lộ đường đi");
  }
  [[nodiscard]] std::string path() const { return "/records/" + id_.hex(); }
  // The form of the preview as it would be sent.
  net::Fields form(const net::Response& page, const std::string& reason) {
    net::Fields out;
    for (const auto* name : {"csrf", "once", "to", "seen"}) out.add(name, Browser::hidden(page, name));
    out.add("reason", reason);
    return out;
  }
  records::RecordView read(const std::string& login) {
    return test::must(world_.ledger().read(test::must(world_.ledger().subject(login)), id_));
  }

  SmallSite world_;
  Browser commander_{world_}, officer_{world_};
  RecordId id_;
};

TEST_F(RaisePage, ThePreviewSaysWhatChangesAndWhatStaysHandedOut) {
  EXPECT_TRUE(shows(commander_.get(path()), path() + "/raise"));
  const auto preview = commander_.get(path() + "/raise");
  ASSERT_EQ(preview.status, 200);
  EXPECT_TRUE(shows(preview, "What changes"));
  EXPECT_TRUE(shows(preview, "told only that the record was withdrawn"));
  EXPECT_TRUE(shows(preview, "What was handed out stays handed out."));
  EXPECT_TRUE(shows(preview, "No other node was to get it."));
  EXPECT_FALSE(records::withdrawn(read("officer"))) << "a preview changes nothing";
  EXPECT_FALSE(shows(officer_.get(path()), path() + "/raise"));
  EXPECT_EQ(officer_.get(path() + "/raise").status, 404);
  EXPECT_EQ(commander_.get(path() + "/raise?to=open").status, 404);
}

TEST_F(RaisePage, DoneOnceItIsWithdrawnFromWhoMayNotReadIt) {
  const auto sent = form(commander_.get(path() + "/raise"), "lộ tuyến tuần tra");
  const auto done = commander_.post(path() + "/raise", sent);
  ASSERT_EQ(done.status, 303);
  EXPECT_EQ(location(done), path() + "?done=raised");
  EXPECT_EQ(location(commander_.post(path() + "/raise", sent)), path() + "?done=same") << "a second click";
  const auto above = commander_.get(path());
  EXPECT_TRUE(shows(above, "Nơi lộ đường đi"));
  EXPECT_TRUE(shows(above, "lộ tuyến tuần tra"));
  EXPECT_TRUE(shows(above, "Handling raised to"));
  const auto below = officer_.get(path());
  EXPECT_EQ(below.status, 200);
  EXPECT_TRUE(shows(below, "it is handled higher than you may read"));
  for (const auto* word : {"Nơi lộ đường đi", "lộ tuyến tuần tra", "/edit", "/raise", "/step"}) EXPECT_FALSE(shows(below, word)) << word;
  EXPECT_FALSE(shows(officer_.get("/activities"), id_.hex()));
  EXPECT_TRUE(shows(commander_.get("/activities"), id_.hex()));
  EXPECT_EQ(officer_.get(path() + "/print").status, 404);
  const auto csrf = Browser::hidden(officer_.get("/activities"), "csrf");
  EXPECT_NE(officer_.post(path() + "/step", {{"csrf", csrf}, {"act", "void"}, {"reason", "x"}}).status, 303);
  EXPECT_FALSE(read("commander").voided);
}

TEST_F(RaisePage, AReasonIsAskedForAndWhatChangedMeanwhileIsNotRaisedUnseen) {
  const auto preview = commander_.get(path() + "/raise");
  EXPECT_EQ(commander_.post(path() + "/raise", form(preview, " ")).status, 422);
  ASSERT_TRUE(world_.ledger().amend(world_.ledger().console(), {id_, {}, Json(JsonObject{{"remark", Json("mới")}}), {}}));
  const auto stale = commander_.post(path() + "/raise", form(preview, "vì"));
  EXPECT_EQ(stale.status, 409);
  EXPECT_TRUE(shows(stale, "The record changed while you looked at it"));
  EXPECT_EQ(location(commander_.post(path() + "/raise", form(stale, "vì"))), path() + "?done=raised");
}

TEST_F(RaisePage, ManyAtOnceWithAPreview) {
  const auto other = world_.talks(world_.post(), "Nơi thứ hai");
  const auto csrf = Browser::hidden(commander_.get("/activities"), "csrf");
  const auto ask = [&](const std::string& reason) {
    return commander_.post("/activities/bulk",
                           {{"csrf", csrf}, {"act", "raise:restricted"}, {"reason", reason}, {"id", id_.hex()}, {"id", other.hex()}});
  };
  EXPECT_EQ(ask("").status, 422);
  const auto preview = ask("lộ tuyến");
  EXPECT_TRUE(shows(preview, "2 records would change"));
  EXPECT_TRUE(shows(preview, "What was handed out stays handed out"));
  net::Fields sent;
  const std::regex input("<input type=\"hidden\" name=\"([a-z]+)\" value=\"([^\"]*)\"");
  const auto begin = preview.body.find("action=\"/activities/bulk/do");
  ASSERT_NE(begin, std::string::npos);
  const auto body = preview.body.substr(begin, preview.body.find("</form>", begin) - begin);
  for (std::sregex_iterator at(body.begin(), body.end(), input), end; at != end; ++at) sent.add((*at)[1].str(), (*at)[2].str());
  EXPECT_TRUE(shows(commander_.get(location(commander_.post("/activities/bulk/do", sent))), "2 records are done."));
  EXPECT_TRUE(records::withdrawn(read("officer")));
  EXPECT_TRUE(shows(commander_.post("/activities/bulk", {{"csrf", csrf}, {"act", "raise:restricted"}, {"reason", "x"}, {"id", id_.hex()}}),
                    "It is handled so already, or higher."));
  const auto his = Browser::hidden(officer_.get("/activities"), "csrf");
  const auto low = officer_.post("/activities/bulk", {{"csrf", his}, {"act", "raise:restricted"}, {"reason", "x"}, {"id", id_.hex()}});
  EXPECT_FALSE(shows(low, "Nơi"));
}

}  // namespace
}  // namespace nc::web
