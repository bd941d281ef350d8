#include "foundation/store/group_committer.h"

#include <atomic>
#include <chrono>
#include <latch>
#include <semaphore>
#include <stdexcept>

#include "foundation/store/temp_dir_for_test.h"
#include "foundation/store/transaction.h"

namespace nc::store {
namespace {

Status insert(Database& db, std::int64_t k) { return db.run("INSERT INTO t VALUES(?1, 0)", k); }

// Hands in several works while the writer is held, so that they form one group for sure.
class Together {
 public:
  explicit Together(GroupCommitter& committer) : committer_(committer) {
    holder_ = std::thread([this] {
      static_cast<void>(committer_.submit_alone([this](Database&) -> Status {
        held_.release();
        go_.acquire();
        return {};
      }));
    });
    held_.acquire();
  }
  // In order: the next is handed in when this one surely waits.
  void add(std::function<Status(Database&)> work) {
    const std::size_t at = threads_.size();
    answers_.resize(at + 1);
    threads_.emplace_back([this, at, work = std::move(work)] {
      try {
        const Status answer = committer_.submit(work);
        const std::lock_guard lock(mutex_);
        answers_[at] = answer ? "ok" : std::string(error_code_name(answer.error().code));
      } catch (const std::exception& e) {
        const std::lock_guard lock(mutex_);
        answers_[at] = e.what();
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::vector<std::string> run() {
    go_.release();
    holder_.join();
    for (auto& thread : threads_) thread.join();
    return answers_;
  }

 private:
  GroupCommitter& committer_;
  std::binary_semaphore held_{0};
  std::binary_semaphore go_{0};
  std::thread holder_;
  std::mutex mutex_;
  std::vector<std::string> answers_;
  std::vector<std::thread> threads_;
};

struct Counted {
  std::atomic<int> sealed = 0;
  std::atomic<int> committed = 0;
  std::atomic<int> undone = 0;
  std::function<Status(Database&)> seal;
  GroupHooks hooks() {
    return {[this](Database& db) -> Status {
              ++sealed;
              return seal ? seal(db) : Status();
            },
            [this](bool ok) { ++(ok ? committed : undone); }};
  }
};

using Names = std::vector<std::string>;

class GroupTest : public StoreTest {
 protected:
  std::string rows() {
    Database reader = must_open(false);
    auto all = reader.prepare("SELECT group_concat(k, ',') FROM (SELECT k FROM t ORDER BY k)");
    if (!all || !*all->step()) return "?";
    return all->text(0);
  }
};

TEST_F(GroupTest, AFailingWorkIsUndoneAlone) {
  Counted counted;
  GroupCommitter committer(with_table(), counted.hooks());
  Together group(committer);
  group.add([](Database& db) { return insert(db, 1); });
  group.add([](Database& db) -> Status {
    NC_TRY(insert(db, 2));
    return fail(ErrorCode::kDenied, "no");
  });
  group.add([](Database& db) -> Status {
    NC_TRY(insert(db, 3));
    throw std::runtime_error("thrown");
  });
  group.add([](Database& db) { return insert(db, 1); });  // breaks the key
  group.add([](Database& db) { return insert(db, 5); });
  EXPECT_EQ(group.run(), (Names{"ok", std::string(error_code_name(ErrorCode::kDenied)), "thrown",
                                std::string(error_code_name(ErrorCode::kConflict)), "ok"}));
  EXPECT_EQ(rows(), "1,5");
  EXPECT_EQ(counted.sealed, 1);
  EXPECT_EQ(counted.committed, 1);
  EXPECT_EQ(counted.undone, 0);
}

TEST_F(GroupTest, AFailingSealFailsTheGroup) {
  Counted counted;
  counted.seal = [](Database&) -> Status { return fail(ErrorCode::kCorrupt, "seal"); };
  GroupCommitter committer(with_table(), counted.hooks());
  Together group(committer);
  group.add([](Database& db) { return insert(db, 1); });
  group.add([](Database&) -> Status { return fail(ErrorCode::kDenied, "no"); });
  const std::string corrupt(error_code_name(ErrorCode::kCorrupt));
  EXPECT_EQ(group.run(), (Names{corrupt, std::string(error_code_name(ErrorCode::kDenied))}));
  EXPECT_EQ(rows(), "");
  EXPECT_EQ(counted.committed, 0);
  EXPECT_EQ(counted.undone, 1);
  counted.seal = [](Database& db) { return insert(db, 100); };
  EXPECT_TRUE(committer.submit([](Database& db) { return insert(db, 2); }));
  EXPECT_EQ(rows(), "2,100");
}

TEST_F(GroupTest, ExceptionOfTheSealReachesTheCallers) {
  Counted counted;
  counted.seal = [](Database&) -> Status { throw std::runtime_error("seal"); };
  GroupCommitter committer(with_table(), counted.hooks());
  EXPECT_THROW(static_cast<void>(committer.submit([](Database& db) { return insert(db, 1); })), std::runtime_error);
  EXPECT_EQ(rows(), "");
}

TEST_F(GroupTest, NothingToKeepIsNeitherSealedNorCommitted) {
  Counted counted;
  GroupCommitter committer(with_table(), counted.hooks());
  EXPECT_FALSE(committer.submit([](Database&) -> Status { return fail(ErrorCode::kDenied, "no"); }));
  EXPECT_EQ(counted.sealed, 0);
  EXPECT_EQ(counted.undone, 1);
}

TEST_F(GroupTest, ResultsComeBack) {
  GroupCommitter committer(with_table(), {});
  const Result<std::int64_t> made = committer.submit([](Database& db) -> Result<std::int64_t> {
    NC_TRY(insert(db, 41));
    return db.last_row_id() + 1;
  });
  EXPECT_EQ(made.value(), 42);
  EXPECT_EQ(committer.submit([](Database&) -> Result<std::string> { return fail(ErrorCode::kLimit, "x"); }).error().code,
            ErrorCode::kLimit);
}

TEST_F(GroupTest, FullDiskAnswersItsCallersAndLosesNothing) {
  Database database = with_table();
  ASSERT_TRUE(database.exec("PRAGMA max_page_count=20"));
  GroupCommitter committer(std::move(database), {});
  ASSERT_TRUE(committer.submit([](Database& db) { return insert(db, 1); }));
  Together group(committer);
  group.add([](Database& db) { return insert(db, 2); });
  group.add([](Database& db) { return db.run("INSERT INTO t VALUES(3, zeroblob(200000))"); });
  group.add([](Database& db) { return insert(db, 4); });
  const Names answers = group.run();
  const std::string full(error_code_name(ErrorCode::kFull));
  EXPECT_EQ(answers[1], full);
  EXPECT_EQ(answers[2], "ok") << "a small save behind it still fits";
  // Whether SQLite gave up the whole transaction is its affair; what was answered must be so.
  EXPECT_EQ(rows(), answers[0] == "ok" ? "1,2,4" : "1,4");
}

TEST_F(GroupTest, AWorkThatEndsTheTransactionFailsOnlyWhatRan) {
  Counted counted;
  GroupCommitter committer(with_table(), counted.hooks());
  Together group(committer);
  group.add([](Database& db) { return insert(db, 1); });
  group.add([](Database& db) { return db.run("ROLLBACK"); });
  group.add([](Database& db) { return insert(db, 3); });
  const std::string invalid(error_code_name(ErrorCode::kInvalid));
  EXPECT_EQ(group.run(), (Names{invalid, invalid, "ok"}));
  EXPECT_EQ(rows(), "3");
  EXPECT_EQ(counted.undone, 1);
  EXPECT_EQ(counted.committed, 1);
}

TEST_F(GroupTest, AFullDiskInTheSealUndoesTheGroup) {
  Counted counted;
  counted.seal = [](Database& db) { return db.run("INSERT INTO t VALUES(100, zeroblob(200000))"); };
  Database database = with_table();
  ASSERT_TRUE(database.exec("PRAGMA max_page_count=20"));
  GroupCommitter committer(std::move(database), counted.hooks());
  Together group(committer);
  group.add([](Database& db) { return insert(db, 1); });
  group.add([](Database& db) { return insert(db, 2); });
  const std::string full(error_code_name(ErrorCode::kFull));
  EXPECT_EQ(group.run(), (Names{full, full}));
  EXPECT_EQ(rows(), "");
  counted.seal = nullptr;
  EXPECT_TRUE(committer.submit([](Database& db) { return insert(db, 3); })) << "goes on when there is space";
}

TEST_F(GroupTest, AFailingCommitAnswersEverybody) {
  Database database = with_table();
  // A deferred foreign key fails at COMMIT and nowhere before.
  ASSERT_TRUE(database.exec("CREATE TABLE child(p REFERENCES t(k) DEFERRABLE INITIALLY DEFERRED)"));
  Counted counted;
  GroupCommitter committer(std::move(database), counted.hooks());
  Together group(committer);
  group.add([](Database& db) { return insert(db, 1); });
  group.add([](Database& db) { return db.run("INSERT INTO child VALUES(77)"); });
  const std::string conflict(error_code_name(ErrorCode::kConflict));
  EXPECT_EQ(group.run(), (Names{conflict, conflict}));
  EXPECT_EQ(rows(), "");
  EXPECT_EQ(counted.sealed, 1);
  EXPECT_EQ(counted.undone, 1);
  EXPECT_TRUE(committer.submit([](Database& db) { return insert(db, 2); }));
}

TEST_F(GroupTest, EightWritersTwoThousandSubmits) {
  Counted counted;
  GroupCommitter committer(with_table(), counted.hooks());
  std::latch ready(8);
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 8; ++writer) {
    threads.emplace_back([&, writer] {
      ready.arrive_and_wait();
      for (int i = 0; i < 250; ++i) {
        if (committer.submit([&](Database& db) { return insert(db, writer * 1000 + i); })) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 2000);
  EXPECT_LE(counted.committed, 2000);
  EXPECT_EQ(counted.committed, counted.sealed);
  Database reader = must_open(false);
  EXPECT_EQ(*reader.integer("SELECT count(*) FROM t"), 2000);
  for (int writer = 0; writer < 8; ++writer) {
    EXPECT_EQ(*reader.integer("SELECT count(*) FROM t WHERE k BETWEEN ?1 AND ?2", writer * 1000, writer * 1000 + 249), 250);
  }
}

TEST_F(GroupTest, WorkThatFindsNobodyWritingRunsInItsOwnThread) {
  GroupCommitter committer(with_table(), {});
  std::thread::id ran;
  const auto note = [&ran](Database& db) -> Status {
    ran = std::this_thread::get_id();
    return insert(db, 1);
  };
  EXPECT_TRUE(committer.submit(note));
  EXPECT_EQ(ran, std::this_thread::get_id());
  // Alone in its transaction it has no savepoint, and is undone all the same.
  EXPECT_FALSE(committer.submit([](Database& db) -> Status {
    NC_TRY(insert(db, 2));
    return fail(ErrorCode::kDenied, "no");
  }));
  EXPECT_THROW(static_cast<void>(committer.submit([](Database& db) -> Status {
                 NC_TRY(insert(db, 3));
                 throw std::runtime_error("thrown");
               })),
               std::runtime_error);
  EXPECT_EQ(rows(), "1");
  Together group(committer);
  std::thread::id waited;
  group.add([&waited](Database& db) -> Status {
    waited = std::this_thread::get_id();
    return insert(db, 4);
  });
  EXPECT_EQ(group.run(), (Names{"ok"}));
  EXPECT_NE(waited, std::thread::id());
  EXPECT_NE(waited, std::this_thread::get_id()) << "what waits is the writer's own thread's";
  EXPECT_TRUE(committer.submit([](Database& db) { return insert(db, 5); }));
  EXPECT_EQ(rows(), "1,4,5");
}

TEST_F(GroupTest, GroupsAreLimited) {
  Counted counted;
  GroupCommitter committer(with_table(), counted.hooks(), {.group_max = 2});
  Together group(committer);
  for (int i = 0; i < 5; ++i) group.add([i](Database& db) { return insert(db, i); });
  EXPECT_EQ(group.run(), Names(5, "ok"));
  EXPECT_EQ(counted.committed, 3);
}

TEST_F(GroupTest, StoppingAnswersWhatWaitsAndRefusesTheRest) {
  GroupCommitter committer(with_table(), {});
  Together group(committer);
  group.add([](Database& db) { return insert(db, 1); });
  group.add([](Database& db) { return insert(db, 2); });
  std::thread stopper([&] { committer.stop(); });
  // Until stop() has begun, a submit would wait with the others.
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const Status late = committer.submit([](Database& db) { return insert(db, 3); });
  EXPECT_EQ(late.error().code, ErrorCode::kBusy);
  EXPECT_EQ(group.run(), Names(2, "ok"));
  stopper.join();
  committer.stop();
  EXPECT_EQ(rows(), "1,2");
}

TEST_F(GroupTest, TheLogIsMovedAtItsMarks) {
  GroupCommitter committer(with_table(), {}, {.passive_bytes = 100'000, .restart_bytes = 400'000, .restart_wait_ms = 10});
  const auto fill = [&] {
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(committer.submit([](Database& db) { return db.run("INSERT INTO t(v) VALUES(zeroblob(20000))"); }));
    }
  };
  fill();  // 800 kB without readers: PASSIVE empties the log and it starts again by itself
  EXPECT_LT(std::filesystem::file_size(path().string() + "-wal"), 300'000U);
  Database reader = must_open(false);
  {
    auto snapshot = ReadTransaction::begin(reader);
    fill();  // a reader holds the log: it grows past both marks, and saving goes on
    EXPECT_GT(std::filesystem::file_size(path().string() + "-wal"), 700'000U);
  }
  fill();
  const auto in_use = committer.submit_alone([](Database& db) -> Result<std::int64_t> { return db.wal_bytes(); });
  EXPECT_LT(in_use.value(), 400'000) << "started again after the reader left";
}

}  // namespace
}  // namespace nc::store
