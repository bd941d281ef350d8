// Files: whole-file reads and durable writes. A durable write is temporary file, fsync, rename,
// fsync of the directory: after it returns, a power cut leaves the old or the new content whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace nc {

// Refuses files over bytes_max by name.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max = 64 * 1024 * 1024);
// mode as for open(2), e.g. 0600 for keys.
Status write_file_durably(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);
Status sync_directory(const std::filesystem::path& dir);
// The names of everything below `dir`, and its own name: for a tree whose files were written durably.
Status sync_directories(const std::filesystem::path& dir);
// Regular files below `dir` with the ending (".toml"), sorted by path.
Result<std::vector<std::filesystem::path>> list_files(const std::filesystem::path& dir, std::string_view ending);

// May this process make files in `dir`? Not on a disk that can only be read, nor without the right.
bool may_write_in(const std::filesystem::path& dir);
// False also when one of them is absent.
bool on_same_disk(const std::filesystem::path& a, const std::filesystem::path& b);

// A lock on a file, held until destroyed. The exclusive holder writes his process and machine into it.
class FileLock {
 public:
  // Exclusive. kBusy when held, at once, naming the holder; kDenied when the disk or the rights allow no writing.
  static Result<FileLock> take(const std::filesystem::path& path);
  // Together with other readers, so that nobody takes it meanwhile. kBusy when somebody has taken it,
  // kNotFound without the file.
  static Result<FileLock> share(const std::filesystem::path& path);
  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)), exclusive_(other.exclusive_) {}
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd, bool exclusive) : fd_(fd), exclusive_(exclusive) {}
  void release();
  int fd_ = -1;
  bool exclusive_ = false;
};

// The error for errno `code` on `path`: kFull for ENOSPC and EDQUOT, else kIo.
Error io_error(const std::filesystem::path& path, int code);

}  // namespace nc
