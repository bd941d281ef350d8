// Rows imported by a node that does not hold the whole tree: a real directory of a post, certified by the founding node,
// with all that it held when it was certified.
#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/store/transaction.h"
#include "ledger/journal/bound_id.h"
#include "ledger/records/admission_rules.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/node_world_test.h"

namespace nc::records {
namespace {

class RowIds : public PeopleTest {
 protected:
  void SetUp() override {
    PeopleTest::SetUp();
    post_dir_ = fs::path(dir_.string() + "-post");
  }
  void TearDown() override {
    post_.reset();
    fs::remove_all(post_dir_);
    PeopleTest::TearDown();
  }
  // The founding node certifies another for its unit, and hands it a copy of what it has.
  void found_post() {
    ledger_.reset();
    const DataDir here{dir_}, there{post_dir_};
    const auto root = read_config(here).value();
    NodeConfig post{{system_rng().make<NodeId>(), system_rng().make<IncarnationId>()}, {}, root.unit_code};
    post.node_record = journal::bound_id(clock_.now_ms, 1, root.self.node);
    const auto key = crypto::SigningKey::generate(system_rng());
    {
      auto db = store::Database::open(here.ledger(), {.application_id = kLedgerApplicationId}).value();
      journal::Journal journal(root.self, clock_, system_rng());
      journal.set_rules(admission_rules());
      auto transaction = store::Transaction::begin(db).value();
      journal::Draft draft;
      draft.record = post.node_record;
      draft.type = "node_key";
      draft.part = {0, journal::Audience::authority()};
      draft.form = journal::Form::kAct;
      draft.body.author = root.node_record;
      draft.body.act = journal::acts::kCertifyNode;
      draft.body.set = {{"node", Json(post.self.node.hex())},
                        {"incarnation", Json(post.self.incarnation.hex())},
                        {"public_key", Json(key.public_key().hex())},
                        {"unit", Json(unit_.hex())}};
      const auto stored = journal.append(db, draft);
      ASSERT_TRUE(stored) << stored.error().english();
      ASSERT_TRUE(journal.seal_moved(db, crypto::read_key_file(here.key()).value()));
      ASSERT_TRUE(transaction.commit());
    }
    fs::copy(dir_, post_dir_, fs::copy_options::recursive);
    fs::remove(there.key());
    fs::remove(there.audit());
    ASSERT_TRUE(crypto::write_key_file(there.key(), key));
    ASSERT_TRUE(write_config(there, post));
    auto opened = Ledger::open(post_dir_, options_);
    ASSERT_TRUE(opened) << opened.error().english();
    post_ = std::move(*opened);
    ASSERT_TRUE(post_->rebuild(false));
    reopen();
  }
  Imported row(const Ledger& by, const access::Subject& who, const std::string& key, const std::string& place) {
    const auto held = by.held_row(who, "events", key).value();
    const auto values = talks(place);
    return {held ? *held : by.new_row_id("events", key),         "talks", values,
            crypto::sha256("events " + key + canonical(values)), "",      std::nullopt};
  }
  static void expect_sound(Ledger& one) {
    EXPECT_TRUE(one.verify().value().problems.empty());
    EXPECT_TRUE(one.rebuild(true).value().differs.empty());
  }

  fs::path post_dir_;
  std::unique_ptr<Ledger> post_;
};

TEST_F(RowIds, ANodeThatDoesNotHoldTheTreeImportsUnderIdsThatNameIt) {
  found_post();
  const auto who = post_->console();
  const auto first = row(*post_, who, "E1", "Cửa khẩu A");
  EXPECT_TRUE(journal::is_bound_to(first.id, post_->identity().node));
  const auto written = post_->import(who, {first});
  ASSERT_TRUE(written.front()) << written.front().error().error.english();
  EXPECT_EQ(post_->held_row(who, "events", "E1").value(), first.id) << "it finds its own again";
  const auto changed = row(*post_, who, "E1", "Cửa khẩu B");
  EXPECT_EQ(changed.id, first.id);
  EXPECT_TRUE(post_->import(who, {changed}).front()->changed);
  EXPECT_FALSE(post_->import(who, {changed}).front()->changed);
  EXPECT_EQ(post_->read(who, first.id)->values["place"].text("text"), "Cửa khẩu B");
  // The id that everybody can compute is not its to begin.
  auto nobodys = row(*post_, who, "E2", "Cửa khẩu A");
  nobodys.id = imported_id("events", "E2");
  const auto refused = post_->import(who, {nobodys});
  ASSERT_FALSE(refused.front());
  EXPECT_NE(refused.front().error().error.english().find("does not name the node"), std::string::npos)
      << refused.front().error().error.english();
  EXPECT_FALSE(post_->read(who, nobodys.id));
  expect_sound(*post_);
}

TEST_F(RowIds, ARowThatTheHolderOfTheTreeImportedIsAmendedWhereItIs) {
  const auto console = ledger_->console();
  const auto made = row(*ledger_, console, "E1", "Cửa khẩu A");
  EXPECT_EQ(made.id, imported_id("events", "E1"));
  ASSERT_TRUE(ledger_->import(console, {made}).front());
  found_post();
  const auto who = post_->console();
  const auto changed = row(*post_, who, "E1", "Cửa khẩu B");
  EXPECT_EQ(changed.id, made.id);
  ASSERT_TRUE(post_->import(who, {changed}).front());
  EXPECT_EQ(post_->read(who, made.id)->values["place"].text("text"), "Cửa khẩu B");
  expect_sound(*post_);
}

TEST_F(RowIds, ARecordThatTheImporterMayNotReadTellsHimNothing) {
  const auto console = ledger_->console();
  account("clerk", "provincial_staff", "open");
  const auto made = row(*ledger_, console, "E1", "Cửa khẩu A");
  ASSERT_TRUE(ledger_->import(console, {made}).front());
  found_post();
  const auto held = post_->held_row(post_->subject("clerk").value(), "events", "E1");
  EXPECT_EQ(held.value(), std::nullopt);
  EXPECT_EQ(post_->held_row(post_->console(), "events", "E1").value(), made.id);
}

// The heads of the trail are the node's own, and it need not hold the tree for them.
TEST_F(RowIds, TheHeadsOfTheTrailAreUnderAnIdThatNamesTheNode) {
  found_post();
  for (int day = 0; day < 3; ++day) {
    clock_.now_ms += 86'400'000;
    ASSERT_TRUE(post_->audit().write({{}, access::audited::kExport, {}, {}, {}}));
    ASSERT_TRUE(post_->seal_audit());
  }
  EXPECT_EQ(post_->audit_seals()->size(), 2U);
  EXPECT_TRUE(post_->verify_audit()->faults.empty());
  const auto heads = post_->list(post_->console(), {.feeds = {"audit-head"}});
  ASSERT_EQ(heads->items.size(), 1U);
  EXPECT_TRUE(journal::is_bound_to(heads->items.front().id, post_->identity().node));
  expect_sound(*post_);
}

}  // namespace
}  // namespace nc::records
