#include "ledger/records/deriver.h"

#include <chrono>
#include <iterator>

#include "ledger/records/project.h"

namespace nc::records {
namespace {

constexpr std::size_t kGroup = 256;                        // at most this many wait for more to come
constexpr auto kQuiet = std::chrono::milliseconds(3);      // nothing came: somebody will want to read
constexpr auto kAgain = std::chrono::milliseconds(1'000);  // after a failure, which readers and saves are told of

}  // namespace

Deriver::Deriver(std::function<std::shared_ptr<const World>()> world, std::function<Status(std::vector<ReadyRows>)> catch_up)
    : world_(std::move(world)), catch_up_(std::move(catch_up)), thread_([this] { work(); }) {}

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

std::vector<ReadyRows> Deriver::prepared(const WaitingRecords& records) const {
  std::vector<ReadyRows> out;
  const auto now = world_();
  for (const auto& record : records)
    if (!record->derived) out.push_back({record, rows_of_new(*now, record->id, record->entries)});
  return out;
}

void Deriver::work() {
  std::vector<ReadyRows> ready;
  bool failed = false;
  std::unique_lock lock(mutex_);
  while (true) {
    const auto stopping = [this] { return stopping_; };
    if (failed) wake_.wait_for(lock, kAgain, stopping);
    else if (ready.empty()) wake_.wait(lock, [this] { return stopping_ || !handed_.empty(); });
    wake_.wait_for(lock, kQuiet, [&] { return stopping_ || ready.size() + handed_.size() >= kGroup; });
    if (stopping_) return;
    const auto came = std::exchange(handed_, {});
    lock.unlock();
    auto more = prepared(came);
    std::move(more.begin(), more.end(), std::back_inserter(ready));
    if (failed || came.empty() || ready.size() >= kGroup) failed = !catch_up_(std::exchange(ready, {}));
    lock.lock();
  }
}

}  // namespace nc::records
