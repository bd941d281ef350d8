// Two nodes that meet only by stick: enrolled by card, records up, an answer down; copied, late, lost, damaged, foreign.
#include <gtest/gtest.h>

#include "base/files.h"
#include "channels/sync/bundle.h"
#include "channels/sync/card.h"
#include "channels/sync/shared.h"
#include "channels/sync/tables.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/key_file.h"
#include "foundation/crypto/sealed_row.h"
#include "ledger/records/backup.h"
#include "ledger/records/data_dir.h"

namespace nc::sync {
namespace {

using simulation::must;
using simulation::Node;

class BundleTest : public ::testing::Test, protected simulation::Tree {
 protected:
  BundleTest() : Tree(NC_SOURCE_DIR) {
    // By card, as two people with two sticks do it.
    const auto card = must(make_card(province_->ledger(), "p-post", catalog::Handling::kInternal));
    records::OpenOptions options;
    options.clock = &clock_;
    const auto joined = must(join_by_card(dir() / "post", catalog(), card, options));
    const auto request = must(read_request(province_->ledger(), joined.request));
    EXPECT_EQ(request.words, joined.words);
    must(admit(province_->ledger(), province_->ledger().console(), request));
    post_ = must(records::Ledger::open(dir() / "post", options));
    parent_ = must(known_parent(dir() / "post"));
  }
  std::filesystem::path stick(const std::string& name) { return dir() / (name + ".nhipcau"); }
  std::filesystem::path down(const std::string& name) {
    must(make_bundle(province_->ledger(), post_->identity().node, std::nullopt, stick(name)));
    return stick(name);
  }
  std::filesystem::path up(const std::string& name) {
    must(make_bundle(*post_, province_->id(), parent_, stick(name)));
    return stick(name);
  }
  BundleTaken at_post(const std::filesystem::path& file) { return must(take_bundle(*post_, file, parent_)); }
  BundleTaken at_province(const std::filesystem::path& file) { return must(take_bundle(province_->ledger(), file, std::nullopt)); }
  RecordId note(const std::string& text) {
    const auto written = post_->create(post_->console(), {std::nullopt, "sim_note", Json(JsonObject{{"text", Json(text)}}), std::nullopt,
                                                          journal::Audience::own(unit_), true});
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  }
  std::string at_post(const RecordId& record) { return must(post_->read(post_->console(), record)).values.text("text"); }
  // The digest of what both share, as this one holds it.
  std::string everything(records::Ledger& ledger) {
    const bool below = &ledger == post_.get();
    const auto other = below ? province_->id() : post_->identity().node;
    std::string out;
    must(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(const auto shared, Shared::with(db, ledger, other));
      NC_ASSIGN(const auto streams, shared->streams(db));
      out = digest_of(streams);
      return {};
    }));
    return out;
  }

  ManualClock clock_;
  Node* province_ = &found("province");
  UnitId unit_ = simulation::enter_unit(*province_, "p-post", province_->unit());
  std::unique_ptr<records::Ledger> post_;
  std::optional<KnownParent> parent_;
};

TEST_F(BundleTest, WhatAPostWroteIsAnsweredByTheNextStick) {
  at_post(down("first"));
  const auto record = note("thay hai nguoi vuot bien");
  at_province(up("second"));
  EXPECT_EQ(province_->text_of(record), "thay hai nguoi vuot bien");
  const auto amended = province_->ledger().amend(province_->ledger().console(), {record, {}, Json(JsonObject{{"number", Json(2)}}), {}});
  ASSERT_TRUE(amended) << amended.error().error.english();
  at_post(down("third"));
  EXPECT_EQ(must(post_->read(post_->console(), record)).values.integer("number"), 2);
  EXPECT_EQ(everything(*post_), everything(province_->ledger()));
  EXPECT_EQ(must(post_->verify()).problems.size(), 0U);
  EXPECT_TRUE(must(post_->rebuild(true)).differs.empty());
}

TEST_F(BundleTest, CopiedTwiceLateOutOfOrderAndLostIsHarmless) {
  at_post(down("first"));
  const auto one = note("mot");
  const auto a = up("a");
  const auto two = note("hai");
  const auto b = up("b");
  const auto three = note("ba");
  const auto c = up("c");
  std::filesystem::remove(b);  // lost
  at_province(c);
  EXPECT_EQ(province_->text_of(three), "ba") << "each holds all that no receipt has named";
  const auto before = everything(province_->ledger());
  at_province(a);
  at_province(a);
  at_province(c);
  EXPECT_EQ(everything(province_->ledger()), before);
  EXPECT_EQ(province_->text_of(one), "mot");
  EXPECT_EQ(province_->text_of(two), "hai");
  const auto d = down("d"), e = down("e");
  at_post(e);
  const auto held = everything(*post_);
  at_post(d);
  at_post(e);
  EXPECT_EQ(everything(*post_), held);
  EXPECT_EQ(held, everything(province_->ledger()));
}

// The receipt: what the other said it has is not sent once more.
TEST_F(BundleTest, AfterAReceiptABundleHoldsOnlyWhatIsNew) {
  at_post(down("first"));
  for (int i = 0; i < 50; ++i) note("ghi chu so " + std::to_string(i) + " cua don bien phong");
  at_province(up("a"));
  at_post(down("b"));
  const auto before = std::filesystem::file_size(stick("a"));
  up("c");
  EXPECT_LT(std::filesystem::file_size(stick("c")), before / 4);
  at_province(stick("c"));
  down("d");
  EXPECT_LT(std::filesystem::file_size(stick("d")), std::filesystem::file_size(stick("first")) / 4);
}

// The parent's recovery key is certified from the beginning and used only after a restore: bundles follow the key that it has at hand.
// Its stick holds the middle of another branch, which cannot be read upon the one that is there: the next stick back shows that one.
TEST_F(BundleTest, ACopiedMachineThatMeetsItsSuperiorByStickOnlyHearsOfTheOther) {
  at_post(down("first"));
  const auto before = note("truoc");
  at_province(up("second"));
  at_post(down("receipt"));
  post_.reset();
  std::filesystem::copy(dir() / "post", dir() / "copy", std::filesystem::copy_options::recursive);
  records::OpenOptions options;
  options.clock = &clock_;
  post_ = must(records::Ledger::open(dir() / "post", options));
  note("may that");
  at_province(up("third"));
  post_ = must(records::Ledger::open(dir() / "copy", options));
  const auto first = note("may sao chep");
  note("may sao chep, tiep");
  must(post_->exchange([&](records::Intake& intake) -> Status {
    NC_ASSIGN(const auto streams, journal::held_streams(intake.db()));
    for (const auto& one : streams)
      if (one.key.node == intake.self().node && one.key.lane == journal::Lane::kOrdinary)
        NC_TRY(raise_held_there(intake.db(), province_->id(), one.name, one.seq - 1));
    return {};
  }));
  EXPECT_FALSE(at_province(up("fourth")).notices.empty());
  EXPECT_FALSE(at_post(down("fifth")).notices.empty());
  const auto more = post_->create(post_->console(), {std::nullopt, "sim_note", Json(JsonObject{{"text", Json("nua")}}), std::nullopt,
                                                     journal::Audience::own(unit_), true});
  ASSERT_FALSE(more) << "another machine writes as this one";
  EXPECT_EQ(at_post(before), "truoc");
  EXPECT_EQ(at_post(first), "may sao chep") << "what it wrote stays readable there";
}

TEST_F(BundleTest, AParentRestoredWithItsRecoveryKeyIsReadAndWrittenTo) {
  at_post(down("first"));
  const auto one = note("truoc");
  at_province(up("a"));
  must(records::backup_directory(dir() / "province", dir() / "province.bak"));
  province_->close();
  ASSERT_TRUE(must(records::restore_backup(dir() / "province.bak", dir() / "again", records::DataDir{dir() / "province"}.recovery_key()))
                  .certified);
  province_ = &place("again", "province");
  province_->open();
  at_post(down("b"));  // holds no entry of the new incarnation: its greeting says which it is
  const auto two = note("sau");
  at_province(up("c"));
  EXPECT_EQ(province_->text_of(one), "truoc");
  EXPECT_EQ(province_->text_of(two), "sau");
  const auto amended = province_->ledger().amend(province_->ledger().console(), {two, {}, Json(JsonObject{{"number", Json(3)}}), {}});
  ASSERT_TRUE(amended) << amended.error().error.english();
  at_post(down("d"));
  EXPECT_EQ(must(post_->read(post_->console(), two)).values.integer("number"), 3);
  at_province(up("e"));
  EXPECT_EQ(everything(*post_), everything(province_->ledger()));
}

// It had handed in more than its backup holds, and its superior's stick comes first.
TEST_F(BundleTest, ARestoredChildGetsBackWhatItHadHandedInAfterItsBackup) {
  at_post(down("0"));
  const auto before = note("truoc");
  at_province(up("1"));
  at_post(down("2"));
  must(records::backup_directory(dir() / "post", dir() / "post.bak"));
  const auto after = note("sau");
  at_province(up("3"));
  post_.reset();
  must(records::restore_backup(dir() / "post.bak", dir() / "again", {}));
  records::OpenOptions options;
  options.clock = &clock_;
  post_ = must(records::Ledger::open(dir() / "again", options));
  const auto key = must(crypto::read_key_file(records::DataDir{dir() / "again"}.key()));
  records::NewNode who;
  who.self = post_->identity();
  who.key = key.public_key();
  who.unit = unit_;
  who.unit_code = "p-post";
  who.node_record = province_->ledger().new_node_record();
  who.asks = key.sign(journal::asks_message(who.node_record, who.self.node, who.self.incarnation));
  ASSERT_TRUE(province_->ledger().enrol(province_->ledger().console(), who));
  at_post(down("4"));
  EXPECT_EQ(at_post(before), "truoc");
  EXPECT_EQ(at_post(after), "sau");
  at_province(up("5"));
  at_post(down("6"));
  EXPECT_EQ(everything(*post_), everything(province_->ledger()));
}

// Sealed to a key that a restore has left behind: said so, and not that it was damaged.
TEST_F(BundleTest, OneForAFormerIncarnationIsRefusedByName) {
  at_post(down("first"));
  note("mot");
  const auto file = up("a");
  must(records::backup_directory(dir() / "province", dir() / "province.bak"));
  province_->close();
  must(records::restore_backup(dir() / "province.bak", dir() / "again", records::DataDir{dir() / "province"}.recovery_key()));
  province_ = &place("again", "province");
  province_->open();
  const auto refused = take_bundle(province_->ledger(), file, std::nullopt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied);
  EXPECT_NE(refused.error().english().find("before it was restored"), std::string::npos) << refused.error().english();
}

TEST_F(BundleTest, AnyChangedByteIsRefusedAndChangesNothing) {
  at_post(down("first"));
  note("mot");
  const auto good = must(read_file(up("a")));
  const auto before = everything(province_->ledger());
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 60) {
    auto bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    must(write_file_durably(stick("bad"), bad));
    EXPECT_FALSE(take_bundle(province_->ledger(), stick("bad"), std::nullopt)) << "byte " << at;
    must(write_file_durably(stick("bad"), std::string_view(good).substr(0, at)));
    EXPECT_FALSE(take_bundle(province_->ledger(), stick("bad"), std::nullopt)) << "cut at " << at;
  }
  EXPECT_EQ(everything(province_->ledger()), before);
}

TEST_F(BundleTest, IsForTheNamedNodeOnlyAndShowsNothingElse) {
  const auto file = down("first");
  EXPECT_EQ(take_bundle(province_->ledger(), file, std::nullopt).error().code, ErrorCode::kDenied);
  at_post(file);
  note("KHONG-DOC-DUOC");
  const auto bytes = must(read_file(up("a")));
  EXPECT_EQ(bytes.find("KHONG-DOC-DUOC"), std::string::npos);
  EXPECT_EQ(bytes.find(unit_.hex()), std::string::npos);
}

TEST_F(BundleTest, ACardLetsOneKeyIn) {
  const auto card = must(make_card(province_->ledger(), "p-post", catalog::Handling::kInternal));
  const auto first = must(join_by_card(dir() / "x", catalog(), card)), second = must(join_by_card(dir() / "y", catalog(), card));
  EXPECT_NE(first.words, second.words);
  must(admit(province_->ledger(), province_->ledger().console(), must(read_request(province_->ledger(), first.request))));
  must(admit(province_->ledger(), province_->ledger().console(),
             must(read_request(province_->ledger(), first.request))));  // copied: nothing new
  EXPECT_EQ(read_request(province_->ledger(), second.request).error().code, ErrorCode::kDenied);
  EXPECT_EQ(province_->count("SELECT refused FROM sync_card WHERE refused > 0"), 1);
  for (std::size_t at = 0; at < card.size(); at += 7) {
    auto bad = card;
    bad[at] = bad[at] == '0' ? '1' : '0';
    if (bad != card) { EXPECT_FALSE(join_by_card(dir() / "z", catalog(), bad)) << "byte " << at; }
  }
}

TEST(SealedRow, OpensForItsReceiverInOrderOnly) {
  SeededRng rng(3);
  const auto key = crypto::SigningKey::generate(rng), other = crypto::SigningKey::generate(rng);
  const auto sealer = must(crypto::RowSealer::to(key.public_key()));
  const auto one = sealer->seal("mot", false), two = sealer->seal("hai", true);
  EXPECT_FALSE(crypto::RowOpener::with(other, sealer->head()));
  const auto opener = must(crypto::RowOpener::with(key, sealer->head()));
  EXPECT_FALSE(opener->open(two));
  const auto again = must(crypto::RowOpener::with(key, sealer->head()));
  EXPECT_EQ(must(again->open(one)).text, "mot");
  const auto last = must(again->open(two));
  EXPECT_EQ(last.text, "hai");
  EXPECT_TRUE(last.last);
}

}  // namespace
}  // namespace nc::sync
