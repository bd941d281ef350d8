// Small things made of randomness, and the comparison that does not tell how much was right.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/rng.h"

namespace nc::crypto {

// Time depends on the lengths only.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);

// A password to hand out: "k3mn-7vbt-xq2r-hc9p", a little over 75 bits with the system's generator.
// Only characters that are hard to mistake, without vowels and w, and without a d before another d
// or a 9 in a group: a Vietnamese input method (Telex, VNI) left on would change those.
[[nodiscard]] std::string random_password(Rng& rng);

// 2 * bytes lower-case hexadecimal digits.
[[nodiscard]] std::string random_token_hex(Rng& rng, std::size_t bytes);

}  // namespace nc::crypto
