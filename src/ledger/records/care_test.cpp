// Care of a node that serves: told in steps, given up at any of them, beside people who save.
#include "ledger/records/care.h"

#include <atomic>
#include <set>
#include <thread>

#include "ledger/records/backup.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/test_world.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

class CareTest : public test::LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    for (int i = 0; i < 300; ++i) make(talks("Cửa khẩu " + std::to_string(i)));
  }
  // Progress that stop at the n-th; counts them all.
  Progress until(int n) {
    return [this, n](const char* stage, std::int64_t done, std::int64_t total) {
      stages_.insert(stage);
      EXPECT_TRUE(total == 0 || done <= total) << stage << " " << done << " of " << total;
      return ++steps_ < n;
    };
  }
  static constexpr int kNever = 1'000'000;
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(dir_)) out.insert(entry.path().lexically_relative(dir_).string());
    return out;
  }

  std::set<std::string> stages_;
  int steps_ = 0;
};

TEST_F(CareTest, ChecksSayWhatTheLedgerSaysAndHowFarTheyAre) {
  const auto plain = ledger_->verify();
  const auto told = verify_entries(*ledger_, until(kNever));
  ASSERT_TRUE(plain && told);
  EXPECT_EQ(told->entries, plain->entries);
  EXPECT_EQ(told->seals, plain->seals);
  EXPECT_TRUE(told->problems.empty());
  EXPECT_GE(steps_, 2);
  const auto before = files();
  const auto checked = check_derived(*ledger_, dir_, until(kNever));
  ASSERT_TRUE(checked) << checked.error().english();
  EXPECT_TRUE(checked->differs.empty());
  EXPECT_EQ(checked->before, checked->after);
  EXPECT_EQ(checked->records, ledger_->rebuild(true)->records);
  EXPECT_EQ(files(), before) << "nothing of the copy stays";
  EXPECT_GE(stages_.size(), 5U);
}

TEST_F(CareTest, ADerivedTableThatLiesIsNamed) {
  ledger_.reset();
  {
    store::Options options;
    options.application_id = kLedgerApplicationId;
    auto db = store::Database::open(DataDir{dir_}.ledger(), options);
    ASSERT_TRUE(db && db->run("UPDATE record SET text_fold = 'lie' WHERE type = 'talks'"));
  }
  reopen();
  const auto checked = check_derived(*ledger_, dir_, {});
  ASSERT_TRUE(checked) << checked.error().english();
  EXPECT_EQ(checked->differs, std::vector<std::string>{"record.text_fold"});
}

TEST_F(CareTest, WhateverIsGivenUpLeavesNothing) {
  const auto before = files();
  for (const int at : {1, 2, 4, 7}) {
    steps_ = 0;
    const auto verified = verify_entries(*ledger_, until(1));
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().message, given_up().message);
    steps_ = 0;
    const auto checked = check_derived(*ledger_, dir_, until(at));
    ASSERT_FALSE(checked) << at;
    EXPECT_EQ(checked.error().message, given_up().message) << at;
    steps_ = 0;
    const auto made = back_up_now(dir_, clock_, until(std::min(at, 3)));
    ASSERT_FALSE(made) << at;
    EXPECT_EQ(made.error().message, given_up().message) << at;
    std::error_code ec;
    fs::remove(dir_ / "backups", ec);  // the empty folder
    EXPECT_EQ(files(), before) << at;
  }
}

TEST_F(CareTest, ABackupMadeNowIsAWholeOneAndDisturbsNoOtherOfTheSecond) {
  const auto first = back_up_now(dir_, clock_, until(kNever));
  const auto second = back_up_now(dir_, clock_, {});
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->ledger, second->ledger);
  EXPECT_EQ(first->entries, second->entries);
  EXPECT_EQ(look_at_backups(dir_, clock_.now_ms)->last_ms, (clock_.now_ms + 1000) / 1000 * 1000);
  const auto target = dir_.string() + "-restored";
  const auto restored = restore_backup(second->ledger, target, dir_ / "keys" / "recovery.key", system_rng());
  EXPECT_TRUE(restored) << restored.error().english();
  fs::remove_all(target);
}

TEST_F(CareTest, SavesGoOnMeanwhile) {
  std::atomic<bool> saving = true;
  std::atomic<int> saved = 0, saved_inside = 0;
  std::thread writer([&] {
    while (saving) {
      make(talks("Trong khi kiểm tra"));
      ++saved;
    }
  });
  const Progress wait_for_a_save = [&](const char*, std::int64_t, std::int64_t) {
    // A writer that waited for the check would never come here again.
    const int before = saved;
    for (int i = 0; i < 2000 && saved == before; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    saved_inside += saved - before;
    return true;
  };
  EXPECT_TRUE(verify_entries(*ledger_, wait_for_a_save));
  const int after_verify = saved_inside;
  EXPECT_GT(after_verify, 0);
  const auto checked = check_derived(*ledger_, dir_, wait_for_a_save);
  saving = false;
  writer.join();
  ASSERT_TRUE(checked) << checked.error().english();
  EXPECT_TRUE(checked->differs.empty()) << "one snapshot";
  EXPECT_GT(saved_inside.load(), after_verify);
}

}  // namespace
}  // namespace nc::records
