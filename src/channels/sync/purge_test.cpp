// What two persons purge is nowhere, also where the line was cut in the middle of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "channels/sync/bundle.h"
#include "channels/sync/tables.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/key_file.h"

namespace nc::sync {
namespace {

using simulation::must;
using simulation::Node;
using simulation::sync_until_quiet;

constexpr std::string_view kSecret = "TUYET-MAT-zqwx";
const Limits kNarrow{16 * 1024, 16 * 1024, 1024};

class PurgeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    force_ = &tree_.found("force");
    unit_a_ = simulation::enter_unit(*force_, "a", force_->unit());
    for (auto* one : {&first_, &second_}) *one = person();
    a_ = &tree_.join(*force_, "a", unit_a_);
    sync_until_quiet(*a_, *force_);
  }
  struct Person {
    std::string login;
    crypto::SigningKey key = crypto::SigningKey::generate(system_rng());
  };
  std::optional<Person> person() {
    Person out;
    out.login = "p" + std::to_string(++persons_);
    Json values;
    values.set("login", out.login).set("display", out.login).set("unit", force_->unit().hex()).set("clearance", "restricted");
    const JsonObject grant{{"role", Json("purger")}, {"unit", Json(force_->unit().hex())}, {"line", Json("command")}};
    values.set("grants", JsonArray{Json(grant)});
    const auto account = Node::written(force_->write("account", values));
    Node::written(force_->ledger().certify_key(force_->ledger().console(), account, out.key.public_key()));
    return out;
  }
  // Of some ten frames of a narrow line, the secret in the first of them.
  RecordId large(Node& by) {
    SeededRng rng(7);
    std::string text(kSecret);
    for (int i = 0; i < 250; ++i) text += " " + rng.make<RecordId>().hex();
    return by.note(text, std::nullopt, journal::Audience::own(unit_a_));
  }
  void purge(Node& at, const RecordId& record) {
    const auto entry = must(at.ledger().history(at.ledger().console(), record)).back().hash;
    for (const auto* who : {&first_, &second_}) {
      const auto subject = must(at.ledger().subject((*who)->login));
      const auto removal = must(at.ledger().purge(subject, record, entry, "lộ", (*who)->key));
      EXPECT_EQ(removal.done, who == &second_);
    }
  }
  static std::vector<std::string> files_with(Node& node, std::string_view bytes) {
    std::vector<std::string> out;
    for (const auto& file : std::filesystem::recursive_directory_iterator(node.dir())) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(in), {}};
      if (content.find(bytes) != std::string::npos) out.push_back(file.path().filename().string());
    }
    return out;
  }
  // Whether the parts that came of it lie there, and what waits there.
  static bool lies_unfinished(Node& node, std::string_view table) {
    std::string sql = "SELECT count(*) FROM " + std::string(table) + " WHERE instr(";
    sql += table == "sync_piece" ? "bytes" : "body";
    return node.count(sql + ", CAST('" + std::string(kSecret) + "' AS BLOB)) > 0") > 0;
  }
  void expect_gone(const RecordId& record, std::size_t frames) {
    const auto outcome = sync_until_quiet(*a_, *force_, nullptr, 200, kNarrow);
    ASSERT_TRUE(outcome.same) << "a cut after " << frames << " frames";
    for (auto* node : {a_, force_}) {
      EXPECT_EQ(files_with(*node, kSecret), std::vector<std::string>{}) << node->code() << ", a cut after " << frames << " frames";
      EXPECT_EQ(node->count("SELECT count(*) FROM sync_piece") + node->count("SELECT count(*) FROM sync_spool"), 0);
      EXPECT_EQ(node->text_of(record), "");
      EXPECT_TRUE(must(node->ledger().verify()).problems.empty());
    }
  }
  static std::string cut_after(const std::string& row, std::size_t frames) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < frames && at + 2 <= row.size(); ++i)
      at += 2 + static_cast<std::size_t>(static_cast<unsigned char>(row[at]) | static_cast<unsigned char>(row[at + 1]) << 8);
    return row.substr(0, std::min(at, row.size()));
  }

  simulation::Tree tree_{NC_SOURCE_DIR};
  Node *force_ = nullptr, *a_ = nullptr;
  UnitId unit_a_;
  int persons_ = 0;
  std::optional<Person> first_, second_;
};

TEST_F(PurgeTest, APurgeReachesWhatALineBroughtOfAnEntryBeforeItWasCut) {
  bool in_pieces = false;
  for (std::size_t frames = 2; frames <= 14; ++frames) {
    const auto record = large(*force_);
    const auto session = must(Session::start(a_->ledger(), force_->id(), kNarrow));
    const auto row = must(answer(force_->ledger(), a_->id(), must(session->request()), kNarrow));
    must(session->feed(cut_after(row, frames)));
    in_pieces = in_pieces || lies_unfinished(*a_, "sync_piece");
    purge(*force_, record);
    expect_gone(record, frames);
  }
  EXPECT_TRUE(in_pieces) << "the cuts fell elsewhere";
}

TEST_F(PurgeTest, APurgeReachesWhatAParentGotOfItBefore) {
  bool in_pieces = false;
  for (std::size_t frames = 2; frames <= 14; ++frames) {
    const auto record = large(*a_);
    const auto session = must(Session::start(a_->ledger(), force_->id(), kNarrow));
    static_cast<void>(must(answer(force_->ledger(), a_->id(), cut_after(must(session->request()), frames), kNarrow)));
    in_pieces = in_pieces || lies_unfinished(*force_, "sync_piece");
    purge(*a_, record);
    expect_gone(record, frames);
  }
  EXPECT_TRUE(in_pieces) << "the cuts fell elsewhere";
}

// It was made when nobody had thought of a purge yet.
TEST_F(PurgeTest, WhatAStickBringsOfItAfterThePurgeIsNotKept) {
  const auto record = large(*a_);
  const auto stick = tree_.dir() / "stick.ncb";
  const auto force = force_->ledger().identity();
  const KnownParent parent{force.node, force.incarnation, must(crypto::read_key_file(force_->dir() / "keys" / "node.key")).public_key()};
  must(make_bundle(a_->ledger(), force_->id(), parent, stick));
  purge(*a_, record);
  const auto session = must(Session::start(a_->ledger(), force_->id(), kNarrow));
  for (std::size_t frames = 1; force_->count("SELECT count(*) FROM journal_fact WHERE kind='purge'") < 2; ++frames)
    static_cast<void>(must(answer(force_->ledger(), a_->id(), cut_after(must(session->request()), frames), kNarrow)));
  ASSERT_EQ(force_->text_of(record), "");
  must(take_bundle(force_->ledger(), stick, std::nullopt));
  expect_gone(record, 0);
}

// The power fails when the purge has come and what waits of the entry has not gone yet.
TEST_F(PurgeTest, WhatIsUnfinishedGoesAtOpeningToo) {
  const auto record = large(*force_);
  const auto session = must(Session::start(a_->ledger(), force_->id(), kNarrow));
  must(session->feed(cut_after(must(answer(force_->ledger(), a_->id(), must(session->request()), kNarrow)), 6)));
  ASSERT_TRUE(lies_unfinished(*a_, "sync_piece"));
  const auto parent = force_->id();
  const auto before = must([&]() -> Result<std::vector<Piece>> {
    std::vector<Piece> out;
    NC_TRY(a_->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(out, pieces(db, parent));
      return {};
    }));
    return out;
  }());
  purge(*force_, record);
  expect_gone(record, 6);
  must(a_->ledger().exchange([&](records::Intake& intake) -> Status {
    for (const auto& one : before) NC_TRY(keep_piece(intake.db(), parent, one));
    return {};
  }));
  ASSERT_FALSE(files_with(*a_, kSecret).empty());
  a_->open();
  EXPECT_EQ(files_with(*a_, kSecret), std::vector<std::string>{});
  EXPECT_EQ(a_->count("SELECT count(*) FROM sync_piece"), 0);
}

}  // namespace
}  // namespace nc::sync
