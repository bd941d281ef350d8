#include "foundation/crypto/token.h"

#include <sodium.h>

#include <array>
#include <vector>

#include "foundation/crypto/ready.h"
#include "foundation/crypto/secret.h"

namespace nc::crypto {
namespace {

constexpr std::string_view kLetters = "bcdfghjkmnpqrstvxz23456789";
static_assert(kLetters.size() == 26);

char random_letter(Rng& rng) {
  constexpr unsigned kFair = 256 / 26 * 26;  // above this, some letters would come more often
  for (;;) {
    std::array<std::uint8_t, 1> byte{};
    rng.fill(byte);
    if (byte[0] < kFair) return kLetters[byte[0] % kLetters.size()];
  }
}

bool safe_for_input_methods(std::string_view group) {
  const auto d = group.find('d');
  return d == std::string_view::npos || group.find_first_of("d9", d + 1) == std::string_view::npos;
}

}  // namespace

bool equal_constant_time(std::string_view a, std::string_view b) {
  ensure_ready();
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_password(Rng& rng) {
  std::string out;
  while (out.size() < 19) {
    std::string group;
    for (int i = 0; i < 4; ++i) group += random_letter(rng);
    if (!safe_for_input_methods(group)) continue;  // whole groups, so that the rest stays uniform
    if (!out.empty()) out += '-';
    out += group;
  }
  return out;
}

std::string random_token_hex(Rng& rng, std::size_t bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::vector<std::uint8_t> raw(bytes);
  rng.fill(raw);
  std::string out;
  out.reserve(2 * bytes);
  for (const auto byte : raw) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  wipe(raw);
  return out;
}

}  // namespace nc::crypto
