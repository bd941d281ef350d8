// Keys of personal data between real ledgers: whoever may hold a sealed value gets its key, nobody else does, and an erased one never
// comes back.
#include <gtest/gtest.h>

#include "channels/sync/bundle.h"
#include "channels/sync/erasures.h"
#include "channels/sync/key_post.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/key_file.h"
#include "ledger/records/cutting_off.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::sync {
namespace {

using records::PersonKeys;
using simulation::must;
using simulation::Node;
using simulation::sync_until_quiet;
using simulation::Tree;

// A force, its provinces a and b, the post a1 of a.
class KeyParcelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    force_ = &tree_.found("force");
    unit_a_ = simulation::enter_unit(*force_, "a", force_->unit());
    unit_b_ = simulation::enter_unit(*force_, "b", force_->unit());
    const auto unit_a1 = simulation::enter_unit(*force_, "a1", unit_a_);
    a_ = &tree_.join(*force_, "a", unit_a_);
    b_ = &tree_.join(*force_, "b", unit_b_);
    sync_until_quiet(*a_, *force_);
    sync_until_quiet(*b_, *force_);
    post_ = &tree_.join(*a_, "a1", unit_a1);
    round();
    round();
  }
  void round() {
    sync_until_quiet(*post_, *a_);
    sync_until_quiet(*a_, *force_);
    sync_until_quiet(*b_, *force_);
  }
  // The parent takes what the child has; the line is cut before the child hears anything.
  static void hand_in(Node& child, Node& parent) {
    const auto session = must(Session::start(child.ledger(), parent.id()));
    static_cast<void>(must(answer(parent.ledger(), child.id(), must(session->request()))));
  }
  static void later(Node& node, std::int64_t ms = 86'400'000) { node.clock().now_ms += ms; }

  static crypto::SigningKey key_of(Node& node) { return must(crypto::read_key_file(records::DataDir{node.dir()}.key())); }
  // Sealed values of the record that the node holds and cannot open; -1: it holds none.
  static int closed(Node& node, const RecordId& id) {
    int out = -1;
    must(node.ledger().exchange([&](records::Intake& intake) -> Status {
      NC_ASSIGN(const auto values, intake.sealed_values(id));
      NC_ASSIGN(const bool erased, intake.is_to_be_erased(id));
      std::vector<PersonKeys::Key> keys;
      if (!erased) { NC_ASSIGN(keys, intake.person_keys().find_all(id)); }
      if (!values.empty()) out = 0;
      for (const auto& value : values)
        out += std::ranges::any_of(keys, [&](const auto& key) { return records::opens(key, value); }) ? 0 : 1;
      return {};
    }));
    return out;
  }
  static std::size_t keys_of(Node& node, const RecordId& id) {
    std::size_t out = 0;
    must(node.ledger().exchange([&](records::Intake& intake) -> Status {
      NC_ASSIGN(const auto keys, intake.person_keys().find_all(id));
      out = keys.size();
      return {};
    }));
    return out;
  }
  static bool is_erased(Node& node, const RecordId& id) {
    bool out = false;
    must(node.ledger().exchange([&](records::Intake& intake) -> Status {
      NC_ASSIGN(out, intake.person_keys().is_erased(id));
      return {};
    }));
    return out;
  }
  // Letters of that kind that lie at the node, to be passed on or kept.
  static std::vector<std::string> letters(Node& node, Letters kind) {
    std::vector<std::string> out;
    must(node.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(auto query, db.prepare("SELECT bytes FROM sync_letter WHERE kind=?1 AND bytes IS NOT NULL ORDER BY at"));
      query.bind(1, static_cast<std::int64_t>(kind));
      while (query.step().value_or(false)) out.push_back(query.blob(0));
      return {};
    }));
    return out;
  }
  // As if `from` had sent it; what the receiver has to say about it.
  static std::vector<Error> deliver(Node& to, Node& from, const std::string& bytes) {
    std::vector<Error> notices;
    must(to.ledger().exchange([&](records::Intake& intake) -> Status {
      NC_TRY(make_tables(intake.db()));
      NC_ASSIGN(const auto shared, Shared::with(intake.db(), to.ledger(), from.id()));
      KeyPost post(intake, to.ledger(), *shared, from.id(), notices);
      NC_ASSIGN([[maybe_unused]] const bool taken, post.take({kLetter, bytes}));
      return {};
    }));
    return notices;
  }
  static KeyLetter ask_of(Node& node, const RecordId& id, const std::string& part, const PublicKey& under) {
    KeyLetter out;
    out.kind = Letters::kAsk;
    out.node = node.id();
    out.incarnation = node.ledger().identity().incarnation;
    out.key = id;
    out.part = part;
    out.under = under;
    out.at_ms = node.ledger().now_ms();
    return out;
  }
  static std::string part_of(const UnitId& unit, int handling = 1) {
    return journal::PartKey{static_cast<journal::HandlingLevel>(handling), journal::Audience::own(unit)}.text();
  }
  void lose_keys(Node& node) {
    node.close();
    for (const auto* tail : {"", "-wal", "-shm"}) std::filesystem::remove(node.dir() / ("keys.db" + std::string(tail)));
    node.open();
  }
  KnownParent known(Node& parent) {
    const auto self = parent.ledger().identity();
    return {self.node, self.incarnation, key_of(parent).public_key()};
  }
  void carry(Node& from, Node& to, Node& parent) {
    const auto file = tree_.dir() / ("stick-" + std::to_string(++sticks_));
    must(make_bundle(from.ledger(), to.id(), known(parent), file));
    must(take_bundle(to.ledger(), file, known(parent)));
  }
  // Two persons of the force who may erase everywhere.
  void make_custodians() {
    for (auto& [login, key] : custodians_) {
      Json values;
      values.set("login", login).set("display", login).set("unit", force_->unit().hex()).set("clearance", "restricted");
      values.set("grants",
                 JsonArray{Json(JsonObject{{"role", Json("custodian")}, {"unit", Json(force_->unit().hex())}, {"line", Json("command")}})});
      const auto account = Node::written(force_->write("account", values));
      Node::written(force_->ledger().certify_key(force_->ledger().console(), account, key.public_key()));
    }
    round();
    round();
  }
  void erase_at(Node& node, const RecordId& id) {
    for (auto& [login, key] : custodians_) must(node.ledger().erase(must(node.ledger().subject(login)), id, "hết thời hạn", key));
  }

  Tree tree_{NC_SOURCE_DIR};
  Node *force_ = nullptr, *a_ = nullptr, *b_ = nullptr, *post_ = nullptr;
  UnitId unit_a_, unit_b_;
  int sticks_ = 0;
  std::vector<std::pair<std::string, crypto::SigningKey>> custodians_ = [] {
    std::vector<std::pair<std::string, crypto::SigningKey>> out;
    for (const auto* login : {"one", "two"}) out.emplace_back(login, crypto::SigningKey::generate(system_rng()));
    return out;
  }();
};

TEST_F(KeyParcelsTest, WhoHoldsASealedValueGetsItsKeyAndNobodyElseHearsOfIt) {
  const auto id = post_->person("Nguyễn Thị Bí Mật");
  EXPECT_EQ(closed(*post_, id), 0);
  const auto outcome = sync_until_quiet(*post_, *a_);
  EXPECT_TRUE(outcome.same);
  EXPECT_EQ(closed(*a_, id), 0);
  sync_until_quiet(*a_, *force_);
  EXPECT_EQ(closed(*force_, id), 0) << "given by a";
  round();
  EXPECT_EQ(closed(*b_, id), -1);
  EXPECT_EQ(b_->count("SELECT count(*) FROM sync_letter"), 0);
  for (auto* node : {post_, a_, force_}) {
    EXPECT_EQ(letters(*node, Letters::kAsk), std::vector<std::string>{}) << node->code();
    EXPECT_EQ(letters(*node, Letters::kParcel), std::vector<std::string>{}) << "destroyed when it was taken: " << node->code();
    store::Options options;
    options.application_id = records::kKeysApplicationId;
    auto keys = must(store::Database::open(node->dir() / "keys.db", options));
    EXPECT_EQ(must(keys.integer("SELECT count(*) FROM asked_key")), 0) << "good for one use: " << node->code();
  }
}

TEST_F(KeyParcelsTest, AnAskGoesOnToWhoHasTheKeyAndTheParcelComesBackTheSameWay) {
  const auto id = post_->person("x");
  hand_in(*post_, *a_);  // a has the record, and not yet the key
  ASSERT_EQ(closed(*a_, id), 1);
  sync_until_quiet(*a_, *force_);
  ASSERT_EQ(closed(*force_, id), 1);
  ASSERT_EQ(letters(*a_, Letters::kAsk).size(), 2U) << "its own and the force's";
  sync_until_quiet(*post_, *a_);
  EXPECT_EQ(closed(*a_, id), 0);
  const auto parcels = letters(*a_, Letters::kParcel);
  ASSERT_EQ(parcels.size(), 1U);
  const auto parcel = read_letter(parcels.front());
  EXPECT_EQ(parcel->node, post_->id());
  EXPECT_EQ(parcel->to, force_->id());
  sync_until_quiet(*a_, *force_);
  EXPECT_EQ(closed(*force_, id), 0);
  round();
  EXPECT_EQ(letters(*a_, Letters::kParcel).size(), 0U);
  EXPECT_EQ(letters(*post_, Letters::kParcel).size(), 0U);
}

TEST_F(KeyParcelsTest, TwoNodesThatSealedBeforeTheyMetOpenEachOthersFields) {
  const auto id = post_->person("x");
  hand_in(*post_, *a_);
  Json values;
  values.set("person_school", "y");
  const auto amended = a_->ledger().amend(a_->ledger().console(), {id, {}, values, {}});
  ASSERT_TRUE(amended) << amended.error().error.english();
  round();
  round();
  for (auto* node : {post_, a_, force_}) {
    EXPECT_EQ(closed(*node, id), 0) << node->code();
    EXPECT_EQ(keys_of(*node, id), 2U) << node->code();
  }
  // From now on each can change what the other sealed.
  make_custodians();
  const auto who = must(post_->ledger().subject("one"));
  values.set("person_school", "z");
  ASSERT_TRUE(post_->ledger().amend(who, {id, {}, values, {}}));
  round();
  EXPECT_EQ(closed(*a_, id), 0);
}

TEST_F(KeyParcelsTest, AKeyThatWasLostComesBackFromWhoWasGivenIt) {
  const auto id = post_->person("x");
  round();
  lose_keys(*post_);
  ASSERT_EQ(closed(*post_, id), 1);
  round();
  EXPECT_EQ(closed(*post_, id), 0);
}

TEST_F(KeyParcelsTest, ALetterThatIsLostIsAskedForAgain) {
  const auto id = post_->person("x");
  hand_in(*post_, *a_);
  must(a_->ledger().exchange([](records::Intake& intake) { return intake.db().run("DELETE FROM sync_letter"); }));
  sync_until_quiet(*post_, *a_);
  EXPECT_EQ(closed(*a_, id), 1);
  later(*a_);
  sync_until_quiet(*post_, *a_);
  EXPECT_EQ(closed(*a_, id), 0);
}

TEST_F(KeyParcelsTest, SticksCarryAsksParcelsAndWhatCameOfThem) {
  const auto id = post_->person("x");
  carry(*post_, *a_, *a_);
  ASSERT_EQ(closed(*a_, id), 1);
  carry(*a_, *post_, *a_);  // the ask
  carry(*a_, *post_, *a_);  // twice is as once
  carry(*post_, *a_, *a_);  // the parcel
  EXPECT_EQ(closed(*a_, id), 0);
  carry(*a_, *post_, *a_);
  EXPECT_EQ(letters(*post_, Letters::kParcel).size(), 0U) << "taken";
}

TEST_F(KeyParcelsTest, ANodeWithoutTheHandlingOrOutsideTheUnitGetsNothing) {
  records::test::allow_restricted(force_->ledger());
  const auto id = force_->person("x", catalog::Handling::kRestricted, journal::Audience::own(unit_a_));
  round();
  ASSERT_EQ(closed(*a_, id), -1) << "its ceiling is lower";
  const auto under = crypto::SigningKey::generate(system_rng());
  for (const int handling : {1, 2}) {
    const auto ask = write_letter(ask_of(*a_, id, part_of(unit_a_, handling), under.public_key()), key_of(*a_));
    const auto said = deliver(*force_, *a_, ask);
    EXPECT_EQ(said.size(), handling == 2 ? 1U : 0U) << "a part that is not shared is named";
  }
  const auto open = force_->person("y", std::nullopt, journal::Audience::own(unit_a_));
  EXPECT_EQ(deliver(*force_, *b_, write_letter(ask_of(*b_, open, part_of(unit_a_), under.public_key()), key_of(*b_))).size(), 1U);
  EXPECT_TRUE(deliver(*force_, *b_, write_letter(ask_of(*b_, open, part_of(unit_b_), under.public_key()), key_of(*b_))).empty());
  EXPECT_EQ(letters(*force_, Letters::kParcel).size(), 0U);
  EXPECT_TRUE(deliver(*force_, *a_, write_letter(ask_of(*a_, open, part_of(unit_a_), under.public_key()), key_of(*a_))).empty());
  EXPECT_EQ(letters(*force_, Letters::kParcel).size(), 1U) << "the same question of who may ask it";
}

TEST_F(KeyParcelsTest, AForgedOrAlteredLetterChangesNothing) {
  const auto id = post_->person("x");
  hand_in(*post_, *a_);
  const auto asks = letters(*a_, Letters::kAsk);
  ASSERT_EQ(asks.size(), 1U);
  for (std::size_t at = 0; at < asks.front().size(); at += 7) {
    auto altered = asks.front();
    altered[at] = static_cast<char>(altered[at] ^ 1);
    static_cast<void>(deliver(*post_, *a_, altered));
  }
  auto forged = *read_letter(asks.front());
  static_cast<void>(deliver(*post_, *a_, write_letter(forged, key_of(*b_))));
  EXPECT_EQ(letters(*post_, Letters::kParcel).size(), 0U);
  ASSERT_TRUE(deliver(*post_, *a_, asks.front()).empty());
  const auto parcels = letters(*post_, Letters::kParcel);
  ASSERT_EQ(parcels.size(), 1U);
  for (std::size_t at = 0; at < parcels.front().size(); at += 11) {
    auto altered = parcels.front();
    altered[at] = static_cast<char>(altered[at] ^ 1);
    static_cast<void>(deliver(*a_, *post_, altered));
    EXPECT_EQ(closed(*a_, id), 1) << at;
  }
  // Signed by a node that may, with a box that somebody else drew, or with a key that opens nothing.
  auto other = *read_letter(parcels.front());
  const PersonKeys::Key wrong = PersonKeys::Key::random(system_rng());
  other.box = must(box_keys(id, {&wrong}, forged.under, system_rng()));
  EXPECT_EQ(deliver(*a_, *post_, write_letter(other, key_of(*post_))).size(), 1U);
  other.box = must(box_keys(id, {&wrong}, crypto::SigningKey::generate(system_rng()).public_key(), system_rng()));
  EXPECT_EQ(deliver(*a_, *post_, write_letter(other, key_of(*post_))).size(), 1U);
  EXPECT_EQ(keys_of(*a_, id), 0U);
  EXPECT_TRUE(deliver(*a_, *post_, parcels.front()).empty());
  EXPECT_EQ(closed(*a_, id), 0);
}

TEST_F(KeyParcelsTest, AParcelForSomebodyElseIsPassedOnAndOpensNothingOnTheWay) {
  const auto id = post_->person("x");
  hand_in(*post_, *a_);
  sync_until_quiet(*a_, *force_);
  auto asks = letters(*a_, Letters::kAsk);
  std::erase_if(asks, [&](const auto& bytes) { return read_letter(bytes)->node != force_->id(); });
  ASSERT_EQ(asks.size(), 1U);
  ASSERT_TRUE(deliver(*post_, *a_, asks.front()).empty());
  const auto parcels = letters(*post_, Letters::kParcel);
  ASSERT_EQ(parcels.size(), 1U);
  EXPECT_TRUE(deliver(*a_, *post_, parcels.front()).empty());
  EXPECT_EQ(closed(*a_, id), 1);
  // As if it were for a: its one-use key is another's.
  auto turned = *read_letter(parcels.front());
  turned.to = a_->id();
  EXPECT_EQ(deliver(*a_, *post_, write_letter(turned, key_of(*post_))).size(), 1U);
  EXPECT_EQ(closed(*a_, id), 1);
}

TEST_F(KeyParcelsTest, OnlyTheReceiverEndsAParcelAndAnOldReceiptEndsNoNewOne) {
  const auto id = post_->person("x");
  hand_in(*post_, *a_);
  sync_until_quiet(*a_, *force_);
  sync_until_quiet(*post_, *a_);  // a keeps the parcel for the force
  const auto parcels = letters(*a_, Letters::kParcel);
  ASSERT_EQ(parcels.size(), 1U);
  KeyLetter said;
  said.kind = Letters::kTaken;
  said.node = post_->id();
  said.incarnation = post_->ledger().identity().incarnation;
  said.key = id;
  said.part = part_of(post_->unit());
  said.about = letter_name(parcels.front());
  static_cast<void>(deliver(*a_, *post_, write_letter(said, key_of(*post_))));
  EXPECT_EQ(letters(*a_, Letters::kParcel).size(), 1U) << "it is not to the post";
  said.node = force_->id();
  said.incarnation = force_->ledger().identity().incarnation;
  said.about = letter_name("another parcel");
  static_cast<void>(deliver(*a_, *force_, write_letter(said, key_of(*force_))));
  EXPECT_EQ(letters(*a_, Letters::kParcel).size(), 1U) << "a receipt for another";
  said.about = letter_name(parcels.front());
  static_cast<void>(deliver(*a_, *force_, write_letter(said, key_of(*force_))));
  EXPECT_EQ(letters(*a_, Letters::kParcel).size(), 0U);
}

TEST_F(KeyParcelsTest, ACutOffNodeIsGivenNothingAndIsNotBelieved) {
  const auto id = force_->person("x", std::nullopt, journal::Audience::own(unit_a_));
  const auto under = crypto::SigningKey::generate(system_rng());
  const auto ask = write_letter(ask_of(*a_, id, part_of(unit_a_), under.public_key()), key_of(*a_));
  const auto cut = records::cut_off(force_->ledger(), force_->ledger().console(),
                                    {a_->id(), a_->ledger().identity().incarnation, records::CutReason::kStolen, std::nullopt});
  ASSERT_TRUE(cut) << cut.error().error.english();
  EXPECT_EQ(deliver(*force_, *a_, ask).size(), 1U);
  EXPECT_EQ(letters(*force_, Letters::kParcel).size(), 0U);
}

TEST_F(KeyParcelsTest, AnErasureIsCarriedOutReportedAndCountedEverywhereAndNoOldParcelUndoesIt) {
  make_custodians();
  const auto id = post_->person("x");
  hand_in(*post_, *a_);
  const auto asks = letters(*a_, Letters::kAsk);
  ASSERT_EQ(asks.size(), 1U);
  ASSERT_TRUE(deliver(*post_, *a_, asks.front()).empty());
  const auto parcel = letters(*post_, Letters::kParcel).at(0);
  erase_at(*post_, id);
  const std::vector<journal::PartKey> parts = {{1, journal::Audience::own(post_->unit())}};
  const auto at_once = must(erasures_of(post_->ledger(), id, parts));
  EXPECT_EQ(at_once.holders, 3U) << "the post, a and the force";
  EXPECT_EQ(at_once.erased, 1U);
  EXPECT_EQ(at_once.waiting.size(), 2U);
  // Before a hears of it, it gets the parcel; then the erasure.
  ASSERT_TRUE(deliver(*a_, *post_, parcel).empty());
  ASSERT_EQ(closed(*a_, id), 0);
  for (int i = 0; i < 3; ++i) round();
  for (auto* node : {post_, a_, force_}) {
    EXPECT_TRUE(is_erased(*node, id)) << node->code();
    const auto told = must(erasures_of(node->ledger(), id, parts));
    EXPECT_EQ(told.holders, 3U) << node->code();
    EXPECT_EQ(told.erased, 3U) << node->code();
    EXPECT_EQ(closed(*node, id), 1) << node->code();
    EXPECT_EQ(letters(*node, Letters::kErased).size(), 3U) << node->code();
    EXPECT_EQ(letters(*node, Letters::kAsk).size() + letters(*node, Letters::kParcel).size(), 0U) << node->code();
  }
  EXPECT_EQ(b_->count("SELECT count(*) FROM sync_letter"), 0) << "the part is not for b";
  // An old parcel, an old ask: of an id that is refused for ever.
  static_cast<void>(deliver(*a_, *post_, parcel));
  auto again = ask_of(*a_, id, part_of(post_->unit()), crypto::SigningKey::generate(system_rng()).public_key());
  static_cast<void>(deliver(*post_, *a_, write_letter(again, key_of(*a_))));
  EXPECT_EQ(letters(*post_, Letters::kParcel).size(), 0U);
  EXPECT_EQ(closed(*a_, id), 1);
  later(*a_, 40LL * 86'400'000);
  round();
  EXPECT_EQ(must(erasures_of(a_->ledger(), id, parts)).erased, 3U) << "reports are kept";
}

TEST_F(KeyParcelsTest, AReportOfAnotherNodeIsBelievedOnlyWithItsSignature) {
  make_custodians();
  const auto id = post_->person("x");
  round();
  erase_at(*a_, id);
  const std::vector<journal::PartKey> parts = {{1, journal::Audience::own(post_->unit())}};
  KeyLetter report;
  report.kind = Letters::kErased;
  report.node = post_->id();
  report.incarnation = post_->ledger().identity().incarnation;
  report.key = id;
  report.part = parts.front().text();
  report.at_ms = a_->ledger().now_ms();
  EXPECT_EQ(deliver(*a_, *post_, write_letter(report, key_of(*b_))).size(), 1U);
  EXPECT_EQ(must(erasures_of(a_->ledger(), id, parts)).erased, 1U);
  EXPECT_TRUE(deliver(*a_, *post_, write_letter(report, key_of(*post_))).empty());
  EXPECT_EQ(must(erasures_of(a_->ledger(), id, parts)).erased, 2U);
}

}  // namespace
}  // namespace nc::sync
