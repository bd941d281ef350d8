// Codes of an authenticator: RFC 6238 over HMAC-SHA-1, six digits, a new one every thirty seconds (what every
// authenticator program understands). Not here: which code was used already, delays (ledger/access).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/crypto/secret.h"

namespace nc::crypto {

inline constexpr std::size_t kTotpSecretBytes = 20;  // as long as the hash, RFC 4226 section 4
inline constexpr std::int64_t kTotpStepMs = 30'000;
inline constexpr std::size_t kTotpDigits = 6;

[[nodiscard]] constexpr std::int64_t totp_step(std::int64_t wall_ms) { return wall_ms / kTotpStepMs; }
// The code of the step, with leading zeros. `secret`: raw bytes.
[[nodiscard]] std::string totp_code(std::string_view secret, std::int64_t step);
// RFC 4648 without padding, capitals: how a secret is typed into an authenticator.
[[nodiscard]] std::string base32(std::string_view bytes);

}  // namespace nc::crypto
