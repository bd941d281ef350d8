#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/files.h"
#include "foundation/store/handle.h"
#include "foundation/store/transaction.h"

namespace nc::store {
namespace {

constexpr int kPagesAtOnce = 256;
constexpr int kBusyTriesMax = 200;  // of 25 ms each

Status make_new(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) {
    return fail(
        Error(ErrorCode::kConflict, NC_MSG("A file of this name exists already")).at(path.string()).then(NC_MSG("Choose another name")));
  }
  if (fd < 0) return fail(io_error(path, errno));
  ::close(fd);
  return {};
}

Status sync_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return fail(io_error(path, errno));
  const int failed = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (failed != 0) return fail(io_error(path, failed));
  return {};
}

class Target {
 public:
  explicit Target(const std::filesystem::path& path) : path_(path) {}
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target() { sqlite3_close_v2(connection_); }

  Status open() {
    const int code =
        sqlite3_open_v2(path_.c_str(), &connection_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (code != SQLITE_OK) return fail(error_of(code));
    // Nobody reads the copy before it is whole and synced below, so it needs no journal of its own.
    const int set = sqlite3_exec(connection_, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", nullptr, nullptr, nullptr);
    if (set != SQLITE_OK) return fail(error_of(set));
    return {};
  }

  Status copy_from(sqlite3* source, const std::function<bool(int, int)>& progress) {
    sqlite3_backup* const backup = sqlite3_backup_init(connection_, "main", source, "main");
    if (backup == nullptr) return fail(error_of(sqlite3_extended_errcode(connection_)));
    const Status copied = copy(backup, progress);
    const int code = sqlite3_backup_finish(backup);
    if (!copied) return copied;
    if (code != SQLITE_OK) return fail(error_of(code));
    return {};
  }

 private:
  Status copy(sqlite3_backup* backup, const std::function<bool(int, int)>& progress) const {
    for (int tries = 0;;) {
      const int code = sqlite3_backup_step(backup, kPagesAtOnce);
      if (code == SQLITE_DONE) return {};
      const int primary = code & 0xff;
      if ((primary == SQLITE_BUSY || primary == SQLITE_LOCKED) && ++tries < kBusyTriesMax) {
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
        continue;
      }
      if (code != SQLITE_OK) return fail(error_of(code));
      if (progress && !progress(sqlite3_backup_remaining(backup), sqlite3_backup_pagecount(backup))) {
        return fail(ErrorCode::kBusy, NC_MSG("The backup was stopped"));
      }
    }
  }
  [[nodiscard]] Error error_of(int code) const { return sql_error(connection_, code, path_.string()); }

  std::filesystem::path path_;
  sqlite3* connection_ = nullptr;
};

Status copy_to(sqlite3* source, const std::filesystem::path& path, const std::function<bool(int, int)>& progress) {
  Target target(path);
  NC_TRY(target.open());
  return target.copy_from(source, progress);
}

}  // namespace

Status Database::backup_to(const std::filesystem::path& path, const std::function<bool(int, int)>& progress) {
  if (sqlite3_txn_state(handle_->connection, nullptr) == SQLITE_TXN_WRITE) {
    return fail(ErrorCode::kInvalid, NC_MSG("A backup cannot be made inside a change"));
  }
  NC_TRY(make_new(path));
  Status done = [&]() -> Status {
    // One snapshot for all steps. Without it every commit of another session would start the copy
    // anew, and under steady writing it would never end.
    std::optional<ReadTransaction> snapshot;
    if (!in_transaction()) {
      NC_ASSIGN(auto begun, ReadTransaction::begin(*this));
      snapshot.emplace(std::move(begun));
    }
    NC_TRY(copy_to(handle_->connection, path, progress));
    NC_TRY(sync_file(path));
    const auto folder = path.parent_path();
    return sync_directory(folder.empty() ? "." : folder);
  }();
  if (!done) ::unlink(path.c_str());
  return done;
}

}  // namespace nc::store
