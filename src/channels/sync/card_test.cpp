// Cards, requests and the words to compare.
#include "channels/sync/card.h"

#include <gtest/gtest.h>

#include <set>

#include "base/files.h"
#include "base/text.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/hash.h"
#include "ledger/records/backup.h"

namespace nc::sync {
namespace {

using simulation::must;
using simulation::Node;

TEST(Words, AreDistinctAlsoWithoutTheirMarks) {
  const auto& words = word_list();
  ASSERT_EQ(words.size(), kWordCount);
  std::set<std::string> plain;
  for (const auto word : words) {
    EXPECT_TRUE(plain.insert(fold(word)).second) << word << " is like another";
    EXPECT_EQ(to_nfc(word), word);
    EXPECT_EQ(word.find_first_of(" -\t0123456789"), std::string_view::npos) << word;
    EXPECT_GE(fold(word).size(), 2U) << word;
  }
  // Words that one would not want to read out.
  for (const auto* rude : {"lon", "cac", "buoi", "dit", "deo", "cut", "chim", "bim", "cu", "vu", "dam", "ngu"})
    EXPECT_FALSE(plain.contains(rude)) << rude;
}

// The list is part of the format: another is another number.
TEST(Words, TheListAndTheWordsOfTwoKeysAreThoseOfThePage) {
  PublicKey parent, child;
  for (std::size_t i = 0; i < PublicKey::kSize; ++i) {
    parent.bytes[i] = static_cast<std::uint8_t>(i);
    child.bytes[i] = static_cast<std::uint8_t>(0x20 + i);
  }
  std::string list;
  for (const auto word : word_list()) list += std::string(word) + "\n";
  const auto page = must(read_file(std::filesystem::path(NC_SOURCE_DIR) / "docs/formats/sync.md"));
  const auto line = "words of the keys 00...1f and 20...3f\n" + words_of(parent, child) + "\n";
  EXPECT_NE(page.find(crypto::sha256(list).hex()), std::string::npos) << crypto::sha256(list).hex();
  EXPECT_NE(page.find(line), std::string::npos) << line;
  EXPECT_NE(words_of(parent, child), words_of(child, parent));
}

class CardTest : public testing::Test, protected simulation::Tree {
 protected:
  CardTest() : Tree(NC_SOURCE_DIR) {}
  records::Ledger& parent() { return province_->ledger(); }
  std::string card() { return must(make_card(parent(), "p-post", catalog::Handling::kInternal)); }
  Joined join(const std::string& name, const std::string& card) { return must(join_by_card(dir() / name, catalog(), card)); }
  // Its secret as the parent's database holds it.
  std::int64_t secrets() { return province_->count("SELECT count(*) FROM sync_card WHERE secret<>zeroblob(32) AND used_by IS NULL"); }

  Node* province_ = &found("p");
  UnitId unit_ = simulation::enter_unit(*province_, "p-post", province_->unit());
};

// The unit of the node that founded the tree says nothing of itself until it is entered.
TEST_F(CardTest, TheUnitOfThisVeryNodeGetsACardBeforeItSaysWhoseItIs) {
  ASSERT_FALSE(parent().world()->tree->by_code("p")->own);
  EXPECT_TRUE(make_card(parent(), "p", catalog::Handling::kInternal));
}

TEST_F(CardTest, TheSecretGoesWhenTheCardIsUsed) {
  const auto joined = join("post", card());
  EXPECT_EQ(secrets(), 1);
  must(admit(parent(), parent().console(), must(read_request(parent(), joined.request))));
  EXPECT_EQ(secrets(), 0);
  EXPECT_TRUE(must(read_request(parent(), joined.request)).admitted) << "the same request again is known";
  EXPECT_EQ(must(cards(parent())).front().is, CardState::Is::kUsed);
}

TEST_F(CardTest, TheSecretOfACardThatNobodyUsedGoesAfterAMonth) {
  const auto joined = join("post", card());
  province_->clock().now_ms += kCardKeptMs + 1;
  const auto late = read_request(parent(), joined.request);
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().english().find("older than 30 days"), std::string::npos) << late.error().english();
  EXPECT_EQ(secrets(), 0);
  EXPECT_EQ(must(cards(parent())).front().is, CardState::Is::kExpired);
}

TEST_F(CardTest, AWithdrawnCardLetsNobodyIn) {
  const auto joined = join("post", card());
  must(withdraw_card(parent(), must(cards(parent())).front().record));
  EXPECT_FALSE(read_request(parent(), joined.request));
  EXPECT_EQ(secrets(), 0);
  EXPECT_EQ(must(cards(parent())).front().is, CardState::Is::kWithdrawn);
  EXPECT_EQ(withdraw_card(parent(), RecordId()).error().code, ErrorCode::kNotFound);
}

TEST_F(CardTest, ASecondMachineWithACopyIsRefusedAndCounted) {
  const auto copied = card();
  const auto one = join("one", copied), two = join("two", copied);
  must(admit(parent(), parent().console(), must(read_request(parent(), one.request))));
  EXPECT_FALSE(read_request(parent(), two.request));
  EXPECT_EQ(must(cards(parent())).front().refused, 1);
}

// A person admits with the password given once more, for units where he may give rights; the console may.
TEST_F(CardTest, WhoMayNotGovernTheNodeAdmitsNobody) {
  const auto joined = join("post", card());
  const auto request = must(read_request(parent(), joined.request));
  access::Subject nobody;
  nobody.strength = access::Strength::kStepUp;
  EXPECT_FALSE(admit(parent(), nobody, request));
  EXPECT_EQ(secrets(), 1) << "the card waits still";
}

// Restored without its recovery key a node reads and does not write, until its parent has certified the new key by a card.
TEST_F(CardTest, ANodeRestoredWithoutItsRecoveryKeyWritesAgainByACard) {
  const auto joined = join("post", card());
  must(admit(parent(), parent().console(), must(read_request(parent(), joined.request))));
  const auto to_post = [&](const std::filesystem::path& at, const std::string& name) {
    const auto post = must(records::Ledger::open(at));
    must(make_bundle(parent(), post->identity().node, std::nullopt, dir() / name));
    must(take_bundle(*post, dir() / name, must(known_parent(at))));
  };
  to_post(dir() / "post", "first");
  must(records::backup_directory(dir() / "post", dir() / "post.bak"));
  EXPECT_FALSE(must(records::restore_backup(dir() / "post.bak", dir() / "again", {})).certified);
  const auto write = [&](records::Ledger& post) {
    return post.create(post.console(), {std::nullopt, "sim_note", Json(JsonObject{{"text", Json("lai")}}), std::nullopt,
                                        journal::Audience::own(unit_), true});
  };
  const auto again = must(records::Ledger::open(dir() / "again"));
  EXPECT_FALSE(write(*again));
  const auto renewed = must(renew_by_card(*again, card()));
  const auto request = must(read_request(parent(), renewed.request));
  EXPECT_EQ(request.words, renewed.words);
  EXPECT_EQ(request.node, again->identity().node);
  must(admit(parent(), parent().console(), request));
  must(make_bundle(parent(), again->identity().node, std::nullopt, dir() / "second"));
  must(take_bundle(*again, dir() / "second", must(known_parent(dir() / "again"))));
  const auto written = write(*again);
  EXPECT_TRUE(written) << written.error().error.english();
}

TEST_F(CardTest, ACardOfAnotherTreeIsNotForANodeThatHasRecords) {
  EXPECT_EQ(renew_by_card(found("q").ledger(), card()).error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace nc::sync
