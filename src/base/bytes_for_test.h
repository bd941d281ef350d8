// For tests of what the pages of docs/formats show: ids whose bytes count upward, bytes as hexadecimal digits and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"

namespace nc::test {

// A byte as an id of its own, for its digits.
using Byte = Id<struct ByteTag, 1>;

template <typename SomeId>
SomeId counting(std::uint8_t first) {
  SomeId out;
  for (auto& byte : out.bytes) byte = first++;
  return out;
}

inline std::string hex_of(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += Byte{{static_cast<std::uint8_t>(byte)}}.hex();
  return out;
}

// `hex`: digits, two a byte.
inline std::string bytes_of(std::string_view hex) {
  std::string out;
  for (std::size_t at = 0; at + 2 <= hex.size(); at += 2)
    out += static_cast<char>(Byte::from_hex(std::string(hex.substr(at, 2))).value().bytes[0]);
  return out;
}

}  // namespace nc::test
