#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace nc {
namespace {

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

Status write_all(int fd, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(io_error(path, errno));
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::fsync(fd) != 0) return fail(io_error(path, errno));
  return {};
}

}  // namespace

Error io_error(const std::filesystem::path& path, int code) {
  if (code == ENOSPC || code == EDQUOT)
    return Error(ErrorCode::kFull, NC_MSG("The disk is full")).at(path.string()).then(NC_MSG("Free some space; nothing was changed"));
  return Error(ErrorCode::kIo, NC_MSG("{1}"), {std::strerror(code)}).at(path.string());
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return fail(io_error(path, errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return fail(io_error(path, errno));
  if (S_ISDIR(info.st_mode)) return fail(io_error(path, EISDIR));
  std::string content;
  char buffer[65536];
  while (true) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(io_error(path, errno));
    if (n == 0) return content;
    content.append(buffer, static_cast<std::size_t>(n));
    if (content.size() > bytes_max)
      return fail(Error(ErrorCode::kLimit, NC_MSG("The file is larger than {1} bytes"), {std::to_string(bytes_max)}).at(path.string()));
  }
}

Status write_file_durably(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  auto temporary = path;
  temporary += ".new";
  {
    const Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (fd.get() < 0) return fail(io_error(temporary, errno));
    NC_TRY(write_all(fd.get(), content, temporary));
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(io_error(path, errno));
  return sync_directory(path.has_parent_path() ? path.parent_path() : ".");
}

Status sync_directory(const std::filesystem::path& dir) {
  const Fd fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return fail(io_error(dir, errno));
  if (::fsync(fd.get()) != 0) return fail(io_error(dir, errno));
  return {};
}

Result<std::vector<std::filesystem::path>> list_files(const std::filesystem::path& dir, std::string_view ending) {
  std::vector<std::filesystem::path> found;
  std::error_code ec;
  std::filesystem::recursive_directory_iterator it(dir, ec);
  if (ec) return fail(io_error(dir, ec.value()));
  for (; it != std::filesystem::recursive_directory_iterator(); it.increment(ec)) {
    if (ec) return fail(io_error(dir, ec.value()));
    if (it->is_regular_file(ec) && it->path().filename().string().ends_with(ending)) found.push_back(it->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<FileLock> FileLock::take(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.get() < 0) return fail(io_error(path, errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(io_error(path, errno));
    return fail(Error(ErrorCode::kBusy, NC_MSG("Another nhipcau process holds this data directory"))
                    .at(path.parent_path().string())
                    .then(NC_MSG("Stop it, or use its web pages")));
  }
  return FileLock(fd.release());
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.fd_;
    other.fd_ = -1;
  }
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace nc
