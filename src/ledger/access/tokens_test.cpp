#include "ledger/access/tokens.h"

#include <gtest/gtest.h>

#include "ledger/access/credentials.h"
#include "ledger/access/test_world.h"

namespace nc::access {
namespace {

using test::id;

constexpr std::int64_t kDay = 24 * 3'600'000;

class TokensTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Credentials::open(database(), {.clock = &clock_, .rng = &rng_});
    ASSERT_TRUE(opened) << opened.error().english();
    credentials_ = std::move(*opened);
  }
  store::Database database() {
    auto opened = store::Database::open(folder_.path() / "local.db", {.create = true});
    if (!opened) throw std::runtime_error(opened.error().english());
    return std::move(*opened);
  }
  TokenTerms terms(const std::string& name = "bảng tính của đồn") {
    TokenTerms out;
    out.name = name;
    out.until_ms = clock_.now_ms + 30 * kDay;
    return out;
  }
  MadeToken make(int person = 1) { return credentials_->make_token(id(person), terms()).value(); }

  test::Folder folder_;
  ManualClock clock_;
  SeededRng rng_{1};
  std::unique_ptr<Credentials> credentials_;
};

TEST_F(TokensTest, ATokenIsFoundByItsSecretAndOnlyItsHashIsStored) {
  const auto made = make();
  const auto found = credentials_->find_token(made.secret, TokenUse::kApi);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->person, id(1));
  EXPECT_EQ(found->id, made.token.id);
  EXPECT_EQ(found->terms.name, "bảng tính của đồn");
  EXPECT_EQ(credentials_->find_token(made.secret + "0", TokenUse::kApi).error().code, ErrorCode::kDenied);
  EXPECT_EQ(credentials_->find_token("", TokenUse::kApi).error().code, ErrorCode::kDenied);
  std::string file;
  for (const auto* name : {"local.db", "local.db-wal"})
    if (auto text = read_file(folder_.path() / name)) file += *text;
  EXPECT_EQ(file.find(made.secret.substr(4)), std::string::npos);
  EXPECT_NE(file.find("bảng tính"), std::string::npos);
}

TEST_F(TokensTest, OneOfAFeedIsNoneOfTheApiAndTheOtherWayRound) {
  auto feed = terms();
  feed.use = TokenUse::kFeed;
  const auto made = credentials_->make_token(id(1), feed).value();
  EXPECT_FALSE(credentials_->find_token(made.secret, TokenUse::kApi));
  EXPECT_TRUE(credentials_->find_token(made.secret, TokenUse::kFeed));
  EXPECT_FALSE(credentials_->find_token(make().secret, TokenUse::kFeed));
}

TEST_F(TokensTest, ItEndsOnItsDayAndWhenItIsEndedByItsPersonAlone) {
  const auto made = make(), other = make();
  EXPECT_EQ(credentials_->end_token(id(2), made.token.id).error().code, ErrorCode::kDenied);
  EXPECT_TRUE(credentials_->end_token(id(1), made.token.id));
  EXPECT_FALSE(credentials_->find_token(made.secret, TokenUse::kApi));
  clock_.now_ms += 30 * kDay - 1;
  EXPECT_TRUE(credentials_->find_token(other.secret, TokenUse::kApi));
  clock_.now_ms += 1;
  EXPECT_FALSE(credentials_->find_token(other.secret, TokenUse::kApi));
  EXPECT_TRUE(credentials_->tokens_of(id(1)).value().empty());
  clock_.now_ms -= 40 * kDay;  // before it was made
  EXPECT_FALSE(credentials_->find_token(other.secret, TokenUse::kApi));
}

TEST_F(TokensTest, OfAClosedAccountNeitherTokenNorSessionIsLeft) {
  const auto made = make(), others = make(2);
  const auto session = credentials_->open_session(id(1), "Firefox").value();
  ASSERT_TRUE(credentials_->end_access(id(1)));
  EXPECT_FALSE(credentials_->find_token(made.secret, TokenUse::kApi));
  EXPECT_TRUE(credentials_->tokens_of(id(1)).value().empty());
  EXPECT_FALSE(credentials_->find_session(session.token));
  EXPECT_TRUE(credentials_->find_token(others.secret, TokenUse::kApi));
}

TEST_F(TokensTest, RenewedTheFormerSecretIsWorthNothing) {
  const auto made = make();
  EXPECT_FALSE(credentials_->renew_token(id(2), made.token.id, clock_.now_ms + kDay));
  const auto secret = credentials_->renew_token(id(1), made.token.id, clock_.now_ms + kDay).value();
  EXPECT_FALSE(credentials_->find_token(made.secret, TokenUse::kApi));
  EXPECT_EQ(credentials_->find_token(secret, TokenUse::kApi).value().id, made.token.id);
}

TEST_F(TokensTest, TheLastUseIsKeptToTheMinute) {
  const auto made = make();
  EXPECT_EQ(credentials_->tokens_of(id(1)).value().front().seen_ms, 0);
  const auto first = clock_.now_ms;
  ASSERT_TRUE(credentials_->find_token(made.secret, TokenUse::kApi));
  clock_.now_ms += 30'000;
  ASSERT_TRUE(credentials_->find_token(made.secret, TokenUse::kApi));
  EXPECT_EQ(credentials_->tokens_of(id(1)).value().front().seen_ms, first);
  clock_.now_ms += 30'000;
  ASSERT_TRUE(credentials_->find_token(made.secret, TokenUse::kApi));
  EXPECT_EQ(credentials_->tokens_of(id(1)).value().front().seen_ms, clock_.now_ms);
}

TEST_F(TokensTest, WhatIsAskedForIsCheckedByName) {
  const auto where = [&](auto change) {
    auto wanted = terms();
    change(wanted);
    const auto made = credentials_->make_token(id(1), wanted);
    return made ? std::string("made") : made.error().where;
  };
  EXPECT_EQ(where([](TokenTerms& t) { t.name = "  "; }), "name");
  EXPECT_EQ(where([](TokenTerms& t) { t.name = "\xff"; }), "name");
  EXPECT_EQ(where([](TokenTerms& t) { t.name = std::string(101, 'a'); }), "name");
  EXPECT_EQ(where([this](TokenTerms& t) { t.until_ms = clock_.now_ms; }), "days");
  EXPECT_EQ(where([this](TokenTerms& t) { t.until_ms = clock_.now_ms + 367 * kDay; }), "days");
  EXPECT_EQ(where([](TokenTerms& t) { t.ceiling = Handling::kRestricted; }), "ceiling");
  EXPECT_EQ(where([](TokenTerms& t) { t.view = std::string(3000, 'a'); }), "view");
  EXPECT_EQ(where([](TokenTerms&) {}), "made");
  for (std::size_t i = 1; i < kTokensMax; ++i) make();
  EXPECT_EQ(credentials_->make_token(id(1), terms()).error().code, ErrorCode::kLimit);
  EXPECT_TRUE(credentials_->make_token(id(2), terms()));
}

// Whoever sets another's password shuts out his programs; who changes his own does not.
TEST_F(TokensTest, APasswordSetByAnotherEndsThem) {
  ASSERT_TRUE(credentials_->set_password(id(1), "one", crypto::SecretString("first password")));
  const auto made = make();
  const auto session = credentials_->open_session(id(1), "").value();
  ASSERT_TRUE(credentials_->change_password(session.token, crypto::SecretString("second password")));
  EXPECT_TRUE(credentials_->find_token(made.secret, TokenUse::kApi));
  ASSERT_TRUE(credentials_->set_password(id(1), "one", crypto::SecretString("third password")));
  EXPECT_FALSE(credentials_->find_token(made.secret, TokenUse::kApi));
}

TEST_F(TokensTest, ItIsTheAccountOrAPartOfIt) {
  Subject account;
  account.person = id(1);
  account.clearance = Handling::kRestricted;
  account.strength = Strength::kStepUp;
  account.grants = {{"officer", id(1), orgtree::Line::kCommand, "", {}, {}},
                    {"reader", id(2), orgtree::Line::kGuidance, "KH-police", {}, {}}};
  account.grants.push_back(account.grants.front());
  account.grants.back().for_person = id(9);
  auto wanted = terms();
  auto token = subject_with(account, wanted);
  EXPECT_EQ(token.strength, Strength::kToken);
  EXPECT_EQ(token.clearance, Handling::kInternal) << "nothing restricted";
  EXPECT_TRUE(token.reads_only);
  EXPECT_EQ(token.grants.size(), 2U) << "what he holds for somebody who is away is his alone";
  wanted.ceiling = Handling::kOpen;
  wanted.reads_only = false;
  wanted.grants = {grant_key(account.grants[1])};
  token = subject_with(account, wanted);
  EXPECT_EQ(token.clearance, Handling::kOpen);
  EXPECT_FALSE(token.reads_only);
  ASSERT_EQ(token.grants.size(), 1U);
  EXPECT_EQ(token.grants.front().role, "reader");
  wanted.grants = {"no such grant"};
  EXPECT_TRUE(subject_with(account, wanted).grants.empty()) << "a grant that is gone is not replaced by another";
  wanted.use = TokenUse::kFeed;
  EXPECT_TRUE(subject_with(account, wanted).reads_only);
}

}  // namespace
}  // namespace nc::access
