// Restricted content goes to who may have it and takes it now, and to nobody else.
#include <gtest/gtest.h>

#include <algorithm>

#include "channels/sync/bundle.h"
#include "channels/sync/contacts.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/key_file.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/person_keys.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::sync {
namespace {

using catalog::Handling;
using journal::Audience;
using records::test::allow_restricted;
using simulation::enter_unit;
using simulation::must;
using simulation::Node;
using simulation::sync_until_quiet;

// A force, a province under it and a post under that, each of which may have what is restricted.
class RestrictedTest : public testing::Test, protected simulation::Tree {
 protected:
  RestrictedTest() : Tree(NC_SOURCE_DIR) {
    force_ = &found("f");
    const auto p = enter_unit(*force_, "p", force_->unit()), a = enter_unit(*force_, "a", p);
    province_ = &below(*force_, "p", p);
    post_ = &below(*province_, "a", a);
    all();
  }
  Node& below(Node& parent, const std::string& code, const UnitId& unit) {
    auto& out = place(code, code);
    out.join(parent, catalog(), unit, Handling::kRestricted);
    sync_until_quiet(out, parent);
    return out;
  }
  // Up and down once, and the answer of each.
  void all() {
    for (int round = 0; round < 2; ++round) {
      lower_ = sync_until_quiet(*post_, *province_);
      upper_ = sync_until_quiet(*province_, *force_);
    }
    lower_ = sync_until_quiet(*post_, *province_);
  }
  [[nodiscard]] bool all_same() const { return lower_.same && upper_.same && lower_.to_send == 0 && upper_.to_send == 0; }
  static std::string two_bytes(int many) {
    std::string out;
    while (many-- > 0) out += "đ";
    return out;
  }
  static bool has(Node& at, const RecordId& record) { return at.ledger().read(at.ledger().console(), record).has_value(); }
  static std::int64_t restricted(Node& at) {
    return at.count("SELECT coalesce(sum(seq), 0) FROM journal_stream WHERE part LIKE '%/restricted' AND part NOT LIKE 'authority%'");
  }
  // The waiver that allow_restricted recorded is over, and nothing has replaced it.
  void a_year_later() {
    for (auto* node : {force_, province_, post_}) node->clock().now_ms += std::int64_t{400} * 24 * 3600 * 1000;
  }
  void carry(Node& from, Node& to) {
    const auto path = dir() / ("stick-" + std::to_string(++sticks_));
    const auto parent = known(from.parent() == &to ? to : from);
    must(make_bundle(from.ledger(), to.id(), parent, path));
    must(take_bundle(to.ledger(), path, parent));
  }
  static KnownParent known(Node& parent) {
    const auto self = parent.ledger().identity();
    return {self.node, self.incarnation, must(crypto::read_key_file(records::DataDir{parent.dir()}.key())).public_key()};
  }

  Node *force_ = nullptr, *province_ = nullptr, *post_ = nullptr;
  Outcome lower_, upper_;
  int sticks_ = 0;
};

TEST_F(RestrictedTest, ItGoesDownToWhoTakesItOnly) {
  allow_restricted(force_->ledger());
  const auto record = force_->note("kín", Handling::kRestricted, Audience::own(post_->unit()));
  all();
  EXPECT_TRUE(all_same());
  EXPECT_EQ(restricted(*province_), 0) << "no volume, no waiver";
  EXPECT_EQ(restricted(*post_), 0);
  allow_restricted(province_->ledger());
  all();
  EXPECT_TRUE(all_same());
  EXPECT_EQ(province_->text_of(record), "kín");
  EXPECT_EQ(restricted(*post_), 0) << "each says it for itself";
  allow_restricted(post_->ledger());
  all();
  EXPECT_TRUE(all_same());
  EXPECT_EQ(post_->text_of(record), "kín");
}

TEST_F(RestrictedTest, ItGoesUpAsFarAsItIsTaken) {
  allow_restricted(post_->ledger());
  allow_restricted(force_->ledger());
  const auto record = post_->note("kín", Handling::kRestricted);
  const auto open = post_->note("thường");
  all();
  EXPECT_TRUE(all_same()) << "what the superior does not take is no part of what they share";
  EXPECT_EQ(force_->text_of(open), "thường");
  EXPECT_EQ(restricted(*province_) + restricted(*force_), 0);
  allow_restricted(province_->ledger());
  all();
  EXPECT_TRUE(all_same());
  EXPECT_EQ(province_->text_of(record), "kín");
  EXPECT_EQ(force_->text_of(record), "kín");
}

TEST_F(RestrictedTest, ItStopsWhenTheWaiverEndsAndGoesOnWithTheNext) {
  for (auto* node : {force_, province_, post_}) allow_restricted(node->ledger());
  const auto before = force_->note("trước", Handling::kRestricted, Audience::own(post_->unit()));
  all();
  ASSERT_EQ(post_->text_of(before), "trước");
  a_year_later();
  allow_restricted(force_->ledger(), "security-2");
  const auto after = force_->note("sau", Handling::kRestricted, Audience::own(post_->unit()));
  all();
  EXPECT_TRUE(all_same());
  EXPECT_FALSE(has(*province_, after));
  EXPECT_EQ(province_->text_of(before), "trước") << "what is here stays";
  allow_restricted(province_->ledger(), "security-3");
  allow_restricted(post_->ledger(), "security-4");
  all();
  EXPECT_TRUE(all_same());
  EXPECT_EQ(post_->text_of(after), "sau");
}

// The child heard at its last contact that its superior takes it; it does not any more.
TEST_F(RestrictedTest, WhatIsSentToWhoTakesItNoMoreIsLeftOutByNameAndComesLater) {
  for (auto* node : {force_, province_, post_}) allow_restricted(node->ledger());
  all();
  a_year_later();
  allow_restricted(post_->ledger(), "security-2");
  const auto record = post_->note("kín", Handling::kRestricted);
  const auto large = post_->note(two_bytes(9'000), Handling::kRestricted);  // larger than a frame
  all();
  const auto contact = must(contact_with(province_->ledger(), post_->id()));
  EXPECT_FALSE(has(*province_, record));
  EXPECT_EQ(province_->count("SELECT count(*) FROM sync_spool") + province_->count("SELECT count(*) FROM sync_piece"), 0)
      << "not half of it either";
  EXPECT_TRUE(all_same());
  allow_restricted(province_->ledger(), "security-3");
  all();
  EXPECT_TRUE(all_same());
  EXPECT_EQ(province_->text_of(record), "kín");
  EXPECT_EQ(province_->text_of(large), two_bytes(9'000));
}

TEST_F(RestrictedTest, BySticksToo) {
  allow_restricted(force_->ledger());
  allow_restricted(province_->ledger());
  const auto down = force_->note("xuống", Handling::kRestricted, Audience::own(province_->unit()));
  carry(*force_, *province_);
  EXPECT_FALSE(has(*province_, down)) << "it has not said yet that it takes it";
  const auto up = province_->note("lên", Handling::kRestricted);
  for (int round = 0; round < 2; ++round) {
    carry(*province_, *force_);
    carry(*force_, *province_);
  }
  EXPECT_EQ(province_->text_of(down), "xuống");
  EXPECT_EQ(force_->text_of(up), "lên");
}

TEST_F(RestrictedTest, ThePersonOfARestrictedRecordCanBeReadWhereItIsTaken) {
  for (auto* node : {force_, province_, post_}) allow_restricted(node->ledger());
  const auto person = post_->person("x", Handling::kRestricted);
  for (int i = 0; i < 6; ++i) all();
  for (auto* node : {force_, province_})
    must(node->ledger().exchange([&](records::Intake& intake) -> Status {
      NC_ASSIGN(const auto keys, intake.person_keys().find_all(person));
      NC_ASSIGN(const auto values, intake.sealed_values(person));
      EXPECT_FALSE(values.empty());
      for (const auto& value : values) EXPECT_TRUE(std::ranges::any_of(keys, [&](const auto& key) { return records::opens(key, value); }));
      return {};
    }));
}

}  // namespace
}  // namespace nc::sync
