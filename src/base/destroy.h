// Files whose content must not be read again.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace nc {

// Overwrites every byte in place with zeros, syncs, then removes the file; none there is well. On a spinning
// disk with a file system that writes in place the bytes are gone. Disks of flash memory, file systems that copy on
// write and snapshots may keep the old blocks: an encrypted volume is what protects those.
Status destroy_file(const std::filesystem::path& path);

}  // namespace nc
