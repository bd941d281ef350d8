// Vectors of the RFCs.
#include "foundation/crypto/totp.h"

#include <gtest/gtest.h>

#include <array>

namespace nc::crypto {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";

TEST(Totp, CodesOfRfc4226AppendixD) {
  constexpr std::array kCodes = {"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t i = 0; i < kCodes.size(); ++i) EXPECT_EQ(totp_code(kSecret, static_cast<std::int64_t>(i)), kCodes[i]) << i;
}

// The RFC prints eight digits; ours are the last six.
TEST(Totp, CodesOfRfc6238AppendixB) {
  const std::array<std::pair<std::int64_t, const char*>, 6> codes = {{{59, "287082"},
                                                                      {1111111109, "081804"},
                                                                      {1111111111, "050471"},
                                                                      {1234567890, "005924"},
                                                                      {2000000000, "279037"},
                                                                      {20000000000, "353130"}}};
  for (const auto& [seconds, code] : codes) EXPECT_EQ(totp_code(kSecret, totp_step(seconds * 1000)), code) << seconds;
}

TEST(Totp, SecretsAreWrittenAsRfc4648Says) {
  EXPECT_EQ(base32(""), "");
  EXPECT_EQ(base32("f"), "MY");
  EXPECT_EQ(base32("fo"), "MZXQ");
  EXPECT_EQ(base32("foo"), "MZXW6");
  EXPECT_EQ(base32("foob"), "MZXW6YQ");
  EXPECT_EQ(base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(base32(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

}  // namespace
}  // namespace nc::crypto
