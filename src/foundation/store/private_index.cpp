#include "foundation/store/private_index.h"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

namespace nc::store {
namespace {

constexpr int kSlots = SQLITE_SHM_NLOCK;

// The index of one log, and who has locked which of its slots.
struct Index {
  std::mutex mutex;
  std::vector<std::unique_ptr<char[]>> regions;
  std::array<int, kSlots> locks{};  // readers, or -1
};

std::shared_ptr<Index> index_of(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Index>> indexes;
  const std::lock_guard guard(mutex);
  std::erase_if(indexes, [](const auto& one) { return one.second.expired(); });
  auto& known = indexes[path];
  auto index = known.lock();
  if (!index) known = index = std::make_shared<Index>();
  return index;
}

struct File {
  sqlite3_file base;  // first: SQLite sees only this
  sqlite3_file* real = nullptr;
  std::string path;
  std::shared_ptr<Index> index;  // once it was asked for
  unsigned shared = 0, exclusive = 0;
};

// Behind a File lies the system's.
constexpr std::size_t kRealAt = (sizeof(File) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);

sqlite3_vfs& system_vfs() { return *sqlite3_vfs_find(nullptr); }
File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return of(file).real; }

void give_up_slot(File& file, int slot) {
  const unsigned bit = 1U << slot;
  auto& lock = file.index->locks.at(static_cast<std::size_t>(slot));
  if ((file.shared & bit) != 0) --lock;
  if ((file.exclusive & bit) != 0) lock = 0;
  file.shared &= ~bit;
  file.exclusive &= ~bit;
}

void leave_index(File& file) {
  if (!file.index) return;
  {
    const std::lock_guard guard(file.index->mutex);
    for (int slot = 0; slot < kSlots; ++slot) give_up_slot(file, slot);
  }
  file.index.reset();
}

int shm_map(sqlite3_file* raw, int region, int size, int extend, void volatile** out) {
  auto& file = of(raw);
  *out = nullptr;
  if (!file.index) file.index = index_of(file.path);
  const std::lock_guard guard(file.index->mutex);
  auto& regions = file.index->regions;
  const auto wanted = static_cast<std::size_t>(region);
  if (wanted >= regions.size() && extend == 0) return SQLITE_OK;
  while (wanted >= regions.size()) regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  *out = regions[wanted].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* raw, int first, int count, int flags) {
  auto& file = of(raw);
  if (!file.index) return SQLITE_IOERR_SHMLOCK;
  const std::lock_guard guard(file.index->mutex);
  const bool unlocks = (flags & SQLITE_SHM_UNLOCK) != 0, shared = (flags & SQLITE_SHM_SHARED) != 0;
  for (int slot = first; !unlocks && slot < first + count; ++slot) {
    const auto lock = file.index->locks.at(static_cast<std::size_t>(slot));
    if (shared ? lock < 0 : lock != 0) return SQLITE_BUSY;
  }
  for (int slot = first; slot < first + count; ++slot) {
    const unsigned bit = 1U << slot;
    auto& lock = file.index->locks.at(static_cast<std::size_t>(slot));
    if (unlocks) {
      give_up_slot(file, slot);
    } else if (shared) {
      ++lock;
      file.shared |= bit;
    } else {
      lock = -1;
      file.exclusive |= bit;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file* raw) {
  if (of(raw).index) const std::lock_guard guard(of(raw).index->mutex);
}

int shm_unmap(sqlite3_file* raw, int /*remove*/) {
  leave_index(of(raw));
  return SQLITE_OK;
}

int close(sqlite3_file* raw) {
  auto& file = of(raw);
  leave_index(file);
  const int code = file.real->pMethods->xClose(file.real);
  file.~File();
  raw->pMethods = nullptr;
  return code;
}

const sqlite3_io_methods kMethods = {
    2,
    close,
    [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), to, n, at); },
    [](sqlite3_file* f, const void* from, int n, sqlite3_int64 at) { return real(f)->pMethods->xWrite(real(f), from, n, at); },
    [](sqlite3_file* f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); },
    [](sqlite3_file* f, int flags) { return real(f)->pMethods->xSync(real(f), flags); },
    [](sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); },
    [](sqlite3_file* f, int lock) { return real(f)->pMethods->xLock(real(f), lock); },
    [](sqlite3_file* f, int lock) { return real(f)->pMethods->xUnlock(real(f), lock); },
    [](sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); },
    [](sqlite3_file* f, int what, void* arg) { return real(f)->pMethods->xFileControl(real(f), what, arg); },
    [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); },
    [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); },
    shm_map,
    shm_lock,
    shm_barrier,
    shm_unmap,
    nullptr,
    nullptr};

int open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* raw, int flags, int* out_flags) {
  raw->pMethods = nullptr;
  auto* const at = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(raw) + kRealAt);
  at->pMethods = nullptr;
  const int code = system_vfs().xOpen(&system_vfs(), name, at, flags, out_flags);
  if (code != SQLITE_OK) {
    if (at->pMethods != nullptr) at->pMethods->xClose(at);
    return code;
  }
  auto* const file = new (raw) File{};
  file->real = at;
  file->path = name != nullptr ? name : "";
  file->base.pMethods = &kMethods;
  return SQLITE_OK;
}

}  // namespace

const char* private_index_vfs() {
  static constexpr const char* kName = "nhipcau-private-index";
  static sqlite3_vfs vfs;
  static const int registered = [] {
    vfs = system_vfs();
    vfs.zName = kName;
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(kRealAt) + system_vfs().szOsFile;
    vfs.xOpen = open;
    return sqlite3_vfs_register(&vfs, 0);
  }();
  return registered == SQLITE_OK ? kName : nullptr;
}

}  // namespace nc::store
