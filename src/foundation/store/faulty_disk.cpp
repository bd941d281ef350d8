#include "foundation/store/faulty_disk.h"

#include <algorithm>

#include "base/check.h"
#include "foundation/store/faulty_disk_file.h"

namespace nc::store {

void FaultyDisk::load(const Files& files, std::uint64_t seed) {
  const std::lock_guard guard(mutex_);
  NC_CHECK(open_files_ == 0);
  names_.clear();
  name_changes_.clear();
  for (const auto& [path, bytes] : files) {
    auto inode = std::make_shared<Inode>();
    inode->current = inode->durable = bytes;
    names_[path] = std::move(inode);
  }
  durable_names_ = names_;
  rng_ = SeededRng(seed);
  off_ = false;
  cut_in_ = cut_in_syncs_ = fail_in_ = capacity_ = -1;
}

FaultyDisk::Files FaultyDisk::files() const {
  const std::lock_guard guard(mutex_);
  Files out;
  for (const auto& [path, inode] : names_) out[path] = inode->current;
  return out;
}

void FaultyDisk::set_sector_bytes(std::size_t bytes) {
  const std::lock_guard guard(mutex_);
  sector_ = bytes;
}

void FaultyDisk::set_lie(Lie lie) {
  const std::lock_guard guard(mutex_);
  lie_ = lie;
}

void FaultyDisk::cut_after(std::int64_t changes) {
  const std::lock_guard guard(mutex_);
  if (changes == 0) off_ = true;
  cut_in_ = changes;
}

void FaultyDisk::cut_at_sync(std::int64_t syncs) {
  const std::lock_guard guard(mutex_);
  cut_in_syncs_ = syncs;
}

bool FaultyDisk::is_off() const {
  const std::lock_guard guard(mutex_);
  return off_;
}

void FaultyDisk::power_on() {
  const std::lock_guard guard(mutex_);
  NC_CHECK(open_files_ == 0);
  settle_names();
  for (auto& [path, inode] : durable_names_) settle(*inode);
  names_ = durable_names_;
  off_ = false;
  cut_in_ = cut_in_syncs_ = fail_in_ = capacity_ = -1;
}

void FaultyDisk::restart_process() {
  const std::lock_guard guard(mutex_);
  NC_CHECK(open_files_ == 0);
  off_ = false;
  cut_in_ = cut_in_syncs_ = fail_in_ = capacity_ = -1;
}

void FaultyDisk::fail_after(std::int64_t calls, std::int64_t count) {
  const std::lock_guard guard(mutex_);
  fail_in_ = calls;
  fail_count_ = count;
}

void FaultyDisk::set_capacity(std::int64_t bytes) {
  const std::lock_guard guard(mutex_);
  capacity_ = bytes;
}

void FaultyDisk::repair() {
  const std::lock_guard guard(mutex_);
  fail_in_ = capacity_ = -1;
}

FaultyDisk::Counts FaultyDisk::counts() const {
  const std::lock_guard guard(mutex_);
  return counts_;
}

bool FaultyDisk::fails() {
  if (off_) return true;
  if (fail_in_ < 0) return false;
  if (fail_in_ > 0) {
    --fail_in_;
    return false;
  }
  if (fail_count_-- <= 0) {
    fail_in_ = -1;
    return false;
  }
  ++counts_.failures;
  return true;
}

bool FaultyDisk::changes() {
  ++counts_.changes;
  if (cut_in_ < 0 || --cut_in_ > 0) return false;
  off_ = true;
  return true;
}

bool FaultyDisk::too_large(const Inode& inode, std::int64_t end) const {
  if (capacity_ < 0 || end <= static_cast<std::int64_t>(inode.current.size())) return false;
  std::int64_t used = end - static_cast<std::int64_t>(inode.current.size());
  for (const auto& [path, other] : names_) used += static_cast<std::int64_t>(other->current.size());
  return used > capacity_;
}

bool FaultyDisk::lies_about(const File& file) const {
  if (lie_ == Lie::kLogSync) return file.is_log;
  if (lie_ == Lie::kDataSync) return !file.is_log;
  return lie_ == Lie::kEverySync;
}

void FaultyDisk::sync_names() {
  for (const auto& change : name_changes_) {
    if (change.inode) durable_names_[change.path] = change.inode;
    else durable_names_.erase(change.path);
  }
  name_changes_.clear();
}

// A directory keeps the order of its changes (a journal of the file system), up to some point or all but some.
void FaultyDisk::settle_names() {
  std::erase_if(name_changes_, [this](const NameChange&) { return rng_.below(2) == 0; });
  sync_names();
}

// The unsynced changes in pieces that a disk writes whole: sectors.
std::vector<FaultyDisk::Change> FaultyDisk::pieces_of(const Inode& inode) const {
  std::vector<Change> pieces;
  for (const auto& change : inode.pending) {
    if (change.truncate) {
      pieces.push_back(change);
      continue;
    }
    for (std::size_t done = 0; done < change.bytes.size();) {
      const auto at = static_cast<std::size_t>(change.at) + done;
      const auto length = std::min(sector_ - at % sector_, change.bytes.size() - done);
      pieces.push_back({false, static_cast<std::int64_t>(at), change.bytes.substr(done, length)});
      done += length;
    }
  }
  return pieces;
}

void FaultyDisk::apply_pieces(Inode& inode, std::vector<Change> pieces) {
  for (const auto& piece : pieces) {
    if (piece.truncate) inode.durable.resize(static_cast<std::size_t>(piece.at), '\0');
    else put_bytes(inode.durable, piece.at, piece.bytes);
  }
}

void FaultyDisk::settle(Inode& inode) {
  auto pieces = pieces_of(inode);
  const auto all = pieces.size();
  const auto way = rng_.below(5);
  if (way == 0) {  // nothing
    pieces.clear();
  } else if (way == 1) {  // in order up to some point, the last one torn
    pieces.resize(static_cast<std::size_t>(rng_.below(all + 1)));
    if (!pieces.empty() && !pieces.back().truncate)
      pieces.back().bytes.resize(static_cast<std::size_t>(rng_.below(pieces.back().bytes.size() + 1)));
  } else if (way == 2 || way == 3) {  // any subset; and in any order
    const auto kept_of_16 = rng_.below(17);
    std::erase_if(pieces, [&](const Change&) { return rng_.below(16) >= kept_of_16; });
    if (way == 3)
      for (std::size_t i = pieces.size(); i > 1; --i) std::swap(pieces[i - 1], pieces[static_cast<std::size_t>(rng_.below(i))]);
  }  // 4: everything
  counts_.dropped += static_cast<std::int64_t>(all - pieces.size());
  apply_pieces(inode, std::move(pieces));
  inode.current = inode.durable;
  inode.pending.clear();
  inode.shm.clear();
}

// What a failed sync left behind is on the disk or will never be; the program still sees it.
void FaultyDisk::fail_sync(Inode& inode) {
  auto pieces = pieces_of(inode);
  std::erase_if(pieces, [this](const Change&) { return rng_.below(2) == 0; });
  apply_pieces(inode, std::move(pieces));
  inode.pending.clear();
}

}  // namespace nc::store
