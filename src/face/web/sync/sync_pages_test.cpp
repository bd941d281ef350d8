// The pages of the other nodes: letting one in, sticks both ways, cutting one off; for administrators alone.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "base/files.h"
#include "channels/sync/bundle.h"
#include "channels/sync/card.h"
#include "channels/sync/contacts.h"
#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

namespace fs = std::filesystem;
using test::Browser;
using test::location;
using test::must;
using test::shows;
using test::SmallSite;

class SyncPages : public ::testing::Test {
 protected:
  SyncPages() {
    for (auto* browser : {&admin_, &officer_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    admin_.log_in("admin");
    officer_.log_in("officer");
    options_.clock = &world_.clock;
  }
  ~SyncPages() override {
    child_.reset();
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }
  static constexpr const char* kPath = "/sync";
  net::Fields with_csrf(net::Fields form) {
    form.set("csrf", Browser::hidden(admin_.get(kPath), "csrf"));
    form.set("once", system_rng().make<RecordId>().hex());
    return form;
  }
  net::Response post(const std::string& target, net::Fields form) { return admin_.post(target, with_csrf(std::move(form))); }
  // As the server does it: the head is asked for a sink, the body goes into it in pieces.
  net::Response upload(Browser& browser, const std::string& target, const std::string& input, const std::string& bytes) {
    const std::string boundary = "gioi-han";
    std::string body;
    const auto fields = with_csrf({});
    for (const auto& [name, value] : fields)
      body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + input + "\"; filename=\"f\"\r\n\r\n" + bytes + "\r\n--" +
            boundary + "--\r\n";
    net::Request request;
    must(net::set_target(request, target));
    request.method = "POST";
    request.headers.add("Host", "127.0.0.1:8600");
    std::string jar;
    for (const auto& [name, value] : browser.cookies) jar += (jar.empty() ? "" : "; ") + name + "=" + value;
    request.headers.add("Cookie", jar);
    request.headers.add("Sec-Fetch-Site", "same-origin");
    request.headers.add("Content-Type", "multipart/form-data; boundary=" + boundary);
    request.sink = world_.site->body_sink(request);
    if (request.sink)
      for (std::size_t at = 0; at < body.size(); at += 1000) request.sink->write(std::string_view(body).substr(at, 1000));
    else request.body = body;
    return world_.site->handle(request);
  }
  std::string card() {
    const auto made = post("/sync/cards", {{"unit", "vn-post-a"}, {"ceiling", "internal"}, {"as", "file"}});
    EXPECT_EQ(made.status, 200);
    EXPECT_TRUE(made.headers.get("Content-Disposition").starts_with("attachment"));
    return made.body;
  }
  // A child of the unit, let in by the pages.
  void let_in() {
    const auto joined = must(sync::join_by_card(dir_ / "child", fs::path(NC_SOURCE_DIR) / "catalog", card(), options_));
    const auto compare = upload(admin_, "/sync/requests", "request", joined.request);
    ASSERT_EQ(compare.status, 200) << compare.body;
    std::size_t at = 0;
    for (const auto& word : words_of(joined.words)) {
      at = compare.body.find("<li>" + word + "</li>", at);
      ASSERT_NE(at, std::string::npos) << word;
    }
    const auto request = Browser::hidden(compare, "request");
    ASSERT_FALSE(request.empty());
    EXPECT_EQ(post("/sync/admit", {{"request", joined.request}, {"password", SmallSite::kPassword}}).status, 422)
        << "nobody compared the words";
    EXPECT_EQ(post("/sync/admit", {{"request", joined.request}, {"same", "1"}, {"password", "sai"}}).status, 422);
    const auto done = post("/sync/admit", {{"request", joined.request}, {"same", "1"}, {"password", SmallSite::kPassword}});
    EXPECT_EQ(done.status, 303) << done.body;
    EXPECT_EQ(location(done), "/sync?done=let-in");
    open_child();
  }
  static std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string word; in >> word;) out.push_back(word);
    return out;
  }
  void open_child() {
    child_ = must(records::Ledger::open(dir_ / "child", options_));
    parent_ = must(sync::known_parent(dir_ / "child"));
  }
  std::string node() { return child_->identity().node.hex(); }
  std::string bundle_for_child() {
    const auto ordered = post("/sync/bundle", {{"to", node()}});
    EXPECT_EQ(ordered.status, 303) << ordered.body;
    world_.site->works().wait();
    const auto page = admin_.get(location(ordered));
    EXPECT_TRUE(shows(page, "badge good")) << page.body;
    const auto file = admin_.get(location(ordered) + "/file");
    EXPECT_EQ(file.status, 200);
    std::string bytes(static_cast<std::size_t>(file.source->size()), '\0');
    EXPECT_EQ(must(file.source->read(0, bytes)), bytes.size());
    return bytes;
  }

  SmallSite world_;
  Browser admin_{world_}, officer_{world_};
  fs::path dir_ = fs::temp_directory_path() / ("nc-sync-pages-" + system_rng().make<RecordId>().hex());
  records::OpenOptions options_;
  std::unique_ptr<records::Ledger> child_;
  std::optional<sync::KnownParent> parent_;
};

TEST_F(SyncPages, ANodeIsLetInAndSticksGoBothWays) {
  EXPECT_TRUE(shows(admin_.get(kPath), "This node knows no other one yet."));
  let_in();
  EXPECT_TRUE(shows(admin_.get(kPath), node())) << "it stands in the list and in the choice of the bundle";
  must(write_file_durably(dir_ / "first", bundle_for_child()));
  EXPECT_GT(must(sync::take_bundle(*child_, dir_ / "first", parent_)).admitted, 50);
  const auto record =
      child_->create(child_->console(),
                     {std::nullopt, "unit", Json(JsonObject{{"code", Json("vn-moi")}, {"name", Json("Đơn vị mới")}, {"own", Json(true)}}),
                      std::nullopt, std::nullopt, true});
  ASSERT_TRUE(record) << record.error().error.english();
  must(sync::make_bundle(*child_, parent_->node, parent_, dir_ / "second"));
  EXPECT_EQ(upload(admin_, "/sync/take", "bundle", "").status, 422) << "no file was chosen";
  const auto ordered = upload(admin_, "/sync/take", "bundle", must(read_file(dir_ / "second")));
  ASSERT_EQ(ordered.status, 303) << ordered.body;
  world_.site->works().wait();
  const auto page = admin_.get(location(ordered));
  EXPECT_TRUE(shows(page, "badge good")) << page.body;
  EXPECT_TRUE(shows(page, "entries are new")) << page.body;
  EXPECT_TRUE(world_.ledger().read(world_.ledger().console(), record->id));
  EXPECT_TRUE(shows(admin_.get(kPath), "its stick came"));
  // The file that was uploaded does not stay.
  for (const auto& one : fs::directory_iterator(world_.site->works().folder())) EXPECT_NE(one.path().extension(), ".in");
  // What is no bundle is refused by name, and the work says so.
  const auto wrong = upload(admin_, "/sync/take", "bundle", "not a bundle at all");
  world_.site->works().wait();
  EXPECT_TRUE(shows(admin_.get(location(wrong)), "This is not a bundle of nhipcau"));
}

TEST_F(SyncPages, ANodeIsCutOffWithThePasswordAndAReason) {
  let_in();
  const auto page = "/sync/nodes/" + node();
  EXPECT_TRUE(shows(admin_.get(page), "Cut the node off"));
  // The password was given a moment ago, when the node was let in.
  EXPECT_EQ(post(page + "/cut", {}).status, 422) << "a reason is missing";
  EXPECT_EQ(post(page + "/cut", {{"reason", "stolen"}, {"until", "32/13/2026"}}).status, 422);
  const auto done = post(page + "/cut", {{"reason", "stolen"}, {"until", "01/11/2026"}});
  ASSERT_EQ(done.status, 303) << done.body;
  EXPECT_TRUE(shows(admin_.get(page), "What it wrote beyond the cut"));
  EXPECT_TRUE(shows(admin_.get(kPath), "cut off"));
  EXPECT_EQ(post("/sync/bundle", {{"to", node()}}).status, 404) << "nothing is made for it any more";
  EXPECT_EQ(post(page + "/readmit", {}).status, 422);
}

TEST_F(SyncPages, ACardOnTheScreenIsAQrCodeAndCanBeWithdrawn) {
  const auto shown = post("/sync/cards", {{"unit", "vn-post-a"}, {"ceiling", "internal"}, {"as", "code"}});
  EXPECT_EQ(shown.status, 200);
  EXPECT_TRUE(shows(shown, "class=\"qr\""));
  EXPECT_EQ(post("/sync/cards", {{"unit", "no-such-unit"}, {"as", "file"}}).status, 422);
  // The administrator gives rights over his own unit alone.
  EXPECT_EQ(post("/sync/cards", {{"unit", "vn-post-b"}, {"as", "file"}}).status, 422);
  const auto list = admin_.get("/sync/cards");
  EXPECT_TRUE(shows(list, "waits for its node"));
  EXPECT_EQ(post("/sync/cards/withdraw", {{"record", Browser::hidden(list, "record")}}).status, 303);
  EXPECT_TRUE(shows(admin_.get("/sync/cards"), "withdrawn"));
}

TEST_F(SyncPages, ForWhoDoesNotAdministerThereIsNothing) {
  let_in();
  for (const auto* path : {"/sync", "/sync/cards", "/sync/guides/stolen"}) {
    const auto page = officer_.get(path);
    EXPECT_EQ(page.status, 404) << path;
  }
  EXPECT_EQ(officer_.get("/sync/nodes/" + node()).status, 404);
  EXPECT_FALSE(shows(officer_.get("/overview"), "href=\"/sync\"")) << "nor in the rail";
  const auto csrf = Browser::hidden(officer_.get("/overview"), "csrf");
  for (const auto* path : {"/sync/bundle", "/sync/take", "/sync/cards", "/sync/requests", "/sync/admit", "/sync/cards/withdraw"})
    EXPECT_EQ(officer_.post(path, {{"csrf", csrf}, {"once", "x"}, {"to", node()}}).status, 404) << path;
  net::Request head;
  must(net::set_target(head, "/sync/take"));
  head.method = "POST";
  head.headers.add("Host", "127.0.0.1:8600");
  std::string jar;
  for (const auto& [name, value] : officer_.cookies) jar += (jar.empty() ? "" : "; ") + name + "=" + value;
  head.headers.add("Cookie", jar);
  head.headers.add("Content-Type", "multipart/form-data; boundary=b");
  EXPECT_FALSE(world_.site->body_sink(head)) << "and no byte of a file is kept";
}

TEST_F(SyncPages, EachCaseHasItsStepsInBothLanguages) {
  for (const auto* lang : {"en", "vi"}) {
    admin_.cookies["__Host-nhipcau-lang"] = lang;
    for (const auto* name : {"broken", "backup", "clone", "moved", "stolen"}) {
      const auto page = admin_.get("/sync/guides/" + std::string(name));
      EXPECT_EQ(page.status, 200) << name;
      EXPECT_TRUE(shows(page, "class=\"steps\"")) << name;
    }
  }
  EXPECT_EQ(admin_.get("/sync/guides/other").status, 404);
}

TEST_F(SyncPages, WhatAContactSaidIsToldInTheReadersLanguage) {
  let_in();
  const auto id = child_->identity().node;
  sync::Contact seen;
  seen.node = id;
  seen.whole = true;
  seen.notices.emplace_back(ErrorCode::kCorrupt, "The received entry {1} has not the hash that was said", std::vector<std::string>{"7"});
  must(sync::note_contact(world_.ledger(), seen));
  world_.clock.now_ms += 60'000;
  must(sync::note_failure(world_.ledger(), id, Error(ErrorCode::kDenied, "The authority under which the batch was sealed is not here")));
  const auto page = "/sync/nodes/" + node();
  const auto english = admin_.get(page);
  EXPECT_TRUE(shows(english, "The received entry 7 has not the hash that was said"));
  EXPECT_TRUE(shows(english, "The authority under which the batch was sealed is not here"));
  admin_.cookies["__Host-nhipcau-lang"] = "vi";
  const auto vietnamese = admin_.get(page);
  EXPECT_TRUE(shows(vietnamese, "Mục ghi nhận được số 7 không có mã băm như đã nêu"));
  EXPECT_TRUE(shows(vietnamese, "Ở đây không có thẩm quyền mà theo đó lô được niêm phong"));
}

TEST_F(SyncPages, FiguresSayUpToWhenTheNodesBelowAreComplete) {
  EXPECT_FALSE(shows(officer_.get("/figures?unit=vn-post-a&from=2024&to=2024"), "nodes below"));
  let_in();
  EXPECT_TRUE(
      shows(officer_.get("/figures?unit=vn-post-a&from=2024&to=2024"), "Of the 1 nodes below nothing is known to be complete yet."));
  must(write_file_durably(dir_ / "first", bundle_for_child()));
  must(sync::take_bundle(*child_, dir_ / "first", parent_));
  must(sync::make_bundle(*child_, parent_->node, parent_, dir_ / "second"));
  must(sync::take_bundle(world_.ledger(), dir_ / "second", std::nullopt));
  EXPECT_TRUE(shows(officer_.get("/figures?unit=vn-post-a&from=2024&to=2024"), "for 1 of 1 nodes below"));
}

}  // namespace
}  // namespace nc::web
