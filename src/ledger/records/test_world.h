// For tests: a founded ledger of the project's catalogue with its own unit, and a few records and accounts.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "base/rng.h"
#include "ledger/catalog/values.h"
#include "ledger/records/ledger.h"

namespace nc::records::test {

class LedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() / ("nc-records-" + system_rng().make<RecordId>().hex());
    clock_.now_ms = 1'795'000'000'000;  // in November 2026, after every day the tests speak of
    options_.clock = &clock_;
    const auto founded = Ledger::found(dir_, std::filesystem::path(NC_SOURCE_DIR) / "catalog", "vn-post-a", options_);
    ASSERT_TRUE(founded) << founded.error().english();
    unit_ = imported_id("units", "vn-post-a");
    reopen();
  }
  void TearDown() override {
    ledger_.reset();
    std::filesystem::remove_all(dir_);
  }
  void reopen() {
    ledger_.reset();
    auto opened = Ledger::open(dir_, options_);
    if (!opened) throw std::runtime_error(opened.error().english());
    ledger_ = std::move(*opened);
  }
  [[nodiscard]] Json talks(const std::string& place = "Cửa khẩu A") const {
    Json values;
    values.set("sub_kind", "periodic").set("status", "held").set("level", "post").set("lead_unit", unit_.hex());
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 5, 6), DatePrecision::kDay, false})}}));
    values.set("countries", JsonArray{Json("KH"), Json("VN")}).set("place", Json(JsonObject{{"text", Json(place)}}));
    values.set("counterpart_unnamed", true);
    return values;
  }
  RecordId make(const Json& values, std::optional<catalog::Handling> handling = std::nullopt, const std::string& type = "talks") {
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, type, values, handling, std::nullopt, true});
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  }
  // A person with one role over the node's unit.
  access::Subject account(const std::string& login, const std::string& role, const std::string& clearance) {
    Json values, grants{JsonArray{}};
    grants.push(Json(JsonObject{{"line", Json("command")}, {"role", Json(role)}, {"unit", Json(unit_.hex())}}));
    values.set("login", login).set("display", login).set("unit", unit_.hex()).set("grants", std::move(grants)).set("clearance", clearance);
    make(values, std::nullopt, "account");
    auto subject = ledger_->subject(login);
    if (!subject) throw std::runtime_error(subject.error().english());
    return *subject;
  }

  std::filesystem::path dir_;
  ManualClock clock_;
  OpenOptions options_;
  std::unique_ptr<Ledger> ledger_;
  UnitId unit_;
};

}  // namespace nc::records::test
