// Certificates under the name of a node that somebody else enrolled.
#include "channels/sync/vouched.h"

#include <gtest/gtest.h>

#include "channels/sync/peer.h"
#include "channels/sync/tree_for_test.h"

namespace nc::sync {
namespace {

using simulation::enter_unit;
using simulation::must;
using simulation::Node;
using simulation::sync_until_quiet;

class VouchedTest : public testing::Test, protected simulation::Tree {
 protected:
  VouchedTest() : Tree(NC_SOURCE_DIR) {
    force_ = &found("f");
    const auto p = enter_unit(*force_, "p", force_->unit()), q = enter_unit(*force_, "q", force_->unit());
    q_unit_ = q;
    p_post_ = enter_unit(*force_, "a", p);
    q_post_ = enter_unit(*force_, "b", q);
    p_ = &join(*force_, "p", p);
    q_ = &join(*force_, "q", q);
    sync_until_quiet(*p_, *force_);
    sync_until_quiet(*q_, *force_);
  }
  // As the node `named`, with a key of the writer's choice.
  static bool certify_as(Node& by, const NodeId& named, const crypto::SigningKey& key, const UnitId& unit,
                         catalog::Handling ceiling = catalog::Handling::kInternal) {
    records::NewNode who;
    who.self = {named, journal::incarnation_of(key.public_key())};
    who.key = key.public_key();
    who.node_record = by.ledger().new_node_record();
    who.unit = unit;
    who.ceiling = ceiling;
    who.asks = key.sign(journal::asks_message(who.node_record, who.self.node, who.self.incarnation));
    return by.ledger().enrol(by.ledger().console(), who).has_value();
  }
  static Peer peer_at(Node& at, const NodeId& node) {
    std::optional<Peer> out;
    must(at.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(out, peer_of(db, *at.ledger().world(), node));
      return {};
    }));
    return *out;
  }
  static std::set<PublicKey> connecting_at(Node& at) {
    std::set<PublicKey> out;
    must(at.ledger().inspect([&](store::Database& db, const journal::Journal&) {
      return connecting_keys(db, *at.ledger().world(), [&](const journal::Certificate& one) { out.insert(one.key); });
    }));
    return out;
  }

  Node *force_ = nullptr, *p_ = nullptr, *q_ = nullptr, *post_ = nullptr;
  UnitId p_post_, q_post_, q_unit_;
};

TEST_F(VouchedTest, ANodeUnderTheNameOfACousinConnectsNowhere) {
  post_ = &join(*q_, "b", q_post_);
  sync_until_quiet(*q_, *force_);
  const auto before = peer_at(*force_, post_->id());
  SeededRng rng(9);
  const auto key = crypto::SigningKey::generate(rng);
  // The province pretends not to have heard of the post: so its own rules have nothing against it.
  ASSERT_TRUE(certify_as(*p_, post_->id(), key, p_post_));
  sync_until_quiet(*p_, *force_);
  sync_until_quiet(*q_, *force_);
  for (auto* at : {force_, q_}) {
    const auto peer = peer_at(*at, post_->id());
    EXPECT_EQ(peer.key, before.key);
    EXPECT_EQ(peer.units, std::vector<UnitId>{q_post_});
    EXPECT_TRUE(connecting_at(*at).contains(before.key));
    EXPECT_FALSE(connecting_at(*at).contains(key.public_key()));
  }
  // Once it has heard of it, its own journal refuses the next.
  EXPECT_FALSE(certify_as(*p_, post_->id(), crypto::SigningKey::generate(rng), p_post_));
  EXPECT_FALSE(certify_as(*p_, force_->id(), crypto::SigningKey::generate(rng), p_post_));
}

TEST_F(VouchedTest, ASuperiorGivesItsOwnNodeAnotherIncarnation) {
  post_ = &join(*q_, "b", q_post_);
  SeededRng rng(9);
  const auto key = crypto::SigningKey::generate(rng);
  ASSERT_TRUE(certify_as(*q_, post_->id(), key, q_post_));
  EXPECT_EQ(peer_at(*q_, post_->id()).key, key.public_key());
  const auto again = crypto::SigningKey::generate(rng);
  sync_until_quiet(*q_, *force_);
  ASSERT_TRUE(certify_as(*force_, post_->id(), again, q_post_)) << "or whoever stands above it";
  EXPECT_EQ(peer_at(*force_, post_->id()).key, again.public_key());
}

// A post whose machine was replaced moves to another province: what its first superior gave it before stays good.
TEST_F(VouchedTest, AReorganisationTakesNoIncarnationBackThatItKnewOf) {
  post_ = &join(*q_, "b", q_post_);
  SeededRng rng(9);
  const auto key = crypto::SigningKey::generate(rng);
  ASSERT_TRUE(certify_as(*q_, post_->id(), key, q_post_));
  sync_until_quiet(*q_, *force_);
  simulation::move_under(*force_, q_post_, p_->unit());
  sync_until_quiet(*q_, *force_);
  sync_until_quiet(*p_, *force_);
  for (auto* at : {force_, q_, p_}) {
    EXPECT_EQ(peer_at(*at, post_->id()).key, key.public_key());
    EXPECT_TRUE(connecting_at(*at).contains(key.public_key()));
  }
  // What the former superior gives it later is worth nothing, whenever it says that it did.
  const auto late = crypto::SigningKey::generate(rng);
  certify_as(*q_, post_->id(), late, q_post_);
  sync_until_quiet(*q_, *force_);
  sync_until_quiet(*p_, *force_);
  for (auto* at : {force_, q_, p_}) EXPECT_FALSE(connecting_at(*at).contains(late.public_key()));
  // Nor does a later change of superior that knew of it make it good.
  simulation::move_under(*force_, q_post_, force_->unit());
  sync_until_quiet(*p_, *force_);
  for (auto* at : {force_, p_}) {
    EXPECT_TRUE(connecting_at(*at).contains(key.public_key()));
    EXPECT_FALSE(connecting_at(*at).contains(late.public_key()));
  }
  const auto again = crypto::SigningKey::generate(rng);
  ASSERT_TRUE(certify_as(*force_, post_->id(), again, q_post_));
  EXPECT_EQ(peer_at(*force_, post_->id()).key, again.public_key());
}

// Not heard of when it was decided: the new superior gives the machine a card.
TEST_F(VouchedTest, ANewIncarnationBesideAReorganisationWaitsForTheNewSuperior) {
  post_ = &join(*q_, "b", q_post_);
  sync_until_quiet(*q_, *force_);
  SeededRng rng(9);
  const auto key = crypto::SigningKey::generate(rng);
  simulation::move_under(*force_, q_post_, p_->unit());
  ASSERT_TRUE(certify_as(*q_, post_->id(), key, q_post_));
  sync_until_quiet(*q_, *force_);
  sync_until_quiet(*p_, *force_);
  EXPECT_FALSE(connecting_at(*force_).contains(key.public_key()));
  ASSERT_TRUE(certify_as(*p_, post_->id(), crypto::SigningKey::generate(rng), q_post_));
}

TEST_F(VouchedTest, NobodyHandsOnAHigherHandlingThanHeHolds) {
  SeededRng rng(9);
  const auto node = rng.make<NodeId>();
  ASSERT_TRUE(certify_as(*p_, node, crypto::SigningKey::generate(rng), p_post_, catalog::Handling::kRestricted));
  EXPECT_EQ(peer_at(*p_, p_->id()).ceiling, static_cast<journal::HandlingLevel>(catalog::Handling::kInternal));
  EXPECT_EQ(peer_at(*p_, node).ceiling, static_cast<journal::HandlingLevel>(catalog::Handling::kInternal));
  const auto other = rng.make<NodeId>();
  ASSERT_TRUE(certify_as(*force_, other, crypto::SigningKey::generate(rng), p_post_, catalog::Handling::kRestricted));
  EXPECT_EQ(peer_at(*force_, other).ceiling, static_cast<journal::HandlingLevel>(catalog::Handling::kRestricted));
}

TEST_F(VouchedTest, ACertificateInReserveLowersNoCeilingAndRaisesNone) {
  EXPECT_EQ(peer_at(*force_, force_->id()).ceiling, static_cast<journal::HandlingLevel>(catalog::Handling::kRestricted))
      << "founded with a key in reserve";
  SeededRng rng(9);
  ASSERT_TRUE(certify_as(*q_, q_->id(), crypto::SigningKey::generate(rng), q_unit_, catalog::Handling::kRestricted));
  sync_until_quiet(*q_, *force_);
  for (auto* at : {force_, q_})
    EXPECT_EQ(peer_at(*at, q_->id()).ceiling, static_cast<journal::HandlingLevel>(catalog::Handling::kInternal));
}

}  // namespace
}  // namespace nc::sync
