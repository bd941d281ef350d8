// Ed25519 (RFC 8032) over whole messages.
#pragma once

#include <string_view>

#include "base/id.h"
#include "base/rng.h"
#include "foundation/crypto/secret.h"

namespace nc::crypto {

// A key that signs for a node, an incarnation or a person.
// Owns: its seed, wiped at the end. Threads: const members may be called from several at once.
class SigningKey {
 public:
  static SigningKey generate(Rng& rng);
  static SigningKey from_seed(SecretBytes<32> seed);

  [[nodiscard]] const PublicKey& public_key() const { return public_; }
  [[nodiscard]] Signature sign(std::string_view message) const;
  [[nodiscard]] const SecretBytes<32>& seed() const { return seed_; }

 private:
  SigningKey() = default;
  SecretBytes<32> seed_;
  SecretBytes<64> expanded_;
  PublicKey public_;
};

// False for a wrong signature, and for keys of small order and non-canonical signatures, which
// would let one signature fit several messages or have several spellings.
[[nodiscard]] bool verify(const PublicKey& key, std::string_view message, const Signature& signature);

}  // namespace nc::crypto
