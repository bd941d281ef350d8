// Inside the room only: what every Argon2 computation shares.
#pragma once

#include <mutex>

#include "base/error.h"
#include "foundation/crypto/secret.h"

namespace nc::crypto {

inline constexpr std::size_t kArgonBytes = std::size_t{19} * 1024 * 1024;

// Hold this while computing.
std::mutex& argon_turn();

// The NFC form of what was typed; kInvalid when empty, kLimit when over limits::kPasswordBytesMax.
Result<SecretString> prepared_passphrase(const SecretString& typed);

}  // namespace nc::crypto
