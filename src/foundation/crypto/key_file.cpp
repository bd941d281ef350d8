#include "foundation/crypto/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"

namespace nc::crypto {
namespace {

constexpr std::string_view kName = "nhipcau-key-";
constexpr std::string_view kFirstLine = "nhipcau-key-1\n";
constexpr std::size_t kFileBytes = kFirstLine.size() + 64 + 1;

// Wiped at every way out of a function.
struct WipedText {
  std::string text;
  ~WipedText() { wipe(text); }
};

Error refused(ErrorCode code, const char* message, const std::filesystem::path& path) { return Error(code, message).at(path.string()); }

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Opens and looks at the same file, so that it cannot be exchanged in between.
Status read_private(const std::filesystem::path& path, std::string& out) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT) return fail(refused(ErrorCode::kNotFound, NC_MSG("There is no key file here"), path));
    return fail(io_error(path, errno));
  }
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } closer{fd};
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail(io_error(path, errno));
  if (!S_ISREG(info.st_mode)) return fail(refused(ErrorCode::kCorrupt, NC_MSG("This is not a key file"), path));
  if ((info.st_mode & 077) != 0) {
    return fail(refused(ErrorCode::kDenied, NC_MSG("The key file may be read or changed by others than its owner"), path)
                    .then(NC_MSG("Run chmod 600 on it, and replace the key if others may have read it")));
  }
  out.resize(kFileBytes + 1);  // one more, to see a longer file
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::read(fd, out.data() + have, out.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(io_error(path, errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return {};
}

}  // namespace

Status write_key_file(const std::filesystem::path& path, const SigningKey& key) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  WipedText file;
  file.text.reserve(kFileBytes);  // no reallocation, which would leave a copy behind
  file.text = kFirstLine;
  for (const auto byte : key.seed().bytes()) {
    file.text += kDigits[byte >> 4];
    file.text += kDigits[byte & 15];
  }
  file.text += '\n';
  // A temporary file left by a power cut could have another mode, which would stay.
  auto left_over = path;
  left_over += ".new";
  ::unlink(left_over.c_str());
  return write_file_durably(path, file.text, 0600);
}

Result<SigningKey> read_key_file(const std::filesystem::path& path) {
  WipedText file;
  NC_TRY(read_private(path, file.text));
  const std::string_view text = file.text;
  if (text.starts_with(kName) && !text.starts_with(kFirstLine)) {
    return fail(refused(ErrorCode::kUnsupported, NC_MSG("The key file was written by a newer version of this program"), path));
  }
  const Error damaged = refused(ErrorCode::kCorrupt, NC_MSG("This is not a key file"), path);
  if (text.size() != kFileBytes || !text.starts_with(kFirstLine) || text.back() != '\n') return fail(damaged);
  SecretBytes<32> seed;
  for (std::size_t i = 0; i < 32; ++i) {
    const int high = digit_of(text[kFirstLine.size() + 2 * i]);
    const int low = digit_of(text[kFirstLine.size() + 2 * i + 1]);
    if (high < 0 || low < 0) return fail(damaged);
    seed.bytes()[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return SigningKey::from_seed(std::move(seed));
}

}  // namespace nc::crypto
