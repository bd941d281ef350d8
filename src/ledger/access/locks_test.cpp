// Locked sessions and PINs, passwords for one use, and the rules of a node for them.
#include <gtest/gtest.h>

#include "ledger/access/credentials.h"
#include "ledger/access/sign_in_rules.h"
#include "ledger/access/test_world.h"

namespace nc::access {
namespace {

using crypto::SecretString;
using test::id;

constexpr std::int64_t kMinute = 60'000, kDay = 24 * 60 * kMinute;
constexpr const char* kPassword = "mật khẩu của đồn";

class LocksTest : public testing::Test {
 protected:
  void SetUp() override {
    reopen();
    ASSERT_TRUE(credentials_->set_password(id(1), "truc.ban", secret(kPassword)));
    ASSERT_TRUE(credentials_->set_pin(id(1), secret("2580")));
  }
  void reopen() {
    credentials_.reset();
    auto opened = Credentials::open(database(), {.clock = &clock_, .rng = &rng_});
    ASSERT_TRUE(opened) << opened.error().english();
    credentials_ = std::move(*opened);
  }
  store::Database database() {
    auto opened = store::Database::open(folder_.path() / "local.db", {.create = true});
    if (!opened) throw std::runtime_error(opened.error().english());
    return std::move(*opened);
  }
  static SecretString secret(std::string_view text) { return SecretString(text); }
  std::string session() { return credentials_->open_session(id(1), "").value().token; }
  Session found(const std::string& token) { return credentials_->find_session(token).value(); }
  ErrorCode pin_error(const std::string& token, std::string_view pin) {
    const auto opened = credentials_->unlock_with_pin(token, secret(pin));
    return opened ? ErrorCode::kUsage : opened.error().code;  // kUsage: it was opened
  }

  test::Folder folder_;
  ManualClock clock_;
  SeededRng rng_{1};
  std::unique_ptr<Credentials> credentials_;
};

TEST_F(LocksTest, ASessionLocksAfterIdleMinutesAndNotBefore) {
  const auto token = session();
  clock_.now_ms += 5 * kMinute;
  EXPECT_FALSE(found(token).locked);
  clock_.now_ms += 5 * kMinute;
  EXPECT_FALSE(found(token).locked) << "each request begins the minutes anew";
  clock_.now_ms += 5 * kMinute;
  EXPECT_FALSE(credentials_->find_session(token, Credentials::Look::kLooking).value().locked);
  clock_.now_ms += 1;
  EXPECT_TRUE(found(token).locked) << "looking alone keeps nothing awake";
  reopen();
  EXPECT_TRUE(found(token).locked);
  EXPECT_FALSE(credentials_->step_up(token, secret(kPassword))) << "a locked session is unlocked first";
  EXPECT_FALSE(credentials_->change_password(token, secret("another password")));
}

TEST_F(LocksTest, ALockedSessionEndsWhenItsTimeIsOverHoweverOftenItIsAskedFor) {
  const auto token = session();
  ASSERT_TRUE(credentials_->lock_session(token));
  for (int i = 0; i < 12; ++i) {
    clock_.now_ms += 10 * kMinute;
    EXPECT_TRUE(found(token).locked) << i;
  }
  clock_.now_ms += 1;
  EXPECT_FALSE(credentials_->find_session(token));
}

TEST_F(LocksTest, ThePinUnlocksUpToTheStrengthOfAPin) {
  const auto token = session();
  ASSERT_TRUE(credentials_->step_up(token, secret(kPassword)));
  ASSERT_TRUE(credentials_->lock_session(token));
  EXPECT_TRUE(found(token).locked);
  ASSERT_TRUE(credentials_->unlock_with_pin(token, secret("2580")));
  EXPECT_FALSE(found(token).locked);
  EXPECT_EQ(found(token).strength, Strength::kPin) << "neither full nor the step-up of before";
  ASSERT_TRUE(credentials_->step_up(token, secret(kPassword)));
  EXPECT_EQ(found(token).strength, Strength::kStepUp);
  clock_.now_ms += 6 * kMinute;
  EXPECT_EQ(found(token).strength, Strength::kFull);
  ASSERT_TRUE(credentials_->lock_session(token));
  ASSERT_TRUE(credentials_->unlock_with_password(token, secret(kPassword)));
  EXPECT_EQ(found(token).strength, Strength::kFull);
}

TEST_F(LocksTest, EachWrongPinMakesTheNextWaitLongerAndTheFifthEndsTheSession) {
  const auto token = session();
  ASSERT_TRUE(credentials_->lock_session(token));
  EXPECT_EQ(pin_error(token, "1357"), ErrorCode::kDenied);
  std::int64_t last = 0;
  for (int wrong = 2; wrong <= 4; ++wrong) {
    const auto waiting = credentials_->unlock_with_pin(token, secret("2580"));
    ASSERT_FALSE(waiting) << "the right one waits, too";
    ASSERT_EQ(waiting.error().code, ErrorCode::kBusy);
    const auto seconds = std::stoll(waiting.error().args.at(0));
    EXPECT_GT(seconds, last);
    last = seconds;
    clock_.now_ms += seconds * 1000;
    EXPECT_EQ(pin_error(token, "1357"), ErrorCode::kDenied) << wrong;
    EXPECT_TRUE(found(token).locked);
  }
  clock_.now_ms += 60'000;
  EXPECT_EQ(pin_error(token, "1357"), ErrorCode::kNotFound);
  EXPECT_FALSE(credentials_->find_session(token)) << "now the password is asked";
  // Nobody is locked out, and the PIN is good again for who gave his password.
  ASSERT_TRUE(credentials_->check_login("truc.ban", secret(kPassword)));
  const auto again = session();
  ASSERT_TRUE(credentials_->lock_session(again));
  EXPECT_TRUE(credentials_->unlock_with_pin(again, secret("2580")));
}

TEST_F(LocksTest, AnotherSessionOfTheSamePersonGivesNoMoreTries) {
  const auto one = session(), other = session();
  ASSERT_TRUE(credentials_->lock_session(one));
  ASSERT_TRUE(credentials_->lock_session(other));
  for (int wrong = 1; wrong <= 4; ++wrong) {
    EXPECT_EQ(pin_error(wrong % 2 == 0 ? one : other, "1357"), ErrorCode::kDenied);
    clock_.now_ms += 60'000;
  }
  EXPECT_EQ(pin_error(one, "1357"), ErrorCode::kNotFound);
  clock_.now_ms += 60'000;
  EXPECT_EQ(pin_error(other, "2580"), ErrorCode::kNotFound) << "the tries of a person are spent for all his sessions";
}

TEST_F(LocksTest, APinAloneOpensNothingAndIsStoredAsItsHash) {
  EXPECT_EQ(pin_error(std::string(64, '0'), "2580"), ErrorCode::kDenied);
  ASSERT_TRUE(credentials_->set_password(id(2), "khac", secret("another password")));
  const auto other = credentials_->open_session(id(2), "").value().token;
  ASSERT_TRUE(credentials_->lock_session(other));
  EXPECT_EQ(pin_error(other, "2580"), ErrorCode::kDenied) << "without a PIN of his own";
  EXPECT_EQ(credentials_->unlock_with_password(other, secret(kPassword)).error().code, ErrorCode::kDenied);
  auto meddler = database();
  auto row = meddler.prepare("SELECT hash FROM cred_pin").value();
  ASSERT_TRUE(row.step().value());
  EXPECT_TRUE(row.text(0).starts_with("$argon2id$")) << row.text(0);
}

TEST_F(LocksTest, PlainAndStrangePinsAreRefused) {
  for (const auto* pin : {"", "123", "1111", "1234", "4321", "9876543", "12a4", "０１２３", "1234567890123"})
    EXPECT_EQ(credentials_->set_pin(id(1), secret(pin)).error().where, "pin") << pin;
  for (const auto* pin : {"1212", "2580", "135791", "112233445566"}) EXPECT_TRUE(credentials_->set_pin(id(1), secret(pin))) << pin;
  ASSERT_TRUE(credentials_->remove_pin(id(1)));
  EXPECT_FALSE(credentials_->has_pin(id(1)).value());
}

TEST_F(LocksTest, APasswordForOneUseMustBeChangedAndEndsAllOthers) {
  const auto before = session();
  ASSERT_TRUE(credentials_->set_password(id(1), "truc.ban", secret("for one use"), PasswordUse::kOnce));
  EXPECT_FALSE(credentials_->find_session(before));
  EXPECT_FALSE(credentials_->has_pin(id(1)).value()) << "whoever lost the one may have lost the other";
  const auto logged_in = credentials_->check_login("truc.ban", secret("for one use")).value();
  EXPECT_TRUE(logged_in.once);
  const auto token = session();
  EXPECT_TRUE(found(token).must_change);
  EXPECT_EQ(credentials_->change_password(token, secret("for one use")).error().where, "password");
  EXPECT_EQ(credentials_->change_password(token, secret("short")).error().where, "password");
  ASSERT_TRUE(credentials_->change_password(token, secret("a word of my own")));
  EXPECT_FALSE(found(token).must_change);
  EXPECT_FALSE(credentials_->check_login("truc.ban", secret("for one use")));
  EXPECT_FALSE(credentials_->check_login("truc.ban", secret("a word of my own")).value().once);
}

TEST_F(LocksTest, APasswordForOneUseOpensOneSessionEvenIfItIsNeverChanged) {
  const auto give = [&](const char* password) {
    ASSERT_TRUE(credentials_->set_password(id(1), "truc.ban", secret(password), PasswordUse::kOnce));
  };
  give("for one use");
  ASSERT_TRUE(credentials_->check_login("truc.ban", secret("for one use")));
  ASSERT_TRUE(credentials_->check_login("truc.ban", secret("for one use"))) << "looking at it uses nothing";
  const auto token = session();
  // Two log-ins that were checked at the same moment: one of them.
  EXPECT_EQ(credentials_->open_session(id(1), "other").error().code, ErrorCode::kUnsupported);
  const auto again = credentials_->check_login("truc.ban", secret("for one use"));
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().english().find("has been used"), std::string::npos);
  EXPECT_EQ(credentials_->check_login("truc.ban", secret("something else")).error().message, "The login or the password is wrong");
  // His session goes on, also after a lock and after the process ended (the file is all there is), and ends the matter.
  ASSERT_TRUE(credentials_->lock_session(token));
  EXPECT_TRUE(credentials_->unlock_with_password(token, secret("for one use")));
  EXPECT_TRUE(found(token).must_change);
  // Closed before another was set: a new one from the administrator opens again.
  ASSERT_TRUE(credentials_->end_session(token));
  EXPECT_FALSE(credentials_->check_login("truc.ban", secret("for one use")));
  give("another for one use");
  ASSERT_TRUE(credentials_->check_login("truc.ban", secret("another for one use")));
  ASSERT_TRUE(credentials_->change_password(session(), secret("a word of my own")));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(credentials_->check_login("truc.ban", secret("a word of my own")));
    EXPECT_TRUE(credentials_->open_session(id(1), "own"));
  }
}

TEST_F(LocksTest, APasswordForOneUseIsTooOldAfterSomeDaysAndOnlyItsHolderIsToldSo) {
  ASSERT_TRUE(credentials_->set_password(id(1), "truc.ban", secret("for one use"), PasswordUse::kOnce));
  clock_.now_ms += 7 * kDay;
  EXPECT_TRUE(credentials_->check_login("truc.ban", secret("for one use")));
  clock_.now_ms += 1;
  EXPECT_EQ(credentials_->check_login("truc.ban", secret("for one use")).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(credentials_->check_login("truc.ban", secret("something else")).error().message, "The login or the password is wrong");
}

// local.db as version 0.1 left it.
TEST_F(LocksTest, AnOlderFileIsTakenOver) {
  credentials_.reset();
  auto db = database();
  ASSERT_TRUE(
      db.exec("ALTER TABLE cred_password DROP COLUMN once_until_ms; ALTER TABLE cred_session DROP COLUMN locked_ms; "
              "ALTER TABLE cred_session DROP COLUMN by_pin; DROP TABLE cred_pin"));
  reopen();
  EXPECT_FALSE(credentials_->check_login("truc.ban", secret(kPassword)).value().once);
  const auto token = session();
  EXPECT_FALSE(found(token).locked);
  EXPECT_FALSE(credentials_->has_pin(id(1)).value());
}

TEST(SignInRules, AreReadWholeOrRefusedByName) {
  const auto rules = parse_sign_in_rules(R"({"lock_after_minutes":3,"end_after_minutes":60,"pin_tries":3,"one_time_days":2})", "x");
  ASSERT_TRUE(rules) << rules.error().english();
  EXPECT_EQ(rules->lock_ms, 3 * kMinute);
  EXPECT_EQ(rules->idle_ms, 60 * kMinute);
  EXPECT_EQ(rules->pin_tries_max, 3);
  EXPECT_EQ(rules->once_ms, 2 * kDay);
  EXPECT_EQ(parse_sign_in_rules("{}", "x")->lock_ms, Credentials::Options{}.lock_ms);
  EXPECT_EQ(read_sign_in_rules("/nowhere/sign-in.json")->pin_tries_max, Credentials::Options{}.pin_tries_max);
  for (const auto* text : {R"({"lock_after_minutes":0})", R"({"lock_after_minutes":241})", R"({"lock_after":5})", R"({"pin_tries":"3"})",
                           R"({"lock_after_minutes":60,"end_after_minutes":30})", "[]", "{", ""})
    EXPECT_FALSE(parse_sign_in_rules(text, "x")) << text;
}

}  // namespace
}  // namespace nc::access
