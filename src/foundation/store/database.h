// One session on an SQLite file, with the settings that this program relies on: WAL,
// synchronous=FULL (an acknowledged commit survives a power cut), foreign keys, secure delete, no
// automatic checkpoints, no memory mapping.
//
// Owns: the connection and its prepared statements. Threads: one at a time per Database; give each
// thread its own (ReaderPool), and let one writer be the GroupCommitter's.
// Invariant: a file with another application id is never changed.
// Not here: who may read what, and what the tables mean.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "foundation/store/statement.h"

struct sqlite3;

namespace nc::store {

struct Options {
  bool read_only = false;
  bool immutable = false;  // read_only, and the caller knows that nobody writes: works where no file can be made,
                           // with what a log that was left behind holds
  bool create = false;     // make the file (mode 0600) if it is absent or empty
  bool fullsync = true;    // false only where losing the last commits to a power cut is fine
  int cache_kib = 2048;
  int busy_timeout_ms = 5000;        // how long to wait for another writer before kBusy
  std::uint32_t application_id = 0;  // written at creation, wanted at opening
  std::string vfs;                   // another SQLite VFS by name; "" is the system's
};

enum class CheckpointMode {
  kPassive,   // what can be moved without waiting for anybody
  kRestart,   // waits for readers, so that the log starts at its beginning again
  kTruncate,  // and cuts the log to nothing: after an erase or purge
};

class Database {
 public:
  // kNotFound (absent, and not to be created), kCorrupt (not ours, or damaged), kIo, kFull, kBusy.
  static Result<Database> open(const std::filesystem::path& path, const Options& options);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // `sql` is one statement; equal texts share a cached one. kInvalid for wrong SQL.
  Result<Statement> prepare(std::string_view sql);
  // One or several statements without parameters; rows are thrown away.
  Status exec(const std::string& sql);
  // The first column of the first row; kNotFound without a row; NULL is 0.
  template <typename... Values>
  Result<std::int64_t> integer(std::string_view sql, const Values&... values) {
    NC_ASSIGN(Statement statement, prepare(sql));
    statement.bind_all(values...);
    return first_integer(statement);
  }
  // prepare, bind, run.
  template <typename... Values>
  Status run(std::string_view sql, const Values&... values) {
    NC_ASSIGN(Statement statement, prepare(sql));
    return statement.bind_all(values...).run();
  }

  [[nodiscard]] std::int64_t last_row_id() const;
  [[nodiscard]] std::int64_t changes() const;  // rows of the last INSERT, UPDATE or DELETE
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] const std::filesystem::path& path() const;
  [[nodiscard]] const Options& options() const;

  // The file that is open no longer stands at path(): it was taken away or replaced, and what is written
  // from now on is lost.
  [[nodiscard]] bool has_moved() const;

  // kBusy when readers stand in the way of kRestart or kTruncate.
  Status checkpoint(CheckpointMode mode);
  // Bytes of the write-ahead log in use, as of the last commit or checkpoint of this session.
  [[nodiscard]] std::int64_t wal_bytes() const;
  // The part of it that no checkpoint of this session has yet moved into the main file.
  [[nodiscard]] std::int64_t wal_backlog_bytes() const;
  // A consistent copy as of now into a new file, durable on return, while others go on writing.
  // Reads from one snapshot, so the log grows meanwhile. `progress` gets pages left and pages in
  // all between steps; false from it gives up. kConflict when the file exists, kInvalid inside a
  // write transaction.
  Status backup_to(const std::filesystem::path& path, const std::function<bool(int, int)>& progress = {});
  // kCorrupt with the first thing found. Reads the whole file.
  Status quick_check();

  // For a time; e.g. not to wait long for a checkpoint.
  void set_busy_timeout(int timeout_ms);

 private:
  friend class ReadTransaction;
  struct Handle;
  explicit Database(std::unique_ptr<Handle> handle);
  static Status configure(Handle& handle);
  static Status recognise(Handle& handle, bool& fresh);
  static Result<std::int64_t> first_integer(Statement& statement);
  std::unique_ptr<Handle> handle_;
};

}  // namespace nc::store
