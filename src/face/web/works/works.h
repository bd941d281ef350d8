// Works: what takes longer than a request: checks and backups of the node, large exports, imports. Each is one person's.
//
// A work waits, runs, and ends: done, failed, cancelled by its person, or broken off because the program ended. It goes
// on when its person leaves the page, and ends with the program. What it made for its person, one file, is destroyed a
// day after it was ordered; that there was such a work is told for a month. Only its person learns of it.
// Lanes, each with one thread of low priority, begun with its first work: one after the other for the care of the
// node, for exports and for imports, so that their memory is bounded.
// Owns: the folder (works.db, the files, a folder for each import). Its content is local, in no backup; a purge destroys it.
// Threads: any; the destructor cancels what runs and waits for it. Errors: kIo, kFull, kCorrupt, kLimit, kNotFound.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file_stream.h"
#include "base/id.h"
#include "base/progress.h"
#include "foundation/store/database.h"
#include "ledger/blobs/file_ref.h"

namespace nc::web {

using WorkId = RecordId;

// One line of what came out: a message id and its arguments.
struct Said {
  std::string message;
  std::vector<std::string> args;
  bool bad = false;
};

struct WorkResult {
  std::vector<Said> lines;
  std::string file_name, media;  // of the file that was made; empty: none
};

enum class WorkState { kWaiting, kRunning, kDone, kFailed, kCancelled, kBrokenOff };

// As it is at the moment.
struct Work {
  WorkId id;
  PersonId maker;
  std::string title;  // message id
  std::string about;  // in the maker's words: the filters of an export
  WorkState state = WorkState::kWaiting;
  std::int64_t ordered_ms = 0, ended_ms = 0;
  std::string stage;  // message id
  std::int64_t done = 0, total = 0;
  bool cancelling = false;
  std::vector<Said> lines;
  std::optional<blobs::FileRef> file;  // none also when it has been destroyed
  Digest rights;                       // what its maker might when he ordered it

  [[nodiscard]] bool ended() const { return state != WorkState::kWaiting && state != WorkState::kRunning; }
};

struct WorkOrder {
  enum class Lane { kCare, kExport, kImport } lane = Lane::kCare;
  PersonId maker;
  std::string once;  // of the form: the same form sent again finds the same work
  std::string title, about;
  std::string if_cut_short;  // message id: what stays when it is cancelled or broken off; empty: nothing of it stays
  Digest rights{};
  // On the lane's thread. `file` is where its file may be written; it stays when the work is done and names it.
  std::function<Result<WorkResult>(const Progress& progress, const std::filesystem::path& file)> run;
};

class Works {
 public:
  using Now = std::function<std::int64_t()>;
  static constexpr std::size_t kAPersonMax = 3;                        // that have not ended
  static constexpr std::size_t kAllMax = 20;                           // of all people
  static constexpr std::size_t kTextBytesMax = 1000;                   // of `about`
  static constexpr std::size_t kLinesMax = 200;                        // of what came out
  static constexpr std::int64_t kFileKeptMs = 24LL * 60 * 60 * 1'000;  // since it was ordered
  static constexpr std::int64_t kToldMs = 30LL * 24 * 60 * 60 * 1'000;

  // What had not ended when the program ended is broken off now, and its file destroyed.
  static Result<std::unique_ptr<Works>> open(const std::filesystem::path& folder, Now now);
  ~Works();
  Works(const Works&) = delete;
  Works& operator=(const Works&) = delete;

  // kLimit when too many wait.
  Result<WorkId> order(WorkOrder order);
  [[nodiscard]] std::optional<Work> find(const PersonId& maker, const WorkId& id) const;
  [[nodiscard]] std::vector<Work> of(const PersonId& maker) const;  // the newest first
  struct Counts {
    std::int64_t all = 0, unfinished = 0;
  };
  [[nodiscard]] Counts counts(const PersonId& maker) const;
  // Nothing happens to what has ended. kNotFound: not his.
  Status cancel(const PersonId& maker, const WorkId& id);
  [[nodiscard]] Result<InputFile> open_file(const PersonId& maker, const WorkId& id) const;
  // Destroys what is past its time, and after a purge all; done before each order, and by whoever serves.
  void tidy();
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // For tests: until nothing waits and nothing runs.
  void wait() const;

 private:
  struct Running {
    std::function<Result<WorkResult>(const Progress&, const std::filesystem::path&)> run;
    std::atomic<bool> cancelled = false;
    std::atomic<bool> purged = false;  // nothing of it stays
  };
  struct Lane {
    std::deque<WorkId> queue;
    std::thread thread;
  };

  Works(std::filesystem::path folder, Now now, store::Database database);
  Status load();
  void work(Lane& lane);
  void run(const WorkId& id, const std::shared_ptr<Running>& running, std::unique_lock<std::mutex>& lock);
  void end(Work& work, const Result<WorkResult>& result, bool cancelled);
  // Behind the mutex.
  Status save(const Work& work);
  Status destroy_file_of(Work& work);
  Status forget_all();
  [[nodiscard]] std::filesystem::path file_of(const WorkId& id) const { return folder_ / (id.hex() + ".out"); }

  const std::filesystem::path folder_;
  const Now now_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  store::Database database_;
  std::map<WorkId, Work> works_;
  std::map<WorkId, std::shared_ptr<Running>> unfinished_;
  std::map<WorkOrder::Lane, Lane> lanes_;
  bool stopping_ = false;
};

}  // namespace nc::web
