// Backups on a schedule: what is due, what is kept, and that what was kept can be restored.
#include "ledger/records/backup.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "base/civil.h"
#include "base/files.h"
#include "foundation/store/database.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/ledger.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;
const std::int64_t kNow = to_day(2026, 11, 22) * kDay + 5 * kHour;  // a Sunday

TEST(BackupPlanTest, KeepsTheNewestOfDaysWeeksAndMonths) {
  std::vector<std::int64_t> made;
  for (int day = 0; day < 500; ++day)
    for (int hour : {0, 4}) made.push_back(kNow - day * kDay - hour * kHour);
  const auto kept = kept_backups(made, {}, kNow);
  for (int day = 0; day < 7; ++day) EXPECT_EQ(kept.at(static_cast<std::size_t>(day)), kNow - day * kDay);
  EXPECT_EQ(kept.front(), kNow);
  // The year before: one a month.
  EXPECT_LT(kept.back(), kNow - 320 * kDay);
  EXPECT_GT(kept.back(), kNow - 366 * kDay);
  EXPECT_LE(kept.size(), 7U + 3U + 11U);
  EXPECT_GE(kept.size(), 7U + 2U + 10U);
  // A second look keeps the same: nothing depends on what was deleted before.
  EXPECT_EQ(kept_backups(kept, {}, kNow), kept);
}

TEST(BackupPlanTest, AnAgeLimitGoesBeforeTheRest) {
  BackupPlan plan;
  plan.delete_after_days = 30;
  std::vector<std::int64_t> made;
  for (int day = 0; day < 100; ++day) made.push_back(kNow - day * kDay);
  for (const auto kept : kept_backups(made, plan, kNow)) EXPECT_GE(kept, kNow - 30 * kDay);
}

TEST(BackupPlanTest, WhatLiesInTheFutureIsKept) { EXPECT_EQ(kept_backups({kNow + 3650 * kDay, kNow}, {}, kNow).size(), 2U); }

TEST(BackupPlanTest, TheNameSaysWhen) { EXPECT_EQ(backup_name("ledger", kNow), "ledger-20261122-050000.bak"); }

class BackupTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("nc-backup-" + system_rng().make<RecordId>().hex());
    clock_.now_ms = kNow;
    options_.clock = &clock_;
    fs::create_directories(folder_);
    const auto founded = Ledger::found(dir(), fs::path(NC_SOURCE_DIR) / "catalog", "vn-post-a", options_);
    ASSERT_TRUE(founded) << founded.error().english();
  }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] fs::path dir() const { return folder_ / "node"; }
  [[nodiscard]] Digest digest(const fs::path& of) const { return *(*Ledger::open(of, options_))->digest(); }
  void write_plan(const std::string& text) const { std::ofstream(DataDir{dir()}.backup_plan()) << text; }
  [[nodiscard]] std::vector<fs::path> backups() const {
    auto found = list_files(dir() / "backups", ".bak");
    return found ? *found : std::vector<fs::path>();
  }

  fs::path folder_;
  ManualClock clock_;
  OpenOptions options_;
};

TEST_F(BackupTest, DueOnceADayAlsoAfterTheClockWasSetBack) {
  const auto job = *ledger_backup_job(dir(), clock_);
  EXPECT_TRUE(*run_backup_if_due(job, clock_.now_ms));
  EXPECT_FALSE(*run_backup_if_due(job, clock_.now_ms + 23 * kHour));
  EXPECT_TRUE(*run_backup_if_due(job, clock_.now_ms + 24 * kHour));
  EXPECT_EQ(backups().size(), 2U);
  clock_.now_ms -= 3650 * kDay;
  EXPECT_TRUE(look_at_backups(dir(), clock_.now_ms)->too_old);
  EXPECT_TRUE(*run_backup_if_due(job, clock_.now_ms));
  EXPECT_FALSE(*run_backup_if_due(job, clock_.now_ms + kHour));
  EXPECT_EQ(backups().size(), 3U);
  const auto state = look_at_backups(dir(), clock_.now_ms);
  EXPECT_FALSE(state->too_old);
  EXPECT_TRUE(state->same_disk);
}

TEST_F(BackupTest, OldOnesGoAfterAGoodNewOneAndForeignFilesStay) {
  write_plan(R"({"keep_days":2,"keep_weeks":0,"keep_months":0,"every_hours":1})");
  const auto job = *ledger_backup_job(dir(), clock_);
  for (int day = 0; day < 4; ++day) EXPECT_TRUE(*run_backup_if_due(job, clock_.now_ms + day * kDay));
  EXPECT_EQ(backups().size(), 2U);
  std::ofstream(dir() / "backups" / "ledger-of-mine.bak") << "x";
  auto failing = job;
  failing.write = [](const fs::path&) { return Status(fail(ErrorCode::kFull, "full")); };
  EXPECT_FALSE(run_backup_if_due(failing, clock_.now_ms + 9 * kDay));
  EXPECT_EQ(backups().size(), 3U);
  EXPECT_EQ(look_at_backups(dir(), clock_.now_ms + 9 * kDay)->age_hours, 6 * 24);
  EXPECT_TRUE(look_at_backups(dir(), clock_.now_ms + 9 * kDay)->too_old);
}

TEST_F(BackupTest, APlanThatIsNotUnderstoodIsRefusedByName) {
  for (const auto& [text, member] : {std::pair{R"({"keep":1})", "keep"},
                                     {R"({"keep_days":-1})", "keep_days"},
                                     {R"({"every_hours":0})", "every_hours"},
                                     {R"({"folder":7})", "folder"}}) {
    write_plan(text);
    const auto plan = read_backup_plan(dir());
    ASSERT_FALSE(plan) << text;
    EXPECT_NE(plan.error().english().find(member), std::string::npos);
  }
  write_plan(R"({"folder":"/elsewhere","every_hours":6})");
  EXPECT_EQ(read_backup_plan(dir())->folder, "/elsewhere");
}

TEST_F(BackupTest, WhatTheKeeperMakesWhileTheNodeIsOpenCanBeRestored) {
  const auto before = digest(dir());
  {
    const auto ledger = Ledger::open(dir(), options_);
    ASSERT_TRUE(ledger);
    const BackupKeeper keeper([this]() -> Result<std::vector<BackupJob>> { return std::vector{*ledger_backup_job(dir(), clock_)}; },
                              [](const Error& error) { ADD_FAILURE() << error.english(); }, clock_, 5);
    for (int tries = 0; backups().empty() && tries < 2000; ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_EQ(backups().size(), 1U);
  const auto restored = restore_backup(backups()[0], folder_ / "again", DataDir{dir()}.recovery_key());
  ASSERT_TRUE(restored) << restored.error().english();
  EXPECT_TRUE(restored->certified);
  EXPECT_EQ(digest(folder_ / "again"), before);
  EXPECT_FALSE(fs::exists(folder_ / "again" / ".part"));
}

TEST_F(BackupTest, RemainsOfWhatAPowerCutBrokeOffAreNotTaken) {
  const auto before = digest(dir());
  const auto file = folder_ / "b.bak";
  // A log of another backup under the same name: its frames would be valid.
  {
    auto other = store::Database::open(folder_ / "b.bak.part", {.create = true, .application_id = kLedgerApplicationId});
    ASSERT_TRUE(other && other->exec("CREATE TABLE journal_entry(x); CREATE TABLE foreign_one(x)"));
    fs::copy_file(folder_ / "b.bak.part-wal", folder_ / "kept-wal");
  }
  fs::rename(folder_ / "kept-wal", folder_ / "b.bak.part-wal");
  ASSERT_TRUE(backup_directory(dir(), file, clock_));
  EXPECT_FALSE(fs::exists(folder_ / "b.bak.part-wal"));
  fs::create_directories(folder_ / "again" / ".part" / "keys");
  std::ofstream(folder_ / "again" / ".part" / "node.json") << "half";
  const auto restored = restore_backup(file, folder_ / "again", {});
  ASSERT_TRUE(restored) << restored.error().english();
  EXPECT_EQ(digest(folder_ / "again"), before);
}

TEST_F(BackupTest, ADamagedLedgerMakesNoBackup) {
  {
    auto db = store::Database::open(DataDir{dir()}.ledger(), {.application_id = kLedgerApplicationId});
    ASSERT_TRUE(db) << db.error().english();
    const auto changed = db->exec(
        "UPDATE journal_entry SET body=substr(body, 1, 8) || x'00' || substr(body, 10) WHERE "
        "arrival=(SELECT max(arrival) FROM journal_entry WHERE substr(body, 9, 1)<>x'00')");
    ASSERT_TRUE(changed) << changed.error().english();
  }
  const auto made = backup_directory(dir(), folder_ / "b.bak", clock_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kCorrupt);
  for (const char* name : {"b.bak", "b.bak.part", "b.bak.part-wal"}) EXPECT_FALSE(fs::exists(folder_ / name)) << name;
}

}  // namespace
}  // namespace nc::records
