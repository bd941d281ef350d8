// One act on many records: what would change and what not and why, then each by itself, once.
#include "face/web/bulk/bulk.h"

#include <gtest/gtest.h>

#include <regex>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class Bulk : public ::testing::Test {
 protected:
  Bulk() {
    world_.add_account("staff", "provincial_staff", world_.post());
    world_.add_account("reader", "inspector", world_.post());
    for (auto* browser : {&officer_, &staff_, &stranger_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    staff_.log_in("staff");
    stranger_.log_in("stranger");
    for (int i = 0; i < 5; ++i) made_.push_back(world_.talks(world_.post(), "Nơi " + std::to_string(i)));
  }
  net::Fields form(Browser& browser, const std::string& act, const std::vector<RecordId>& ids, const std::string& reason = {}) {
    net::Fields out{{"csrf", Browser::hidden(browser.get("/activities"), "csrf")}, {"act", act}, {"reason", reason}};
    for (const auto& id : ids) out.add("id", id.hex());
    return out;
  }
  // The form of a preview as it stands in the page.
  static net::Fields do_form(const net::Response& preview) {
    net::Fields out;
    const std::regex input("<input type=\"hidden\" name=\"([a-z]+)\" value=\"([^\"]*)\"");
    const auto begin = preview.body.find("action=\"/activities/bulk/do");
    if (begin == std::string::npos) return out;
    const auto body = preview.body.substr(begin, preview.body.find("</form>", begin) - begin);
    for (std::sregex_iterator at(body.begin(), body.end(), input), end; at != end; ++at) out.add((*at)[1].str(), (*at)[2].str());
    return out;
  }
  records::RecordView read(const RecordId& id) { return test::must(world_.ledger().read(world_.ledger().console(), id)); }
  std::size_t entries(const RecordId& id) { return test::must(world_.ledger().history(world_.ledger().console(), id)).size(); }

  SmallSite world_;
  Browser officer_{world_}, staff_{world_}, stranger_{world_};
  std::vector<RecordId> made_;
};

TEST_F(Bulk, ActsAreReadFromTheirTextAlone) {
  EXPECT_EQ(read_act("step:submit")->step, "submit");
  EXPECT_EQ(read_act("set:level:post")->option, "post");
  EXPECT_TRUE(read_act("void"));
  EXPECT_EQ(read_act("raise:restricted")->to, catalog::Handling::kRestricted);
  for (const char* bad :
       {"", "step:", "set:level", "set::x", "set:x:", "purge", "void:", "sign:approve", "raise:open", "raise:", "raise:secret"})
    EXPECT_FALSE(read_act(bad)) << bad;
}

TEST_F(Bulk, TheListHasBoxesForWhoeverMayChangeSomething) {
  const auto page = officer_.get("/activities?kind=talks");
  EXPECT_TRUE(shows(page, "name=\"id\" class=\"choose\" value=\"" + made_[0].hex() + "\""));
  EXPECT_TRUE(shows(page, "action=\"/activities/bulk?kind=talks\""));
  Browser reader(world_);
  reader.log_in("reader");
  EXPECT_FALSE(shows(reader.get("/activities"), "name=\"id\""));
}

// Before an act is chosen: which records it would be about, by name, and the same page in the other language.
TEST_F(Bulk, TheFirstPageNamesTheChosenAndCanBeHadInTheOtherLanguage) {
  for (int i = 5; i < 23; ++i) made_.push_back(world_.talks(world_.post(), "Nơi " + std::to_string(i)));
  const auto sent = form(officer_, "", made_);
  const auto page = officer_.post("/activities/bulk?kind=talks", sent);
  EXPECT_TRUE(shows(page, "23 records are chosen."));
  const std::regex named("<li><a href=\"/records/[0-9a-f]{32}\">");
  EXPECT_EQ(std::distance(std::sregex_iterator(page.body.begin(), page.body.end(), named), {}), 20);
  EXPECT_TRUE(shows(page, "and 3 more"));
  EXPECT_TRUE(shows(page, "action=\"/activities/bulk?kind=talks&amp;lang=vi\"")) << page.body;
  const auto on = officer_.post("/activities/bulk?kind=talks&lang=vi", sent);
  EXPECT_EQ(on.status, 307) << "the browser sends the form once more";
  EXPECT_EQ(location(on), "/activities/bulk?kind=talks");
  EXPECT_TRUE(shows(officer_.post(location(on), sent), "Đã chọn 23 bản ghi"));
}

TEST_F(Bulk, SubmittedTogetherEachAsItsOwnEntryAndOnceOnly) {
  const auto gone = made_[4];
  ASSERT_TRUE(world_.ledger().transition(world_.ledger().console(), {gone, "void", "trùng", nullptr}));
  const auto preview = officer_.post("/activities/bulk", form(officer_, "step:submit", made_));
  EXPECT_TRUE(shows(preview, "4 records would change"));
  EXPECT_TRUE(shows(preview, "1 record would stay as it is"));
  EXPECT_TRUE(shows(preview, "It is void."));
  for (const auto& id : made_) EXPECT_LE(entries(id), 2U) << "a preview changes nothing";
  const auto sent = do_form(preview);
  const auto done = officer_.post("/activities/bulk/do", sent);
  ASSERT_EQ(done.status, 303);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(read(made_[static_cast<std::size_t>(i)]).state, "submitted");
    EXPECT_EQ(entries(made_[static_cast<std::size_t>(i)]), 2U);
  }
  EXPECT_TRUE(shows(officer_.get(location(done)), "4 records are done."));
  EXPECT_EQ(location(officer_.post("/activities/bulk/do", sent)), location(done)) << "a second click";
  EXPECT_TRUE(shows(officer_.get(location(done)), "4 records are done."));
  EXPECT_EQ(entries(made_[0]), 2U);
  EXPECT_EQ(staff_.get(location(done)).status, 404) << "it is told to who did it";
}

TEST_F(Bulk, AFieldIsSetWhereItIsNotSoAlready) {
  ASSERT_TRUE(world_.ledger().amend(world_.ledger().console(), {made_[0], {}, Json(JsonObject{{"status", Json("postponed")}}), {}}));
  const auto preview = officer_.post("/activities/bulk", form(officer_, "set:status:postponed", made_));
  EXPECT_TRUE(shows(preview, "It is so already."));
  EXPECT_TRUE(shows(preview, "4 records would change"));
  EXPECT_EQ(officer_.post("/activities/bulk/do", do_form(preview)).status, 303);
  for (const auto& id : made_) EXPECT_EQ(read(id).values.text("status"), "postponed");
  EXPECT_TRUE(shows(officer_.post("/activities/bulk", form(officer_, "set:status:no-such", made_)), "5 records would stay as they are"));
}

TEST_F(Bulk, WhatOthersChangedMeanwhileIsLeftAloneAndToldByRow) {
  const auto preview = officer_.post("/activities/bulk", form(officer_, "void", made_, "nhập trùng"));
  ASSERT_TRUE(shows(preview, "5 records would change"));
  ASSERT_TRUE(world_.ledger().amend(world_.ledger().console(), {made_[1], {}, Json(JsonObject{{"remark", Json("mới")}}), {}}));
  const auto done = officer_.get(location(officer_.post("/activities/bulk/do", do_form(preview))));
  EXPECT_TRUE(shows(done, "4 records are done."));
  EXPECT_TRUE(shows(done, "It was changed since you looked"));
  EXPECT_FALSE(read(made_[1]).voided);
  EXPECT_TRUE(read(made_[0]).voided);
  EXPECT_EQ(test::must(world_.ledger().history(world_.ledger().console(), made_[0])).back().reason, "nhập trùng");
}

TEST_F(Bulk, AReasonIsAskedForAndASignatureIsNotPassedBy) {
  EXPECT_EQ(officer_.post("/activities/bulk", form(officer_, "void", made_)).status, 422);
  for (const auto& id : made_)
    ASSERT_TRUE(world_.ledger().transition(test::must(world_.ledger().subject("staff")), {id, "submit", "", nullptr}));
  EXPECT_TRUE(shows(officer_.post("/activities/bulk", form(officer_, "step:approve", made_)), "It takes a signature"));
  auto forged = form(officer_, "step:approve", {});
  forged.add("once", system_rng().make<RecordId>().hex());
  const auto page = officer_.post("/activities/bulk", form(officer_, "step:return", made_, "thiếu"));
  for (const auto& [name, value] : do_form(page))
    if (name == "do") forged.add("do", value);
  ASSERT_TRUE(forged.has("do"));
  const auto done = officer_.get(location(officer_.post("/activities/bulk/do", forged)));
  EXPECT_TRUE(shows(done, "0 records are done."));
  for (const auto& id : made_) EXPECT_EQ(read(id).state, "submitted");
}

TEST_F(Bulk, WhatIsHiddenIsAsWhatIsAbsent) {
  const auto hidden = world_.talks(world_.other_post(), "Nơi khác");
  const auto ids = [&](const RecordId& id) { return std::vector<RecordId>{id}; };
  const auto strange = officer_.post("/activities/bulk", form(officer_, "void", ids(hidden), "x"));
  const auto absent = officer_.post("/activities/bulk", form(officer_, "void", ids(system_rng().make<RecordId>()), "x"));
  EXPECT_EQ(strange.body, absent.body);
  EXPECT_TRUE(shows(strange, "No record is chosen."));
  auto forged = form(officer_, "void", {}, "x");
  forged.add("once", system_rng().make<RecordId>().hex());
  forged.add("do", hidden.hex() + ":");
  EXPECT_TRUE(shows(officer_.get(location(officer_.post("/activities/bulk/do", forged))), "0 records are done."));
  EXPECT_FALSE(read(hidden).voided);
}

TEST_F(Bulk, AllOfThePageAllThatMatchAndNoMoreThanTheLimit) {
  const auto csrf = Browser::hidden(officer_.get("/activities"), "csrf");
  const auto match = officer_.post("/activities/bulk?q=noi", {{"csrf", csrf}, {"of", "match"}});
  EXPECT_TRUE(shows(match, "5 records are chosen."));
  EXPECT_TRUE(shows(officer_.post("/activities/bulk?q=noi+3", {{"csrf", csrf}, {"of", "match"}}), "1 record is chosen."));
  net::Fields page{{"csrf", csrf}, {"of", "page"}, {"id", made_[0].hex()}, {"row", made_[1].hex()}, {"row", made_[2].hex()}};
  EXPECT_TRUE(shows(officer_.post("/activities/bulk", page), "2 records are chosen."));
  for (int i = 0; i < 196; ++i) world_.talks(world_.post(), "Nơi thêm");
  EXPECT_EQ(officer_.post("/activities/bulk", {{"csrf", csrf}, {"of", "match"}}).status, 413);
}

}  // namespace
}  // namespace nc::web
