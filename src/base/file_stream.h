// Files read and written in pieces, for what is too large to be held whole.
//
// Plain owners of a descriptor; one thread at a time, but InputFile::read_at may be called from several. What is
// written counts as kept only after sync() and, for a new name, sync_directory() (files.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace nc {

class InputFile {
 public:
  // A regular file, never through a symbolic link. kNotFound when it is not there.
  static Result<InputFile> open(const std::filesystem::path& path);
  InputFile(InputFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), size_(other.size_), path_(std::move(other.path_)) {}
  InputFile& operator=(InputFile&& other) noexcept;
  InputFile(const InputFile&) = delete;
  ~InputFile();

  [[nodiscard]] std::int64_t size() const { return size_; }  // when it was opened
  // Fills `into` as far as the file goes; less only at its end.
  [[nodiscard]] Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const;
  // For a child process; stays this object's.
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  InputFile(int fd, std::int64_t size, std::filesystem::path path) : fd_(fd), size_(size), path_(std::move(path)) {}
  int fd_ = -1;
  std::int64_t size_ = 0;
  std::filesystem::path path_;
};

class OutputFile {
 public:
  // A new file that only its owner may read; kConflict when the name is taken.
  static Result<OutputFile> create(const std::filesystem::path& path);
  // Goes on at the end of a file that is there.
  static Result<OutputFile> append_to(const std::filesystem::path& path);
  OutputFile(OutputFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), size_(other.size_), path_(std::move(other.path_)) {}
  OutputFile& operator=(OutputFile&&) = delete;
  OutputFile(const OutputFile&) = delete;
  ~OutputFile();

  [[nodiscard]] std::int64_t size() const { return size_; }
  Status write(std::string_view piece);
  Status sync();

 private:
  OutputFile(int fd, std::int64_t size, std::filesystem::path path) : fd_(fd), size_(size), path_(std::move(path)) {}
  int fd_ = -1;
  std::int64_t size_ = 0;
  std::filesystem::path path_;
};

// A second name for a file of the same disk; fine when it is there already. The caller syncs the directory.
Status link_file(const std::filesystem::path& file, const std::filesystem::path& name);
// Takes the name away; when it is the last one the bytes are overwritten first (destroy.h). Fine when absent.
Status destroy_name(const std::filesystem::path& path);
// How many names the file has; 0 when it is not there.
std::int64_t names_of_file(const std::filesystem::path& path);
// Whether a file of so many bytes could be made in `dir` now; tried, where the system can, with a file that has no name.
bool could_write(const std::filesystem::path& dir, std::int64_t bytes);
// Whether the disk of `dir` has room for so many more bytes and keeps `reserve`; kFull says how much there is.
Status room_for(const std::filesystem::path& dir, std::int64_t bytes, std::int64_t reserve);

}  // namespace nc
