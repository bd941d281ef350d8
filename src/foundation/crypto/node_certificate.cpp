#include "foundation/crypto/node_certificate.h"

#include <array>

namespace nc::crypto {
namespace {

using namespace std::string_literals;

// DER by hand: all of it is fixed but the key and the signature, and every length is below 65,536.
std::string der(unsigned char tag, const std::string& content) {
  const auto size = content.size();
  std::string out(1, static_cast<char>(tag));
  if (size >= 256) out += {static_cast<char>(0x82), static_cast<char>(size >> 8)};
  else if (size >= 128) out += static_cast<char>(0x81);
  out += static_cast<char>(size & 0xff);
  return out + content;
}

constexpr unsigned char kInteger = 2, kBits = 3, kOctets = 4, kOid = 6, kUtf8 = 12, kUtcTime = 23, kTime = 24, kSequence = 48, kSet = 49;

template <std::size_t N>
std::string raw(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

std::string ed25519() { return der(kSequence, der(kOid, "\x2b\x65\x70"s)); }  // 1.3.101.112

}  // namespace

std::string node_certificate(const SigningKey& key) {
  const auto name = der(kSequence, der(kSet, der(kSequence, der(kOid, "\x55\x04\x03"s) + der(kUtf8, "nhipcau"s))));  // CN
  const auto valid = der(kSequence, der(kUtcTime, "700101000000Z"s) + der(kTime, "99991231235959Z"s));
  const auto public_key = der(kSequence, ed25519() + der(kBits, "\0"s + raw(key.public_key().bytes)));
  const auto content = der(kSequence, der(kInteger, "\x01"s) + ed25519() + name + valid + name + public_key);
  return der(kSequence, content + ed25519() + der(kBits, "\0"s + raw(key.sign(content).bytes)));
}

std::string private_key_der(const SigningKey& key) {
  const auto seed = key.seed().bytes();
  std::string bytes(reinterpret_cast<const char*>(seed.data()), seed.size());
  auto inner = der(kOctets, bytes);
  auto out = der(kSequence, der(kInteger, "\0"s) + ed25519() + der(kOctets, inner));
  wipe(bytes);
  wipe(inner);
  return out;
}

}  // namespace nc::crypto
