#include "foundation/store/database.h"

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "foundation/store/migrate.h"
#include "foundation/store/reader_pool.h"
#include "foundation/store/temp_dir_for_test.h"
#include "foundation/store/transaction.h"

namespace nc::store {
namespace {

TEST_F(StoreTest, WhatWasWrittenIsThereAfterReopening) {
  {
    Database database = with_table();
    ASSERT_TRUE(database.run("INSERT INTO t VALUES(1, ?1)", "một"));
  }
  Database again = must_open(false);
  auto row = again.prepare("SELECT v FROM t WHERE k=?1");
  ASSERT_TRUE(row);
  ASSERT_TRUE(*row->bind(1, 1).step());
  EXPECT_EQ(row->text(0), "một");
}

TEST_F(StoreTest, SettingsAreAsPromised) {
  Database database = must_open();
  const std::pair<const char*, std::int64_t> wanted[] = {
      {"PRAGMA synchronous", 2},        {"PRAGMA foreign_keys", 1},   {"PRAGMA secure_delete", 1},
      {"PRAGMA temp_store", 2},         {"PRAGMA trusted_schema", 0}, {"PRAGMA cell_size_check", 1},
      {"PRAGMA wal_autocheckpoint", 0}, {"PRAGMA cache_size", -2048}, {"PRAGMA application_id", kTestApplicationId}};
  for (const auto& [sql, value] : wanted) EXPECT_EQ(*database.integer(sql), value) << sql;
  auto mode = database.prepare("PRAGMA journal_mode");
  ASSERT_TRUE(*mode->step());
  EXPECT_EQ(mode->text(0), "wal");
  EXPECT_FALSE(database.prepare("SELECT \"no such column\""));
  for (const char* ending : {"", "-wal"}) {
    struct stat info{};
    ASSERT_EQ(::stat((path().string() + ending).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U) << ending;
  }
}

TEST_F(StoreTest, AbsentFileIsNotMadeUnlessAsked) {
  const auto opened = Database::open(path(), ours(false));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_EQ(Database::open(dir_ / "no" / "such.db", ours()).error().code, ErrorCode::kIo);
}

TEST_F(StoreTest, FileOfAnotherProgramIsRefusedAndUnchanged) {
  Options theirs = ours();
  theirs.application_id = 42;
  {
    auto database = Database::open(path(), theirs);
    ASSERT_TRUE(database && database->exec("CREATE TABLE secret(x)"));
  }
  const auto before = std::filesystem::file_size(path());
  const auto opened = Database::open(path(), ours());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(opened.error().where, path().string());
  EXPECT_EQ(std::filesystem::file_size(path()), before);
  EXPECT_EQ(*Database::open(path(), theirs)->integer("SELECT count(*) FROM secret"), 0);
}

TEST_F(StoreTest, TextFileAndDamagedFileAreRefused) {
  std::ofstream(path()) << std::string(8192, 'x');
  EXPECT_EQ(Database::open(path(), ours()).error().code, ErrorCode::kCorrupt);
  std::filesystem::remove(path());
  {
    Database database = with_table();
    auto transaction = Transaction::begin(database);
    for (int i = 0; i < 2000; ++i) ASSERT_TRUE(database.run("INSERT INTO t VALUES(?1, ?2)", i, std::string(100, 'v')));
    ASSERT_TRUE(transaction->commit());
    ASSERT_TRUE(database.quick_check());
  }
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5 * 4096);
    file << std::string(3 * 4096, '\xee');
  }
  auto damaged = Database::open(path(), ours());
  ASSERT_TRUE(damaged) << "the first page is whole";
  EXPECT_EQ(damaged->quick_check().error().code, ErrorCode::kCorrupt);
  auto sum = damaged->integer("SELECT sum(length(v)) FROM t");
  ASSERT_FALSE(sum);
  EXPECT_EQ(sum.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(sum.error().next, "");
}

TEST_F(StoreTest, EveryKindOfValueComesBack) {
  Database database = with_table();
  const auto id = *RecordId::from_hex("000102030405060708090a0b0c0d0e0f");
  const std::string bytes("a\0b", 3);
  ASSERT_TRUE(database.exec("CREATE TABLE kinds(a,b,c,d,e,f,g,h,i)"));
  ASSERT_TRUE(database.run("INSERT INTO kinds VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)", std::int64_t{9007199254740993}, true, bytes, id, nullptr,
                           std::optional<std::string>(), std::optional<int>(7), std::string_view(), std::span<const std::uint8_t>()));
  auto row = database.prepare("SELECT * FROM kinds");
  ASSERT_TRUE(row && *row->step());
  EXPECT_EQ(row->integer(0), 9007199254740993);
  EXPECT_EQ(row->integer(1), 1);
  EXPECT_EQ(row->text(2), bytes);
  EXPECT_EQ(row->id<RecordId>(3), id);
  EXPECT_TRUE(row->is_null(4));
  EXPECT_EQ(row->optional_text(5), std::nullopt);
  EXPECT_EQ(row->optional_integer(6), 7);
  EXPECT_FALSE(row->is_null(7)) << "an empty text is not NULL";
  EXPECT_FALSE(row->is_null(8)) << "an empty blob is not NULL";
  EXPECT_EQ(row->optional_id<RecordId>(4), std::nullopt);
}

TEST_F(StoreTest, MisuseOfStatementsIsReported) {
  Database database = with_table();
  EXPECT_EQ(database.prepare("SELEKT 1").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(database.prepare("").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(database.prepare("SELECT 1; SELECT 2").error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(database.prepare("SELECT 1; "));
  EXPECT_EQ(database.run("INSERT INTO t VALUES(?1,?2)", 1, 2, 3).error().code, ErrorCode::kInvalid) << "parameter 3";
  EXPECT_EQ(database.run("INSERT INTO t VALUES(?1,1)", ~std::uint64_t{0}).error().code, ErrorCode::kInvalid) << "too large";
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 0);
  EXPECT_EQ(database.run("SELECT 1").error().code, ErrorCode::kInvalid) << "rows from run";
  auto one = database.prepare("SELECT 1 WHERE ?1");
  ASSERT_TRUE(*one->bind(1, 1).step());
  EXPECT_EQ(one->bind(1, 2).step().error().code, ErrorCode::kInvalid) << "bound among rows";
  ASSERT_TRUE(*one->reset().bind(1, 1).step());
  ASSERT_FALSE(*one->step());
  EXPECT_EQ(one->step().error().code, ErrorCode::kInvalid) << "after the end";
  EXPECT_TRUE(*one->bind(1, 1).step()) << "bound again";
  EXPECT_DEATH(static_cast<void>(one->integer(1)), "");
  EXPECT_DEATH(static_cast<void>(one->reset().integer(0)), "");
}

TEST_F(StoreTest, IdOfWrongLengthIsReportedAsDamage) {
  Database database = with_table();
  ASSERT_TRUE(database.run("INSERT INTO t VALUES(1, x'0102')"));
  auto row = database.prepare("SELECT v FROM t");
  ASSERT_TRUE(*row->step());
  EXPECT_TRUE(row->id<RecordId>(0).is_zero());
  EXPECT_EQ(row->status().error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(row->step().error().code, ErrorCode::kCorrupt);
}

TEST_F(StoreTest, OneTextMayRunInsideItselfAndTheCacheStaysBounded) {
  Database database = with_table();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(database.run("INSERT INTO t VALUES(?1, 0)", i));
  int pairs = 0;
  auto outer = database.prepare("SELECT k FROM t");
  while (*outer->step()) {
    auto inner = database.prepare("SELECT k FROM t");
    while (*inner->step()) ++pairs;
  }
  EXPECT_EQ(pairs, 25);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(*database.integer("SELECT " + std::to_string(i)), i);
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 5);
}

TEST_F(StoreTest, BindingsDoNotLeakIntoTheNextUse) {
  Database database = with_table();
  EXPECT_EQ(*database.integer("SELECT ?1 IS NULL", 5), 0);
  EXPECT_EQ(*database.integer("SELECT ?1 IS NULL"), 1);
}

TEST_F(StoreTest, TransactionAndSavepointUndoWhatIsNotKept) {
  Database database = with_table();
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(database.run("INSERT INTO t VALUES(1, 0)"));
  }
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 0);
  auto transaction = Transaction::begin(database);
  EXPECT_FALSE(Transaction::begin(database)) << "no transaction inside a transaction";
  {
    auto outer = Savepoint::begin(database);
    ASSERT_TRUE(database.run("INSERT INTO t VALUES(2, 0)"));
    {
      auto inner = Savepoint::begin(database);
      ASSERT_TRUE(database.run("INSERT INTO t VALUES(3, 0)"));
    }
    ASSERT_TRUE(outer->release());
    EXPECT_FALSE(outer->release());
  }
  ASSERT_TRUE(transaction->commit());
  EXPECT_FALSE(transaction->commit());
  EXPECT_EQ(*database.integer("SELECT group_concat(k) FROM t"), 2);
  EXPECT_FALSE(Savepoint::begin(database)) << "no transaction around it";
}

TEST_F(StoreTest, ReadTransactionSeesOneState) {
  Database writer = with_table();
  Database reader = must_open(false);
  {
    auto snapshot = ReadTransaction::begin(reader);
    ASSERT_TRUE(snapshot);
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES(1, 0)"));
    EXPECT_EQ(*reader.integer("SELECT count(*) FROM t"), 0);
    writer.set_busy_timeout(10);
    EXPECT_EQ(writer.checkpoint(CheckpointMode::kTruncate).error().code, ErrorCode::kBusy);
    EXPECT_GT(writer.wal_bytes(), 0);
  }
  EXPECT_EQ(*reader.integer("SELECT count(*) FROM t"), 1);
  EXPECT_TRUE(writer.checkpoint(CheckpointMode::kTruncate));
  EXPECT_EQ(writer.wal_bytes(), 0);
  EXPECT_EQ(std::filesystem::file_size(path().string() + "-wal"), 0U);
}

TEST_F(StoreTest, SecondWriterIsBusyAndReadersMayNotWrite) {
  Database one = with_table();
  Options impatient = ours();
  impatient.busy_timeout_ms = 10;
  auto two = Database::open(path(), impatient);
  auto transaction = Transaction::begin(one);
  EXPECT_EQ(Transaction::begin(*two).error().code, ErrorCode::kBusy);
  auto pool = ReaderPool::open(path(), ours(), 1);
  ASSERT_TRUE(pool);
  const auto refused = (*pool)->lease()->run("INSERT INTO t VALUES(1,1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
}

TEST_F(StoreTest, FullDiskIsNamedAndNothingIsLost) {
  Database database = with_table();
  ASSERT_TRUE(database.run("INSERT INTO t VALUES(1, 'kept')"));
  ASSERT_TRUE(database.exec("PRAGMA max_page_count=20"));
  auto transaction = Transaction::begin(database);
  const Status full = database.run("INSERT INTO t VALUES(2, zeroblob(200000))");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kFull);
  EXPECT_EQ(full.error().message, "The disk is full");
  EXPECT_NE(full.error().next, "");
  transaction->rollback();
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 1);
  EXPECT_TRUE(database.run("INSERT INTO t VALUES(3, 'small')"));
}

TEST_F(StoreTest, BrokenRuleIsAConflict) {
  Database database = with_table();
  ASSERT_TRUE(database.run("INSERT INTO t VALUES(1, 0)"));
  EXPECT_EQ(database.run("INSERT INTO t VALUES(1, 0)").error().code, ErrorCode::kConflict);
}

constexpr Migration kSteps[] = {{1, "CREATE TABLE a(x); CREATE TABLE b(x)"}, {2, "INSERT INTO a VALUES(7)"}, {5, "CREATE TABLE c(x)"}};

TEST_F(StoreTest, MigrationsRunOnceEach) {
  Database database = must_open();
  ASSERT_TRUE(migrate(database, std::span(kSteps).first(1)));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(migrate(database, kSteps));
  EXPECT_EQ(*database.integer("SELECT count(*) FROM a"), 1);
  EXPECT_EQ(*database.integer("PRAGMA user_version"), 5);
}

TEST_F(StoreTest, NewerSchemaIsRefusedAndAFailingStepChangesNothing) {
  Database database = must_open();
  ASSERT_TRUE(migrate(database, kSteps));
  const Status newer = migrate(database, std::span(kSteps).first(2));
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(newer.error().args, (std::vector<std::string>{"5", "2"}));
  const Migration bad[] = {kSteps[0], kSteps[1], kSteps[2], {6, "CREATE TABLE d(x); CREATE TABLE a(x)"}};
  EXPECT_FALSE(migrate(database, bad));
  EXPECT_EQ(*database.integer("PRAGMA user_version"), 5);
  EXPECT_FALSE(database.integer("SELECT count(*) FROM d"));
}

TEST_F(StoreTest, ReadersServeManyThreads) {
  Database database = with_table();
  ASSERT_TRUE(
      database.run("INSERT INTO t SELECT value, 0 FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 100) "
                   "SELECT value FROM n)"));
  auto pool = ReaderPool::open(path(), ours(), 3);
  ASSERT_TRUE(pool) << pool.error().english();
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) {
        const auto lease = (*pool)->lease();
        if (lease->integer("SELECT count(*) FROM t").value_or(-1) == 100) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 400);
}

TEST_F(StoreTest, BackupWhileOthersWriteIsOneState) {
  Database writer = with_table();
  // Every transaction adds a row and keeps the sum in row 0: a torn copy breaks the equation.
  const auto add = [&](int k) {
    auto transaction = Transaction::begin(writer);
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES(?1, ?2)", k, std::string(500, 'x')));
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES(0, 1) ON CONFLICT DO UPDATE SET v = v + 1"));
    ASSERT_TRUE(transaction->commit());
  };
  int next = 1;
  while (next <= 8000) {  // some 4 MB: several steps
    auto transaction = Transaction::begin(writer);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(writer.run("INSERT INTO t VALUES(?1, ?2)", next++, std::string(500, 'x')));
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES(0, 1000) ON CONFLICT DO UPDATE SET v = v + 1000"));
    ASSERT_TRUE(transaction->commit());
  }
  Database source = must_open(false);
  int steps = 0;
  const auto copied = source.backup_to(dir_ / "copy.db", [&](int, int) {
    ++steps;
    for (int i = 0; i < 20; ++i) add(next++);
    return true;
  });
  ASSERT_TRUE(copied) << copied.error().english();
  EXPECT_GT(steps, 2);
  auto copy = Database::open(dir_ / "copy.db", ours(false));
  ASSERT_TRUE(copy) << copy.error().english();
  EXPECT_TRUE(copy->quick_check());
  EXPECT_EQ(*copy->integer("SELECT count(*) FROM t WHERE k > 0"), 8000) << "as of its beginning";
  EXPECT_EQ(*copy->integer("SELECT v FROM t WHERE k = 0"), 8000);
  EXPECT_EQ(*writer.integer("SELECT v FROM t WHERE k = 0"), next - 1);
  EXPECT_EQ(source.backup_to(dir_ / "copy.db").error().code, ErrorCode::kConflict);
  EXPECT_EQ(source.backup_to(dir_ / "two.db", [](int, int) { return false; }).error().code, ErrorCode::kBusy);
  EXPECT_FALSE(std::filesystem::exists(dir_ / "two.db"));
  auto transaction = Transaction::begin(writer);
  ASSERT_TRUE(writer.run("DELETE FROM t"));
  EXPECT_EQ(writer.backup_to(dir_ / "three.db").error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace nc::store
