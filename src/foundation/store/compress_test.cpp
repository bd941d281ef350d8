#include "foundation/store/compress.h"

#include <gtest/gtest.h>

namespace nc::store {
namespace {

TEST(Compress, GivesBackWhatWentIn) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "tuần tra song phương " + std::to_string(i % 7);
  for (const auto& bytes : {std::string(), std::string("x"), std::string(3, '\0'), text}) {
    const auto again = decompress(compress(bytes), bytes.size());
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, bytes);
  }
  EXPECT_LT(compress(text).size(), text.size() / 5);
}

TEST(Compress, RefusesWhatIsLongerThanAllowedOrNoFrame) {
  const auto frame = compress(std::string(1000, 'a'));
  EXPECT_TRUE(decompress(frame, 1000));
  for (const auto& bad : {frame.substr(0, frame.size() - 1), std::string(), std::string("not a frame")})
    EXPECT_EQ(decompress(bad, 1000).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(decompress(frame, 999).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace nc::store
