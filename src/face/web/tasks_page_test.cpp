// The first page: what waits, by its day, with the button to the act; who has nothing to do begins with the overview.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"

namespace nc::web::test {
namespace {

class TasksPage : public ::testing::Test {
 protected:
  TasksPage() : browser_(world_) {}
  RecordId point(std::optional<std::int32_t> due, const std::string& text) {
    Json values;
    values.set("text", text).set("owner_side", "both").set("lead_unit", world_.post().hex()).set("state", "open");
    if (due) values.set("due_on", catalog::json_from_date({*due, DatePrecision::kDay, false}));
    return world_.create("agreed_point", values);
  }
  [[nodiscard]] static std::size_t at(const net::Response& page, const std::string& text) { return page.body.find(text); }

  SmallSite world_;
  Browser browser_;
};

TEST_F(TasksPage, IsTheFirstPageAndSaysHowToBegin) {
  ASSERT_EQ(browser_.log_in("officer").status, 303);
  const auto page = browser_.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(shows(page, "<h1>Việc phải làm</h1>"));
  EXPECT_TRUE(shows(page, "href=\"/overview\""));
  EXPECT_FALSE(shows(page, "nav-count"));
}

// What one's own unit has not said of the last month is a task with its two buttons; who has said it has nothing waiting.
TEST_F(TasksPage, TheUnitsOwnMissingReportIsATaskThatLeadsToTheFilledForm) {
  world_.follow();
  ASSERT_EQ(browser_.log_in("officer").status, 303);
  const std::string period = "&amp;unit=vn-post-a&amp;from=01%2F10%2F2026&amp;until=31%2F10%2F2026\"";
  const auto page = browser_.get("/");
  EXPECT_TRUE(shows(page, "href=\"/records/new?type=period_report" + period)) << page.body;
  EXPECT_TRUE(shows(page, "href=\"/records/new?type=nil_entry" + period));
  EXPECT_FALSE(shows(page, "Không có việc nào đang chờ đồng chí."));
  EXPECT_FALSE(shows(page, "class=\"missing\"")) << "it is said once";
  const std::string form_at = "/records/new?type=nil_entry&unit=vn-post-a&from=01%2F10%2F2026&until=31%2F10%2F2026";
  const auto form = browser_.get(form_at);
  for (const auto* text : {"value=\"01/10/2026\"", "value=\"31/10/2026\"", "vn-post-a", "value=\"patrol\" checked",
                           "value=\"talks\" checked", ">Tuần tra</label>"})
    EXPECT_TRUE(shows(form, text)) << text;
  EXPECT_FALSE(shows(form, ">patrol<")) << "kinds are ticked by name";
  EXPECT_FALSE(shows(form, "v.nil_kinds.0"));
  net::Fields sent;
  const std::regex input("<input [^>]*name=\"(v\\.[^\"]+)\"[^>]*value=\"([^\"]*)\"");
  for (std::sregex_iterator at(form.body.begin(), form.body.end(), input), end; at != end; ++at) sent.add((*at)[1], (*at)[2]);
  sent.add("csrf", Browser::hidden(form, "csrf"));
  sent.add("once", Browser::hidden(form, "once"));
  sent.add("save", "1");
  const auto made = browser_.post(form_at, sent);
  ASSERT_EQ(made.status, 303) << made.body;
  const auto entry = browser_.get(location(made));
  EXPECT_TRUE(shows(entry, "<li>Tuần tra</li>")) << entry.body;
  const auto after = browser_.get("/");
  EXPECT_TRUE(shows(after, "Không có việc nào đang chờ đồng chí.")) << after.body;
  EXPECT_FALSE(shows(after, "type=period_report"));
}

TEST_F(TasksPage, GroupsByDayEachWithTheButtonToItsAct) {
  const auto today = world_.ledger().today();
  const auto late = point(today - 3, "phát quang đường tuần tra");
  const auto now = point(today, "trao danh sách");
  const auto soon = point(today + 7, "gặp lại ở cầu");
  point(today + 8, "việc còn xa");
  const auto some_day = point(std::nullopt, "chưa hẹn ngày");
  const auto talks = world_.talks(world_.post(), "Cửa khẩu chờ duyệt");
  ASSERT_TRUE(world_.ledger().transition(world_.ledger().console(), {talks, "submit", "", nullptr}));
  ASSERT_EQ(browser_.log_in("officer").status, 303);
  const auto page = browser_.get("/");
  const auto order = {at(page, "Quá hạn, chưa thực hiện"),
                      at(page, "phát quang đường tuần tra"),
                      at(page, "trao danh sách"),
                      at(page, "7 ngày tới"),
                      at(page, "gặp lại ở cầu"),
                      at(page, "Việc khác"),
                      at(page, "chưa hẹn ngày")};
  EXPECT_TRUE(std::ranges::is_sorted(order)) << page.body;
  for (const auto place : order) EXPECT_NE(place, std::string::npos);
  EXPECT_FALSE(shows(page, "việc còn xa"));
  for (const auto& id : {late, now, soon, some_day}) EXPECT_TRUE(shows(page, "href=\"/records/" + id.hex() + "/edit\""));
  EXPECT_TRUE(shows(page, "href=\"/records/" + talks.hex() + "/sign?act=approve\"")) << page.body;
  EXPECT_TRUE(shows(page, "<span class=\"nav-count\">5</span>"));
  EXPECT_EQ(browser_.get("/records/" + talks.hex() + "/sign?act=approve").status, 200) << "the button leads to the act";
  const auto all = browser_.get("/tasks?group=late");
  EXPECT_TRUE(shows(all, "phát quang đường tuần tra"));
  EXPECT_FALSE(shows(all, "trao danh sách"));
  EXPECT_EQ(browser_.get("/tasks?group=nothing").status, 404);
  EXPECT_EQ(browser_.get("/tasks?group=late&cursor=x").status, 400);
}

TEST_F(TasksPage, MoreThanAPageOfAGroupGoesOnByPages) {
  const auto today = world_.ledger().today();
  for (int i = 0; i < 55; ++i) point(today - 60 + i, "việc số " + std::to_string(i) + ".");
  ASSERT_EQ(browser_.log_in("officer").status, 303);
  const auto page = browser_.get("/");
  EXPECT_TRUE(shows(page, "việc số 19."));
  EXPECT_FALSE(shows(page, "việc số 20."));
  EXPECT_TRUE(shows(page, "href=\"/tasks?group=late\""));
  EXPECT_TRUE(shows(page, "<span class=\"nav-count\">20+</span>"));
  const auto first = browser_.get("/tasks?group=late");
  EXPECT_TRUE(shows(first, "việc số 49."));
  EXPECT_FALSE(shows(first, "việc số 50."));
  std::smatch next;
  const std::regex link("href=\"(/tasks\\?group=late&amp;cursor=[^\"]+)\"");
  ASSERT_TRUE(std::regex_search(first.body, next, link));
  const auto second = browser_.get(std::regex_replace(next[1].str(), std::regex("&amp;"), "&"));
  EXPECT_TRUE(shows(second, "việc số 54."));
  EXPECT_FALSE(shows(second, "việc số 49."));
}

// Single records are no report: who has only these is still asked for one.
TEST_F(TasksPage, TheSuperiorsMissingReportsStayWhenThereAreSingleRecords) {
  world_.follow();
  Json above, row, placed;
  above.set("code", "vn-bc-above").set("name", "Ban Chỉ huy").set("own", true).set("country", "VN").set("chain", "VN-defence");
  const auto superior = world_.create("unit", above);
  const auto since = catalog::json_from_date({to_day(2026, 1, 1), DatePrecision::kDay, false});
  row.set("unit", world_.post().hex()).set("line", "command").set("parent", superior.hex()).set("change", "place").set("from", since);
  placed.set("rows", JsonArray{row});
  const auto* type = world_.ledger().world()->catalog->feeding("org-change").front();
  for (const auto& field : type->fields)
    if (field.required && !placed.has(field.id)) placed.set(field.id, field.kind == catalog::FieldKind::kDate ? since : Json("x"));
  world_.create(type->id, placed);
  world_.add_account("staff", "provincial_staff", superior);
  Browser staff(world_);
  ASSERT_EQ(staff.log_in("staff").status, 303);
  EXPECT_TRUE(shows(staff.get("/"), "Báo cáo tháng 10/2026"));
  Json values;
  values.set("sub_kind", "periodic").set("status", "held").set("level", "post").set("lead_unit", world_.post().hex());
  values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2026, 10, 6), DatePrecision::kDay, false})}}));
  values.set("place", Json(JsonObject{{"text", Json("Cầu")}})).set("counterpart_unnamed", true);
  world_.create("talks", values);
  const auto page = staff.get("/");
  EXPECT_TRUE(shows(page, "Báo cáo tháng 10/2026")) << page.body;
  EXPECT_TRUE(shows(page, "class=\"missing\""));
  EXPECT_TRUE(shows(page, ">Đồn Biên phòng A</a>"));
}

// A closing that new records have passed by is a task to make another one; who may not prepare one has no button for it.
TEST_F(TasksPage, AClosingIsPreparedAnewWhenItIsPassedBy) {
  world_.follow();
  world_.talks(world_.post());
  world_.add_account("second", "post_commander", world_.post());
  ASSERT_EQ(browser_.log_in("officer").status, 303);
  const std::string period = "/period?unit=vn-post-a&from=2024&to=2024";
  const auto page = browser_.get(period);
  EXPECT_TRUE(shows(page, "Chuẩn bị bản chốt"));
  const auto made = browser_.post(period, {{"csrf", Browser::hidden(page, "csrf")}});
  ASSERT_EQ(made.status, 303) << made.body;
  Browser stranger(world_);
  ASSERT_EQ(stranger.log_in("stranger").status, 303);
  EXPECT_FALSE(shows(stranger.get("/period?unit=vn-post-a&from=2024&to=2024"), "Chuẩn bị bản chốt")) << "a button that only refuses";
  Browser second(world_);
  ASSERT_EQ(second.log_in("second").status, 303);
  EXPECT_TRUE(shows(second.get("/"), "Số liệu kỳ chờ chốt"));
  EXPECT_TRUE(shows(second.get("/"), "/sign?act=close"));
  world_.talks(world_.post(), "Cửa khẩu B");
  const auto passed = second.get("/");
  EXPECT_TRUE(shows(passed, "Bản chốt không còn đúng với số liệu hiện nay")) << passed.body;
  EXPECT_TRUE(shows(passed, "href=\"/period?unit=vn-post-a&amp;line=command&amp;from=01%2F01%2F2024&amp;to=31%2F12%2F2024\""));
  EXPECT_FALSE(shows(passed, "/sign?act=close"));
}

TEST_F(TasksPage, NothingOfAnotherUnitAndNoTasksForWhoOnlyReads) {
  point(world_.ledger().today(), "chỉ của đồn A");
  world_.add_account("inspector", "inspector", world_.post());
  for (const char* login : {"stranger", "admin"}) {
    Browser other(world_);
    ASSERT_EQ(other.log_in(login).status, 303);
    const auto page = other.get("/");
    EXPECT_FALSE(shows(page, "chỉ của đồn A")) << login;
    EXPECT_FALSE(shows(page, "nav-count")) << login;
  }
  Browser inspector(world_);
  ASSERT_EQ(inspector.log_in("inspector").status, 303);
  const auto page = inspector.get("/");
  EXPECT_TRUE(shows(page, "<h1>Tổng quan</h1>"));
  EXPECT_FALSE(shows(page, "Việc phải làm"));
  EXPECT_EQ(inspector.get("/tasks?group=late").status, 404);
}

TEST_F(TasksPage, TheOverviewHasTheMonthDayByDayAndWhoHasNotReported) {
  const auto today = world_.ledger().today();
  Json values;
  values.set("sub_kind", "periodic").set("status", "held").set("level", "post").set("lead_unit", world_.post().hex());
  values.set("when", Json(JsonObject{{"from", catalog::json_from_date({today - 1, DatePrecision::kDay, false})}}));
  values.set("place", Json(JsonObject{{"text", Json("Cầu")}})).set("counterpart_unnamed", true);
  const auto id = world_.create("talks", values);
  ASSERT_EQ(browser_.log_in("officer").status, 303);
  const auto page = browser_.get("/overview");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(shows(page, "class=\"month\"")) << page.body;
  EXPECT_TRUE(shows(page, "href=\"/records/" + id.hex() + "\""));
  EXPECT_TRUE(shows(page, "Báo cáo tháng 10/2026")) << page.body;
  EXPECT_TRUE(shows(page, "class=\"missing\""));
}

}  // namespace
}  // namespace nc::web::test
