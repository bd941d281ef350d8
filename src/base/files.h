// Files: whole-file reads and durable writes. A durable write is temporary file, fsync, rename,
// fsync of the directory: after it returns, a power cut leaves the old or the new content whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace nc {

// Refuses files over bytes_max by name.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max = 64 * 1024 * 1024);
// mode as for open(2), e.g. 0600 for keys.
Status write_file_durably(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);
Status sync_directory(const std::filesystem::path& dir);
// Regular files below `dir` with the ending (".toml"), sorted by path.
Result<std::vector<std::filesystem::path>> list_files(const std::filesystem::path& dir, std::string_view ending);

// An exclusive lock on a file, held until destroyed; a second process gets kBusy at once.
class FileLock {
 public:
  static Result<FileLock> take(const std::filesystem::path& path);
  FileLock(FileLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// The error for errno `code` on `path`: kFull for ENOSPC and EDQUOT, else kIo.
Error io_error(const std::filesystem::path& path, int code);

}  // namespace nc
