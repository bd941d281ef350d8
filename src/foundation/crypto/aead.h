// Sealing text under a key that is kept elsewhere, bound to the place where the sealed text stands.
//
// XChaCha20-Poly1305 (docs/formats/keys.md): the nonce is drawn at random for every sealing, `place` is
// the associated data. What is opened in another place, or was altered, does not open.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/id.h"
#include "base/rng.h"
#include "foundation/crypto/secret.h"

namespace nc::crypto {

using AeadNonce = Id<struct AeadNonceTag, 24>;

struct SealedText {
  AeadNonce nonce;
  std::string box;  // the text and 16 bytes more, in lower-case hexadecimal
};

SealedText seal_text(const SecretBytes<32>& key, std::string_view place, std::string_view text, Rng& rng);
// kDenied: another key or place, or altered. kCorrupt: not hexadecimal, or too short.
Result<std::string> open_text(const SecretBytes<32>& key, std::string_view place, const SealedText& sealed);

}  // namespace nc::crypto
