// Wrapping: a seed locked by a passphrase, as one line of text that may be stored or printed.
//
// Form: "ncwrap1:" salt ":" nonce ":" box, in lower-case hexadecimal (16, 24 and 48 bytes).
// Version 1: key = Argon2id(passphrase in NFC, salt; 19 MiB, four passes), box = XChaCha20-Poly1305
// with the associated data "ncwrap1". Twice the passes of a login, because whoever steals the text
// may try as long as he likes.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/rng.h"
#include "foundation/crypto/secret.h"

namespace nc::crypto {

// Errors as hash_password.
Result<std::string> wrap(const SecretBytes<32>& seed, const SecretString& passphrase, Rng& rng);

// kDenied: the passphrase does not fit (or the box was altered, which looks the same).
// kCorrupt: not this form. kUnsupported: a later version of it.
Result<SecretBytes<32>> unwrap(std::string_view text, const SecretString& passphrase);

}  // namespace nc::crypto
