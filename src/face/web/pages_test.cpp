// Lists, record pages and forms by function calls on a small node.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

class PagesTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(browser_.log_in("officer").status, 303); }
  std::string record(const RecordId& id) { return "/records/" + id.hex(); }
  net::Fields talks_form(const net::Response& page, const std::string& when = "06/05/2024") {
    return {{"csrf", Browser::hidden(page, "csrf")},
            {"once", Browser::hidden(page, "once")},
            {"save", "1"},
            {"v.when.from", when},
            {"v.status", "held"},
            {"v.level", "post"},
            {"v.sub_kind", "periodic"},
            {"v.lead_unit", "vn-post-a"},
            {"v.counterpart_units.0.ref", "nam lia"},
            {"v.counterpart_units.0.role", "take_part"},
            {"v.place.text", "Cửa khẩu <A>"},
            {"v.persons.total", "23"},
            {"v.persons.basis", "both_sides"},
            {"v.summary", "Dòng một\nDòng hai"}};
  }
  std::int64_t total() { return world_.ledger().list(world_.ledger().console(), {.types = {"talks"}})->total; }

  SmallSite world_;
  Browser browser_{world_};
};

TEST_F(PagesTest, ListFiltersStayInTheAddressAndCanBeTakenAway) {
  const auto id = world_.talks(world_.post(), "Cửa khẩu Đắk Ruê");
  world_.talks(world_.post(), "Nơi khác", "announced");
  const auto all = browser_.get("/activities");
  EXPECT_TRUE(shows(all, "2 hồ sơ") || shows(all, "2 bản ghi")) << all.body.substr(all.body.find("list-total"), 80);
  EXPECT_TRUE(shows(all, "đã công bố, "));
  const auto found =
      browser_.get("/activities?kind=talks&status=held&q=dak%20rue&from=2024&to=12%2F2024&country=&own=vn-post-a&counterpart=nam%20lia");
  EXPECT_TRUE(shows(found, id.hex()));
  EXPECT_TRUE(shows(found, "value=\"dak rue\""));
  EXPECT_TRUE(shows(found, "class=\"chip\""));
  EXPECT_FALSE(shows(browser_.get("/activities?from=2025"), id.hex()));
  EXPECT_FALSE(shows(browser_.get("/activities?own=vn-post-b"), id.hex()));
  EXPECT_TRUE(shows(browser_.get("/activities?from=31%2F02%2F2024"), "31/2/2024"));
  EXPECT_TRUE(shows(browser_.get("/activities?own=khong-co"), "khong-co"));
  EXPECT_TRUE(shows(browser_.get("/activities?kind=none"), "none"));
  EXPECT_EQ(browser_.get("/activities?after=broken").status, 400);
}

TEST_F(PagesTest, AmbiguousUnitShowsTheCandidates) {
  const auto page = browser_.get("/activities?own=bi%C3%AAn%20ph%C3%B2ng");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(shows(browser_.get("/activities?own=vn-post"), "own=vn-post-a"));
  EXPECT_TRUE(shows(browser_.get("/activities?own=vn-post"), "own=vn-post-b"));
}

TEST_F(PagesTest, ListPagesByCursor) {
  for (int i = 0; i < 53; ++i) world_.talks(world_.post(), "Nơi " + std::to_string(i));
  const auto first = browser_.get("/activities?kind=talks");
  const auto at = first.body.find("after=");
  ASSERT_NE(at, std::string::npos);
  const auto start = first.body.rfind('"', at) + 1;
  auto next = first.body.substr(start, first.body.find('"', at) - start);
  for (auto amp = next.find("&amp;"); amp != std::string::npos; amp = next.find("&amp;")) next.replace(amp, 5, "&");
  const auto second = browser_.get(next);
  EXPECT_EQ(second.status, 200);
  std::size_t rows = 0;
  for (auto row = second.body.find("<tr>"); row != std::string::npos; row = second.body.find("<tr>", row + 1)) ++rows;
  EXPECT_EQ(rows, 3U + 1U);
}

TEST_F(PagesTest, RecordShowsFactsHistoryAndProof) {
  const auto id = world_.talks(world_.post(), "Cửa khẩu <b>A</b>");
  const auto page = browser_.get(record(id));
  ASSERT_EQ(page.status, 200);
  EXPECT_TRUE(shows(page, "Cửa khẩu &lt;b&gt;A&lt;/b&gt;"));
  EXPECT_TRUE(shows(page, "06/05/2024"));
  EXPECT_TRUE(shows(page, "Đồn Công an biên giới Nậm Lia"));
  const auto history = world_.ledger().history(world_.ledger().console(), id);
  EXPECT_TRUE(shows(page, history->front().hash.hex()));
  EXPECT_TRUE(shows(page, "notice good"));
  EXPECT_TRUE(shows(page, record(id) + "/edit"));
}

TEST_F(PagesTest, NewRecordIsMadeOnceByTwoClicks) {
  const auto choose = browser_.get("/records/new");
  EXPECT_TRUE(shows(choose, "type=talks"));
  EXPECT_FALSE(shows(choose, "type=account"));
  const auto page = browser_.get("/records/new?type=talks");
  ASSERT_EQ(page.status, 200);
  const auto form = talks_form(page);
  const auto first = browser_.post("/records/new?type=talks", form), second = browser_.post("/records/new?type=talks", form);
  ASSERT_EQ(first.status, 303) << first.body.substr(first.body.find("<main"), 2000);
  ASSERT_EQ(second.status, 303);
  EXPECT_EQ(location(first).substr(0, 41), location(second).substr(0, 41));
  EXPECT_EQ(total(), 1);
  const auto shown = browser_.get(location(first));
  EXPECT_TRUE(shows(shown, "Cửa khẩu &lt;A&gt;"));
  EXPECT_TRUE(shows(shown, "Dòng một<br>Dòng hai"));
  EXPECT_TRUE(shows(shown, "officer"));
}

TEST_F(PagesTest, ErrorsStandBesideTheFieldAndKeepWhatWasTyped) {
  const auto page = browser_.get("/records/new?type=talks");
  auto form = talks_form(page, "31/02/2024");
  form.set("v.marker_from", "16x");
  form.set("v.counterpart_units.0.ref", "khong co don vi nay");
  form.add("v.counterpart_units.1.ref", "vn-post");
  const auto again = browser_.post("/records/new?type=talks", form);
  EXPECT_EQ(again.status, 422);
  EXPECT_EQ(total(), 0);
  for (const char* id :
       {"f-v-when-from-error", "f-v-marker_from-error", "f-v-counterpart_units-0-ref-error", "f-v-counterpart_units-1-ref-error"})
    EXPECT_TRUE(shows(again, std::string("id=\"") + id + "\"")) << id;
  EXPECT_TRUE(shows(again, "31/02/2024"));
  EXPECT_TRUE(shows(again, "value=\"16x\""));
  EXPECT_TRUE(shows(again, "khong co don vi nay"));
  EXPECT_TRUE(shows(again, "Dòng một\nDòng hai"));
  EXPECT_TRUE(shows(again, "Cửa khẩu &lt;A&gt;"));
  EXPECT_EQ(Browser::hidden(again, "once"), Browser::hidden(page, "once"));
}

TEST_F(PagesTest, OddNumberIsAskedAboutAndKeptWithItsReason) {
  const auto page = browser_.get("/records/new?type=talks");
  auto form = talks_form(page);
  form.set("v.persons.total", "1.200");
  const auto asked = browser_.post("/records/new?type=talks", form);
  EXPECT_EQ(asked.status, 422);
  ASSERT_TRUE(shows(asked, "name=\"confirm.very_many\"")) << asked.body.substr(asked.body.find("<main"), 3000);
  EXPECT_TRUE(shows(asked, "value=\"1.200\""));
  form.add("confirm.very_many", "cộng cả đoàn nghệ thuật");
  const auto saved = browser_.post("/records/new?type=talks", form);
  ASSERT_EQ(saved.status, 303);
  EXPECT_TRUE(shows(browser_.get(location(saved)), "cộng cả đoàn nghệ thuật"));
}

// What the last one had and the short form does not ask is shown where it is saved along; the whole form asks it.
TEST_F(PagesTest, TheShortFormSavesNothingThatItDoesNotShow) {
  Json last;
  last.set("sub_kind", "bilateral").set("status", "postponed").set("level", "province").set("lead_unit", world_.post().hex());
  last.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2026, 5, 6), DatePrecision::kDay, false})}}));
  last.set("countries", JsonArray{Json("KH"), Json("VN")});
  last.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(world_.counterpart().hex())}})});
  world_.create("patrol", last);
  const auto page = browser_.get("/records/new?type=patrol");
  const std::regex hidden("<input type=\"hidden\" name=\"v\\.([a-z_]+)\" value=\"([^\"]*)\"");
  std::map<std::string, std::string> unseen;
  for (std::sregex_iterator at(page.body.begin(), page.body.end(), hidden), end; at != end; ++at) unseen[(*at)[1]] = (*at)[2];
  EXPECT_EQ(unseen["status"], "held") << "what happened that day is not taken over";
  EXPECT_EQ(unseen["level"], "province");
  for (const auto* text : {"Tình trạng: đã thực hiện", "Cấp hoạt động: cấp tỉnh", "Các nước tham gia: Campuchia; Việt Nam"})
    EXPECT_TRUE(shows(page, text)) << text << page.body;
  const auto empty = browser_.get("/records/new?type=patrol&empty=1");
  EXPECT_FALSE(shows(empty, "cấp tỉnh"));
  EXPECT_TRUE(shows(empty, "Tình trạng: đã thực hiện"));
}

TEST_F(PagesTest, MoreRowsKeepWhatIsTypedAndSaveNothing) {
  const auto page = browser_.get("/records/new?type=talks");
  auto form = talks_form(page);
  form.set("save", std::nullopt);
  form.add("more", "counterpart_units");
  const auto more = browser_.post("/records/new?type=talks", form);
  EXPECT_EQ(more.status, 200);
  EXPECT_TRUE(shows(more, "name=\"v.counterpart_units.3.ref\""));
  EXPECT_TRUE(shows(more, "value=\"nam lia\""));
  EXPECT_EQ(total(), 0);
}

TEST_F(PagesTest, EveryTypeHasAFormThatComesBackWithItsErrors) {
  for (const auto& type : world_.ledger().world()->catalog->types()) {
    if (!type.creatable) continue;
    const auto page = browser_.get("/records/new?type=" + type.id);
    if (page.status == 404) continue;  // not his to make
    ASSERT_EQ(page.status, 200) << type.id;
    const auto again = browser_.post("/records/new?type=" + type.id,
                                     {{"csrf", Browser::hidden(page, "csrf")}, {"once", Browser::hidden(page, "once")}, {"save", "1"}});
    EXPECT_TRUE(again.status == 422 || again.status == 303 || again.status == 403) << type.id << " " << again.status;
  }
}

TEST_F(PagesTest, AmendShowsBothValuesWhenSomebodyElseWasFaster) {
  const auto id = world_.talks(world_.post());
  const auto path = record(id) + "/edit";
  const auto page = browser_.get(path);
  ASSERT_EQ(page.status, 200);
  const auto unescaped = [](std::string text) {
    for (auto at = text.find("&quot;"); at != std::string::npos; at = text.find("&quot;", at)) text.replace(at, 6, "\"");
    return text;
  };
  const net::Fields common{{"csrf", Browser::hidden(page, "csrf")},
                           {"once", Browser::hidden(page, "once")},
                           {"save", "1"},
                           {"seen", Browser::hidden(page, "seen")},
                           {"base", unescaped(Browser::hidden(page, "base"))},
                           {"v.when.from", "06/05/2024"},
                           {"v.status", "held"},
                           {"v.level", "post"},
                           {"v.sub_kind", "periodic"},
                           {"v.lead_unit", "vn-post-a"},
                           {"v.counterpart_units.0.ref", "kh-post-1"},
                           {"v.place.text", "Cửa khẩu A"}};
  auto first = common, second = common;
  first.set("v.remark", "của người thứ nhất");
  first.set("v.quantity_text", "12 đồng chí");
  second.set("v.remark", "của người thứ hai");
  ASSERT_EQ(browser_.post(path, first).status, 303);
  const auto clash = browser_.post(path, second);
  ASSERT_EQ(clash.status, 409);
  EXPECT_TRUE(shows(clash, "của người thứ nhất"));
  EXPECT_TRUE(shows(clash, "của người thứ hai"));
  EXPECT_TRUE(shows(clash, "value=\"12 đồng chí\""));  // what he did not touch is as it is now
  auto decided = second;
  decided.set("seen", Browser::hidden(clash, "seen"));
  decided.set("base", unescaped(Browser::hidden(clash, "base")));
  decided.set("v.quantity_text", "12 đồng chí");
  EXPECT_EQ(browser_.post(path, decided).status, 303);
  const auto now = world_.ledger().read(world_.ledger().console(), id);
  EXPECT_EQ(now->values.text("remark"), "của người thứ hai");
  EXPECT_EQ(now->values.text("quantity_text"), "12 đồng chí");
  const auto shown = browser_.get(record(id));
  EXPECT_TRUE(shows(shown, "<del>của người thứ nhất</del>"));
  EXPECT_TRUE(shows(shown, "<ins>của người thứ hai</ins>"));
}

TEST_F(PagesTest, SavingWithoutAChangeChangesNothing) {
  const auto id = world_.talks(world_.post());
  const auto before = *world_.ledger().digest();
  const auto path = record(id) + "/edit";
  const auto page = browser_.get(path);
  net::Fields form;
  // Everything as the browser would send it.
  const std::regex input("<input type=\"(hidden|text)\"[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"");
  for (std::sregex_iterator it(page.body.begin(), page.body.end(), input), end; it != end; ++it) {
    auto value = (*it)[3].str();
    for (auto at = value.find("&quot;"); at != std::string::npos; at = value.find("&quot;", at)) value.replace(at, 6, "\"");
    if (!form.has((*it)[2].str())) form.add((*it)[2].str(), value);
  }
  for (const auto& [name, value] : net::Fields{{"v.status", "held"}, {"v.level", "post"}, {"v.sub_kind", "periodic"}})
    form.set(name, value);
  form.set("csrf", Browser::hidden(page, "csrf"));
  form.add("save", "1");
  const auto response = browser_.post(path, form);
  EXPECT_EQ(location(response), record(id) + "?done=same");
  EXPECT_EQ(*world_.ledger().digest(), before);
}

TEST_F(PagesTest, VoidNeedsAReasonAndCanBeTakenBack) {
  const auto id = world_.talks(world_.post());
  const auto csrf = Browser::hidden(browser_.get("/"), "csrf");
  const auto refused = browser_.post(record(id) + "/step", {{"csrf", csrf}, {"act", "void"}, {"reason", ""}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(shows(refused, "f-reason-error"));
  EXPECT_EQ(location(browser_.post(record(id) + "/step", {{"csrf", csrf}, {"act", "void"}, {"reason", "nhập nhầm"}})),
            record(id) + "?done=voided");
  EXPECT_TRUE(shows(browser_.get(record(id)), "nhập nhầm"));
  EXPECT_EQ(location(browser_.post(record(id) + "/step", {{"csrf", csrf}, {"act", "restore"}, {"reason", "đúng rồi"}})),
            record(id) + "?done=restored");
}

TEST_F(PagesTest, AnApprovalIsSignedOverTheTextShown) {
  const auto id = world_.talks(world_.post());
  const auto csrf = Browser::hidden(browser_.get("/"), "csrf");
  ASSERT_EQ(location(browser_.post(record(id) + "/step", {{"csrf", csrf}, {"act", "submit"}})), record(id) + "?done=stepped");
  const auto sign = record(id) + "/sign";
  EXPECT_TRUE(shows(browser_.get(record(id)), sign + "?act=approve"));
  EXPECT_TRUE(shows(browser_.get(sign + "?act=approve"), "Chưa có khóa để ký")) << "without a key the page says how to get one";
  const auto key = world_.make_key("officer", "cum mat khau dai");
  auto page = browser_.get(sign + "?act=approve");
  EXPECT_TRUE(shows(page, "Cửa khẩu A"));
  const auto shown = Browser::hidden(page, "shown");
  EXPECT_TRUE(shows(page, "<code>" + shown + "</code>"));
  net::Fields form{{"csrf", csrf}, {"act", "approve"}, {"shown", shown}, {"password", "sai"}, {"passphrase", "cum mat khau dai"}};
  page = browser_.post(sign, form);
  EXPECT_EQ(page.status, 422);
  EXPECT_TRUE(shows(page, "f-password-error"));
  EXPECT_FALSE(shows(page, "cum mat khau dai")) << "secrets are never shown again";
  world_.clock.now_ms += 60'000;
  form.set("password", SmallSite::kPassword);
  form.set("passphrase", "khac");
  page = browser_.post(sign, form);
  EXPECT_TRUE(shows(page, "f-passphrase-error"));
  EXPECT_FALSE(shows(page, "f-password")) << "the password was given a moment ago";
  world_.clock.now_ms += 60'000;
  form.set("passphrase", "cum mat khau dai");
  auto other = form;
  other.set("shown", std::string(64, '0'));
  EXPECT_EQ(browser_.post(sign, other).status, 409) << "another text than the one on the page";
  EXPECT_EQ(location(browser_.post(sign, form)), record(id) + "?done=signed");
  EXPECT_TRUE(shows(browser_.get(record(id)), "Đã duyệt"));
  EXPECT_EQ(location(browser_.post(sign, form)), record(id) + "?done=same") << "a second click leads to what the first did";
  Browser stranger(world_);
  stranger.log_in("stranger");
  auto his = form;
  his.set("csrf", Browser::hidden(stranger.get("/"), "csrf"));
  EXPECT_EQ(stranger.post(sign, his).status, 404);
  const auto nowhere = record(make_uuid7(1, system_rng())) + "/sign";
  EXPECT_EQ(stranger.post(nowhere, his).body.size(), stranger.post(sign, his).body.size());
  const auto history = world_.ledger().history(world_.ledger().console(), id);
  ASSERT_TRUE(history);
  EXPECT_TRUE(history->back().signed_by_person);
  bool found = false;
  ASSERT_TRUE(world_.ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(const auto stored, journal.find(db, history->back().hash));
    found = stored && stored->entry.body.shown && stored->entry.body.shown->hex() == shown && stored->entry.body.signature->key == key;
    return {};
  }));
  EXPECT_TRUE(found) << "the hash of the text and the key of the person stand in the entry";
  // Taking it back takes a signature as well.
  EXPECT_TRUE(shows(browser_.get(record(id)), sign + "?act=void"));
  for (const auto& again : {browser_.get(sign + "?act=approve"), browser_.post(sign, {{"csrf", csrf}, {"act", "submit"}}),
                            browser_.get(sign + "?act=fly"), browser_.get(sign + "?act=restore")})
    EXPECT_EQ(again.status, 409);
  EXPECT_TRUE(shows(browser_.get(sign + "?act=approve"), "Không thực hiện được bước")) << browser_.get(sign + "?act=approve").body;
  EXPECT_TRUE(shows(browser_.get(sign + "?act=submit"), "Bước này không cần chữ ký"));
  EXPECT_TRUE(shows(browser_.get(sign + "?act=fly"), "fly"));
  EXPECT_TRUE(shows(browser_.get(sign + "?act=restore"), "đang có hiệu lực"));
}

TEST_F(PagesTest, RefusedStepsAreNamedInTheReadersLanguage) {
  const auto id = world_.talks(world_.post());
  const auto submit = [&](const std::string& lang) {
    browser_.cookies["__Host-nhipcau-lang"] = lang;
    return browser_.post(record(id) + "/step", {{"csrf", Browser::hidden(browser_.get("/"), "csrf")}, {"act", "submit"}});
  };
  EXPECT_EQ(location(submit("vi")), record(id) + "?done=stepped");
  EXPECT_TRUE(shows(submit("vi"), "Không thực hiện được bước “Trình” từ trạng thái “Đã trình”"));
  EXPECT_TRUE(shows(submit("en"), "The step “Submit” is not possible from the state “Submitted”"));
  Browser stranger(world_);
  stranger.log_in("stranger");
  std::string csrf;
  const auto other = world_.talks(world_.ledger().world()->tree->by_code("vn-post-b")->id);
  csrf = Browser::hidden(stranger.get("/"), "csrf");
  EXPECT_EQ(location(stranger.post(record(other) + "/step", {{"csrf", csrf}, {"act", "submit"}})), record(other) + "?done=stepped");
  const auto refused = stranger.post(record(other) + "/step", {{"csrf", csrf}, {"act", "return"}, {"reason", "thiếu"}});
  EXPECT_TRUE(shows(refused, "Quyền được giao không gồm “trả lại bản ghi để bổ sung” ở đây")) << refused.body;
}

TEST_F(PagesTest, FormOfAnEndedSessionSurvivesTheLogIn) {
  const auto page = browser_.get("/records/new?type=talks");
  const auto form = talks_form(page);
  browser_.cookies.erase("__Host-nhipcau");
  const auto ask = browser_.post("/records/new?type=talks", form);
  EXPECT_EQ(ask.status, 403);
  EXPECT_FALSE(shows(ask, form.get("v.summary"))) << "it waits in the node, not in the page";
  const auto went = browser_.log_in("officer");
  ASSERT_EQ(went.status, 200);
  EXPECT_EQ(total(), 0);
  auto again = form;
  again.set("csrf", Browser::hidden(went, "csrf"));
  EXPECT_TRUE(shows(went, "action=\"/records/new?type=talks\""));
  EXPECT_TRUE(shows(went, form.get("v.summary")));
  EXPECT_EQ(browser_.post("/records/new?type=talks", again).status, 303);
  EXPECT_EQ(total(), 1);
}

// One computer, two people: what the first typed is for the first, whether his session is over or the other's has begun.
TEST_F(PagesTest, WhatOnePersonTypedIsOfferedToNobodyElse) {
  const auto text = talks_form(browser_.get("/records/new?type=talks"));
  const auto typed = text.get("v.summary");
  ASSERT_FALSE(typed.empty());
  browser_.post("/logout", {{"csrf", Browser::hidden(browser_.get("/"), "csrf")}});
  EXPECT_FALSE(shows(browser_.post("/records/new?type=talks", text), typed));
  Browser elsewhere(world_);
  EXPECT_EQ(elsewhere.log_in("officer").status, 303) << "at another computer nothing is offered, not even to him";
  const auto other = browser_.log_in("stranger");
  EXPECT_EQ(other.status, 303);
  // The other is in, and the first one's page is still open in another window: saved, or locked with it.
  EXPECT_FALSE(shows(browser_.post("/records/new?type=talks", text), typed));
  auto locking = text;
  locking.set("lock", "/records/new?type=talks");
  EXPECT_EQ(browser_.post("/lock", locking).status, 303);
  const auto unlocked =
      browser_.post("/unlock", {{"csrf", Browser::hidden(browser_.get("/locked"), "csrf")}, {"password", SmallSite::kPassword}});
  EXPECT_EQ(unlocked.status, 303) << "nothing waits for him";
  EXPECT_EQ(browser_.post("/logout", {{"csrf", Browser::hidden(browser_.get("/"), "csrf")}}).status, 303);
  EXPECT_TRUE(shows(browser_.log_in("officer"), typed)) << "he himself gets it back";
  EXPECT_EQ(total(), 0);
}

// The browser was cleared while the form stood open: it is the form's own token that says whose it is.
TEST_F(PagesTest, AFormWhoseBrowserLostItsCookiesIsOfferedAgainAfterTheLogIn) {
  const auto form = talks_form(browser_.get("/records/new?type=talks"));
  const auto typed = form.get("v.summary");
  browser_.cookies.clear();
  const auto over = browser_.post("/records/new?type=talks", form);
  EXPECT_EQ(over.status, 403);
  EXPECT_TRUE(shows(over, "nội dung đã nhập vẫn còn.")) << over.body;
  EXPECT_FALSE(shows(over, typed));
  Browser elsewhere(world_);
  EXPECT_EQ(elsewhere.log_in("officer").status, 303) << "in another browser nothing is offered";
  EXPECT_TRUE(shows(browser_.log_in("officer"), typed));
  EXPECT_EQ(total(), 0) << "not before he says so";
  // Nobody's token: it cannot be kept, and the page says where it still stands.
  auto foreign = form;
  foreign.set("csrf", "00");
  browser_.cookies.clear();
  const auto lost = browser_.post("/records/new?type=talks", foreign);
  EXPECT_TRUE(shows(lost, "quay lại trang trước")) << lost.body;
  EXPECT_FALSE(shows(browser_.log_in("officer"), typed));
}

// A page that was opened before the present log-in: what was typed comes back with a sentence and a button, and is saved once.
TEST_F(PagesTest, AFormOlderThanTheLogInIsOfferedAgainAndSavedOnce) {
  const auto old = talks_form(browser_.get("/records/new?type=talks"));
  browser_.post("/logout", {{"csrf", Browser::hidden(browser_.get("/"), "csrf")}});
  ASSERT_EQ(browser_.log_in("officer").status, 303);
  const auto asked = browser_.post("/records/new?type=talks", old);
  EXPECT_TRUE(shows(asked, "không thuộc lần đăng nhập hiện tại")) << asked.body;
  EXPECT_TRUE(shows(asked, "action=\"/records/new?type=talks\""));
  EXPECT_TRUE(shows(asked, "Tiếp tục với nội dung đã nhập"));
  EXPECT_EQ(total(), 0) << "not before he says so";
  EXPECT_EQ(Browser::hidden(asked, "v.summary"), old.get("v.summary"));
  auto again = old;
  again.set("csrf", Browser::hidden(asked, "csrf"));
  EXPECT_EQ(Browser::hidden(asked, "once"), old.get("once")) << "by which a second click is seen";
  ASSERT_EQ(browser_.post("/records/new?type=talks", again).status, 303);
  ASSERT_EQ(browser_.post("/records/new?type=talks", again).status, 303);
  EXPECT_TRUE(shows(browser_.post("/records/new?type=talks", old), "không thuộc lần đăng nhập hiện tại")) << "the old page, sent once more";
  EXPECT_EQ(total(), 1);
}

// A token that nobody made here: the browser vouches that the page is ours, so what was typed is not thrown away.
TEST_F(PagesTest, AFormWithAForeignTokenIsOfferedAgainWhenThePageIsOurs) {
  auto form = talks_form(browser_.get("/records/new?type=talks"));
  for (const auto* token : {"", "zz", "00000000000000000000000000000000000000000000000000000000000000000"}) {
    form.set("csrf", token);
    const auto asked = browser_.post("/records/new?type=talks", form);
    EXPECT_TRUE(shows(asked, "Dòng hai")) << token;
    EXPECT_TRUE(shows(asked, "Tiếp tục với nội dung đã nhập")) << token;
    // From elsewhere, or nobody knows whence, it is refused, and nothing of it comes back with a token that is good.
    for (const auto* site : {"cross-site", ""}) {
      net::Headers headers;
      headers.add("Sec-Fetch-Site", site);
      const auto refused = browser_.send("POST", "/records/new?type=talks", form, headers);
      EXPECT_EQ(refused.status, 403) << token << " " << site;
      EXPECT_FALSE(shows(refused, "Dòng hai"));
    }
  }
  EXPECT_EQ(total(), 0);
}

TEST_F(PagesTest, SourceShowsWhatRestsOnIt) {
  Json source;
  source.set("title", "Hội đàm ở biên giới")
      .set("publisher", "Báo Biên phòng")
      .set("address", "https://www.bienphong.com.vn/a")
      .set("code", "S1");
  const auto source_id = world_.create("source", source);
  const auto id = world_.talks(world_.post());
  Json change;
  change.set("sources", JsonArray{Json(JsonObject{{"ref", Json(source_id.hex())}})});
  ASSERT_TRUE(world_.ledger().amend(world_.ledger().console(), {id, {}, change, {}}));
  EXPECT_TRUE(shows(browser_.get("/sources"), "Hội đàm ở biên giới"));
  const auto page = browser_.get("/sources/" + source_id.hex());
  EXPECT_TRUE(shows(page, record(id)));
  EXPECT_TRUE(shows(page, "https://www.bienphong.com.vn/a"));
  EXPECT_TRUE(shows(browser_.get(record(id)), "/sources/" + source_id.hex()));
  EXPECT_EQ(browser_.get("/sources/" + id.hex()).status, 404);
}

}  // namespace
}  // namespace nc::web
