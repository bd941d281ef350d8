#include "ledger/records/deriver.h"

#include <chrono>
#include <iterator>

#include "ledger/records/project.h"

namespace nc::records {
namespace {

constexpr std::size_t kGroup = 256;                        // at most this many wait for more to come
constexpr std::size_t kAtOnce = 32;                        // between these others may write
constexpr auto kQuiet = std::chrono::milliseconds(3);      // nothing came: somebody will want to read
constexpr auto kAgain = std::chrono::milliseconds(1'000);  // after a failure, which readers and saves are told of

}  // namespace

Deriver::Deriver(std::function<std::shared_ptr<const World>()> world, std::function<Status(std::size_t)> derive)
    : world_(std::move(world)), derive_(std::move(derive)), thread_([this] { work(); }) {}

Deriver::~Deriver() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Deriver::hand_over(WaitingRecords records) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const auto before = handed_.size();
    std::move(records.begin(), records.end(), std::back_inserter(handed_));
    wake = (before == 0 && !handed_.empty()) || (before < kGroup && handed_.size() >= kGroup);
  }
  if (wake) wake_.notify_one();
}

void Deriver::work_out(const WaitingRecords& records) const {
  const auto now = world_();
  for (const auto& record : records)
    if (!record->derived) static_cast<void>(record->rows(*now));
}

// Whoever read meanwhile may have had some of them derived.
Status Deriver::write_rows(WaitingRecords ready) const {
  for (auto& record : ready) {
    if (!record->derived) NC_TRY(derive_(kAtOnce));
    record.reset();
  }
  return {};
}

void Deriver::work() {
  WaitingRecords ready;
  bool failed = false;
  std::unique_lock lock(mutex_);
  while (true) {
    const auto stopping = [this] { return stopping_; };
    if (failed) wake_.wait_for(lock, kAgain, stopping);
    else if (ready.empty()) wake_.wait(lock, [this] { return stopping_ || !handed_.empty(); });
    wake_.wait_for(lock, kQuiet, [&] { return stopping_ || ready.size() + handed_.size() >= kGroup; });
    if (stopping_) return;
    auto came = std::exchange(handed_, {});
    lock.unlock();
    work_out(came);
    const bool more = !came.empty();
    std::move(came.begin(), came.end(), std::back_inserter(ready));
    if (failed) failed = !derive_(kWaitingMax);
    else if (!more || ready.size() >= kGroup) failed = !write_rows(std::exchange(ready, {}));
    lock.lock();
  }
}

}  // namespace nc::records
