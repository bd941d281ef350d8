#include "foundation/store/group_committer.h"

#include <algorithm>

#include "base/check.h"
#include "foundation/store/transaction.h"

namespace nc::store {

// One caller. Shared, because the writer may still be waking it when it has gone.
struct GroupCommitter::Call {
  Erased work;
  bool alone = false;
  Status answer;
  std::exception_ptr thrown;
  std::atomic<int> done = 0;

  [[nodiscard]] bool succeeded() const { return answer.has_value() && !thrown; }
  void reply() {
    work = nullptr;  // what it refers to goes with the caller
    done.store(1, std::memory_order_release);
    done.notify_one();
  }
  void wait() { done.wait(0, std::memory_order_acquire); }
};

GroupCommitter::GroupCommitter(Database writer, GroupHooks hooks, GroupLimits limits)
    : writer_(std::move(writer)), hooks_(std::move(hooks)), limits_(limits), restart_at_bytes_(limits.restart_bytes) {
  NC_CHECK(limits_.group_max > 0);
  thread_ = std::thread([this] { write_until_stopped(); });
}

GroupCommitter::~GroupCommitter() { stop(); }

void GroupCommitter::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  const std::lock_guard lock(stop_mutex_);
  if (thread_.joinable()) thread_.join();
}

Status GroupCommitter::wait_for(Erased work, bool alone) {
  NC_CHECK(std::this_thread::get_id() != who_writes_.load());  // it would wait for itself
  auto call = std::make_shared<Call>();
  call->work = std::move(work);
  call->alone = alone;
  bool at_once = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return fail(ErrorCode::kBusy, NC_MSG("The program is stopping; nothing was changed"));
    at_once = !writing_ && waiting_.empty();
    if (at_once) writing_ = true;
    else waiting_.push_back(call);
  }
  // Whoever writes looks at what waits when he is done.
  if (at_once) run_at_once(call);
  else call->wait();
  if (call->thrown) std::rethrow_exception(call->thrown);
  return call->answer;
}

// What works throw is caught where they are run; nothing else may throw while others wait for the place.
void GroupCommitter::run_at_once(const std::shared_ptr<Call>& call) noexcept {
  who_writes_ = std::this_thread::get_id();
  if (call->alone) run_alone(*call);
  else commit_group({call});
  checkpoint_if_due();
  who_writes_ = std::thread::id();
  bool others = false;
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    others = !waiting_.empty() || stopping_;
  }
  if (others) arrived_.notify_one();
}

void GroupCommitter::write_until_stopped() {
  for (;;) {
    const auto group = next_group();
    if (group.empty()) return;
    who_writes_ = std::this_thread::get_id();
    if (group.front()->alone) run_alone(*group.front());
    else commit_group(group);
    checkpoint_if_due();
    who_writes_ = std::thread::id();
  }
}

// What waits at this moment, up to the limit; one that wants to be alone is a group of its own.
// Empty: stopped, and nothing waits. Else the place of who writes is the thread's until it asks again.
std::vector<std::shared_ptr<GroupCommitter::Call>> GroupCommitter::next_group() {
  std::unique_lock lock(mutex_);
  if (std::exchange(holds_the_place_, false)) writing_ = false;
  arrived_.wait(lock, [this] { return !writing_ && (stopping_ || !waiting_.empty()); });
  std::vector<std::shared_ptr<Call>> group;
  while (!waiting_.empty() && group.size() < limits_.group_max) {
    const bool alone = waiting_.front()->alone;
    if (alone && !group.empty()) break;
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (alone) break;
  }
  holds_the_place_ = writing_ = !group.empty();
  return group;
}

void GroupCommitter::commit_group(const std::vector<std::shared_ptr<Call>>& group) {
  std::size_t ran = group.size();
  Status outcome;
  std::exception_ptr thrown;
  bool committed = false;
  if (broken_) {
    outcome = fail(*broken_);
  } else if (auto transaction = Transaction::begin(writer_); !transaction) {
    outcome = fail(transaction.error());
  } else {
    ran = run_works(group, outcome);
    const bool something =
        std::any_of(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(ran), [](const auto& call) { return call->succeeded(); });
    if (outcome && something) {
      outcome = seal_and_commit(*transaction, thrown);
      committed = outcome.has_value() && !thrown;
    }
    transaction->rollback();
  }
  if (hooks_.after_commit) hooks_.after_commit(committed);
  give_back({group.begin() + static_cast<std::ptrdiff_t>(ran), group.end()});
  for (std::size_t i = 0; i < ran; ++i) {
    Call& call = *group[i];
    if (call.succeeded() && !outcome) call.answer = outcome;
    if (call.succeeded() && thrown) call.thrown = thrown;
    call.reply();
  }
}

// How many were run. An error in `outcome`: the transaction is gone, and with it all that ran.
std::size_t GroupCommitter::run_works(const std::vector<std::shared_ptr<Call>>& group, Status& outcome) {
  for (std::size_t i = 0; i < group.size(); ++i) {
    outcome = group.size() == 1 ? run_only(*group[i]) : run_one(*group[i]);
    if (!outcome) return i + 1;
  }
  return group.size();
}

// With nobody else in the transaction there is nobody whose work a savepoint would keep: SQLite would copy each
// page that the work touches for nothing.
Status GroupCommitter::run_only(Call& call) {
  try {
    call.answer = call.work(writer_);
  } catch (...) { call.thrown = std::current_exception(); }
  if (writer_.in_transaction() || !call.succeeded()) return {};
  return fail(ErrorCode::kInvalid, NC_MSG("The transaction has already ended"));
}

Status GroupCommitter::run_one(Call& call) {
  auto savepoint = Savepoint::begin(writer_);
  if (!savepoint) return fail(savepoint.error());
  try {
    call.answer = call.work(writer_);
  } catch (...) {
    call.thrown = std::current_exception();  // the caller's own, thrown again in his thread
  }
  const bool good = call.succeeded();
  const Status ended = good ? savepoint->release() : savepoint->rollback();
  if (ended && writer_.in_transaction()) return {};
  // A full disk makes SQLite give up the whole transaction: the reason is what the work met.
  if (!call.answer) return fail(call.answer.error());
  if (!ended) return fail(ended.error());
  return fail(ErrorCode::kInvalid, NC_MSG("The transaction has already ended"));
}

Status GroupCommitter::seal_and_commit(Transaction& transaction, std::exception_ptr& thrown) {
  try {
    if (hooks_.before_commit) NC_TRY(hooks_.before_commit(writer_));
  } catch (...) {
    thrown = std::current_exception();
    return {};
  }
  const Status done = transaction.commit();
  if (!done && done.error().code == ErrorCode::kIo) {
    // After a failed fsync neither we nor the kernel know what is on the disk, and a second fsync
    // that succeeds proves nothing. Opening the file anew reads what is there.
    broken_ = Error(ErrorCode::kIo, NC_MSG("The disk failed while saving; the program takes no changes until it is started again"))
                  .at(done.error().where)
                  .then(NC_MSG("Look at the disk and the system log before you go on"));
  }
  return done;
}

// Those behind a work that ended the transaction were not run: they go first next time.
void GroupCommitter::give_back(std::vector<std::shared_ptr<Call>> rest) {
  if (rest.empty()) return;
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.begin(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
}

void GroupCommitter::run_alone(Call& call) {
  if (broken_) {
    call.answer = fail(*broken_);
  } else {
    try {
      call.answer = call.work(writer_);
    } catch (...) { call.thrown = std::current_exception(); }
    if (writer_.in_transaction()) static_cast<void>(writer_.run("ROLLBACK"));
  }
  call.reply();
}

// Failure is no one's answer: the data is safe in the log, and the next group tries again.
void GroupCommitter::checkpoint_if_due() {
  if (broken_) return;
  if (writer_.wal_bytes() >= restart_at_bytes_) {
    writer_.set_busy_timeout(limits_.restart_wait_ms);
    const Status restarted = writer_.checkpoint(CheckpointMode::kRestart);
    writer_.set_busy_timeout(writer_.options().busy_timeout_ms);
    // A long reader stands in the way: do not make every group wait for it.
    restart_at_bytes_ = restarted ? limits_.restart_bytes : writer_.wal_bytes() + limits_.passive_bytes;
  } else if (writer_.wal_backlog_bytes() >= limits_.passive_bytes) {
    static_cast<void>(writer_.checkpoint(CheckpointMode::kPassive));
  }
}

}  // namespace nc::store
