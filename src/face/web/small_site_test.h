// For tests: a small node with two own units, one counterpart and three accounts, and its site.
// Pages are function calls; cookies are kept as a browser keeps them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <regex>

#include "base/rng.h"
#include "face/web/site.h"

namespace nc::web::test {

namespace fs = std::filesystem;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().english());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class SmallSite {
 public:
  SmallSite() : SmallSite(Site::Options{}) {}
  explicit SmallSite(const Site::Options& site_options) {
    dir_ = fs::temp_directory_path() / ("nc-web-" + system_rng().make<RecordId>().hex());
    clock.now_ms = 1'795'000'000'000;  // in November 2026, after every day the tests speak of
    ledger_options_.clock = &clock;
    must(records::Ledger::found(dir_, fs::path(NC_SOURCE_DIR) / "catalog", "vn-post-a", ledger_options_));
    ledger_ = must(records::Ledger::open(dir_, ledger_options_));
    post_ = records::imported_id("units", "vn-post-a");
    Json own_side;
    own_side.set("own", true).set("name", "Đồn Biên phòng A");
    if (!ledger_->amend(ledger_->console(), {post_, {}, own_side, {}})) throw std::runtime_error("the node's own unit");
    other_post_ = make_unit("vn-post-b", "Đồn Biên phòng Đắk Ruê", true);
    counterpart_ = make_unit("kh-post-1", "Đồn Công an biên giới Nậm Lia", false);
    store::Options options;
    options.create = true;
    access::Credentials::Options credential_options;
    credential_options.clock = &clock;
    credentials_ = must(access::Credentials::open(must(store::Database::open(dir_ / "web-local.db", options)), credential_options));
    account("officer", "post_commander", post_);
    account("stranger", "post_officer", other_post_);
    account("admin", "administrator", post_);
    site_options_ = site_options;
    make_site();
  }
  ~SmallSite() {
    site.reset();
    ledger_.reset();
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }
  SmallSite(const SmallSite&) = delete;
  SmallSite& operator=(const SmallSite&) = delete;

  records::Ledger& ledger() { return *ledger_; }
  // The figures follow what is written from now on; without it they stay empty.
  void follow() {
    ledger_->observe([this](const records::CommitNotice& notice) {
      for (const auto& record : notice.changed) columns_.apply(record, *notice.world);
    });
  }
  const UnitId& post() const { return post_; }
  const UnitId& other_post() const { return other_post_; }
  const UnitId& counterpart() const { return counterpart_; }

  static constexpr const char* kPassword = "khoa-rat-dai-2026";

  RecordId talks(const UnitId& lead, const std::string& place = "Cửa khẩu A", const char* status = "held") {
    Json values;
    values.set("sub_kind", "periodic").set("status", status).set("level", "post").set("lead_unit", lead.hex());
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 5, 6), DatePrecision::kDay, false})}}));
    values.set("place", Json(JsonObject{{"text", Json(place)}}))
        .set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(counterpart_.hex())}})});
    return create("talks", values);
  }
  // A key of the account, certified by the console.
  PublicKey make_key(const std::string& login, const std::string& passphrase) {
    const auto person = must(ledger_->subject(login)).person;
    const auto key = crypto::SigningKey::generate(system_rng());
    must(credentials_->store_person_key(person, key, crypto::SecretString(passphrase)));
    const auto certified = ledger_->certify_key(ledger_->console(), person, key.public_key());
    if (!certified) throw std::runtime_error(certified.error().error.english());
    return key.public_key();
  }
  // A token of the account for the interface for programs; it may write.
  std::string token(const std::string& login, const std::function<void(access::TokenTerms&)>& change = {}) {
    access::TokenTerms terms;
    terms.name = "test";
    terms.until_ms = clock.now_ms + 30LL * 24 * 3'600'000;
    terms.reads_only = false;
    if (change) change(terms);
    return must(credentials_->make_token(must(ledger_->subject(login)).person, terms)).secret;
  }
  access::Credentials& credentials() { return *credentials_; }
  // Another person, after the site is there.
  void add_account(const std::string& login, const std::string& role, const UnitId& unit, const std::string& clearance = "internal") {
    account(login, role, unit, clearance);
  }
  RecordId create(const std::string& type, const Json& values) {
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, type, values, std::nullopt, std::nullopt, true});
    if (!written) throw std::runtime_error(written.error().error.english() + " at " + written.error().error.where);
    return written->id;
  }

  ManualClock clock;
  std::unique_ptr<Site> site;

  [[nodiscard]] const fs::path& dir() const { return dir_; }
  [[nodiscard]] const records::OpenOptions& ledger_options() const { return ledger_options_; }
  // With the data directory closed; sessions stay.
  void while_closed(const std::function<void()>& work) {
    site.reset();
    ledger_.reset();
    work();
    ledger_ = must(records::Ledger::open(dir_, ledger_options_));
    must(ledger_->rebuild(false));
    make_site();
  }

 private:
  void make_site() {
    site = must(Site::make({*ledger_, columns_, *credentials_, fs::path(NC_BINARY_DIR) / "share", site_options_, nullptr}));
  }
  UnitId make_unit(const std::string& code, const std::string& name, bool own) {
    Json values;
    values.set("code", code)
        .set("name", name)
        .set("own", own)
        .set("country", own ? "VN" : "KH")
        .set("chain", own ? "VN-defence" : "KH-police");
    return create("unit", values);
  }
  void account(const std::string& login, const std::string& role, const UnitId& unit, const std::string& clearance = "internal") {
    Json values, grants{JsonArray{}};
    grants.push(Json(JsonObject{{"line", Json("command")}, {"role", Json(role)}, {"unit", Json(unit.hex())}}));
    values.set("login", login)
        .set("display", "Chức trách " + login)
        .set("unit", unit.hex())
        .set("grants", std::move(grants))
        .set("clearance", clearance);
    const auto id = create("account", values);
    must(credentials_->set_password(id, login, crypto::SecretString(kPassword)));
  }

  fs::path dir_;
  Site::Options site_options_;
  records::OpenOptions ledger_options_;
  std::unique_ptr<records::Ledger> ledger_;
  std::unique_ptr<access::Credentials> credentials_;
  stats::Columns columns_;
  UnitId post_, other_post_, counterpart_;
};

// One browser: keeps cookies, follows nothing by itself.
class Browser {
 public:
  explicit Browser(SmallSite& world, std::string host = "127.0.0.1:8600") : world_(world), host_(std::move(host)) {}

  net::Response get(const std::string& target) { return send("GET", target, {}); }
  net::Response post(const std::string& target, const net::Fields& form) { return send("POST", target, form); }
  net::Response log_in(const std::string& login, const std::string& password = SmallSite::kPassword) {
    const auto page = get("/login");
    return post("/login", {{"csrf", hidden(page, "csrf")}, {"login", login}, {"password", password}});
  }
  // The value of a hidden input of the last form with that name.
  static std::string hidden(const net::Response& page, const std::string& name) {
    const auto mark = "<input type=\"hidden\" name=\"" + name + "\" value=\"";
    const auto at = page.body.rfind(mark);
    if (at == std::string::npos) return {};
    const auto start = at + mark.size();
    return page.body.substr(start, page.body.find('"', start) - start);
  }
  net::Response send(const std::string& method, const std::string& target, const net::Fields& form, const net::Headers& more = {}) {
    net::Request request;
    must(net::read_target(request, target));
    request.method = method;
    request.headers.add("Host", host_);
    std::string jar;
    for (const auto& [name, value] : cookies) jar += (jar.empty() ? "" : "; ") + name + "=" + value;
    if (!jar.empty()) request.headers.add("Cookie", jar);
    if (method == "POST") {
      request.headers.add("Content-Type", "application/x-www-form-urlencoded");
      request.headers.add("Sec-Fetch-Site", "same-origin");
      request.body = net::form_text(form);
    }
    for (const auto& [name, value] : more) request.headers.set(name, value);
    auto response = world_.site->handle(request);
    for (const auto& [name, value] : response.headers)
      if (name == "Set-Cookie") keep(value);
    return response;
  }

  struct SentFile {
    std::string input, name, content;
  };
  // As the server does it: the head is asked for a sink, the body goes into it in pieces, then the page is asked.
  net::Response send_files(const std::string& target, const net::Fields& fields, const std::vector<SentFile>& files) {
    const std::string boundary = "----nhipcau";
    std::string body;
    for (const auto& [name, value] : fields)
      body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    for (const auto& file : files)
      body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + file.input + "\"; filename=\"" +
              as_browsers_write(file.name) + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + file.content + "\r\n";
    body += "--" + boundary + "--\r\n";
    net::Request request;
    must(net::read_target(request, target));
    request.method = "POST";
    request.headers.add("Host", host_);
    request.headers.add("Sec-Fetch-Site", "same-origin");
    request.headers.add("Content-Type", "multipart/form-data; boundary=" + boundary);
    std::string jar;
    for (const auto& [name, value] : cookies) jar += (jar.empty() ? "" : "; ") + name + "=" + value;
    request.headers.add("Cookie", jar);
    request.sink = world_.site->body_sink(request);
    if (request.sink)
      for (std::size_t at = 0; at < body.size(); at += 1000) request.sink->write(std::string_view(body).substr(at, 1000));
    else request.body = body;
    return world_.site->handle(request);
  }

  std::map<std::string, std::string> cookies;

 private:
  static std::string as_browsers_write(std::string name) {
    for (auto at = name.find('"'); at != std::string::npos; at = name.find('"')) name.replace(at, 1, "%22");
    return name;
  }
  void keep(const std::string& line) {
    const auto equal = line.find('='), end = line.find(';');
    const auto name = line.substr(0, equal), value = line.substr(equal + 1, end - equal - 1);
    if (line.find("Max-Age=0") != std::string::npos) cookies.erase(name);
    else cookies[name] = value;
  }
  SmallSite& world_;
  std::string host_;
};

// A program with a token.
class Program {
 public:
  Program(SmallSite& world, std::string token) : world_(world), token_(std::move(token)) {}

  net::Response get(const std::string& path, const net::Headers& more = {}) { return send("GET", path, {}, more); }
  net::Response send(const std::string& method, const std::string& path, const Json& body, const net::Headers& more = {}) {
    net::Request request;
    must(net::read_target(request, "/api/v1" + path));
    request.method = method;
    request.peer = "192.0.2.7";
    request.headers.add("Host", "127.0.0.1:8600");
    request.headers.add("Accept-Language", "en");
    if (!token_.empty()) request.headers.add("Authorization", "Bearer " + token_);
    if (method != "GET") {
      request.headers.add("Content-Type", "application/json");
      request.body = body.is_string() ? body.as_string() : canonical(body);
    }
    for (const auto& [name, value] : more) request.headers.set(name, value);
    return world_.site->handle(request);
  }

 private:
  SmallSite& world_;
  std::string token_;
};

inline Json json_of(const net::Response& response) { return must(parse_json(response.body, {16 * 1024 * 1024, false})); }

inline std::string location(const net::Response& response) { return std::string(response.headers.get("Location")); }
inline bool shows(const net::Response& response, std::string_view text) { return response.body.find(text) != std::string::npos; }

}  // namespace nc::web::test
