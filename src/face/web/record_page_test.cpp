// The page of a record: links both ways, who wrote what and where, open conflicts and deciding them.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"
#include "ledger/records/two_nodes_for_test.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class RecordPage : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(browser_.log_in("officer").status, 303); }
  static std::string path(const RecordId& id) { return "/records/" + id.hex(); }
  static Json place(const std::string& text) { return Json(JsonObject{{"text", Json(text)}}); }
  void set(records::Ledger& ledger, const access::Subject& who, const RecordId& id, const std::string& field, const Json& value) {
    const auto written = ledger.amend(who, {id, {}, Json(JsonObject{{field, value}}), {}});
    ASSERT_TRUE(written) << written.error().error.english();
  }
  access::Subject person(const std::string& login) { return test::must(world_.ledger().subject(login)); }
  // The officer and the console's operator on another machine write different things.
  RecordId in_conflict(const std::string& field, const Json& here, const Json& there) {
    const auto id = world_.talks(world_.post(), "Nơi đầu");
    records::test::SecondMachine second(world_.dir(), world_.ledger_options());
    set(world_.ledger(), person("officer"), id, field, here);
    set(second.ledger(), second.ledger().console(), id, field, there);
    world_.while_closed([&] { second.bring(); });
    return id;
  }
  // The form with that button, as it would be sent.
  static net::Fields form_of(const net::Response& page, const std::string& action, std::size_t which) {
    std::size_t at = 0;
    for (std::size_t i = 0; i <= which; ++i) {
      at = page.body.find("action=\"" + action + "\"", at + 1);
      if (at == std::string::npos) return {};
    }
    const auto form = page.body.substr(at, page.body.find("</form>", at) - at);
    net::Fields out;
    static const std::regex input("name=\"([^\"]+)\" value=\"([^\"]*)\"");
    for (std::sregex_iterator it(form.begin(), form.end(), input), end; it != end; ++it) out.add((*it)[1], (*it)[2]);
    return out;
  }
  Json now(const RecordId& id, const std::string& field) { return world_.ledger().read(world_.ledger().console(), id)->values[field]; }
  bool open(const RecordId& id) {
    const auto record = world_.ledger().read(world_.ledger().console(), id);
    return std::ranges::any_of(record->parts, [](const auto& part) { return !part.conflicts.empty(); });
  }

  SmallSite world_;
  Browser browser_{world_};
};

TEST_F(RecordPage, AConflictShowsBothValuesWithAuthorAndTimeAndIsDecidedByAnother) {
  const auto id = in_conflict("place", place("Nơi của đồn"), place("Nơi của máy kia"));
  ASSERT_TRUE(open(id));
  // Who wrote one of the values alone sees both and decides nothing.
  const auto his = browser_.get(path(id));
  EXPECT_TRUE(shows(his, "Nơi của đồn") && shows(his, "Nơi của máy kia"));
  EXPECT_TRUE(shows(his, "Chức trách officer (officer) · "));
  EXPECT_FALSE(shows(his, path(id) + "/resolve"));

  world_.add_account("second", "post_officer", world_.post());
  Browser another(world_);
  another.log_in("second");
  const auto page = another.get(path(id));
  const auto first = form_of(page, path(id) + "/resolve", 0), other = form_of(page, path(id) + "/resolve", 1);
  ASSERT_TRUE(first.has("setter") && other.has("setter")) << page.body.substr(page.body.find("<main"), 3000);
  ASSERT_NE(first.get("setter"), other.get("setter"));
  const auto done = another.post(path(id) + "/resolve", other);
  ASSERT_EQ(done.status, 303) << done.body.substr(done.body.find("<main"), 2000);
  EXPECT_FALSE(open(id));
  const auto kept = now(id, "place").text("text");
  const auto after = another.get(location(done));
  EXPECT_TRUE(shows(after, "Nơi của đồn") && shows(after, "Nơi của máy kia")) << "both stay in the history";
  EXPECT_TRUE(kept == "Nơi của đồn" || kept == "Nơi của máy kia");
  EXPECT_FALSE(shows(after, path(id) + "/resolve"));
  // The page that was left open, with the other value: it is decided, and says so.
  const auto late = another.post(path(id) + "/resolve", first);
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(now(id, "place").text("text"), kept);
}

TEST_F(RecordPage, AThirdValueIsWrittenInTheForm) {
  const auto id = in_conflict("place", place("Nơi một"), place("Nơi hai"));
  world_.add_account("second", "post_officer", world_.post());
  Browser another(world_);
  another.log_in("second");
  EXPECT_TRUE(shows(another.get(path(id)), path(id) + "/edit?resolve=place"));
  const auto edit = another.get(path(id) + "/edit?resolve=place");
  EXPECT_TRUE(shows(edit, "Nơi một") && shows(edit, "Nơi hai"));
  auto form = form_of(edit, path(id) + "/edit", 0);
  form.set("v.place.text", "Nơi ba");
  form.set("v.status", "held");
  form.set("v.level", "post");
  form.set("v.sub_kind", "periodic");
  form.set("save", "1");
  form.set(
      "base", Browser::hidden(edit, "base").empty() ? std::string("{}") : [&] {
        auto text = Browser::hidden(edit, "base");
        for (auto at = text.find("&quot;"); at != std::string::npos; at = text.find("&quot;", at)) text.replace(at, 6, "\"");
        return text;
      }());
  const auto saved = another.post(path(id) + "/edit", form);
  ASSERT_EQ(saved.status, 303) << saved.body.substr(saved.body.find("<main"), 3000);
  EXPECT_FALSE(open(id));
  EXPECT_EQ(now(id, "place").text("text"), "Nơi ba");
}

TEST_F(RecordPage, WhoMayNotAmendSeesTheConflictAndNoButton) {
  const auto id = in_conflict("place", place("Nơi một"), place("Nơi hai"));
  world_.add_account("reader", "inspector", world_.post());
  Browser reader(world_);
  reader.log_in("reader");
  const auto page = reader.get(path(id));
  EXPECT_TRUE(shows(page, "Nơi một") && shows(page, "Nơi hai"));
  EXPECT_FALSE(shows(page, path(id) + "/resolve"));
  const auto csrf = Browser::hidden(page, "csrf");
  const auto sent =
      reader.post(path(id) + "/resolve", {{"csrf", csrf}, {"field", "place"}, {"setter", std::string(64, '0')}, {"seen", ""}});
  EXPECT_EQ(sent.status, 409);
  EXPECT_TRUE(open(id));
}

// What stands in a part above the reader is no conflict to him, although others see one.
TEST_F(RecordPage, AConflictInAHigherPartIsNotThere) {
  records::test::allow_restricted(world_.ledger());
  Json values;
  values.set("text", "Điều đã thống nhất").set("state", "open").set("lead_unit", world_.post().hex());
  values.set("owner_side", world_.ledger().world()->catalog->find("agreed_point")->field("owner_side")->options.front().id);
  values.set("agreed_at", world_.talks(world_.post()).hex());
  const auto id = world_.create("agreed_point", values);
  {
    records::test::SecondMachine second(world_.dir(), world_.ledger_options());
    set(world_.ledger(), world_.ledger().console(), id, "remark", Json("KÍN MỘT"));
    set(second.ledger(), second.ledger().console(), id, "remark", Json("KÍN HAI"));
    world_.while_closed([&] { second.bring(); });
  }
  ASSERT_TRUE(open(id));
  const auto page = browser_.get(path(id));
  ASSERT_EQ(page.status, 200);
  for (const auto* word : {"KÍN MỘT", "KÍN HAI", "/resolve", "notice warn"}) EXPECT_FALSE(shows(page, word)) << word;
  const auto sent = browser_.post(path(id) + "/resolve", {{"csrf", Browser::hidden(page, "csrf")}, {"field", "remark"}});
  EXPECT_EQ(sent.status, 409);
  for (const auto* word : {"KÍN MỘT", "KÍN HAI"}) EXPECT_FALSE(shows(sent, word)) << word;
  // To whoever is cleared it is one.
  world_.add_account("cleared", "post_commander", world_.post(), "restricted");
  Browser above(world_);
  above.log_in("cleared");
  const auto whole = above.get(path(id));
  EXPECT_TRUE(shows(whole, "KÍN MỘT") && shows(whole, "KÍN HAI") && shows(whole, path(id) + "/resolve"));
}

// Two steps side by side: a third person sees both with who took them and when, and keeps one with one click.
TEST_F(RecordPage, TwoStepsSideBySideAreDecidedByOneClick) {
  world_.add_account("writer", "post_officer", world_.post());
  world_.add_account("second", "post_officer", world_.post());
  const auto id = world_.talks(world_.post());
  const auto step = [&](records::Ledger& ledger, const std::string& login, const std::string& act, const std::string& reason) {
    const auto written = ledger.transition(test::must(ledger.subject(login)), {id, act, reason, nullptr});
    ASSERT_TRUE(written) << written.error().error.english();
  };
  step(world_.ledger(), "writer", "submit", "");
  {
    records::test::SecondMachine second(world_.dir(), world_.ledger_options());
    step(world_.ledger(), "officer", "return", "thiếu biên bản");
    step(second.ledger(), "writer", "withdraw", "");
    world_.while_closed([&] { second.bring(); });
  }
  Browser his(world_), another(world_);
  his.log_in("writer");
  another.log_in("second");
  another.get("/?lang=en");
  const auto first_look = his.get(path(id));
  EXPECT_TRUE(shows(first_look, "Chức trách officer (officer) · ")) << "who took the other step";
  EXPECT_FALSE(shows(first_look, path(id) + "/resolve")) << "one of them is his alone";
  const auto page = another.get(path(id));
  EXPECT_TRUE(shows(page, "Keep “Returned”") && shows(page, "Keep “Recorded”")) << page.body.substr(page.body.find("<main"), 3000);
  EXPECT_TRUE(shows(page, "Chức trách writer (writer) · "));
  EXPECT_TRUE(shows(another.get("/"), path(id))) << "it stands among what is to be done";
  const auto form = form_of(page, path(id) + "/resolve", 1);
  ASSERT_EQ(form.get("state"), "recorded");
  const auto done = another.post(path(id) + "/resolve", form);
  ASSERT_EQ(done.status, 303) << done.body.substr(done.body.find("<main"), 2000);
  EXPECT_EQ(world_.ledger().read(world_.ledger().console(), id)->state, "recorded");
  const auto after = another.get(location(done));
  EXPECT_TRUE(shows(after, "It is decided where the record stands"));
  EXPECT_TRUE(shows(after, "Kept, of two steps: Recorded"));
  EXPECT_FALSE(shows(after, path(id) + "/resolve"));
  EXPECT_EQ(another.post(path(id) + "/resolve", form).status, 409) << "the page that was left open";
}

// A declared total is entered with its parts: each begins with what it shares with the total, and is linked to it.
TEST_F(RecordPage, APartOfADeclaredTotalBeginsWithWhatItSharesWithIt) {
  Json indicator, total;
  indicator.set("code", "HD").set("name", "Số cuộc hội đàm");
  const auto* type = world_.ledger().world()->catalog->find("return");
  const auto of = world_.create("indicator", indicator);
  total.set("indicator", of.hex()).set("unit", world_.post().hex()).set("counterpart", world_.counterpart().hex()).set("value", "23");
  total.set("until", catalog::json_from_date({to_day(2024, 12, 31), DatePrecision::kDay, false}));
  const auto id = world_.create(type->id, total);
  const auto page = browser_.get(path(id));
  const auto address = "/records/new?type=" + type->id + "&amp;part_of=" + id.hex();
  ASSERT_TRUE(shows(page, address)) << page.body.substr(page.body.find("<main"), 1500);
  const auto form = browser_.get("/records/new?type=" + type->id + "&part_of=" + id.hex());
  ASSERT_EQ(form.status, 200);
  EXPECT_TRUE(shows(form, "value=\"31/12/2024\""));
  EXPECT_TRUE(shows(form, "Nậm Lia"));
  EXPECT_FALSE(shows(form, "value=\"23\"")) << "its own number is typed";
  EXPECT_TRUE(shows(form, "name=\"v.part_of\""));
  // Of a record that he may not see the form says nothing.
  const auto none = browser_.get("/records/new?type=" + type->id + "&part_of=" + std::string(32, '1'));
  EXPECT_FALSE(shows(none, "value=\"" + std::string(32, '1'))) << "an id that nobody knows is left out";
}

TEST_F(RecordPage, LinksStandOnBothRecordsAndHistorySaysWhere) {
  const auto talks = world_.talks(world_.post());
  Json values;
  values.set("text", "Điều đã thống nhất").set("state", "open").set("lead_unit", world_.post().hex()).set("agreed_at", talks.hex());
  values.set("owner_side", world_.ledger().world()->catalog->find("agreed_point")->field("owner_side")->options.front().id);
  const auto point = world_.create("agreed_point", values);
  EXPECT_TRUE(shows(browser_.get(path(talks)), "href=\"" + path(point) + "\""));
  browser_.get("/?lang=en");
  const auto page = browser_.get(path(point));
  EXPECT_TRUE(shows(page, "What this record names"));
  EXPECT_TRUE(shows(page, "href=\"" + path(talks) + "\""));
  EXPECT_TRUE(shows(page, "at the node of "));
  EXPECT_TRUE(shows(page, "sealed and verified"));
}

}  // namespace
}  // namespace nc::web
