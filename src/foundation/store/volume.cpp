#include "foundation/store/volume.h"

#include <fcntl.h>
#include <linux/fscrypt.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/files.h"
#include "base/text.h"

namespace nc::store {
namespace {

namespace fs = std::filesystem;

constexpr int kDevicesDepthMax = 8;
constexpr std::array<std::string_view, 5> kEncryptingFileSystems = {"ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs",
                                                                    "fuse.securefs"};

// "\040" and the like, as mountinfo writes blanks.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7' ? text[at] - '0' : -1; };
    if (text[i] == '\\' && digit(i + 1) >= 0 && digit(i + 2) >= 0 && digit(i + 3) >= 0) {
      out += static_cast<char>(digit(i + 1) * 64 + digit(i + 2) * 8 + digit(i + 3));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<Mount> mount_from(std::string_view line) {
  const auto words = split_trimmed(line, ' ');
  if (words.size() < 9) return std::nullopt;
  const auto dash = std::find(words.begin() + 6, words.end(), "-");  // after any number of optional words
  if (words.end() - dash < 3) return std::nullopt;
  return Mount{std::string(words[2]), unescaped(words[4]), std::string(dash[1]), unescaped(dash[2])};
}

bool lies_in(std::string_view path, std::string_view folder) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string first_line(const fs::path& file) {
  const auto text = read_file(file, 4096);
  return text ? std::string(trim(std::string_view(*text).substr(0, text->find('\n')))) : std::string();
}

// A device is encrypted when it is a dm-crypt mapping or lies on nothing but such.
Encryption encryption_of(const fs::path& sys, const std::string& device, int depth, std::string& by) {
  const auto place = sys / "dev" / "block" / device;
  std::error_code ec;
  if (depth > kDevicesDepthMax || !fs::exists(place, ec)) return Encryption::kUnknown;
  const auto uuid = first_line(place / "dm" / "uuid");
  if (uuid.starts_with("CRYPT-")) {
    by = uuid.substr(0, uuid.find('-', 6));
    return Encryption::kEncrypted;
  }
  auto found = Encryption::kNone;
  bool any = false;
  for (const auto& slave : fs::directory_iterator(place / "slaves", ec)) {
    const auto below = encryption_of(sys, first_line(slave.path() / "dev"), depth + 1, by);
    if (!any) found = below;
    else if (below != Encryption::kEncrypted) found = below;
    any = true;
  }
  if (found != Encryption::kEncrypted) by.clear();
  return found;
}

bool has_fscrypt_policy(const fs::path& dir) {
  const int fd = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  fscrypt_get_policy_ex_arg policy{};
  policy.policy_size = sizeof(policy.policy);
  const bool found = ::ioctl(fd, FS_IOC_GET_ENCRYPTION_POLICY_EX, &policy) == 0;
  ::close(fd);
  return found;
}

// File systems on several devices have a number of their own; the device that was mounted says more.
std::string device_of(const Mount& mount) {
  if (!mount.device.starts_with("0:")) return mount.device;
  struct stat info{};
  if (!mount.source.starts_with("/dev/") || ::stat(mount.source.c_str(), &info) != 0 || !S_ISBLK(info.st_mode)) return {};
  return std::to_string(major(info.st_rdev)) + ":" + std::to_string(minor(info.st_rdev));
}

}  // namespace

std::optional<Mount> mount_of(std::string_view mountinfo, std::string_view path) {
  std::optional<Mount> best;
  for (const auto& line : split_trimmed(mountinfo, '\n')) {
    auto mount = mount_from(line);
    // Of equal places the last one mounted is seen.
    if (mount && lies_in(path, mount->mount_point) && (!best || mount->mount_point.size() >= best->mount_point.size()))
      best = std::move(mount);
  }
  return best;
}

Volume look_at_volume(const fs::path& dir, const VolumeRoots& roots) {
  Volume volume;
  std::error_code ec;
  const auto path = fs::canonical(dir, ec);
  const auto text = read_file(roots.mountinfo);
  const auto mount = ec || !text ? std::nullopt : mount_of(*text, path.string());
  if (!mount) return volume;
  volume.mount_point = mount->mount_point;
  volume.filesystem = mount->filesystem;
  if (has_fscrypt_policy(path)) {
    volume.by = "fscrypt";
    volume.encryption = Encryption::kEncrypted;
  } else if (std::find(kEncryptingFileSystems.begin(), kEncryptingFileSystems.end(), mount->filesystem) != kEncryptingFileSystems.end()) {
    volume.by = mount->filesystem;
    volume.encryption = Encryption::kEncrypted;
  } else {
    volume.encryption = encryption_of(roots.sys, device_of(*mount), 0, volume.by);
  }
  return volume;
}

}  // namespace nc::store
