// Which columns the one list shows: the catalogue's for a kind, those that the address names, and none that a reader may not see.
#include "face/web/record_columns.h"

#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class Columns : public ::testing::Test {
 protected:
  Columns() {
    world_.add_account("keeper", "post_commander", world_.post(), "restricted");
    for (auto* browser : {&officer_, &keeper_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    keeper_.log_in("keeper");
  }
  RecordId patrol(const std::string& km) {
    Json values;
    values.set("sub_kind", "bilateral").set("status", "held").set("lead_unit", world_.post().hex()).set("km", km);
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 5, 6), DatePrecision::kDay, false})}}));
    values.set("summary", std::string(600, 'x') + " cuối");
    return world_.create("patrol", values);
  }
  static std::vector<std::string> heads(const net::Response& page) {
    std::vector<std::string> out;
    const std::regex cell("<th scope=\"col\"[^>]*>(?:<a [^>]*>)?([^<]*)");
    const auto end = page.body.find("</thead>");
    const auto head = page.body.substr(0, end);
    for (std::sregex_iterator at(head.begin(), head.end(), cell), last; at != last; ++at) out.push_back((*at)[1]);
    return out;
  }
  static std::string first_line(const net::Response& file) { return file.body.substr(3, file.body.find('\r') - 3); }

  SmallSite world_;
  Browser officer_{world_}, keeper_{world_};
};

TEST_F(Columns, AKindShowsWhatItsFileInTheCatalogueLists) {
  const auto id = patrol("6.5");
  world_.talks(world_.post());
  EXPECT_EQ(heads(officer_.get("/activities")),
            (std::vector<std::string>{"Kind", "Date", "Own unit", "Counterpart", "Place", "Status", "Code"}));
  const auto list = officer_.get("/activities?kind=patrol");
  EXPECT_EQ(heads(list), (std::vector<std::string>{"When", "Form", "Own unit in charge", "Counterpart units", "Place", "Status"}));
  EXPECT_TRUE(shows(list, "<a href=\"/records/" + id.hex() + "\">06/05/2024</a>")) << "the first cell leads to the record";
  EXPECT_TRUE(shows(list, "aria-sort=\"descending\""));
}

TEST_F(Columns, TheAddressNamesThemForThePageItsPaperAndItsFiles) {
  const auto id = patrol("6.5");
  const std::string asked = "kind=patrol&column=patrol.km&column=patrol.when&column=patrol.summary&column=patrol.record-number";
  const auto list = officer_.get("/activities?" + asked);
  EXPECT_EQ(heads(list), (std::vector<std::string>{"When", "What happened", "Length patrolled (km)", "Number of the record"}))
      << "in the order of the catalogue";
  EXPECT_TRUE(shows(list, "6.5"));
  EXPECT_FALSE(shows(list, " cuối")) << "a long text is cut on the page";
  EXPECT_TRUE(shows(list, "value=\"patrol.km\" checked"));
  EXPECT_FALSE(shows(list, "value=\"patrol.status\" checked"));
  EXPECT_TRUE(shows(list, "sort=oldest&amp;") || shows(list, "&amp;sort=oldest"));
  EXPECT_EQ(heads(officer_.get("/activities/print?" + asked)), heads(list));
  const auto file = officer_.get("/activities/export?" + asked);
  EXPECT_EQ(first_line(file), "\"When\",\"What happened\",\"Length patrolled (km)\",\"Number of the record\"");
  EXPECT_TRUE(shows(file, " cuối\"")) << "the file has the whole";
  EXPECT_TRUE(shows(file, "\"" + id.hex() + "\"\r\n")) << "and nothing behind the last column";
  EXPECT_TRUE(officer_.get("/activities/export?format=xlsx&" + asked).body.starts_with("PK"));
  EXPECT_EQ(first_line(officer_.get("/activities/export?kind=patrol")),
            "\"When\",\"Form\",\"Own unit in charge\",\"Counterpart units\",\"Place\",\"Status\"");
}

TEST_F(Columns, TheyStayThroughFiltersPagesAndSavedViews) {
  for (int i = 0; i < 52; ++i) patrol(std::to_string(i + 1));
  const auto list = officer_.get("/activities?kind=patrol&column=patrol.km");
  const auto hidden = "<input type=\"hidden\" name=\"column\" value=\"patrol.km\">";
  EXPECT_TRUE(shows(list, hidden)) << "the filters send them along";
  EXPECT_TRUE(shows(list, "column=patrol.km&amp;after=")) << "and so does the next page";
  const auto csrf = Browser::hidden(list, "csrf");
  const auto kept = officer_.post("/views", {{"csrf", csrf},
                                             {"once", std::string(32, 'a')},
                                             {"name", "km"},
                                             {"target", "/activities?kind=patrol&column=patrol.km&column=patrol.when&after=x"}});
  ASSERT_EQ(kept.status, 303);
  EXPECT_TRUE(location(kept).starts_with("/activities?kind=patrol&column=patrol.km&column=patrol.when"));
  EXPECT_EQ(heads(officer_.get(location(kept))), (std::vector<std::string>{"When", "Length patrolled (km)"}));
  // Those of another kind wait in the address until that kind is shown.
  const auto talks = officer_.get("/activities?kind=talks&column=patrol.km");
  EXPECT_EQ(heads(talks), heads(officer_.get("/activities?kind=talks")));
  EXPECT_TRUE(shows(talks, hidden));
}

TEST_F(Columns, AnUnknownOneIsRefusedByNameAndNothingIsTakenOut) {
  patrol("6.5");
  for (const char* name : {"patrol.kilo", "nothing", "patrol.", ".", "account.login", "km", "patrol.km.x", "%3Cb%3E"})
    for (const char* page : {"/activities", "/activities/print", "/activities/export", "/activities/export?format=xlsx"}) {
      const auto target = std::string(page) + (std::string(page).find('?') == std::string::npos ? "?" : "&") + "kind=patrol&column=" + name;
      const auto answer = officer_.get(target);
      EXPECT_EQ(answer.status, 400) << target;
      EXPECT_TRUE(shows(answer, "No list has a column")) << target;
      EXPECT_FALSE(shows(answer, "<b>")) << target;
    }
  const auto csrf = Browser::hidden(officer_.get("/activities"), "csrf");
  EXPECT_EQ(officer_.post("/activities/export?column=nothing", {{"csrf", csrf}, {"once", "x"}}).status, 400);
  for (const std::string_view action : {access::audited::kPrint, access::audited::kExport})
    EXPECT_TRUE(test::must(world_.ledger().audit().list({.action = std::string(action)})).rows.empty());
  EXPECT_EQ(officer_.get("/activities?column=&kind=patrol").status, 200) << "an empty one is none";
}

TEST_F(Columns, AFieldThatTheReaderMayNotSeeIsNeitherOfferedNorKnown) {
  EXPECT_FALSE(shows(officer_.get("/activities?kind=contact"), "contact.rank_text"));
  EXPECT_TRUE(shows(keeper_.get("/activities?kind=contact"), "value=\"contact.rank_text\""));
  auto hidden = officer_.get("/activities?kind=contact&column=contact.rank_text").body;
  auto absent = officer_.get("/activities?kind=contact&column=contact.rank_texx").body;
  for (auto* body : {&hidden, &absent})
    for (const char* name : {"rank_text", "rank_texx"})
      for (auto at = body->find(name); at != std::string::npos; at = body->find(name)) body->replace(at, 9, "ONE");
  EXPECT_EQ(hidden, absent) << "what is hidden is as what is not there";
  EXPECT_EQ(keeper_.get("/activities?kind=contact&column=contact.rank_text").status, 200);
  for (auto* browser : {&officer_, &keeper_})
    EXPECT_FALSE(shows(browser->get("/activities?kind=contact"), "contact.person_name")) << "sealed data stand in no list";
}

}  // namespace
}  // namespace nc::web
