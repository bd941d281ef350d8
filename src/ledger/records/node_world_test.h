// For tests: a fresh node with a unit of its own, and people on it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "base/rng.h"
#include "ledger/records/ledger.h"

namespace nc::records {

namespace fs = std::filesystem;

class RecordsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("nc-records-" + system_rng().make<RecordId>().hex());
    clock_.now_ms = 1'795'000'000'000;  // in November 2026, after every day the tests speak of
    options_.clock = &clock_;
    const auto founded = Ledger::found(dir_, fs::path(NC_SOURCE_DIR) / "catalog", "vn-post-a", options_);
    ASSERT_TRUE(founded) << founded.error().english();
    reopen();
    unit_ = imported_id("units", "vn-post-a");
  }
  void TearDown() override {
    ledger_.reset();
    fs::remove_all(dir_);
  }
  void reopen() {
    ledger_.reset();
    auto opened = Ledger::open(dir_, options_);
    ASSERT_TRUE(opened) << opened.error().english();
    ledger_ = std::move(*opened);
  }
  static Json day(int y, int m, int d) {
    return Json(JsonObject{{"from", catalog::json_from_date({to_day(y, m, d), DatePrecision::kDay, false})}});
  }
  Json talks(const std::string& place = "Cửa khẩu A") {
    Json values;
    values.set("sub_kind", "periodic")
        .set("when", day(2024, 5, 6))
        .set("status", "held")
        .set("level", "post")
        .set("lead_unit", unit_.hex());
    values.set("countries", JsonArray{Json("KH"), Json("VN")}).set("place", Json(JsonObject{{"text", Json(place)}}));
    values.set("counterpart_unnamed", true);
    return values;
  }
  RecordId make(const Json& values) {
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, "talks", values, std::nullopt, std::nullopt});
    EXPECT_TRUE(written) << (written ? "" : written.error().error.english());
    return written ? written->id : RecordId{};
  }
  RecordView view(const RecordId& id) { return ledger_->read(ledger_->console(), id).value(); }

  fs::path dir_;
  ManualClock clock_;
  OpenOptions options_;
  std::unique_ptr<Ledger> ledger_;
  UnitId unit_;
};

class PeopleTest : public RecordsTest {
 protected:
  access::Subject account(const std::string& login, const std::string& role, const std::string& clearance = "internal",
                          std::optional<UnitId> scope = std::nullopt) {
    Json values;
    values.set("login", login).set("display", login).set("unit", unit_.hex()).set("clearance", clearance);
    values.set("grants",
               JsonArray{Json(JsonObject{{"role", Json(role)}, {"unit", Json(scope.value_or(unit_).hex())}, {"line", Json("command")}})});
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, "account", values, std::nullopt, std::nullopt, true});
    EXPECT_TRUE(written) << (written ? "" : written.error().error.english());
    return ledger_->subject(login).value();
  }
};

}  // namespace nc::records
