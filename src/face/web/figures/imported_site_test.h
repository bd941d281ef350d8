// For tests: a node with the public record imported, its accounts and its site; pages by a function call.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "base/rng.h"
#include "channels/intake/intake.h"
#include "face/web/site.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::web::test {

namespace fs = std::filesystem;

class ImportedSite {
 public:
  ImportedSite() {
    dir_ = fs::temp_directory_path() / ("nc-web-" + system_rng().make<RecordId>().hex());
    const fs::path source(NC_SOURCE_DIR);
    must(records::Ledger::found(dir_, source / "catalog", "vn-bg", options_));
    ledger_ = must(records::Ledger::open(dir_, options_));
    records::test::allow_restricted(*ledger_);
    const auto map = must(intake::ImportMap::load(source / "data" / "import" / "public-record.json"));
    must(intake::import_folder(*ledger_, ledger_->console(), {source / "data" / "public-record"}, map));
    share_ = dir_ / "share";
    fs::create_directories(share_ / "demo");
    fs::copy(fs::path(NC_BINARY_DIR) / "share" / "locale", share_ / "locale", fs::copy_options::recursive);
    fs::copy(fs::path(NC_BINARY_DIR) / "share" / "assets", share_ / "assets", fs::copy_options::recursive);
    fs::copy(source / "data" / "demo" / "summary.json", share_ / "demo" / "summary.json");
    ledger_->observe([this](const records::CommitNotice& notice) {
      for (const auto& record : notice.changed) columns_.apply(record, *notice.world);
    });
    const auto world = ledger_->world();
    must(ledger_->for_each([&](const records::RecordView& record) -> Status {
      columns_.apply(record, *world);
      return {};
    }));
    store::Options local;
    local.create = true;
    local.application_id = records::kLocalApplicationId;
    credentials_ = must(access::Credentials::open(must(store::Database::open(records::DataDir{dir_}.local(), local)), {}));
    site_ = must(Site::make({*ledger_, columns_, *credentials_, share_, {}, nullptr}));
  }
  ~ImportedSite() {
    site_.reset();
    ledger_.reset();
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }
  ImportedSite(const ImportedSite&) = delete;
  ImportedSite& operator=(const ImportedSite&) = delete;

  records::Ledger& ledger() { return *ledger_; }
  [[nodiscard]] const stats::Columns& columns() const { return columns_; }
  UnitId unit(const std::string& code) { return ledger_->world()->tree->by_code(code)->id; }

  // An account over `scope`, of the unit `of` or of that one; its cookie is kept.
  void account(const std::string& login, const std::string& role, const std::string& scope, const std::string& clearance = "internal",
               const std::string& of = {}) {
    Json values, grants{JsonArray{}};
    grants.push(Json(JsonObject{{"line", Json("command")}, {"role", Json(role)}, {"unit", Json(unit(scope).hex())}}));
    values.set("login", login)
        .set("display", login)
        .set("unit", unit(of.empty() ? scope : of).hex())
        .set("grants", std::move(grants))
        .set("clearance", clearance);
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, "account", values, std::nullopt, std::nullopt, true});
    if (!written) throw std::runtime_error(written.error().error.english());
    cookies_[login] = "__Host-nhipcau=" + must(credentials_->open_session(written->id, "test")).token;
  }

  net::Response get(const std::string& login, const std::string& target, const std::string& lang = "vi") {
    net::Request request;
    must(net::set_target(request, target));
    request.headers.add("Host", "127.0.0.1:8600");
    request.headers.add("Cookie", cookies_[login] + "; __Host-nhipcau-lang=" + lang);
    return site_->handle(request);
  }

 private:
  template <typename T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().english());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }

  records::OpenOptions options_;
  fs::path dir_, share_;
  std::unique_ptr<records::Ledger> ledger_;
  stats::Columns columns_;
  std::unique_ptr<access::Credentials> credentials_;
  std::unique_ptr<Site> site_;
  std::map<std::string, std::string> cookies_;
};

// Made once: the import takes a while.
inline ImportedSite& imported_site() {
  static ImportedSite site;
  return site;
}

// All addresses of our own in a page, as they stand in href, with entities undone.
inline std::vector<std::string> links_of(const std::string& html) {
  std::vector<std::string> out;
  for (std::size_t at = html.find("href=\"/"); at != std::string::npos; at = html.find("href=\"/", at + 1)) {
    const auto begin = at + 6;
    auto link = html.substr(begin, html.find('"', begin) - begin);
    for (auto amp = link.find("&amp;"); amp != std::string::npos; amp = link.find("&amp;")) link.replace(amp, 5, "&");
    out.push_back(std::move(link));
  }
  return out;
}

}  // namespace nc::web::test
