#include "foundation/crypto/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/check.h"

namespace nc::crypto {

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  const auto* done = HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &length);
  NC_CHECK(done != nullptr && length == 20);
  // RFC 4226 section 5.3: four bytes from where the last half byte says, without the sign.
  const std::size_t at = mac[19] & 0x0fU;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | mac[at + i];
  number &= 0x7fffffffU;
  std::string out(kTotpDigits, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, number /= 10) *digit = static_cast<char>('0' + number % 10);
  return out;
}

std::string base32(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= 5; held -= 5) out += kAlphabet[bits >> (held - 5) & 31U];
  }
  if (held > 0) out += kAlphabet[bits << (5 - held) & 31U];
  return out;
}

}  // namespace nc::crypto
