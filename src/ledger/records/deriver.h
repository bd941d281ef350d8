// Deriver: brings the derived tables up when nothing more comes for a moment, or when many records wait. Works their
// rows out in its own thread, beside whoever saves; only the writing of them waits for its turn.
//
// Owns: its thread. Threads: hand_over() by whoever writes. Readers do not wait for it: they derive themselves.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "ledger/records/waiting.h"

namespace nc::records {

class Deriver {
 public:
  // `world`: that of the moment. `derive` writes the rows of what waits longest, of so many at most.
  Deriver(std::function<std::shared_ptr<const World>()> world, std::function<Status(std::size_t)> derive);
  ~Deriver();
  Deriver(const Deriver&) = delete;
  Deriver& operator=(const Deriver&) = delete;

  void hand_over(WaitingRecords records);

 private:
  void work();
  void work_out(const WaitingRecords& records) const;
  Status write_rows(WaitingRecords ready) const;

  std::function<std::shared_ptr<const World>()> world_;
  std::function<Status(std::size_t)> derive_;
  std::mutex mutex_;
  std::condition_variable wake_;
  WaitingRecords handed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace nc::records
