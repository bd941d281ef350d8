// The group commit on a disk that fails at the moment of saving, by a thin SQLite VFS over the
// system's that refuses to write or to sync the log when told.
#include <sqlite3.h>

#include <atomic>

#include "foundation/store/group_committer.h"
#include "foundation/store/temp_dir_for_test.h"

namespace nc::store {
namespace {

std::atomic<int> g_write_code = SQLITE_OK;  // what writing the log answers
std::atomic<int> g_sync_code = SQLITE_OK;

// Replaces two methods of the log's file; everything else is the system's own.
struct LogMethods {
  const sqlite3_io_methods* system = nullptr;
  sqlite3_io_methods ours{};
};
LogMethods g_log;
sqlite3_vfs* g_system = nullptr;
sqlite3_vfs g_vfs;

int write_log(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  const int code = g_write_code;
  return code != SQLITE_OK ? code : g_log.system->xWrite(file, bytes, count, at);
}

int sync_log(sqlite3_file* file, int flags) {
  const int code = g_sync_code;
  return code != SQLITE_OK ? code : g_log.system->xSync(file, flags);
}

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = g_system->xOpen(g_system, name, file, flags, out_flags);
  if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
    g_log.system = file->pMethods;
    g_log.ours = *file->pMethods;
    g_log.ours.xWrite = write_log;
    g_log.ours.xSync = sync_log;
    file->pMethods = &g_log.ours;
  }
  return code;
}

class DiskFailureTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    g_system = sqlite3_vfs_find(nullptr);
    g_vfs = *g_system;
    g_vfs.zName = "nc-failing";
    g_vfs.xOpen = open_file;
    ASSERT_EQ(sqlite3_vfs_register(&g_vfs, 0), SQLITE_OK);
    static_cast<void>(with_table());
  }
  void TearDown() override {
    g_write_code = g_sync_code = SQLITE_OK;
    sqlite3_vfs_unregister(&g_vfs);
    StoreTest::TearDown();
  }
  Database on_failing_disk() {
    Options options = ours(false);
    options.vfs = "nc-failing";
    auto opened = Database::open(path(), options);
    if (!opened) throw std::runtime_error(opened.error().english());
    return std::move(*opened);
  }
  static Status insert(GroupCommitter& committer, int k) {
    return committer.submit([k](Database& db) { return db.run("INSERT INTO t VALUES(?1, 0)", k); });
  }
};

TEST_F(DiskFailureTest, FullAtTheCommitIsAnsweredAndSavingGoesOnLater) {
  int undone = 0;
  {
    GroupCommitter committer(on_failing_disk(), {{}, [&](bool committed) { undone += committed ? 0 : 1; }});
    ASSERT_TRUE(insert(committer, 1));
    g_write_code = SQLITE_FULL;
    const Status full = insert(committer, 2);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::kFull);
    EXPECT_EQ(undone, 1);
    g_write_code = SQLITE_OK;
    EXPECT_TRUE(insert(committer, 3));
  }
  Database again = must_open(false);
  EXPECT_EQ(*again.integer("SELECT count(*) FROM t WHERE k IN (1, 3)"), 2);
  EXPECT_EQ(*again.integer("SELECT count(*) FROM t"), 2);
}

TEST_F(DiskFailureTest, AfterAFailedSyncNothingIsTakenUntilTheFileIsOpenedAnew) {
  {
    GroupCommitter committer(on_failing_disk(), {});
    ASSERT_TRUE(insert(committer, 1));
    g_sync_code = SQLITE_IOERR_FSYNC;
    EXPECT_EQ(insert(committer, 2).error().code, ErrorCode::kIo);
    g_sync_code = SQLITE_OK;  // the next sync would "succeed", and prove nothing
    const Status later = insert(committer, 3);
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code, ErrorCode::kIo);
    EXPECT_EQ(committer.submit_alone([](Database&) -> Status { return {}; }).error().code, ErrorCode::kIo);
  }
  GroupCommitter again(must_open(false), {});
  EXPECT_TRUE(insert(again, 4));
  Database reader = must_open(false);
  EXPECT_EQ(*reader.integer("SELECT count(*) FROM t WHERE k IN (1, 4)"), 2);
  EXPECT_EQ(*reader.integer("SELECT count(*) FROM t WHERE k = 3"), 0);
}

}  // namespace
}  // namespace nc::store
