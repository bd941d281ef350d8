// FaultyDisk as SQLite calls it.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>

#include "base/check.h"
#include "foundation/store/faulty_disk_file.h"

namespace nc::store {

// SQLite's calls. One that fails by plan has no effect, but a lock that is given up is given up.
struct FaultyDisk::Methods {
  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static FaultyDisk& of(sqlite3_vfs* vfs) { return *static_cast<FaultyDisk*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* out_flags) {
    auto& disk = of(vfs);
    raw->pMethods = nullptr;
    const std::lock_guard guard(disk.mutex_);
    if (disk.fails()) return SQLITE_CANTOPEN;
    std::shared_ptr<Inode> inode;
    bool made = false;
    if (name == nullptr) {
      inode = std::make_shared<Inode>();
    } else if (const auto found = disk.names_.find(name); found != disk.names_.end()) {
      inode = found->second;
    } else {
      if ((flags & SQLITE_OPEN_CREATE) == 0 || disk.changes()) return SQLITE_CANTOPEN;
      inode = std::make_shared<Inode>();
      disk.names_[name] = inode;
      disk.name_changes_.push_back({name, inode});
      made = true;
    }
    auto* const file = new (raw) File{};
    file->disk = &disk;
    file->inode = std::move(inode);
    file->path = name != nullptr ? name : "";
    file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    file->new_log = made && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    file->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    file->base.pMethods = &kFile;
    ++disk.open_files_;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int close(sqlite3_file* raw) {
    auto& file = of(raw);
    auto& disk = *file.disk;
    const std::lock_guard guard(disk.mutex_);
    give_up_locks(file);
    if (file.delete_on_close) disk.names_.erase(file.path);
    --disk.open_files_;
    file.~File();
    raw->pMethods = nullptr;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    auto& disk = of(vfs);
    const std::lock_guard guard(disk.mutex_);
    if (disk.fails()) return SQLITE_IOERR_DELETE;
    if (!disk.names_.contains(name)) return SQLITE_IOERR_DELETE_NOENT;
    if (disk.changes()) return SQLITE_IOERR_DELETE;
    disk.names_.erase(name);
    disk.name_changes_.push_back({name, nullptr});
    if (sync_directory != 0) disk.sync_names();
    return SQLITE_OK;
  }

  static int access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    auto& disk = of(vfs);
    const std::lock_guard guard(disk.mutex_);
    if (disk.fails()) return SQLITE_IOERR_ACCESS;
    const auto found = disk.names_.find(name);
    // As the system's VFS: an empty file does not count as existing.
    *out = found != disk.names_.end() && (flags != SQLITE_ACCESS_EXISTS || !found->second->current.empty()) ? 1 : 0;
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    const auto length = std::strlen(name);
    if (length + 1 > static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
    std::memcpy(out, name, length + 1);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int size, char* out) {
    auto& disk = of(vfs);
    const std::lock_guard guard(disk.mutex_);
    disk.rng_.fill({reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(size)});
    return size;
  }
  // Waiting for another thread needs little of the time that SQLite would wait for a process.
  static int sleep(sqlite3_vfs*, int microseconds) {
    std::this_thread::sleep_for(std::chrono::microseconds(std::min(microseconds, 500)));
    return microseconds;
  }
  static int now(sqlite3_vfs*, sqlite3_int64* out) {
    *out = 212'000'000'000'000;
    return SQLITE_OK;
  }
  static int now_in_days(sqlite3_vfs*, double* out) {
    *out = 2'453'703.7;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }

  // --- one file ---
  static int read(sqlite3_file* raw, void* out, int count, sqlite3_int64 at) {
    auto& file = of(raw);
    const std::lock_guard guard(file.disk->mutex_);
    if (file.disk->fails()) return SQLITE_IOERR_READ;
    const auto& content = file.inode->current;
    const auto have = std::clamp<sqlite3_int64>(static_cast<sqlite3_int64>(content.size()) - at, 0, count);
    if (have > 0) std::memcpy(out, content.data() + at, static_cast<std::size_t>(have));
    if (have == count) return SQLITE_OK;
    std::memset(static_cast<char*>(out) + have, 0, static_cast<std::size_t>(count - have));
    return SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* raw, const void* bytes, int count, sqlite3_int64 at) {
    auto& file = of(raw);
    auto& disk = *file.disk;
    const std::lock_guard guard(disk.mutex_);
    const bool full = !disk.off_ && disk.too_large(*file.inode, at + count);
    const bool fails = disk.off_ || full || disk.fails();
    if (disk.off_) return SQLITE_IOERR_WRITE;
    const bool last = disk.changes();
    // A write that failed may have happened up to any byte; so may the one in which the power goes.
    const auto done =
        fails ? static_cast<std::size_t>(disk.rng_.below(static_cast<std::uint64_t>(count) + 1)) : static_cast<std::size_t>(count);
    const std::string_view piece(static_cast<const char*>(bytes), full ? 0 : done);
    if (!piece.empty()) {
      put_bytes(file.inode->current, at, piece);
      file.inode->pending.push_back({false, at, std::string(piece)});
    }
    if (full) return SQLITE_FULL;
    return fails || last ? SQLITE_IOERR_WRITE : SQLITE_OK;
  }

  static int truncate(sqlite3_file* raw, sqlite3_int64 size) {
    auto& file = of(raw);
    auto& disk = *file.disk;
    const std::lock_guard guard(disk.mutex_);
    if (disk.fails()) return SQLITE_IOERR_TRUNCATE;
    const bool last = disk.changes();
    file.inode->current.resize(static_cast<std::size_t>(size), '\0');
    file.inode->pending.push_back({true, size, {}});
    return last ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
  }

  static int sync(sqlite3_file* raw, int) {
    auto& file = of(raw);
    auto& disk = *file.disk;
    const std::lock_guard guard(disk.mutex_);
    if (disk.off_) return SQLITE_IOERR_FSYNC;
    if (disk.fails()) {
      disk.fail_sync(*file.inode);
      return SQLITE_IOERR_FSYNC;
    }
    if (disk.cut_in_syncs_ > 0 && --disk.cut_in_syncs_ == 0) disk.cut_in_ = 1;
    if (disk.changes()) return SQLITE_IOERR_FSYNC;
    ++disk.counts_.syncs;
    if (!disk.lies_about(file)) {
      for (const auto& change : file.inode->pending) {
        if (change.truncate) file.inode->durable.resize(static_cast<std::size_t>(change.at), '\0');
        else put_bytes(file.inode->durable, change.at, change.bytes);
      }
      file.inode->pending.clear();
    }
    if (file.new_log && disk.lie_ != Lie::kNewNames && disk.lie_ != Lie::kEverySync) disk.sync_names();
    file.new_log = false;
    return SQLITE_OK;
  }

  static int file_size(sqlite3_file* raw, sqlite3_int64* out) {
    auto& file = of(raw);
    const std::lock_guard guard(file.disk->mutex_);
    if (file.disk->fails()) return SQLITE_IOERR_FSTAT;
    *out = static_cast<sqlite3_int64>(file.inode->current.size());
    return SQLITE_OK;
  }

  // --- locks between the sessions of one process ---
  static int lock(sqlite3_file* raw, int wanted) {
    auto& file = of(raw);
    const std::lock_guard guard(file.disk->mutex_);
    if (file.disk->fails()) return SQLITE_IOERR_LOCK;
    auto& inode = *file.inode;
    if (wanted <= file.lock) return SQLITE_OK;
    const bool others_exclusive = inode.exclusive != nullptr && inode.exclusive != &file;
    if (wanted == SQLITE_LOCK_SHARED) {
      if (others_exclusive) return SQLITE_BUSY;
      ++inode.shared;
    } else if (wanted == SQLITE_LOCK_RESERVED) {
      if (inode.reserved != nullptr || others_exclusive) return SQLITE_BUSY;
      inode.reserved = &file;
    } else {
      if (others_exclusive || (inode.reserved != nullptr && inode.reserved != &file)) return SQLITE_BUSY;
      inode.exclusive = &file;
      if (inode.shared > (file.lock >= SQLITE_LOCK_SHARED ? 1 : 0)) {
        file.lock = std::max(file.lock, SQLITE_LOCK_PENDING);
        return SQLITE_BUSY;
      }
    }
    file.lock = wanted;
    return SQLITE_OK;
  }

  static int unlock(sqlite3_file* raw, int wanted) {
    auto& file = of(raw);
    const std::lock_guard guard(file.disk->mutex_);
    const bool fails = file.disk->fails();
    lower_lock(file, wanted);
    return fails ? SQLITE_IOERR_UNLOCK : SQLITE_OK;
  }

  static void lower_lock(File& file, int wanted) {
    auto& inode = *file.inode;
    if (wanted >= file.lock) return;
    if (inode.exclusive == &file) inode.exclusive = nullptr;
    if (inode.reserved == &file) inode.reserved = nullptr;
    if (wanted == SQLITE_LOCK_NONE && file.lock >= SQLITE_LOCK_SHARED) --inode.shared;
    file.lock = wanted;
  }

  static int check_reserved(sqlite3_file* raw, int* out) {
    auto& file = of(raw);
    const std::lock_guard guard(file.disk->mutex_);
    if (file.disk->fails()) return SQLITE_IOERR_CHECKRESERVEDLOCK;
    *out = file.inode->reserved != nullptr || file.inode->exclusive != nullptr ? 1 : 0;
    return SQLITE_OK;
  }

  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return 4096; }  // what the system's VFS answers, whatever the disk is
  // As the system's VFS says of every disk.
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  // --- the log's index, in memory ---
  static int shm_map(sqlite3_file* raw, int region, int size, int extend, void volatile** out) {
    auto& file = of(raw);
    const std::lock_guard guard(file.disk->mutex_);
    *out = nullptr;
    if (file.disk->fails()) return SQLITE_IOERR_SHMMAP;
    auto& inode = *file.inode;
    if (!file.has_shm) {
      file.has_shm = true;
      ++inode.shm_users;
    }
    const auto index = static_cast<std::size_t>(region);
    if (index >= inode.shm.size() && extend == 0) return SQLITE_OK;
    while (index >= inode.shm.size()) inode.shm.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    *out = inode.shm[index].get();
    return SQLITE_OK;
  }

  static int shm_lock(sqlite3_file* raw, int first, int count, int flags) {
    auto& file = of(raw);
    const std::lock_guard guard(file.disk->mutex_);
    auto& locks = file.inode->shm_locks;
    const bool unlocks = (flags & SQLITE_SHM_UNLOCK) != 0, shared = (flags & SQLITE_SHM_SHARED) != 0;
    const bool fails = file.disk->fails();
    if (fails && !unlocks) return SQLITE_IOERR_SHMLOCK;
    if (!unlocks && !shared)
      for (int slot = first; slot < first + count; ++slot)
        if (locks[slot] != 0 && (file.shm_exclusive & 1U << slot) == 0) return SQLITE_BUSY;
    for (int slot = first; slot < first + count; ++slot) {
      const unsigned bit = 1U << slot;
      if (unlocks) {
        give_up_slot(file, slot);
      } else if (shared && (file.shm_shared & bit) == 0) {
        if (locks[slot] < 0) return SQLITE_BUSY;
        ++locks[slot];
        file.shm_shared |= bit;
      } else if (!shared) {
        locks[slot] = -1;
        file.shm_exclusive |= bit;
      }
    }
    return fails ? SQLITE_IOERR_SHMLOCK : SQLITE_OK;
  }

  static void give_up_slot(File& file, int slot) {
    const unsigned bit = 1U << slot;
    auto& lock = file.inode->shm_locks[slot];
    if ((file.shm_shared & bit) != 0) --lock;
    if ((file.shm_exclusive & bit) != 0) lock = 0;
    file.shm_shared &= ~bit;
    file.shm_exclusive &= ~bit;
  }

  static void shm_barrier(sqlite3_file* raw) { const std::lock_guard guard(of(raw).disk->mutex_); }

  static int shm_unmap(sqlite3_file* raw, int) {
    auto& file = of(raw);
    const std::lock_guard guard(file.disk->mutex_);
    leave_shm(file);
    return SQLITE_OK;
  }

  static void leave_shm(File& file) {
    if (!file.has_shm) return;
    for (int slot = 0; slot < kShmSlots; ++slot) give_up_slot(file, slot);
    file.has_shm = false;
    if (--file.inode->shm_users == 0) file.inode->shm.clear();
  }

  static void give_up_locks(File& file) {
    leave_shm(file);
    lower_lock(file, SQLITE_LOCK_NONE);
  }

  static const sqlite3_io_methods kFile;
};

const sqlite3_io_methods FaultyDisk::Methods::kFile = {
    2,           close,           read,    write,    truncate,    sync,      file_size, lock,   unlock, check_reserved, control,
    sector_size, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr,   nullptr};

FaultyDisk::FaultyDisk(std::string name, std::uint64_t seed) : name_(std::move(name)), rng_(seed) {
  vfs_.iVersion = 2;
  vfs_.szOsFile = sizeof(File);
  vfs_.mxPathname = 1024;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Methods::open;
  vfs_.xDelete = Methods::remove;
  vfs_.xAccess = Methods::access;
  vfs_.xFullPathname = Methods::full_path;
  vfs_.xRandomness = Methods::randomness;
  vfs_.xSleep = Methods::sleep;
  vfs_.xCurrentTime = Methods::now_in_days;
  vfs_.xCurrentTimeInt64 = Methods::now;
  vfs_.xGetLastError = Methods::last_error;
  NC_CHECK(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK);
}

FaultyDisk::~FaultyDisk() {
  NC_CHECK(open_files_ == 0);
  sqlite3_vfs_unregister(&vfs_);
}

}  // namespace nc::store
