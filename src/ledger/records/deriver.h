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

// What the deriver made ready, one for each.
struct ReadyRows {
  std::shared_ptr<WaitingRecord> record;
  std::optional<Rows> rows;
};

class Deriver {
 public:
  // `world`: that of the moment. `catch_up` derives all that waits, and is given rows that are ready.
  Deriver(std::function<std::shared_ptr<const World>()> world, std::function<Status(std::vector<ReadyRows>)> catch_up);
  ~Deriver();
  Deriver(const Deriver&) = delete;
  Deriver& operator=(const Deriver&) = delete;

  void hand_over(WaitingRecords records);

 private:
  void work();
  std::vector<ReadyRows> prepared(const WaitingRecords& records) const;

  std::function<std::shared_ptr<const World>()> world_;
  std::function<Status(std::vector<ReadyRows>)> catch_up_;
  std::mutex mutex_;
  std::condition_variable wake_;
  WaitingRecords handed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace nc::records
