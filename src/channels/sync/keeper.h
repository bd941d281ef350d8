// Keeps a child in touch with its parent while it serves: by interval, at once for what is urgent, or when somebody asks.
//
// Owns one thread and the line (ParentLink). After a failure it waits longer and longer, never longer than the interval, each time a
// little differently, so that children do not come together. Also here: how a command asks the node that serves to sync now.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "channels/sync/link_rules.h"
#include "channels/sync/parent_link.h"
#include "channels/sync/session.h"

namespace nc::sync {

struct KeeperOptions {
  std::string program;
  std::function<void(const Error&)> report;  // what somebody should see in the log; each text once in a row
};

class Keeper {
 public:
  // Nothing: this node has no parent. kInvalid: sync.json.
  static Result<std::unique_ptr<Keeper>> start(records::Ledger& ledger, const KeeperOptions& options);
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  // Something urgent was written: it goes at once, at any hour and beyond the day's bytes, and then alone. From any thread, quick.
  void hurry();
  // To be called with each commit's notice.
  void notice(const records::CommitNotice& notice);

 private:
  Keeper(records::Ledger& ledger, LinkRules rules, KeeperOptions options);
  void work();
  Result<Outcome> one(bool urgent, bool asked);
  bool may(bool urgent);
  [[nodiscard]] std::string asked() const;
  void answer_asked(const std::string& token, const Result<Outcome>& outcome);
  std::int64_t pause_ms();
  void tell(const Error& error);

  records::Ledger& ledger_;
  LinkRules rules_;
  KeeperOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stop_ = false;
  bool urgent_ = false;
  int failures_ = 0;
  bool unfinished_ = false;  // there is more to do at once
  std::string told_;
  std::unique_ptr<ParentLink> link_;
  std::thread thread_;
};

// By another process than the one that serves `dir`: asks it and waits as long as it serves. kBusy when it ended meanwhile.
Result<Outcome> ask_serving_node(const std::filesystem::path& dir);

}  // namespace nc::sync
