#include "ledger/access/credentials.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "ledger/access/test_world.h"

namespace nc::access {
namespace {

using crypto::SecretString;
using test::id;

constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute;

class CredentialsTest : public testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    credentials_.reset();
    auto opened = Credentials::open(database(), {.clock = &clock_, .rng = &rng_, .lock_ms = 60 * kMinute, .idle_ms = 30 * kMinute});
    ASSERT_TRUE(opened) << opened.error().english();
    credentials_ = std::move(*opened);
  }
  store::Database database() {
    auto opened = store::Database::open(folder_.path() / "local.db", {.create = true});
    if (!opened) throw std::runtime_error(opened.error().english());
    return std::move(*opened);
  }
  static SecretString secret(std::string_view text) { return SecretString(text); }
  bool logs_in(std::string_view login, std::string_view password) { return credentials_->check_login(login, secret(password)).has_value(); }
  std::string whole_file() {
    std::string all;
    for (const auto* name : {"local.db", "local.db-wal"})
      if (auto text = read_file(folder_.path() / name)) all += *text;
    return all;
  }

  test::Folder folder_;
  ManualClock clock_;
  SeededRng rng_{1};
  std::unique_ptr<Credentials> credentials_;
};

TEST_F(CredentialsTest, APasswordLetsInItsPersonOnly) {
  ASSERT_TRUE(credentials_->set_password(id(1), "truc.ban", secret("mật khẩu của đồn")));
  ASSERT_TRUE(credentials_->set_password(id(2), "chi.huy", secret("another password")));
  EXPECT_EQ(credentials_->check_login("truc.ban", secret("mật khẩu của đồn")).value().person, id(1));
  EXPECT_EQ(credentials_->check_login(" Truc.Ban ", secret("mật khẩu của đồn")).value().person, id(1));
  EXPECT_FALSE(logs_in("truc.ban", "another password"));
  EXPECT_TRUE(credentials_->has_password(id(1)).value());
  EXPECT_FALSE(credentials_->has_password(id(3)).value());
  reopen();
  EXPECT_TRUE(logs_in("chi.huy", "another password"));
  EXPECT_EQ(whole_file().find("another password"), std::string::npos);
}

TEST_F(CredentialsTest, ShortPasswordsAndTakenLoginsAreRefused) {
  EXPECT_EQ(credentials_->set_password(id(1), "a", secret("1234567")).error().where, "password");
  EXPECT_EQ(credentials_->set_password(id(1), "a", secret("")).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(credentials_->set_password(id(1), " ", secret("long enough")).error().where, "login");
  EXPECT_EQ(credentials_->set_password(id(1), "\xff", secret("long enough")).error().where, "login");
  ASSERT_TRUE(credentials_->set_password(id(1), "a", secret("long enough")));
  EXPECT_EQ(credentials_->set_password(id(2), "A", secret("long enough")).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(credentials_->set_password(id(1), "b", secret("long enough too")));  // a new login of the same person
  EXPECT_FALSE(logs_in("a", "long enough"));
  EXPECT_TRUE(logs_in("b", "long enough too"));
}

TEST_F(CredentialsTest, AnUnknownLoginSaysAndCostsWhatAWrongPasswordDoes) {
  ASSERT_TRUE(credentials_->set_password(id(1), "known", secret("the right one")));
  const auto timed = [&](std::string_view login, Error& error) {
    const auto start = std::chrono::steady_clock::now();
    error = credentials_->check_login(login, secret("a wrong one")).error();
    return std::chrono::steady_clock::now() - start;
  };
  Error known, unknown;
  auto quickest_known = std::chrono::steady_clock::duration::max(), quickest_unknown = quickest_known;
  for (int i = 0; i < 3; ++i) {
    quickest_known = std::min(quickest_known, timed("known", known));
    quickest_unknown = std::min(quickest_unknown, timed("unknown", unknown));
  }
  EXPECT_EQ(known.english(), unknown.english());
  EXPECT_EQ(known.code, unknown.code);
  EXPECT_LT(quickest_known, 3 * quickest_unknown);
  EXPECT_LT(quickest_unknown, 3 * quickest_known);
  // Later tries wait alike, too.
  for (const auto* login : {"known", "unknown"})
    EXPECT_EQ(credentials_->check_login(login, secret("a wrong one")).error().code, ErrorCode::kBusy);
}

TEST_F(CredentialsTest, TheDelayGrowsIsToldIsKeptAndEnds) {
  ASSERT_TRUE(credentials_->set_password(id(1), "known", secret("the right one")));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(credentials_->check_login("known", secret("wrong")).error().code, ErrorCode::kDenied);
  auto waiting = credentials_->check_login("known", secret("the right one"));  // even the right one waits
  ASSERT_FALSE(waiting);
  EXPECT_EQ(waiting.error().code, ErrorCode::kBusy);
  EXPECT_EQ(waiting.error().args, std::vector<std::string>{"1"});
  reopen();
  EXPECT_EQ(credentials_->check_login("known", secret("the right one")).error().code, ErrorCode::kBusy);
  std::int64_t last_wait = 0;
  for (int failure = 0; failure < 9; ++failure) {
    const auto busy = credentials_->check_login("known", secret("wrong")).error();
    ASSERT_EQ(busy.code, ErrorCode::kBusy);
    const auto wait = std::stoll(busy.args.at(0));
    EXPECT_GE(wait, last_wait);
    EXPECT_LE(wait, 60);
    last_wait = wait;
    clock_.now_ms += wait * 1000;
    EXPECT_EQ(credentials_->check_login("known", secret("wrong")).error().code, ErrorCode::kDenied);
  }
  EXPECT_EQ(last_wait, 60);
  clock_.now_ms += kMinute;
  EXPECT_TRUE(logs_in("known", "the right one"));                                                   // never locked out
  EXPECT_EQ(credentials_->check_login("known", secret("wrong")).error().code, ErrorCode::kDenied);  // and forgotten
}

TEST_F(CredentialsTest, AWaitingTryIsNotCountedAndAClockSetBackDoesNotPunish) {
  ASSERT_TRUE(credentials_->set_password(id(1), "known", secret("the right one")));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(logs_in("known", "wrong"));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(logs_in("known", "wrong"));
  clock_.now_ms += 1000;
  EXPECT_TRUE(logs_in("known", "the right one"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(logs_in("known", "wrong"));
  clock_.now_ms -= 400 * 24 * kHour;
  EXPECT_TRUE(logs_in("known", "the right one"));
}

TEST_F(CredentialsTest, ManyTriesAtOnceDoNotPassTheDelay) {
  ASSERT_TRUE(credentials_->set_password(id(1), "known", secret("the right one")));
  std::atomic<int> computed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back(
        [&] { computed += credentials_->check_login("known", secret("wrong")).error().code == ErrorCode::kDenied ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(computed, 3);
}

TEST_F(CredentialsTest, StrangeLoginsAreRefusedLikeAnyOther) {
  for (const auto& login :
       {std::string(100'000, 'x'), std::string("\xff\xfe"), std::string("a\0b", 3), std::string(), std::string("' OR 1=1 --")})
    EXPECT_EQ(credentials_->check_login(login, secret("whatever")).error().message, "The login or the password is wrong");
  EXPECT_EQ(credentials_->check_login("x", secret("")).error().code, ErrorCode::kDenied);
  EXPECT_EQ(credentials_->check_login("x", secret(std::string(5000, 'p'))).error().code, ErrorCode::kDenied);
}

TEST_F(CredentialsTest, ASessionIsFoundByItsTokenAndOnlyItsHashIsStored) {
  const auto opened = credentials_->open_session(id(1), "Firefox").value();
  EXPECT_EQ(opened.token.size(), 64U);
  EXPECT_EQ(opened.session.csrf.size(), 64U);
  const auto found = credentials_->find_session(opened.token).value();
  EXPECT_EQ(found.person, id(1));
  EXPECT_EQ(found.csrf, opened.session.csrf);
  EXPECT_EQ(found.label, "Firefox");
  EXPECT_EQ(found.strength, Strength::kFull);
  EXPECT_FALSE(credentials_->find_session(""));
  EXPECT_FALSE(credentials_->find_session(std::string(64, '0')));
  reopen();
  EXPECT_TRUE(credentials_->find_session(opened.token));
  EXPECT_EQ(whole_file().find(opened.token), std::string::npos);
}

TEST_F(CredentialsTest, AnIdleSessionEndsAndABusyOneEndsAfterTwelveHours) {
  const auto idle = credentials_->open_session(id(1), "").value(), busy = credentials_->open_session(id(1), "").value();
  clock_.now_ms += 30 * kMinute;
  EXPECT_TRUE(credentials_->find_session(busy.token));
  clock_.now_ms += 1;
  EXPECT_EQ(credentials_->find_session(idle.token).error().code, ErrorCode::kDenied);
  for (int i = 0; i < 23; ++i) {
    EXPECT_TRUE(credentials_->find_session(busy.token)) << i;
    clock_.now_ms += 29 * kMinute;
  }
  EXPECT_TRUE(credentials_->find_session(busy.token));
  clock_.now_ms += 24 * kMinute;
  EXPECT_FALSE(credentials_->find_session(busy.token));  // 12 hours and a little
}

TEST_F(CredentialsTest, AClockSetFarBackEndsSessions) {
  const auto opened = credentials_->open_session(id(1), "").value();
  clock_.now_ms -= 2 * kMinute;
  EXPECT_TRUE(credentials_->find_session(opened.token));
  clock_.now_ms -= kHour;
  EXPECT_FALSE(credentials_->find_session(opened.token));
}

TEST_F(CredentialsTest, ANewLoginRotatesTheToken) {
  const auto before = credentials_->open_session(id(1), "").value();
  const auto after = credentials_->open_session(id(1), "", before.token).value();
  EXPECT_NE(before.token, after.token);
  EXPECT_NE(before.session.csrf, after.session.csrf);
  EXPECT_FALSE(credentials_->find_session(before.token));
  EXPECT_TRUE(credentials_->find_session(after.token));
}

TEST_F(CredentialsTest, FormsMustRepeatTheSecretOfTheirSession) {
  const auto one = credentials_->open_session(id(1), "").value().session, two = credentials_->open_session(id(1), "").value().session;
  EXPECT_TRUE(Credentials::csrf_fits(one, one.csrf));
  EXPECT_FALSE(Credentials::csrf_fits(one, two.csrf));
  EXPECT_FALSE(Credentials::csrf_fits(one, ""));
  EXPECT_FALSE(Credentials::csrf_fits(Session{}, ""));
}

TEST_F(CredentialsTest, SessionsAreListedAndEnded) {
  const auto a = credentials_->open_session(id(1), "a").value();
  clock_.now_ms += 1000;
  const auto b = credentials_->open_session(id(1), "b").value();
  const auto other = credentials_->open_session(id(2), "other").value();
  const auto listed = credentials_->sessions_of(id(1)).value();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].label, "b");
  ASSERT_TRUE(credentials_->end_session(id(1), other.session.id));  // not his: nothing ends
  EXPECT_TRUE(credentials_->find_session(other.token));
  ASSERT_TRUE(credentials_->end_session(id(1), a.session.id));
  EXPECT_FALSE(credentials_->find_session(a.token));
  ASSERT_TRUE(credentials_->end_session(b.token));
  EXPECT_TRUE(credentials_->sessions_of(id(1)).value().empty());
  ASSERT_TRUE(credentials_->end_all_sessions(id(2)));
  EXPECT_FALSE(credentials_->find_session(other.token));
}

TEST_F(CredentialsTest, ANewPasswordEndsAllSessionsOfThePerson) {
  ASSERT_TRUE(credentials_->set_password(id(1), "one", secret("first password")));
  const auto mine = credentials_->open_session(id(1), "").value(), other = credentials_->open_session(id(2), "").value();
  ASSERT_TRUE(credentials_->set_password(id(1), "one", secret("second password")));
  EXPECT_FALSE(credentials_->find_session(mine.token));
  EXPECT_TRUE(credentials_->find_session(other.token));
  EXPECT_FALSE(logs_in("one", "first password"));
  EXPECT_TRUE(logs_in("one", "second password"));
}

TEST_F(CredentialsTest, StepUpTakesThePasswordAndPasses) {
  ASSERT_TRUE(credentials_->set_password(id(1), "one", secret("first password")));
  ASSERT_TRUE(credentials_->set_password(id(2), "two", secret("other password")));
  const auto opened = credentials_->open_session(id(1), "").value();
  EXPECT_EQ(credentials_->step_up(opened.token, secret("other password")).error().code, ErrorCode::kDenied);
  EXPECT_EQ(credentials_->find_session(opened.token).value().strength, Strength::kFull);
  ASSERT_TRUE(credentials_->step_up(opened.token, secret("first password")));
  EXPECT_EQ(credentials_->find_session(opened.token).value().strength, Strength::kStepUp);
  clock_.now_ms += 5 * kMinute + 1;
  EXPECT_EQ(credentials_->find_session(opened.token).value().strength, Strength::kFull);
}

TEST_F(CredentialsTest, APersonKeyIsUnlockedByItsPassphraseOnly) {
  EXPECT_EQ(credentials_->unlock_person_key(id(1), secret("no key yet")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(credentials_->person_key(id(1)).value(), std::nullopt);
  const auto key = crypto::SigningKey::generate(rng_);
  EXPECT_EQ(credentials_->store_person_key(id(1), key, secret("short")).error().where, "passphrase");
  ASSERT_TRUE(credentials_->store_person_key(id(1), key, secret("a long passphrase")));
  EXPECT_EQ(credentials_->person_key(id(1)).value(), key.public_key());
  reopen();
  const auto unlocked = credentials_->unlock_person_key(id(1), secret("a long passphrase"));
  ASSERT_TRUE(unlocked);
  EXPECT_TRUE(crypto::verify(key.public_key(), "minutes", unlocked->sign("minutes")));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(credentials_->unlock_person_key(id(1), secret("a wrong phrase")).error().code, ErrorCode::kDenied);
  EXPECT_EQ(credentials_->unlock_person_key(id(1), secret("a long passphrase")).error().code, ErrorCode::kBusy);
  clock_.now_ms += 1000;
  EXPECT_TRUE(credentials_->unlock_person_key(id(1), secret("a long passphrase")));
}

TEST_F(CredentialsTest, ASwappedKeyIsNoticed) {
  const auto key = crypto::SigningKey::generate(rng_), other = crypto::SigningKey::generate(rng_);
  ASSERT_TRUE(credentials_->store_person_key(id(1), key, secret("a long passphrase")));
  auto meddler = database();
  ASSERT_TRUE(meddler.run("UPDATE cred_person_key SET public_key = ?1", other.public_key()));
  EXPECT_EQ(credentials_->unlock_person_key(id(1), secret("a long passphrase")).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace nc::access
