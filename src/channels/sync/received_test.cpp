// What a child hands in is read before its turn at writing; what becomes of it is as if it were read in its turn.
#include <gmock/gmock.h>

#include "channels/sync/runs_ahead.h"
#include "channels/sync/tree_for_test.h"

namespace nc::sync {
namespace {

using simulation::must;
using simulation::Node;
using simulation::sync_until_quiet;

// A force and the node of its province, which the force has let in.
class ReceivedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() / ("nc-received-" + system_rng().make<RecordId>().hex());
    std::filesystem::create_directories(dir_);
    simulation::make_catalog(NC_SOURCE_DIR, dir_ / "catalog");
    force_ = std::make_unique<Node>(dir_ / "force", "force", 100, "");
    force_->found(dir_ / "catalog");
    child_ = std::make_unique<Node>(dir_ / "child", "a", 101, "");
    child_->join(*force_, dir_ / "catalog", simulation::enter_unit(*force_, "a", force_->unit()));
    EXPECT_TRUE(sync_until_quiet(*child_, *force_).same);
  }
  void TearDown() override {
    child_.reset();
    force_.reset();
    std::filesystem::remove_all(dir_);
  }
  // What the child says next, as if it had not been answered before.
  std::string request() { return must(must(Session::start(child_->ledger(), force_->id()))->request()); }
  void answer(const std::string& request) { must(sync::answer(force_->ledger(), child_->id(), request)); }
  std::vector<RecordId> notes(int count, std::size_t length = 200) {
    std::vector<RecordId> out;
    for (int i = 0; i < count; ++i) out.push_back(child_->note("ghi " + std::to_string(i) + std::string(length, 'x')));
    return out;
  }
  static void expect_as_the_journal_says(records::Ledger& ledger) {
    const auto checked = must(ledger.rebuild(true));
    EXPECT_THAT(checked.differs, testing::IsEmpty());
    EXPECT_EQ(checked.before, checked.after);
  }
  std::filesystem::path dir_;
  std::unique_ptr<Node> force_, child_;
};

TEST_F(ReceivedTest, WhatFollowsInAnotherRequestIsTaken) {
  const auto record = child_->note("lan dau");
  const auto first = request();
  ASSERT_TRUE(child_->ledger().amend(child_->ledger().console(), {record, {}, Json(JsonObject{{"text", Json("lan hai")}}), {}}));
  const auto second = request();
  const auto other = child_->note("lan ba");
  const auto third = request();
  answer(first);
  answer(second);
  answer(third);
  EXPECT_EQ(force_->text_of(record), "lan hai");
  EXPECT_EQ(force_->text_of(other), "lan ba");
  expect_as_the_journal_says(force_->ledger());
  EXPECT_TRUE(sync_until_quiet(*child_, *force_).same);
}

// More than is read ahead, long ones, some amended in the same breath.
TEST_F(ReceivedTest, WhateverCameIsAsTheJournalSays) {
  notes(700, 20);
  notes(5, 6000);
  for (const auto& id : notes(20))
    ASSERT_TRUE(child_->ledger().amend(child_->ledger().console(), {id, {}, Json(JsonObject{{"text", Json("sua")}}), {}}));
  notes(600, 20);
  EXPECT_TRUE(sync_until_quiet(*child_, *force_).same);
  expect_as_the_journal_says(force_->ledger());
  EXPECT_EQ(must(child_->ledger().digest()), must(force_->ledger().digest()));
}

// The same request again: nothing is new, and nothing is written.
TEST_F(ReceivedTest, WhatIsHeldChangesNothing) {
  notes(40);
  const auto request = this->request();
  answer(request);
  const auto wal = force_->dir() / "ledger.db-wal";
  answer(request);
  const auto before = must(read_file(wal));
  answer(request);
  EXPECT_EQ(must(read_file(wal)), before);
  expect_as_the_journal_says(force_->ledger());
}

TEST_F(ReceivedTest, TheRunsOfARequestAreReadBeforeItsTurnAlsoThoseThatFollowOneOfIt) {
  notes(300);
  const auto request = this->request();
  std::vector<std::string> runs;
  FrameReader reader;
  reader.feed(request);
  while (const auto frame = reader.next())
    for (const auto& message : *frame)
      if (message.kind == kRun) runs.push_back(message.content);
  ASSERT_GT(runs.size(), 1U);
  must(force_->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto shared, Shared::with(db, force_->ledger(), child_->id()));
    RunsAhead ahead(db, child_->id(), shared->theirs(), request);
    for (const auto& content : runs) {
      const auto run = ahead.take(content);
      if (!run) {
        ADD_FAILURE() << "a run was not read";
        continue;
      }
      for (const auto& entry : run->entries) EXPECT_NE(entry.ahead, nullptr);
      EXPECT_FALSE(ahead.take(content)) << "once";
    }
    EXPECT_FALSE(ahead.take("khac"));
    return {};
  }));
  answer(request);
  EXPECT_TRUE(sync_until_quiet(*child_, *force_).same);
  expect_as_the_journal_says(force_->ledger());
}

}  // namespace
}  // namespace nc::sync
