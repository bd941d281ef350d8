// OpenSSL's own functions for the hash, not its EVP interface: they use the processor's instructions for SHA-256, which
// libsodium does not, and need no allocation for each of the thousand small hashes of a check. OpenSSL 3 calls them
// deprecated in favour of EVP; should they go, EVP takes their place here and nowhere else.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "foundation/crypto/hash.h"

#include <openssl/sha.h>

#include <type_traits>

#include "base/check.h"

namespace nc::crypto {
namespace {

using State = SHA256_CTX;
static_assert(sizeof(State) <= 128 && alignof(State) <= 16 && std::is_trivially_copyable_v<State>);

State* as_state(std::array<std::uint8_t, 128>& room) { return reinterpret_cast<State*>(room.data()); }

std::span<const std::uint8_t> as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

Digest sha256(std::span<const std::uint8_t> bytes) { return Sha256().update(bytes).finish(); }

Digest sha256(std::string_view bytes) { return sha256(as_bytes(bytes)); }

Sha256::Sha256() { start(); }

void Sha256::start() { NC_CHECK(SHA256_Init(as_state(state_)) == 1); }

Sha256& Sha256::update(std::span<const std::uint8_t> bytes) {
  NC_CHECK(SHA256_Update(as_state(state_), bytes.data(), bytes.size()) == 1);
  return *this;
}

Sha256& Sha256::update(std::string_view bytes) { return update(as_bytes(bytes)); }

Digest Sha256::finish() {
  Digest out;
  NC_CHECK(SHA256_Final(out.bytes.data(), as_state(state_)) == 1);
  start();
  return out;
}

}  // namespace nc::crypto
