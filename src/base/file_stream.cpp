#include "base/file_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "base/destroy.h"
#include "base/files.h"

namespace nc {
namespace {

void close_quietly(int fd) {
  if (fd >= 0) ::close(fd);
}

Error open_error(const std::filesystem::path& path, int code) {
  if (code == ENOENT) return Error(ErrorCode::kNotFound, NC_MSG("There is no such file")).at(path.string());
  if (code == EEXIST) return Error(ErrorCode::kConflict, NC_MSG("The file exists already")).at(path.string());
  return io_error(path, code);
}

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return fail(open_error(path, errno));
  struct stat info{};
  const bool regular = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  if (regular) return InputFile(fd, info.st_size, path);
  close_quietly(fd);
  return fail(Error(ErrorCode::kInvalid, NC_MSG("This is not a regular file")).at(path.string()));
}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
  if (this == &other) return *this;
  close_quietly(fd_);
  fd_ = std::exchange(other.fd_, -1);
  size_ = other.size_;
  path_ = std::move(other.path_);
  return *this;
}

InputFile::~InputFile() { close_quietly(fd_); }

Result<std::size_t> InputFile::read_at(std::int64_t offset, std::span<char> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t n = ::pread(fd_, into.data() + done, into.size() - done, offset + static_cast<std::int64_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(io_error(path_, errno));
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<OutputFile> OutputFile::create(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail(open_error(path, errno));
  return OutputFile(fd, 0, path);
}

Result<OutputFile> OutputFile::append_to(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return fail(open_error(path, errno));
  struct stat info{};
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) return OutputFile(fd, info.st_size, path);
  close_quietly(fd);
  return fail(Error(ErrorCode::kInvalid, NC_MSG("This is not a regular file")).at(path.string()));
}

OutputFile::~OutputFile() { close_quietly(fd_); }

Status OutputFile::write(std::string_view piece) {
  while (!piece.empty()) {
    const ssize_t n = ::write(fd_, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(io_error(path_, errno));
    size_ += n;
    piece.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status OutputFile::sync() {
  if (::fsync(fd_) != 0) return fail(io_error(path_, errno));
  return {};
}

Status link_file(const std::filesystem::path& file, const std::filesystem::path& name) {
  if (::link(file.c_str(), name.c_str()) == 0 || errno == EEXIST) return {};
  return fail(open_error(name, errno));
}

std::int64_t names_of_file(const std::filesystem::path& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0 ? static_cast<std::int64_t>(info.st_nlink) : 0;
}

Status destroy_name(const std::filesystem::path& path) {
  if (names_of_file(path) < 2) return destroy_file(path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(io_error(path, errno));
  return {};
}

bool could_write(const std::filesystem::path& dir, std::int64_t bytes) {
  const int fd = ::open(dir.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && errno != EOPNOTSUPP && errno != EISDIR) return false;
  const int code = fd < 0 ? EOPNOTSUPP : ::fallocate(fd, 0, 0, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
  if (fd >= 0) ::close(fd);
  return code == EOPNOTSUPP ? room_for(dir, bytes, 0).has_value() : code == 0;
}

Status room_for(const std::filesystem::path& dir, std::int64_t bytes, std::int64_t reserve) {
  struct statvfs info{};
  if (::statvfs(dir.c_str(), &info) != 0) return fail(io_error(dir, errno));
  const auto free = static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
  if (free - reserve >= bytes) return {};
  return fail(Error(ErrorCode::kFull, NC_MSG("The disk has only {1} MiB left, which are kept for the journal"),
                    {std::to_string(free / (1024 * 1024))})
                  .then(NC_MSG("Free some space; nothing was changed")));
}

}  // namespace nc
