// GroupCommitter: the one writer of a file. Work handed in by many threads at the same moment is
// committed together: one transaction, one fsync, each work in its own savepoint. Work that comes when nobody
// writes is a group of its own and runs at once in the thread that brought it; what comes meanwhile waits for the
// writer's own thread, which takes all that waits.
//
// Owns: the writing Database and one thread. Threads: submit() from any thread, but never from inside work or
// a hook. Works and hooks run one after the other, each time in the thread that writes then.
// Invariants: submit() returns well only after the commit of its work is on disk. A failing work is
// undone alone and never fails the group. Works run one after the other, in the order of arrival.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "foundation/store/database.h"

namespace nc::store {

class Transaction;

struct GroupHooks {
  // Once for a group in which something succeeded, inside its transaction. Failure undoes the group
  // and is every caller's answer.
  std::function<Status(Database&)> before_commit;
  // After every group, before its callers are answered: was it committed? False: everything that
  // the group did is undone, and what was derived from it in memory must go.
  std::function<void(bool committed)> after_commit;
};

struct GroupLimits {
  std::size_t group_max = 256;                          // works in one transaction
  std::int64_t passive_bytes = std::int64_t{4} << 20;   // log not yet moved: PASSIVE checkpoint
  std::int64_t restart_bytes = std::int64_t{64} << 20;  // log in use: RESTART checkpoint
  int restart_wait_ms = 200;                            // how long that may wait for readers
};

class GroupCommitter {
 public:
  GroupCommitter(Database writer, GroupHooks hooks, GroupLimits limits = {});
  ~GroupCommitter();  // stop()
  GroupCommitter(const GroupCommitter&) = delete;
  GroupCommitter& operator=(const GroupCommitter&) = delete;

  // Work is called once with the writing Database and returns a Status or a Result<T>, which is
  // the answer if the group was committed. Else the answer is the error; an exception thrown by
  // work is thrown here. kBusy after stop(); kIo for ever after a commit that the disk failed,
  // because what is on it is then unknown until the file is opened anew.
  template <typename Work>
  auto submit(Work&& work) -> std::invoke_result_t<Work&, Database&> {
    return take(std::forward<Work>(work), false);
  }
  // The same between groups and outside any transaction: checkpoints, checks.
  template <typename Work>
  auto submit_alone(Work&& work) -> std::invoke_result_t<Work&, Database&> {
    return take(std::forward<Work>(work), true);
  }

  // Refuses new work, finishes and answers what waits, ends the thread. May be called twice.
  void stop();

 private:
  struct Call;
  using Erased = std::function<Status(Database&)>;

  template <typename Work>
  auto take(Work&& work, bool alone) -> std::invoke_result_t<Work&, Database&> {
    using Answer = std::invoke_result_t<Work&, Database&>;
    if constexpr (std::is_same_v<Answer, Status>) {
      return wait_for(std::ref(work), alone);
    } else {
      std::optional<typename Answer::value_type> value;
      NC_TRY(wait_for(
          [&work, &value](Database& database) -> Status {
            NC_ASSIGN(value, work(database));
            return {};
          },
          alone));
      return std::move(*value);
    }
  }

  Status wait_for(Erased work, bool alone);
  void run_at_once(const std::shared_ptr<Call>& call) noexcept;
  void write_until_stopped();
  std::vector<std::shared_ptr<Call>> next_group();
  void commit_group(const std::vector<std::shared_ptr<Call>>& group);
  std::size_t run_works(const std::vector<std::shared_ptr<Call>>& group, Status& outcome);
  Status run_one(Call& call);
  Status run_only(Call& call);
  Status seal_and_commit(Transaction& transaction, std::exception_ptr& thrown);
  void give_back(std::vector<std::shared_ptr<Call>> rest);
  void run_alone(Call& call);
  void checkpoint_if_due();

  Database writer_;
  GroupHooks hooks_;
  GroupLimits limits_;
  std::int64_t restart_at_bytes_;
  std::optional<Error> broken_;  // of whoever writes
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::shared_ptr<Call>> waiting_;
  bool stopping_ = false;
  bool writing_ = false;          // somebody does
  bool holds_the_place_ = false;  // it is the thread
  std::atomic<std::thread::id> who_writes_;
  std::mutex stop_mutex_;  // so that two may stop at once
  std::thread thread_;
};

}  // namespace nc::store
