// Key files: "nhipcau-key-1\n" and the seed in hexadecimal, for the owner's eyes only (0600).
#pragma once

#include <filesystem>

#include "base/error.h"
#include "foundation/crypto/sign.h"

namespace nc::crypto {

// Durable when it returns (base/files.h); replaces an older file.
Status write_key_file(const std::filesystem::path& path, const SigningKey& key);

// kNotFound, kDenied (others than the owner may read or write it), kCorrupt (not this form),
// kUnsupported (a later form), kIo.
Result<SigningKey> read_key_file(const std::filesystem::path& path);

}  // namespace nc::crypto
