// On what kind of disk a folder lies: is the volume under it encrypted, as far as a program can see?
//
// Seen are dm-crypt (LUKS and plain, also below LVM and RAID), fscrypt folders, and the file systems that
// encrypt by themselves. Not seen: a disk that encrypts itself, and what lies below a virtual machine; hence
// kUnknown is an honest answer and kNone means "none that can be seen from here".
// Threads: any; nothing is kept.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace nc::store {

enum class Encryption { kEncrypted, kNone, kUnknown };

struct Volume {
  Encryption encryption = Encryption::kUnknown;
  std::string by;           // what encrypts: "CRYPT-LUKS2", "fscrypt", "ecryptfs"; empty otherwise
  std::string mount_point;  // empty: not found
  std::string filesystem;   // "ext4"
};

// Where the kernel tells; other folders for tests.
struct VolumeRoots {
  std::filesystem::path mountinfo = "/proc/self/mountinfo";
  std::filesystem::path sys = "/sys";
};

[[nodiscard]] Volume look_at_volume(const std::filesystem::path& dir, const VolumeRoots& roots = {});

// --- its parts ---
struct Mount {
  std::string device;  // "8:1"
  std::string mount_point, filesystem, source;
};
// The mount that an absolute path lies on, from the lines of proc_pid_mountinfo(5). Broken lines are passed over.
[[nodiscard]] std::optional<Mount> mount_of(std::string_view mountinfo, std::string_view path);

}  // namespace nc::store
