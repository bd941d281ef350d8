#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <functional>
#include <set>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/password.h"
#include "foundation/crypto/sealed_box.h"
#include "foundation/crypto/sign.h"
#include "foundation/crypto/token.h"

namespace nc::crypto {
namespace {

TEST(Hash, KnownAnswersOfFips180) {
  EXPECT_EQ(sha256("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, PiecesGiveTheSameAsTheWhole) {
  const std::string text(100'000, 'x');
  for (const std::size_t piece : {1UL, 63UL, 64UL, 65UL, 4096UL}) {
    Sha256 hash;
    for (std::size_t i = 0; i < text.size(); i += piece) hash.update(std::string_view(text).substr(i, piece));
    EXPECT_EQ(hash.finish(), sha256(text)) << piece;
    EXPECT_EQ(hash.update("abc").finish(), sha256("abc")) << "starts anew after finish";
  }
}

TEST(Hash, CopyGoesOnAlone) {
  Sha256 one;
  one.update("ab");
  Sha256 two = one;
  EXPECT_EQ(one.update("c").finish(), sha256("abc"));
  EXPECT_EQ(two.update("d").finish(), sha256("abd"));
}

template <std::size_t N>
SecretBytes<N> secret_of(const Id<struct T, N>& id) {
  return SecretBytes<N>::copy_of(id.bytes);
}

TEST(Sign, KnownAnswersOfRfc8032) {
  const auto seed = Id<struct T, 32>::from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const auto key = SigningKey::from_seed(secret_of(*seed));
  EXPECT_EQ(key.public_key().hex(), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(key.sign("\x72").hex(),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Sign, AnyChangeIsSeen) {
  SeededRng rng(7);
  const auto key = SigningKey::generate(rng);
  const auto other = SigningKey::generate(rng);
  const Signature good = key.sign("a message");
  EXPECT_TRUE(verify(key.public_key(), "a message", good));
  EXPECT_FALSE(verify(other.public_key(), "a message", good));
  EXPECT_FALSE(verify(key.public_key(), "a massage", good));
  for (std::size_t i = 0; i < Signature::kSize * 8; ++i) {
    Signature bad = good;
    bad.bytes[i / 8] ^= static_cast<std::uint8_t>(1 << (i % 8));
    EXPECT_FALSE(verify(key.public_key(), "a message", bad)) << i;
  }
  EXPECT_FALSE(verify(PublicKey{}, "a message", Signature{})) << "key of small order";
}

TEST(Sign, SeedMakesTheSameKeyAgain) {
  const auto key = SigningKey::generate(system_rng());
  EXPECT_EQ(SigningKey::from_seed(key.seed().copy()).public_key(), key.public_key());
  EXPECT_NE(SigningKey::generate(system_rng()).public_key(), key.public_key());
}

TEST(Secret, TakeWipesTheSourceAndMoveEmptiesIt) {
  std::string typed = "a password long enough to live on the heap";
  const char* where = typed.data();
  auto secret = SecretString::take(std::move(typed));
  EXPECT_EQ(secret.view(), "a password long enough to live on the heap");
  EXPECT_EQ(where[0], '\0');
  const SecretString moved = std::move(secret);
  EXPECT_EQ(moved.size(), 42U);
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the promise
  static_assert(!std::is_copy_constructible_v<SecretString> && !std::is_copy_constructible_v<SecretBytes<32>>);
}

TEST(Password, FitsItselfOnly) {
  const auto stored = hash_password(SecretString("đồn biên phòng 747"));
  ASSERT_TRUE(stored) << stored.error().english();
  EXPECT_TRUE(stored->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *stored;
  EXPECT_TRUE(verify_password(*stored, SecretString("đồn biên phòng 747")));
  EXPECT_FALSE(verify_password(*stored, SecretString("đồn biên phòng 748")));
  EXPECT_FALSE(verify_password(*stored, SecretString("")));
  EXPECT_NE(*stored, *hash_password(SecretString("đồn biên phòng 747"))) << "salted";
}

TEST(Password, SameTextTypedInAnotherUnicodeFormFits) {
  const auto stored = hash_password(SecretString("\u0111\u1ed3n"));
  ASSERT_TRUE(stored);
  EXPECT_TRUE(verify_password(*stored, SecretString("\u0111o\u0302\u0300n")));
}

TEST(Password, EmptyAndOverlongAreRefusedByName) {
  EXPECT_EQ(hash_password(SecretString("")).error().code, ErrorCode::kInvalid);
  const std::string big(limits::kPasswordBytesMax + 1, 'x');
  EXPECT_EQ(hash_password(SecretString(big)).error().code, ErrorCode::kLimit);
  EXPECT_TRUE(hash_password(SecretString(big.substr(1))));
}

// Of the processor, in this thread: what else runs on the machine changes nothing.
double milliseconds_of(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  const auto start = now();
  work();
  return now() - start;
}

TEST(Password, DamagedStoredTextIsNoMatchAndCostsAsMuch) {
  const auto stored = hash_password(SecretString("password"));
  ASSERT_TRUE(stored);
  const SecretString typed("password");
  double real = 1e9;
  for (int i = 0; i < 3; ++i) real = std::min(real, milliseconds_of([&] { EXPECT_TRUE(verify_password(*stored, typed)); }));
  const std::string cheap = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const std::string tail_gone = stored->substr(0, stored->size() - 3);
  for (const std::string& bad : {std::string(), std::string("x"), cheap, tail_gone, *stored + std::string(200, 'A')}) {
    double cost = 1e9;
    for (int i = 0; i < 3; ++i) cost = std::min(cost, milliseconds_of([&] { EXPECT_FALSE(verify_password(bad, typed)); }));
    // Generous; a missing computation is a thousand times cheaper.
    EXPECT_GT(cost, real / 4) << bad;
  }
  EXPECT_GT(milliseconds_of([&] { waste_password_time(typed); }), real / 4);
  EXPECT_GT(milliseconds_of([&] { waste_password_time(SecretString("")); }), real / 4);
}

TEST(Password, ManyThreadsAtOnce) {
  const auto stored = hash_password(SecretString("password"));
  ASSERT_TRUE(stored);
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] { right += verify_password(*stored, SecretString(i % 2 == 0 ? "password" : "wrong")) ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 2);
}

TEST(Token, ConstantTimeCompare) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

TEST(Token, PasswordsAreReadableUniformAndSafeForInputMethods) {
  SeededRng rng(1);
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 5000; ++i) {
    const std::string made = random_password(rng);
    ASSERT_EQ(made.size(), 19U);
    EXPECT_TRUE(seen.insert(made).second);
    for (std::size_t at = 0; at < made.size(); ++at) {
      if (at % 5 == 4) {
        EXPECT_EQ(made[at], '-');
        continue;
      }
      letters.insert(made[at]);
      EXPECT_EQ(std::string_view("aeiouywlo01").find(made[at]), std::string_view::npos) << made;
      if (made[at] == 'd') { EXPECT_EQ(made.substr(at + 1, 3 - at % 5).find_first_of("d9"), std::string::npos) << made; }
    }
  }
  EXPECT_EQ(letters.size(), 26U);
}

TEST(Token, HexHasTheAskedLength) {
  EXPECT_EQ(random_token_hex(system_rng(), 0), "");
  const auto one = random_token_hex(system_rng(), 32);
  EXPECT_EQ(one.size(), 64U);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(one, random_token_hex(system_rng(), 32));
}

TEST(SealedBox, OpensForItsReceiverAloneAndIsDrawnFromTheRngThatItIsGiven) {
  SeededRng rng(1), same(1);
  const auto one = SigningKey::generate(rng), other = SigningKey::generate(rng);
  static_cast<void>(SigningKey::generate(same));
  static_cast<void>(SigningKey::generate(same));
  for (const std::string text : {"", "a", "Hòa Bình"}) {
    const auto box = seal_box(one.public_key(), text, rng).value();
    EXPECT_EQ(box, seal_box(one.public_key(), text, same).value());
    EXPECT_EQ(box.size(), text.size() + kBoxOverhead);
    EXPECT_EQ(open_box(one, box).value(), text);
    EXPECT_EQ(open_box(other, box).error().code, ErrorCode::kDenied);
    for (std::size_t at = 0; at < box.size(); ++at) {
      auto altered = box;
      altered[at] = static_cast<char>(altered[at] ^ 1);
      EXPECT_FALSE(open_box(one, altered)) << at;
      EXPECT_FALSE(open_box(one, box.substr(0, at))) << at;
    }
  }
  EXPECT_NE(seal_box(one.public_key(), "a", rng).value(), seal_box(one.public_key(), "a", rng).value());
  EXPECT_EQ(seal_box(PublicKey{}, "a", rng).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace nc::crypto
