#include "foundation/crypto/hash.h"

#include <sodium.h>

#include <type_traits>

#include "foundation/crypto/ready.h"

namespace nc::crypto {
namespace {

using State = crypto_hash_sha256_state;
static_assert(sizeof(State) <= 128 && alignof(State) <= 16 && std::is_trivially_copyable_v<State>);

State* as_state(std::array<std::uint8_t, 128>& room) { return reinterpret_cast<State*>(room.data()); }

std::span<const std::uint8_t> as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

Digest sha256(std::span<const std::uint8_t> bytes) {
  ensure_ready();
  Digest out;
  crypto_hash_sha256(out.bytes.data(), bytes.data(), bytes.size());
  return out;
}

Digest sha256(std::string_view bytes) { return sha256(as_bytes(bytes)); }

Sha256::Sha256() {
  ensure_ready();
  start();
}

void Sha256::start() { crypto_hash_sha256_init(as_state(state_)); }

Sha256& Sha256::update(std::span<const std::uint8_t> bytes) {
  crypto_hash_sha256_update(as_state(state_), bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::update(std::string_view bytes) { return update(as_bytes(bytes)); }

Digest Sha256::finish() {
  Digest out;
  crypto_hash_sha256_final(as_state(state_), out.bytes.data());
  start();
  return out;
}

}  // namespace nc::crypto
