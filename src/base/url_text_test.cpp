#include "base/url_text.h"

#include <gtest/gtest.h>

namespace nc {
namespace {

TEST(UrlText, EveryByteComesBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const auto encoded = url_encode(all);
  EXPECT_EQ(url_decode(encoded, true), all);
  EXPECT_EQ(url_decode(encoded, false), all);
  EXPECT_EQ(encoded.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~%"), std::string::npos);
}

TEST(UrlText, OnlyWhatIsReservedIsEscaped) {
  EXPECT_EQ(url_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(url_encode("a b&c=d/ế"), "a%20b%26c%3Dd%2F%E1%BA%BF");
  EXPECT_EQ(url_decode("%e1%BA%bf", true), "ế") << "small digits as well";
}

TEST(UrlText, PlusIsASpaceInFormsAlone) {
  EXPECT_EQ(url_decode("hoi+dam%2B1", true), "hoi dam+1");
  EXPECT_EQ(url_decode("hoi+dam%2B1", false), "hoi+dam+1");
}

TEST(UrlText, ABrokenEscapeIsNoText) {
  for (const char* broken : {"%", "a%", "a%4", "%4", "%g0", "%0g", "%%41", "100%", "%+1", "a% 41"})
    EXPECT_EQ(url_decode(broken, true), std::nullopt) << broken;
}

}  // namespace
}  // namespace nc
