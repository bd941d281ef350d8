// A text that the holder of one Ed25519 key can read, and nobody else: libsodium's crypto_box_seal to the X25519 form of the key.
// Who made it is not said: the caller signs. Unlike crypto_box_seal itself it draws from the Rng that it is given.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/rng.h"
#include "foundation/crypto/sign.h"

namespace nc::crypto {

inline constexpr std::size_t kBoxOverhead = 48;  // bytes that the box is longer

// kInvalid: it is no key.
Result<std::string> seal_box(const PublicKey& receiver, std::string_view text, Rng& rng);
// kDenied: it is for another, or was altered.
Result<std::string> open_box(const SigningKey& receiver, std::string_view box);

}  // namespace nc::crypto
