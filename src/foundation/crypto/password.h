// Passwords at rest: Argon2id, 19 MiB, two passes (RFC 9106, OWASP's figures for small machines).
//
// Threads: any; only one Argon2 computation of this room runs in the process at a time, because a
// post has 64 MiB in all. Others wait their turn (some 30 to 60 ms each).
// What counts is the NFC form, so that the same password typed by another input method fits.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "foundation/crypto/secret.h"

namespace nc::crypto {

// The text to store, with parameters and salt inside. kInvalid when empty, kLimit when longer than
// limits::kPasswordBytesMax, kBusy when there is no memory.
Result<std::string> hash_password(const SecretString& password);

// False also when the stored text is damaged, and costs the same then.
[[nodiscard]] bool verify_password(std::string_view stored, const SecretString& password);

// For an account that does not exist: takes as long as verify_password.
void waste_password_time(const SecretString& password);

}  // namespace nc::crypto
