// FaultyDisk: a disk for tests, as an SQLite VFS with its files in memory. It knows what is durable.
//
// Model: what is written is seen by all at once (the page cache) and is durable after a sync of the file.
// A power cut keeps of everything else any subset: in sectors, in another order, torn in the middle. A new
// or deleted name is durable after a sync of the directory, which SQLite's own VFS does with the first sync
// of a new log. A sync that fails leaves of what it should have saved any subset, and nothing will be written
// later (the kernel has marked it clean). Everything is drawn from one seed.
//
// Owns: its files and the registration under name(). Threads: any. Must outlive the sessions on it.
// Not in the product: only tests link it.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/rng.h"

namespace nc::store {

class FaultyDisk {
 public:
  using Files = std::map<std::string, std::string>;  // by full path

  // A lie is a disk (or a program) that says "synced" and did nothing: what the tests must find.
  enum class Lie { kNone, kEverySync, kLogSync, kDataSync, kNewNames };

  FaultyDisk(std::string name, std::uint64_t seed);
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }  // for Options::vfs

  // Files as given, all durable; nothing may be open. Begins the stream of the seed anew.
  void load(const Files& files, std::uint64_t seed);
  [[nodiscard]] Files files() const;  // as the running program sees them
  void set_sector_bytes(std::size_t bytes);
  void set_lie(Lie lie);

  // --- power ---
  // The power goes at the nth change from now (write, truncate, sync, new or deleted name); n = 0: at once.
  // From then on every call fails.
  void cut_after(std::int64_t changes);
  void cut_at_sync(std::int64_t syncs);  // at the nth sync, which is not answered
  [[nodiscard]] bool is_off() const;
  // With nothing open: what survived is now what is there.
  void power_on();
  // The process died and the machine runs on: nothing is lost, and nothing became durable.
  void restart_process();

  // --- failures of a running machine ---
  // After `calls` further calls of any kind the next `count` fail.
  void fail_after(std::int64_t calls, std::int64_t count);
  // Writes that would make the files larger than this together are answered with SQLITE_FULL.
  void set_capacity(std::int64_t bytes);
  void repair();  // no failures, no limit

  struct Counts {
    std::int64_t changes = 0, syncs = 0, failures = 0, dropped = 0;  // dropped: pieces that a cut took
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Inode;
  struct File;
  struct Methods;
  struct Change {
    bool truncate = false;
    std::int64_t at = 0;
    std::string bytes;
  };
  struct NameChange {
    std::string path;
    std::shared_ptr<Inode> inode;  // none: deleted
  };

  // All below: under mutex_.
  [[nodiscard]] bool fails();    // this call, because the power is off or by plan
  [[nodiscard]] bool changes();  // counts a change; true: the power goes with this one
  [[nodiscard]] bool too_large(const Inode& inode, std::int64_t end) const;
  void settle_names();
  void settle(Inode& inode);
  void apply_pieces(Inode& inode, std::vector<Change> pieces);
  std::vector<Change> pieces_of(const Inode& inode) const;
  void sync_names();
  [[nodiscard]] bool lies_about(const File& file) const;
  void fail_sync(Inode& inode);

  std::string name_;
  sqlite3_vfs vfs_{};
  mutable std::mutex mutex_;
  SeededRng rng_;
  std::size_t sector_ = 512;
  Lie lie_ = Lie::kNone;
  bool off_ = false;
  std::int64_t cut_in_ = -1, cut_in_syncs_ = -1;
  std::int64_t fail_in_ = -1, fail_count_ = 0;
  std::int64_t capacity_ = -1;
  int open_files_ = 0;
  Counts counts_;
  std::map<std::string, std::shared_ptr<Inode>> names_, durable_names_;
  std::vector<NameChange> name_changes_;
};

}  // namespace nc::store
