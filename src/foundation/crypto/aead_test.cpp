#include "foundation/crypto/aead.h"

#include <gtest/gtest.h>

namespace nc::crypto {
namespace {

class SealedTextTest : public ::testing::Test {
 protected:
  SeededRng rng_{7};
  SecretBytes<32> key_ = SecretBytes<32>::random(rng_);
};

TEST_F(SealedTextTest, OpensUnderItsKeyInItsPlace) {
  const auto sealed = seal_text(key_, "part 1, name", "Đồn trưởng", rng_);
  EXPECT_EQ(open_text(key_, "part 1, name", sealed).value(), "Đồn trưởng");
  EXPECT_EQ(sealed.box.find("trư"), std::string::npos);
  EXPECT_NE(seal_text(key_, "part 1, name", "Đồn trưởng", rng_).box, sealed.box) << "every sealing has its own nonce";
  EXPECT_EQ(open_text(key_, "p", seal_text(key_, "p", "", rng_)).value(), "");
}

TEST_F(SealedTextTest, DoesNotOpenElsewhereUnderAnotherKeyOrAltered) {
  auto sealed = seal_text(key_, "part 1, name", "secret", rng_);
  EXPECT_EQ(open_text(key_, "part 1, school", sealed).error().code, ErrorCode::kDenied);
  EXPECT_EQ(open_text(SecretBytes<32>::random(rng_), "part 1, name", sealed).error().code, ErrorCode::kDenied);
  for (std::size_t i = 0; i < sealed.box.size(); ++i) {
    auto altered = sealed;
    altered.box[i] = altered.box[i] == '0' ? '1' : '0';
    EXPECT_EQ(open_text(key_, "part 1, name", altered).error().code, ErrorCode::kDenied) << i;
  }
  for (const auto* wrong : {"", "zz", "00", "0"}) {
    sealed.box = wrong;
    EXPECT_EQ(open_text(key_, "part 1, name", sealed).error().code, ErrorCode::kCorrupt) << wrong;
  }
}

}  // namespace
}  // namespace nc::crypto
