#include "base/destroy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/files.h"

namespace nc {
namespace {

// 0, or the errno of what went wrong.
int overwrite(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return errno;
  static constexpr std::array<char, 65536> kZeros{};
  for (off_t at = 0; at < info.st_size;) {
    const auto count = std::min<off_t>(info.st_size - at, static_cast<off_t>(kZeros.size()));
    const ssize_t n = ::pwrite(fd, kZeros.data(), static_cast<std::size_t>(count), at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    at += n;
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

}  // namespace

Status destroy_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0) return fail(io_error(path, errno));
  const int code = overwrite(fd);
  ::close(fd);
  if (code != 0) return fail(io_error(path, code));
  if (::unlink(path.c_str()) != 0) return fail(io_error(path, errno));
  return {};
}

}  // namespace nc
