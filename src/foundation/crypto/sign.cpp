#include "foundation/crypto/sign.h"

#include <sodium.h>

#include "foundation/crypto/ready.h"

namespace nc::crypto {
namespace {

const unsigned char* as_bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

SigningKey SigningKey::generate(Rng& rng) { return from_seed(SecretBytes<32>::random(rng)); }

SigningKey SigningKey::from_seed(SecretBytes<32> seed) {
  ensure_ready();
  SigningKey key;
  key.seed_ = std::move(seed);
  crypto_sign_seed_keypair(key.public_.bytes.data(), key.expanded_.bytes().data(), key.seed_.bytes().data());
  return key;
}

Signature SigningKey::sign(std::string_view message) const {
  Signature out;
  crypto_sign_detached(out.bytes.data(), nullptr, as_bytes(message), message.size(), expanded_.bytes().data());
  return out;
}

bool verify(const PublicKey& key, std::string_view message, const Signature& signature) {
  ensure_ready();
  return crypto_sign_verify_detached(signature.bytes.data(), as_bytes(message), message.size(), key.bytes.data()) == 0;
}

}  // namespace nc::crypto
