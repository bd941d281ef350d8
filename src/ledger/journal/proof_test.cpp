// What is proved of one entry: its bytes, its seal, the signature of a person; and that a change of any is seen.
#include "ledger/journal/proof.h"

#include "ledger/journal/node_for_test.h"

namespace nc::journal {
namespace {

using namespace testing;

class Proof : public JournalTest {
 protected:
  void SetUp() override {
    JournalTest::SetUp();
    post_ = &node(1);
    post_->found();
    for (int i = 0; i < 4; ++i) entries_.push_back(post_->set(5, {{"people", i}}));
  }
  EntryProof of(const EntryHash& hash) { return must(prove(post_->db, hash)); }
  void change(const std::string& sql) { must(post_->db.exec(sql)); }
  std::string row(std::size_t i) { return " WHERE arrival=" + std::to_string(entries_[i].arrival); }

  Node* post_ = nullptr;
  std::vector<Stored> entries_;
};

TEST_F(Proof, WhatWasWrittenAndSealedIsRight) {
  for (const auto& stored : entries_) {
    const auto proof = of(stored.entry.hash);
    EXPECT_TRUE(proof.bytes);
    EXPECT_EQ(proof.seal, SealProof::kGood);
    EXPECT_FALSE(proof.person);
    EXPECT_TRUE(proof.right());
  }
  EXPECT_FALSE(of(id_of<EntryHash>(9)).right()) << "what is not here proves nothing";
}

TEST_F(Proof, AChangedByteOfTheBodyIsSeen) {
  change("UPDATE journal_entry SET body=(SELECT body FROM journal_entry" + row(2) + ")" + row(1));
  EXPECT_FALSE(of(entries_[1].entry.hash).bytes);
  EXPECT_TRUE(of(entries_[2].entry.hash).right());
}

TEST_F(Proof, AnotherSignatureIsNoSeal) {
  change("UPDATE journal_seal SET sig=zeroblob(64) WHERE seq=2 AND stream=(SELECT stream FROM journal_entry" + row(1) + ")");
  EXPECT_EQ(of(entries_[1].entry.hash).seal, SealProof::kWrong);
  EXPECT_EQ(of(entries_[2].entry.hash).seal, SealProof::kGood);
}

// A later seal covers it too, as long as the chain between them holds.
TEST_F(Proof, TheNextSealCoversWhatStandsBeforeIt) {
  const auto stream = "(SELECT stream FROM journal_entry" + row(0) + ")";
  change("DELETE FROM journal_seal WHERE seq IN (1, 2) AND stream=" + stream);
  EXPECT_EQ(of(entries_[0].entry.hash).seal, SealProof::kGood);
  change("UPDATE journal_entry SET header=(SELECT header FROM journal_entry" + row(3) + ")" + row(1));
  EXPECT_EQ(of(entries_[0].entry.hash).seal, SealProof::kWrong);
  change("DELETE FROM journal_seal WHERE stream=" + stream);
  EXPECT_EQ(of(entries_[0].entry.hash).seal, SealProof::kNone);
}

TEST_F(Proof, ADistantSealIsSaidToBeDistant) {
  for (int i = 0; i < kFollowedToSealMax; ++i) entries_.push_back(post_->set(5, {{"people", i}}));
  const auto last = std::to_string(entries_.size());
  change("DELETE FROM journal_seal WHERE seq<" + last + " AND stream=(SELECT stream FROM journal_entry" + row(0) + ")");
  EXPECT_EQ(of(entries_[0].entry.hash).seal, SealProof::kDistant);
  EXPECT_EQ(of(entries_[3].entry.hash).seal, SealProof::kGood);
}

TEST_F(Proof, APersonsSignatureIsCheckedAgainstHisCertifiedKey) {
  post_->certify_person(2, "purge");
  post_->certify_person(3, "purge");
  const auto signed_by = [&](unsigned person) { return post_->append(post_->purge_draft(entries_[0].entry.hash, person)); };
  const auto two = signed_by(2), three = signed_by(3);
  EXPECT_EQ(of(two.entry.hash).person, std::optional(true));
  EXPECT_EQ(of(three.entry.hash).person, std::optional(true));
  EXPECT_TRUE(of(entries_[0].entry.hash).right()) << "purged: its header is left";
  // The certificate of the one is gone from the index over the authority.
  change("DELETE FROM journal_fact WHERE kind='certify-person' AND subject='" + id_of<PersonId>(2).hex() + "'");
  EXPECT_EQ(of(two.entry.hash).person, std::optional(false));
  EXPECT_FALSE(of(two.entry.hash).right());
  EXPECT_TRUE(of(three.entry.hash).right());
}

TEST_F(Proof, SealedNumbersAreThoseOfTheStreamsAskedFor) {
  const auto name = entries_[0].entry.header.stream.text();
  const auto known = must(sealed_up_to(post_->db, {name, "no such stream"}));
  EXPECT_EQ(known, (std::map<std::string, std::int64_t>{{name, 4}}));
}

}  // namespace
}  // namespace nc::journal
