#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "base/files.h"
#include "foundation/crypto/key_file.h"
#include "foundation/crypto/wrap.h"

namespace nc::crypto {
namespace {

std::string hex_of(const SecretBytes<32>& secret) { return Id<struct T, 32>::from_bytes(secret.bytes())->hex(); }

TEST(Wrap, OpensWithItsPassphraseOnly) {
  SeededRng rng(3);
  const auto seed = SecretBytes<32>::random(rng);
  const auto text = wrap(seed, SecretString("mật khẩu"), rng);
  ASSERT_TRUE(text);
  EXPECT_TRUE(text->starts_with("ncwrap1:"));
  EXPECT_EQ(text->find(hex_of(seed)), std::string::npos);
  const auto back = unwrap(*text, SecretString("mật khẩu"));
  ASSERT_TRUE(back) << back.error().english();
  EXPECT_EQ(hex_of(*back), hex_of(seed));
  const auto wrong = unwrap(*text, SecretString("mat khau"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kDenied);
  EXPECT_EQ(wrong.error().message, "The passphrase does not open this key");
  EXPECT_NE(*wrap(seed, SecretString("mật khẩu"), rng), *text) << "new salt and nonce each time";
}

TEST(Wrap, TextOfVersionOneOpensForEver) {
  SeededRng rng(99);
  const auto text = wrap(SecretBytes<32>::copy_of(std::array<std::uint8_t, 32>{1, 2, 3}), SecretString("fixture"), rng);
  ASSERT_TRUE(text);
  const std::string kept =
      "ncwrap1:e3a4fbd7f47343c33e1453fe895212bd:ba562863135eacd0e0159ab2d51c08bcede3f0ec0086f010:"
      "0a033fc250b6f3937868ccb09042c977ba6358a83449e1c5f692d7664745f2cf370cbdc4e9923dd7acd50f2acad77f5c";
  EXPECT_EQ(*text, kept);
  const auto back = unwrap(kept, SecretString("fixture"));
  ASSERT_TRUE(back) << back.error().english();
  EXPECT_EQ(hex_of(*back), "010203" + std::string(58, '0'));
}

TEST(Wrap, AnyChangedDigitIsSeen) {
  SeededRng rng(4);
  const auto text = wrap(SecretBytes<32>::random(rng), SecretString("p"), rng);
  ASSERT_TRUE(text);
  for (const std::size_t at : {8UL, 39UL, 41UL, 88UL, 90UL, text->size() - 1}) {
    std::string bad = *text;
    bad[at] = bad[at] == '0' ? '1' : '0';
    const auto opened = unwrap(bad, SecretString("p"));
    ASSERT_FALSE(opened) << at;
    EXPECT_EQ(opened.error().code, ErrorCode::kDenied) << at;
  }
}

TEST(Wrap, OtherTextIsRefusedByName) {
  SeededRng rng(4);
  const auto text = wrap(SecretBytes<32>::random(rng), SecretString("p"), rng);
  ASSERT_TRUE(text);
  std::string upper = *text;
  upper[8] = 'A';
  std::string colon = *text;
  colon[40] = '0';
  for (const std::string& bad :
       {std::string(), std::string("hello"), text->substr(0, text->size() - 1), *text + "0", upper, colon, std::string("ncwrap1:")}) {
    const auto opened = unwrap(bad, SecretString("p"));
    ASSERT_FALSE(opened) << bad;
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt) << bad;
  }
  EXPECT_EQ(unwrap("ncwrap2:00", SecretString("p")).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(wrap(SecretBytes<32>(), SecretString(""), rng).error().code, ErrorCode::kInvalid);
}

class KeyFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "nc-key-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  void put(const std::string& text, unsigned mode = 0600) {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << text;
    ::chmod(path().c_str(), mode);
  }
  [[nodiscard]] std::filesystem::path path() const { return dir_ / "node.key"; }
  std::filesystem::path dir_;
};

TEST_F(KeyFile, WrittenPrivateAndReadBack) {
  const auto key = SigningKey::generate(system_rng());
  ASSERT_TRUE(write_key_file(path(), key));
  struct stat info{};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(*read_file(path()), "nhipcau-key-1\n" + hex_of(key.seed()) + "\n");
  const auto back = read_key_file(path());
  ASSERT_TRUE(back) << back.error().english();
  EXPECT_EQ(back->public_key(), key.public_key());
}

TEST_F(KeyFile, LeftOverTemporaryFileDoesNotWeakenTheMode) {
  auto left = path();
  left += ".new";
  std::ofstream(left) << "half";
  ::chmod(left.c_str(), 0644);
  ASSERT_TRUE(write_key_file(path(), SigningKey::generate(system_rng())));
  EXPECT_TRUE(read_key_file(path()));
}

TEST_F(KeyFile, OpenToOthersIsRefused) {
  ASSERT_TRUE(write_key_file(path(), SigningKey::generate(system_rng())));
  for (const unsigned mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0777U}) {
    ::chmod(path().c_str(), mode);
    const auto read = read_key_file(path());
    ASSERT_FALSE(read) << std::oct << mode;
    EXPECT_EQ(read.error().code, ErrorCode::kDenied);
    EXPECT_NE(read.error().next, "");
    EXPECT_EQ(read.error().where, path().string());
  }
  ::chmod(path().c_str(), 0400);
  EXPECT_TRUE(read_key_file(path()));
}

TEST_F(KeyFile, WrongContentIsRefusedByName) {
  EXPECT_EQ(read_key_file(path()).error().code, ErrorCode::kNotFound);
  const std::string hex(64, 'a');
  for (const std::string& bad : {std::string(), std::string("nhipcau-key-1\n"), "nhipcau-key-1\n" + hex, "nhipcau-key-1\n" + hex + "\n\n",
                                 "nhipcau-key-1\n" + hex.substr(1) + "G\n", "another-key--1\n" + hex + "\n",
                                 "nhipcau-key-1\r\n" + hex + "\n", std::string(1 << 20, 'a')}) {
    put(bad);
    const auto read = read_key_file(path());
    ASSERT_FALSE(read) << bad.substr(0, 100);
    EXPECT_NE(read.error().message, "");
  }
  put("another-key-1\n" + hex + "\n");
  EXPECT_EQ(read_key_file(path()).error().code, ErrorCode::kCorrupt);
  put("nhipcau-key-2\n" + hex + "\n");
  EXPECT_EQ(read_key_file(path()).error().code, ErrorCode::kUnsupported);
  std::filesystem::remove(path());
  std::filesystem::create_directory(path());
  ::chmod(path().c_str(), 0700);
  EXPECT_EQ(read_key_file(path()).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace nc::crypto
