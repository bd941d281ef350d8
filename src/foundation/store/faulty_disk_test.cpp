// The disk for tests keeps its promises: what the crash tests say depends on it.
#include "foundation/store/faulty_disk.h"

#include <gtest/gtest.h>

#include <optional>

#include "foundation/store/database.h"
#include "foundation/store/unsynced.h"

namespace nc::store {
namespace {

constexpr std::uint32_t kApplication = 0x4e43544c;
const std::string kPath = "/trial.db";

class FaultyDiskTest : public testing::Test {
 protected:
  FaultyDiskTest() : disk_("nc-faulty-test", 1) {
    const auto made = open().exec("CREATE TABLE t(k INTEGER PRIMARY KEY, v)");
    if (!made) throw std::runtime_error(made.error().english());
  }
  Database open(bool fullsync = true) {
    auto opened = Database::open(kPath, {.create = true, .fullsync = fullsync, .application_id = kApplication, .vfs = disk_.name()});
    if (!opened) throw std::runtime_error(opened.error().english());
    return std::move(*opened);
  }
  // Rows there after n saves and a power cut.
  std::int64_t saved_of(int n, FaultyDisk::Lie lie, std::uint64_t seed, bool checkpoint = false) {
    disk_.load({}, seed);
    static_cast<void>(open().exec("CREATE TABLE t(k INTEGER PRIMARY KEY, v)"));
    disk_.load(disk_.files(), seed);
    disk_.set_lie(lie);
    {
      Database db = open();
      for (int i = 0; i < n; ++i) EXPECT_TRUE(db.run("INSERT INTO t VALUES(?1, ?2)", i, std::string(3000, 'v')));
      if (checkpoint) {
        EXPECT_TRUE(db.checkpoint(CheckpointMode::kTruncate));
        EXPECT_TRUE(db.run("INSERT INTO t VALUES(?1, 0)", n));
      }
      disk_.cut_after(0);
    }
    disk_.power_on();
    disk_.set_lie(FaultyDisk::Lie::kNone);
    auto again = Database::open(kPath, {.application_id = kApplication, .vfs = disk_.name()});
    if (!again || !again->quick_check()) return -1;
    return again->integer("SELECT count(*) FROM t").value_or(-1);
  }
  FaultyDisk disk_;
};

TEST_F(FaultyDiskTest, WhatWasSyncedSurvivesEveryCut) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    EXPECT_EQ(saved_of(5, FaultyDisk::Lie::kNone, seed), 5) << seed;
    EXPECT_EQ(saved_of(5, FaultyDisk::Lie::kNone, seed, true), 6) << seed;
  }
}

// Unsynced: every odd row. After a cut there is a beginning of the rows, at least up to the last that was synced.
TEST_F(FaultyDiskTest, WhatIsNotSyncedIsLostFromTheEndOnly) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    disk_.load({}, seed);
    ASSERT_TRUE(open().exec("CREATE TABLE t(k INTEGER PRIMARY KEY, v)"));
    disk_.load(disk_.files(), seed);
    const int rows = 2 + static_cast<int>(seed % 5);
    {
      Database db = open();
      for (int row = 1; row <= rows; ++row) {
        auto unsynced = row % 2 == 1 ? std::optional(Unsynced::begin(db)) : std::nullopt;
        ASSERT_TRUE(!unsynced || *unsynced);
        ASSERT_TRUE(db.run("INSERT INTO t VALUES(?1, ?2)", row, std::string(3000, 'v')));
      }
      disk_.cut_after(0);
    }
    disk_.power_on();
    Database db = open();
    ASSERT_TRUE(db.quick_check());
    const auto held = db.integer("SELECT count(*) FROM t").value_or(-1);
    EXPECT_EQ(held, db.integer("SELECT coalesce(max(k), 0) FROM t").value_or(-2)) << seed;
    EXPECT_GE(held, rows / 2 * 2) << "what was synced took all before it along, seed " << seed;
    lost += held < rows ? 1 : 0;
  }
  EXPECT_GT(lost, 3) << "the scope really leaves the fsync out";
}

TEST_F(FaultyDiskTest, EveryLieLosesSomething) {
  for (const auto& [lie, checkpoint] : {std::pair{FaultyDisk::Lie::kEverySync, false},
                                        {FaultyDisk::Lie::kLogSync, false},
                                        {FaultyDisk::Lie::kDataSync, true},
                                        {FaultyDisk::Lie::kNewNames, false}}) {
    int lost = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) lost += saved_of(5, lie, seed, checkpoint) != (checkpoint ? 6 : 5) ? 1 : 0;
    EXPECT_GT(lost, 5) << static_cast<int>(lie);
  }
}

TEST_F(FaultyDiskTest, OneSeedIsOneDisk) {
  const auto after = [&](std::uint64_t seed) {
    static_cast<void>(saved_of(5, FaultyDisk::Lie::kLogSync, seed));
    return disk_.files();
  };
  const auto first = after(7);
  EXPECT_EQ(after(7), first);
  int others = 0;
  for (std::uint64_t seed = 8; seed < 16; ++seed) others += after(seed) != first ? 1 : 0;
  EXPECT_GT(others, 0);
}

TEST_F(FaultyDiskTest, ThePowerGoesInTheMiddleOfASave) {
  for (std::int64_t at = 1; at < 30; ++at) {
    std::int64_t answered = 0;
    {
      Database db = open();
      static_cast<void>(db.exec("DELETE FROM t"));
      disk_.cut_after(at);
      while (db.run("INSERT INTO t VALUES(?1, 'x')", answered)) ++answered;
      EXPECT_TRUE(disk_.is_off());
      EXPECT_FALSE(db.integer("SELECT count(*) FROM sqlite_schema, t"));
    }
    disk_.power_on();
    const auto there = open().integer("SELECT count(*) FROM t");
    ASSERT_TRUE(there);
    EXPECT_TRUE(*there == answered || *there == answered + 1) << at << ": " << *there << " of " << answered;
  }
}

TEST_F(FaultyDiskTest, FailuresAndAFullDiskAreAnsweredAndPass) {
  Database db = open();
  std::int64_t size = 0;
  for (const auto& [path, bytes] : disk_.files()) size += static_cast<std::int64_t>(bytes.size());
  disk_.set_capacity(size);
  EXPECT_EQ(db.run("INSERT INTO t VALUES(1, ?1)", std::string(100'000, 'x')).error().code, ErrorCode::kFull);
  disk_.repair();
  EXPECT_TRUE(db.run("INSERT INTO t VALUES(1, 'x')"));
  for (int call = 0; call < 8; ++call) {
    disk_.fail_after(call, 1);
    const auto done = db.run("INSERT INTO t VALUES(?1, 'y')", 10 + call);
    EXPECT_TRUE(done || done.error().code == ErrorCode::kIo) << done.error().english();
    disk_.repair();
  }
  EXPECT_GT(disk_.counts().failures, 0);
  EXPECT_TRUE(db.run("INSERT INTO t VALUES(100, 'z')"));
  EXPECT_TRUE(db.quick_check());
}

TEST_F(FaultyDiskTest, AKilledProcessLosesNothing) {
  disk_.set_lie(FaultyDisk::Lie::kEverySync);
  {
    Database db = open();
    ASSERT_TRUE(db.run("INSERT INTO t VALUES(1, 'x')"));
    disk_.cut_after(0);
  }
  disk_.restart_process();
  EXPECT_EQ(*open().integer("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace nc::store
