// SHA-256 (FIPS 180-4), whole and in pieces.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/id.h"

namespace nc::crypto {

[[nodiscard]] Digest sha256(std::span<const std::uint8_t> bytes);
[[nodiscard]] Digest sha256(std::string_view bytes);

// The hash of what was given to update(), in order. One thread at a time; a copy goes on alone.
class Sha256 {
 public:
  Sha256();
  Sha256& update(std::span<const std::uint8_t> bytes);
  Sha256& update(std::string_view bytes);
  // The digest; the object then starts anew.
  [[nodiscard]] Digest finish();

 private:
  void start();
  // The library's state, kept opaque so that its header stays inside this room.
  alignas(16) std::array<std::uint8_t, 128> state_{};
};

}  // namespace nc::crypto
