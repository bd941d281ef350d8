#include "base/files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/system_message.h"

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

std::string machine_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != 0 ? name : "?";
}

}  // namespace

Error io_error(const std::filesystem::path& path, int code) {
  if (code == ENOSPC || code == EDQUOT)
    return Error(ErrorCode::kFull, NC_MSG("The disk is full")).at(path.string()).then(NC_MSG("Free some space; nothing was changed"));
  return system_error(ErrorCode::kIo, code).at(path.string());
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

Status sync_directories(const std::filesystem::path& dir) {
  std::error_code ec;
  for (std::filesystem::recursive_directory_iterator it(dir, ec), end; !ec && it != end; it.increment(ec))
    if (it->is_directory(ec) && !it->is_symlink(ec)) NC_TRY(sync_directory(it->path()));
  if (ec) return fail(io_error(dir, ec.value()));
  NC_TRY(sync_directory(dir));
  const auto parent = std::filesystem::absolute(dir / ".").lexically_normal().parent_path().parent_path();
  return sync_directory(parent.empty() ? "/" : parent);
}

bool on_same_disk(const std::filesystem::path& a, const std::filesystem::path& b) {
  struct stat one{}, other{};
  return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0 && one.st_dev == other.st_dev;
}

bool may_write_in(const std::filesystem::path& dir) { return ::access(dir.c_str(), W_OK | X_OK) == 0; }

namespace {

// "PROCESS MACHINE" of whoever holds the lock; nothing when he did not get to write it, or has died
// and another holds the lock without a name.
std::vector<std::string> holder_of(int fd) {
  char text[300] = {};
  const ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
  const std::string_view line(text, n > 0 ? static_cast<std::size_t>(n) : 0);
  const auto space = line.find(' ');
  const auto end = line.find('\n');
  if (space == std::string_view::npos || end == std::string_view::npos || end < space) return {};
  std::string process(line.substr(0, space)), machine(line.substr(space + 1, end - space - 1));
  const pid_t id = std::atoi(process.c_str());
  if (id <= 0 || (machine == machine_name() && ::kill(id, 0) != 0 && errno == ESRCH)) return {};
  return {std::move(process), std::move(machine)};
}

Error held_by_another(const std::filesystem::path& path, int fd) {
  const auto holder = holder_of(fd);
  auto error = holder.empty()
                   ? Error(ErrorCode::kBusy, NC_MSG("Another nhipcau process holds this data directory"))
                   : Error(ErrorCode::kBusy, NC_MSG("Another nhipcau process holds this data directory: process {1} on {2}"), holder);
  return std::move(error).at(path.parent_path().string()).then(NC_MSG("Stop it, or use its web pages"));
}

// Only for people: a full disk is no reason to refuse the lock.
void write_holder(int fd) {
  const std::string line = std::to_string(::getpid()) + " " + machine_name() + "\n";
  if (::ftruncate(fd, 0) == 0) static_cast<void>(::pwrite(fd, line.data(), line.size(), 0) == 0);
}

}  // namespace

Result<FileLock> FileLock::take(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.get() < 0 && (errno == EROFS || errno == EACCES || errno == EPERM))
    return fail(Error(ErrorCode::kDenied, NC_MSG("This data directory can only be read: its disk or its rights allow no changes"))
                    .at(path.parent_path().string())
                    .then(NC_MSG("To write, use a disk that can be written, and the account that owns the directory")));
  if (fd.get() < 0) return fail(io_error(path, errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(io_error(path, errno));
    return fail(held_by_another(path, fd.get()));
  }
  write_holder(fd.get());
  return FileLock(fd.release(), true);
}

Result<FileLock> FileLock::share(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0 && errno == ENOENT) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no lock file here")).at(path.string()));
  if (fd.get() < 0) return fail(io_error(path, errno));
  if (::flock(fd.get(), LOCK_SH | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(io_error(path, errno));
    return fail(held_by_another(path, fd.get()));
  }
  return FileLock(fd.release(), false);
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    release();
    fd_ = std::exchange(other.fd_, -1);
    exclusive_ = other.exclusive_;
  }
  return *this;
}

FileLock::~FileLock() { release(); }

void FileLock::release() {
  if (fd_ < 0) return;
  if (exclusive_) static_cast<void>(::ftruncate(fd_, 0) == 0);  // a name that stays would be a wrong one
  ::close(fd_);
  fd_ = -1;
}

}  // namespace nc
