// Inside FaultyDisk: a file's content and locks, and what a session holds of it.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/store/faulty_disk.h"

namespace nc::store {

inline constexpr int kShmSlots = SQLITE_SHM_NLOCK;

inline void put_bytes(std::string& to, std::int64_t at, std::string_view bytes) {
  const auto end = static_cast<std::size_t>(at) + bytes.size();
  if (to.size() < end) to.resize(end, '\0');
  std::memcpy(to.data() + at, bytes.data(), bytes.size());
}

struct FaultyDisk::Inode {
  std::string current, durable;
  std::vector<Change> pending;  // since the last sync, oldest first
  // Locks of the data file, and the memory that the sessions of a log share.
  int shared = 0;
  const File* reserved = nullptr;
  const File* exclusive = nullptr;  // or waiting to be
  std::vector<std::unique_ptr<char[]>> shm;
  int shm_users = 0;
  int shm_locks[kShmSlots] = {};  // readers, or -1
};

struct FaultyDisk::File {
  sqlite3_file base;  // first: SQLite sees only this
  FaultyDisk* disk;
  std::shared_ptr<Inode> inode;
  std::string path;
  bool is_log = false;
  bool new_log = false;  // its name becomes durable with its first sync
  bool delete_on_close = false;
  int lock = SQLITE_LOCK_NONE;
  bool has_shm = false;
  unsigned shm_shared = 0, shm_exclusive = 0;
};

}  // namespace nc::store
