// The promise of the group commit against kill -9: whatever was answered is there afterwards.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "foundation/store/group_committer.h"
#include "foundation/store/temp_dir_for_test.h"

namespace nc::store {
namespace {

class CrashTest : public StoreTest {
 protected:
  // Four threads submit rows for ever and print the number of each that was answered.
  [[noreturn]] void write_for_ever(int out, std::int64_t first) {
    // A slow save: an answer that came too early would be caught by the kill before its commit.
    GroupHooks slow{[](Database&) -> Status {
                      std::this_thread::sleep_for(std::chrono::milliseconds(3));
                      return {};
                    },
                    {}};
    GroupCommitter committer(with_table(), std::move(slow));
    std::atomic<std::int64_t> next = first;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (;;) {
          const std::int64_t k = next++;
          const Status saved =
              committer.submit([k](Database& db) { return db.run("INSERT INTO t VALUES(?1, ?2)", k, std::string(300, 'x')); });
          if (saved && ::write(out, &k, sizeof k) != sizeof k) ::_exit(3);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    ::_exit(4);
  }
};

TEST_F(CrashTest, EveryAcknowledgedRowSurvivesAKill) {
  std::set<std::int64_t> acknowledged;
  std::int64_t first = 0;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      write_for_ever(ends[1], first);
    }
    ::close(ends[1]);
    std::int64_t k = 0;
    const std::size_t wanted = acknowledged.size() + 20 + static_cast<std::size_t>(round) * 7;
    bool killed = false;
    while (::read(ends[0], &k, sizeof k) == sizeof k) {
      acknowledged.insert(k);
      if (!killed && acknowledged.size() >= wanted) {
        ::kill(child, SIGKILL);  // what is still in the pipe was acknowledged too
        killed = true;
      }
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(killed && WIFSIGNALED(status)) << "the child ended by itself: " << status;

    Database database = must_open(false);
    ASSERT_TRUE(database.quick_check());
    auto present = database.prepare("SELECT 1 FROM t WHERE k=?1");
    ASSERT_TRUE(present);
    for (const std::int64_t row : acknowledged) {
      ASSERT_TRUE(*present->reset().bind(1, row).step()) << "row " << row << " was lost in round " << round;
    }
    first = *database.integer("SELECT max(k) FROM t") + 1000;
  }
  EXPECT_GT(acknowledged.size(), 20U * 20U);
}

}  // namespace
}  // namespace nc::store
