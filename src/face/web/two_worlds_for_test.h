// For the noninterference tests: two nodes that were made in the same way, byte for byte, but for rows that a
// lower reader may not see, which only one of them has. Randomness that hidden rows use is drawn from a
// source of its own, and the clock stands still, so that whatever differs comes from the hidden rows.
#pragma once

#include <filesystem>

#include "base/rng.h"
#include "face/web/small_site_test.h"
#include "ledger/records/raising.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::web::test {

class SwitchRng final : public Rng {
 public:
  void fill(std::span<std::uint8_t> out) override { (hiding ? hidden_ : shared_).fill(out); }
  bool hiding = false;

 private:
  SeededRng shared_{1}, hidden_{2};
};

class TwinWorld {
 public:
  explicit TwinWorld(bool with_hidden) : with_hidden_(with_hidden) {
    dir_ = fs::temp_directory_path() / ("nc-twin-" + system_rng().make<RecordId>().hex());
    clock_.now_ms = 1'795'000'000'000;
    records::OpenOptions options;
    options.clock = &clock_;
    options.rng = &rng_;
    must(records::Ledger::found(dir_, fs::path(NC_SOURCE_DIR) / "catalog", "vn-post-a", options));
    ledger_ = must(records::Ledger::open(dir_, options));
    ledger_->observe([this](const records::CommitNotice& notice) {
      for (const auto& record : notice.changed) columns_.apply(record, *notice.world);
    });
    records::test::allow_restricted(*ledger_);
    store::Options local;
    local.create = true;
    credentials_ =
        must(access::Credentials::open(must(store::Database::open(dir_ / "local.db", local)), {.clock = &clock_, .rng = &session_rng_}));
    fill();
    act();
    site_ = must(Site::make({*ledger_, columns_, *credentials_, fs::path(NC_BINARY_DIR) / "share", {}, &page_rng_}));
  }
  ~TwinWorld() {
    site_.reset();
    ledger_.reset();
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }
  TwinWorld(const TwinWorld&) = delete;

  // A session of that account, and a token for its programs; both worlds give the same.
  void log_in(const std::string& login) {
    const auto& account = ledger_->world()->accounts.at(login);
    cookie_ = must(credentials_->open_session(account.person, "test")).token;
    access::TokenTerms terms;
    terms.name = "test";
    terms.until_ms = clock_.now_ms + 24 * 3'600'000;
    terms.reads_only = false;
    token_ = must(credentials_->make_token(account.person, terms)).secret;
  }
  net::Response send(const std::string& method, const std::string& target, const net::Fields& form = {}) {
    net::Request request;
    if (!net::set_target(request, target)) return net::Response::text("no target", 400);
    request.method = method;
    request.headers.add("Host", "127.0.0.1:8600");
    request.headers.add("Cookie", "__Host-nhipcau=" + cookie_);
    if (method == "POST") {
      request.headers.add("Content-Type", "application/x-www-form-urlencoded");
      request.headers.add("Sec-Fetch-Site", "same-origin");
      request.body = net::form_text(form);
    }
    if (Api::is_for_programs(request.path)) request.headers.add("Authorization", "Bearer " + token_);
    return site_->handle(request);
  }
  // As a program, with JSON.
  net::Response ask(const std::string& method, const std::string& target, const Json& body, const net::Headers& more = {}) {
    net::Request request;
    if (!net::set_target(request, target)) return net::Response::text("no target", 400);
    request.method = method;
    request.headers = more;
    request.headers.set("Host", "127.0.0.1:8600");
    request.headers.set("Authorization", "Bearer " + token_);
    if (method != "GET") request.headers.set("Content-Type", "application/json");
    if (method != "GET") request.body = canonical(body);
    return site_->handle(request);
  }
  [[nodiscard]] const std::string& token() const { return token_; }
  Site& running_site() { return *site_; }
  [[nodiscard]] const Site& site() const { return *site_; }
  records::Ledger& ledger() { return *ledger_; }

  static constexpr std::string_view kHiddenFile = "Nơi kín trong tệp";  // what a file of a hidden record says
  std::vector<RecordId> raised;                                         // in both worlds; what was changed above since is in one
  std::vector<RecordId> shared, hidden;  // hidden: from everybody whose clearance is below restricted, at the post

 private:
  void fill();
  void raise_some(const UnitId& post, const UnitId& khmer, const UnitId& lao);
  void act();
  void hide(const std::function<void()>& work) {
    if (!with_hidden_) return;
    rng_.hiding = true;
    work();
    rng_.hiding = false;
  }
  RecordId create(const std::string& type, const Json& values, std::optional<catalog::Handling> handling = {}) {
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, type, values, handling, std::nullopt, true});
    if (!written) throw std::runtime_error(type + ": " + written.error().error.english() + " at " + written.error().error.where);
    (rng_.hiding ? hidden : shared).push_back(written->id);
    return written->id;
  }
  UnitId unit(const std::string& code, const std::string& name, const std::string& country, const std::string& chain) {
    Json values;
    values.set("code", code).set("name", name).set("own", country == "VN").set("country", country).set("chain", chain);
    return create("unit", values);
  }
  void account(const std::string& login, const std::string& role, const std::string& clearance, const UnitId& scope,
               const std::string& chain = {}, const std::optional<UnitId>& of_unit = {}) {
    Json values, grants{JsonArray{}}, row;
    row.set("line", "command").set("role", role);
    if (chain.empty()) row.set("unit", scope.hex());
    else row.set("chain", chain);
    grants.push(row);
    values.set("login", login)
        .set("display", "Chức trách " + login)
        .set("unit", of_unit.value_or(scope).hex())
        .set("grants", std::move(grants));
    values.set("clearance", clearance);
    create("account", values);
  }
  [[nodiscard]] JsonArray file(const std::string& name, std::string_view content) {
    const auto person = ledger_->console().person;
    const auto upload = must(ledger_->files().start(person, name));
    must(ledger_->files().append(person, upload.id, 0, content));
    return {blobs::json_of(*must(ledger_->finish_upload(ledger_->console(), upload.id)).file)};
  }
  static Json refs(const RecordId& id) { return JsonArray{Json(JsonObject{{"ref", Json(id.hex())}})}; }
  [[nodiscard]] static Json talks(const UnitId& lead, const UnitId& counterpart, int day, const std::string& place) {
    Json values;
    values.set("sub_kind", "periodic").set("status", "held").set("level", "post").set("lead_unit", lead.hex());
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 1, 1) + day, DatePrecision::kDay, false})}}));
    values.set("place", Json(JsonObject{{"text", Json(place)}})).set("counterpart_units", refs(counterpart));
    return values;
  }
  // Due some days before or after the day of the test, or without a day.
  [[nodiscard]] Json point(const UnitId& lead, const UnitId& counterpart, const RecordId& at, const std::string& text,
                           std::optional<int> due = {}) const {
    Json values;
    values.set("text", text).set("owner_side", ledger_->world()->catalog->find("agreed_point")->field("owner_side")->options.front().id);
    if (due) values.set("due_on", catalog::json_from_date({ledger_->today() + *due, DatePrecision::kDay, false}));
    values.set("agreed_at", at.hex()).set("lead_unit", lead.hex()).set("counterpart_units", refs(counterpart)).set("state", "open");
    return values;
  }

  fs::path dir_;
  bool with_hidden_;
  ManualClock clock_;
  SwitchRng rng_;
  SeededRng session_rng_{3}, page_rng_{4};
  stats::Columns columns_;
  std::unique_ptr<records::Ledger> ledger_;
  std::unique_ptr<access::Credentials> credentials_;
  std::unique_ptr<Site> site_;
  std::string cookie_, token_;
};

// Hidden rows are strewn among the shared ones, before, between and after them.
inline void TwinWorld::fill() {
  const auto post = records::imported_id("units", "vn-post-a");
  Json own;
  own.set("own", true).set("name", "Đồn Biên phòng A").set("country", "VN");
  if (!ledger_->amend(ledger_->console(), {post, {}, own, {}})) throw std::runtime_error("the node's own unit");
  shared.push_back(post);
  const auto other = unit("vn-post-b", "Đồn Biên phòng B", "VN", "VN-defence");
  const auto khmer = unit("kh-post-1", "Đồn Công an Nậm Lia", "KH", "KH-police");
  const auto lao = unit("la-post-1", "Đồn Công an Lào", "LA", "LA-security");
  account("lower", "post_commander", "internal", post);
  account("cleared", "post_commander", "restricted", post);
  account("open", "post_officer", "open", post);
  account("chain", "provincial_staff", "internal", post, "KH-police");
  account("inspector", "inspector", "internal", post);
  // Of a unit that no reader's role reaches; what he does differs between the worlds.
  account("outside", "post_commander", "restricted", post, {}, other);
  const auto restricted = catalog::Handling::kRestricted;
  const auto source = create("source", Json(JsonObject{{"title", Json("Báo cáo năm 2024")}}));
  for (int i = 0; i < 60; ++i) {
    const auto place = "Cửa khẩu " + std::to_string(i);
    auto values = talks(post, khmer, i, place);
    if (i % 3 == 0) values.set("sources", refs(source));
    if (i < 2) values.set("attachments", file("biên bản.txt", "Biên bản chung"));
    const auto id = create("talks", values);
    hide([&] {
      auto above = talks(post, khmer, i, "Nơi kín " + std::to_string(i));
      if (i % 2 == 0) above.set("sources", refs(source));
      if (i < 2) above.set("attachments", file("kín.txt", kHiddenFile));
      if (i % 4 == 0) above.set("same_event", refs(id));
      create("talks", above, restricted);
      if (i % 5 == 0) create("talks", talks(other, lao, i, "Nơi khác " + std::to_string(i)));
      if (i % 6 == 0) create("agreed_point", point(post, khmer, id, "Điều kín " + std::to_string(i)), restricted);
      // What is to be done, in every group of the first page.
      if (i % 6 == 0) create("agreed_point", point(post, khmer, id, "Việc kín " + std::to_string(i), i / 6 - 5), restricted);
      if (i % 6 == 3) create("agreed_point", point(other, lao, id, "Việc nơi khác " + std::to_string(i), i / 6 - 5));
    });
    if (i % 6 == 1) {
      const auto point_id = create("agreed_point", point(post, khmer, id, "Hai bên thống nhất " + std::to_string(i),
                                                         i % 12 == 1 ? std::optional<int>() : std::optional(i / 6 - 5)));
      // A restricted part of a record that everybody may read.
      hide([&] {
        if (!ledger_->amend(ledger_->console(), {point_id, {}, Json(JsonObject{{"remark", Json("ghi chú kín")}}), {}}))
          throw std::runtime_error("remark");
      });
    }
  }
  hide([&] {
    const auto outside = must(ledger_->subject("outside"));
    if (!ledger_->transition(outside, {hidden.front(), "void", "trùng", nullptr})) throw std::runtime_error("void");
    if (!ledger_->transition(ledger_->console(), {hidden.at(1), "submit", "", nullptr})) throw std::runtime_error("submit");
  });
  if (!ledger_->transition(ledger_->console(), {shared.back(), "submit", "", nullptr})) throw std::runtime_error("submit");
  raise_some(post, khmer, lao);
}

// Records that everybody at the post read until they were raised. What was done with them above is hidden.
inline void TwinWorld::raise_some(const UnitId& post, const UnitId& khmer, const UnitId& lao) {
  const auto done = [](const records::WriteResult& written) {
    if (!written) throw std::runtime_error("raised: " + written.error().error.english());
  };
  for (int i = 0; i < 6; ++i) {
    auto values = talks(post, khmer, 70 + i, "Nơi đã nâng mức " + std::to_string(i));
    if (i == 0) values.set("attachments", file("đã nâng.txt", "Biên bản đã nâng mức"));
    const auto id = create("talks", values);
    raised.push_back(id);
    if (i == 1) done(ledger_->transition(ledger_->console(), {id, "submit", "", nullptr}));
    done(records::raise(*ledger_, ledger_->console(), {id, catalog::Handling::kRestricted, "lộ nội dung"}));
    hide([&] {
      const auto change = [&](const char* field, Json value) {
        done(ledger_->amend(ledger_->console(), {id, {}, Json(JsonObject{{field, std::move(value)}}), {}}));
      };
      switch (i) {
        case 0: change("remark", "ghi chú kín"); break;
        case 1:
          done(ledger_->transition(ledger_->console(), {id, "withdraw", "", nullptr}));
          change("place", Json(JsonObject{{"text", Json("Nơi kín sau khi nâng")}}));
          break;
        case 2: done(ledger_->transition(ledger_->console(), {id, "void", "trùng", nullptr})); break;
        case 3: done(ledger_->transition(ledger_->console(), {id, "submit", "", nullptr})); break;
        case 4: change("counterpart_units", refs(lao)); break;
        default:
          change("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2025, 3, 3), DatePrecision::kDay, false})}}));
          static_cast<void>(ledger_->read(must(ledger_->subject("cleared")), id));
      }
    });
  }
}

// Rows of the audit trail, by somebody within the reach of whoever is here and by somebody outside it, turn about.
inline void TwinWorld::act() {
  for (int i = 0; i < 60; ++i) {
    const auto lower = must(ledger_->subject("lower")), outside = must(ledger_->subject("outside"));
    hide([&] {
      for (int more = 0; more <= i % 3; ++more) must(ledger_->audit().write({outside.person, access::audited::kLogIn}));
      static_cast<void>(ledger_->read(outside, hidden[static_cast<std::size_t>(i) % hidden.size()]));
      for (int more = 0; more <= i % 5; ++more) ledger_->audit().count_refusal(outside.person, access::audited::kPage);
    });
    must(ledger_->audit().write({lower.person, access::audited::kPrint, shared[static_cast<std::size_t>(i) % shared.size()]}));
    ledger_->audit().count_refusal(lower.person, access::audited::kPage);
    if (i % 10 == 0) ledger_->audit().count_refusal({}, access::audited::kLogIn, "192.0.2." + std::to_string(i));
    clock_.now_ms += 20'000;
  }
}

}  // namespace nc::web::test
