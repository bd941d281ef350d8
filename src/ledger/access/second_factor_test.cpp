// The second factor: a code counts once, near its time; wrong ones wait; recovery codes are for one use.
#include <gtest/gtest.h>

#include "base/files.h"
#include "foundation/crypto/totp.h"
#include "ledger/access/credentials.h"
#include "ledger/access/test_world.h"

namespace nc::access {
namespace {

using crypto::SecretString;
using test::id;

class SecondFactor : public testing::Test {
 protected:
  void SetUp() override {
    clock_.now_ms = 1'795'000'000'000;
    open();
    ASSERT_TRUE(credentials_->set_password(id(1), "truc.ban", SecretString("mật khẩu của đồn")));
    ASSERT_TRUE(credentials_->set_password(id(2), "chi.huy", SecretString("mật khẩu khác")));
  }
  void open() {
    credentials_.reset();
    auto db = store::Database::open(folder_.path() / "local.db", {.create = true});
    ASSERT_TRUE(db);
    auto opened = Credentials::open(std::move(*db), {.clock = &clock_, .rng = &rng_});
    ASSERT_TRUE(opened) << opened.error().english();
    credentials_ = std::move(*opened);
  }
  // What the authenticator shows `more` steps from now; it was given the secret as base 32.
  std::string shown(int more = 0) { return crypto::totp_code(secret_, crypto::totp_step(clock_.now_ms) + more); }
  static std::string raw(const std::string& base32) {
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : base32) {
      bits = bits << 5 | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
      if ((held += 5) >= 8) out += static_cast<char>(bits >> (held -= 8) & 255U);
    }
    return out;
  }
  std::vector<std::string> enrol() {
    secret_ = raw(credentials_->begin_second_factor(id(1)).value());
    auto codes = credentials_->confirm_second_factor(id(1), shown());
    EXPECT_TRUE(codes) << codes.error().english();
    next_step();
    return std::move(*codes);
  }
  void next_step() { clock_.now_ms += crypto::kTotpStepMs; }
  void wait() { clock_.now_ms += 2 * 60'000; }

  test::Folder folder_;
  ManualClock clock_;
  SeededRng rng_{1};
  std::unique_ptr<Credentials> credentials_;
  std::string secret_;
};

TEST_F(SecondFactor, ItIsInForceOnlyOnceTheAuthenticatorHasShownACode) {
  secret_ = raw(credentials_->begin_second_factor(id(1)).value());
  EXPECT_EQ(secret_.size(), 20U);
  EXPECT_FALSE(credentials_->has_second_factor(id(1)).value());
  EXPECT_FALSE(credentials_->check_login("truc.ban", SecretString("mật khẩu của đồn"))->code_due);
  EXPECT_FALSE(credentials_->confirm_second_factor(id(1), "000000"));
  EXPECT_FALSE(credentials_->check_code(id(1), shown())) << "not in force";
  ASSERT_TRUE(credentials_->confirm_second_factor(id(1), shown()));
  EXPECT_TRUE(credentials_->has_second_factor(id(1)).value());
  EXPECT_TRUE(credentials_->check_login("truc.ban", SecretString("mật khẩu của đồn"))->code_due);
  EXPECT_FALSE(credentials_->check_login("chi.huy", SecretString("mật khẩu khác"))->code_due);
  EXPECT_EQ(credentials_->begin_second_factor(id(1)).error().code, ErrorCode::kConflict);
  open();
  EXPECT_TRUE(credentials_->has_second_factor(id(1)).value());
}

TEST_F(SecondFactor, ACodeCountsOnceAndNoneOlder) {
  enrol();
  const auto code = shown(), before = shown(-1);
  ASSERT_TRUE(credentials_->check_code(id(1), code));
  const auto again = credentials_->check_code(id(1), code);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kDenied);
  EXPECT_EQ(again.error().where, "code");
  EXPECT_FALSE(credentials_->check_code(id(1), before));
  next_step();
  EXPECT_FALSE(credentials_->check_code(id(1), code)) << "still within the step before";
  wait();
  EXPECT_TRUE(credentials_->check_code(id(1), shown().substr(0, 3) + " " + shown().substr(3))) << "as authenticators show it";
  EXPECT_FALSE(credentials_->check_code(id(2), shown()));
}

TEST_F(SecondFactor, AClockThatWasSetBackIsNamedAndARecoveryCodeHelps) {
  const auto codes = enrol();
  ASSERT_TRUE(credentials_->check_code(id(1), shown()));
  const auto used = credentials_->check_code(id(1), shown());
  ASSERT_FALSE(used);
  EXPECT_NE(used.error().english().find("used already"), std::string::npos);
  clock_.now_ms -= 86'400'000;
  const auto behind = credentials_->check_code(id(1), shown());
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().code, ErrorCode::kDenied);
  EXPECT_NE(behind.error().english().find("clock"), std::string::npos);
  EXPECT_EQ(behind.error().english().find("used already"), std::string::npos);
  EXPECT_TRUE(credentials_->check_code(id(1), codes[0]));
  clock_.now_ms += 86'400'000 + crypto::kTotpStepMs;
  EXPECT_TRUE(credentials_->check_code(id(1), shown()));
}

TEST_F(SecondFactor, ClocksMayDifferByHalfAMinute) {
  enrol();
  EXPECT_TRUE(credentials_->check_code(id(1), shown(1)));
  clock_.now_ms += 3 * crypto::kTotpStepMs;
  EXPECT_TRUE(credentials_->check_code(id(1), shown(-1)));
  clock_.now_ms += 5 * crypto::kTotpStepMs;
  EXPECT_FALSE(credentials_->check_code(id(1), shown(-2)));
  EXPECT_FALSE(credentials_->check_code(id(1), shown(2)));
}

TEST_F(SecondFactor, WrongCodesWaitAndLockNobodyOut) {
  enrol();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(credentials_->check_code(id(1), "12345").error().code, ErrorCode::kDenied);
  const auto waiting = credentials_->check_code(id(1), shown());
  ASSERT_FALSE(waiting);
  EXPECT_EQ(waiting.error().code, ErrorCode::kBusy) << "also for the right one";
  EXPECT_EQ(waiting.error().where, "code");
  wait();
  EXPECT_TRUE(credentials_->check_code(id(1), shown()));
}

TEST_F(SecondFactor, RecoveryCodesAreForOneUseEachAndKeptAsHashes) {
  const auto codes = enrol();
  ASSERT_EQ(codes.size(), 10U);
  EXPECT_EQ(credentials_->recovery_codes_left(id(1)).value(), 10);
  EXPECT_TRUE(credentials_->check_code(id(1), " " + codes[3] + " "));
  EXPECT_FALSE(credentials_->check_code(id(1), codes[3]));
  EXPECT_EQ(credentials_->recovery_codes_left(id(1)).value(), 9);
  credentials_.reset();
  for (const auto* name : {"local.db", "local.db-wal"}) {
    const auto file = read_file(folder_.path() / name);
    EXPECT_TRUE(!file || file->find(codes[0]) == std::string::npos) << name;
  }
}

TEST_F(SecondFactor, ASessionWaitsForItsCodeAndAStepUpAsksForOne) {
  enrol();
  const auto opened = credentials_->open_session(id(1), "thử").value();
  EXPECT_TRUE(opened.session.code_due);
  EXPECT_TRUE(credentials_->find_session(opened.token)->code_due);
  EXPECT_FALSE(credentials_->step_up(opened.token, SecretString("mật khẩu của đồn"), shown())) << "not before its code";
  EXPECT_FALSE(credentials_->give_code(opened.token, "000000"));
  ASSERT_TRUE(credentials_->give_code(opened.token, shown()));
  EXPECT_FALSE(credentials_->find_session(opened.token)->code_due);
  const auto without = credentials_->step_up(opened.token, SecretString("mật khẩu của đồn"));
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().where, "code");
  next_step();
  ASSERT_TRUE(credentials_->step_up(opened.token, SecretString("mật khẩu của đồn"), shown()));
  EXPECT_EQ(credentials_->find_session(opened.token)->strength, Strength::kStepUp);
}

TEST_F(SecondFactor, TakenAwayByAnotherItIsToldToItsPerson) {
  const auto codes = enrol();
  ASSERT_TRUE(credentials_->remove_second_factor(id(1), id(9)));
  EXPECT_FALSE(credentials_->has_second_factor(id(1)).value());
  EXPECT_FALSE(credentials_->check_code(id(1), codes[0]));
  ASSERT_TRUE(credentials_->second_factor_removed(id(1)).value());
  EXPECT_EQ(credentials_->second_factor_removed(id(1)).value()->by, id(9));
  EXPECT_EQ(credentials_->remove_second_factor(id(1), id(9)).error().code, ErrorCode::kNotFound);
  wait();
  enrol();
  EXPECT_FALSE(credentials_->second_factor_removed(id(1)).value()) << "he has one again";
  ASSERT_TRUE(credentials_->remove_second_factor(id(1), id(1)));
  EXPECT_FALSE(credentials_->second_factor_removed(id(1)).value()) << "he did it himself";
}

}  // namespace
}  // namespace nc::access
