// Entries that wait in the tail follow each other, are sealed and, once taken in, are entries like any other.
#include "ledger/journal/tail.h"

#include <gmock/gmock.h>

#include "ledger/journal/node_for_test.h"

namespace nc::journal {
namespace {

using namespace testing;

class Tail : public JournalTest {
 protected:
  void SetUp() override {
    JournalTest::SetUp();
    post_ = &node(1);
    post_->found();
  }
  Draft ready_draft(unsigned record, HandlingLevel handling = 1) {
    auto draft = post_->set_draft(record, {{"people", 9}});
    draft.part = part_at(handling);
    draft.ready = must(make_ready(std::move(draft.body), draft.form, post_->rng));
    return draft;
  }
  Stored wait(unsigned record, HandlingLevel handling = 1) { return post_->append(ready_draft(record, handling)); }
  std::int64_t waiting() { return post_->count("SELECT count(*) FROM journal_tail"); }
  void take_all_in() {
    auto transaction = must(store::Transaction::begin(post_->db));
    must(take_in(post_->db));
    must(transaction.commit());
  }
  void expect_whole(std::int64_t entries, std::int64_t streams) {
    EXPECT_EQ(waiting(), 0);
    const auto report = post_->verify();
    for (const auto& problem : report.problems) ADD_FAILURE() << problem.stream << " " << problem.seq << " " << problem.error.english();
    EXPECT_EQ(report.entries, entries);
    EXPECT_EQ(report.streams, streams);
  }
  Node* post_ = nullptr;
};

TEST_F(Tail, EntriesFollowEachOtherInTheTailAndInTheTables) {
  const auto before = post_->set(5, {{"people", 1}});
  const auto first = wait(6), second = wait(7), other = wait(8, 0);
  EXPECT_EQ(waiting(), 3);
  EXPECT_EQ(first.entry.header.prev, before.entry.hash);
  EXPECT_EQ(second.entry.header.prev, first.entry.hash);
  EXPECT_EQ(second.entry.header.seq, 3);
  EXPECT_EQ(other.entry.header.seq, 1) << "a stream of its own";
  EXPECT_EQ(second.arrival, first.arrival + 1);
  EXPECT_EQ(must(newest_arrival(post_->db)), other.arrival);
  const auto after = post_->set(9, {{"people", 2}});
  EXPECT_EQ(after.entry.header.prev, second.entry.hash) << "an entry that may not wait has the tail taken in";
  EXPECT_EQ(after.arrival, other.arrival + 1);
  expect_whole(7, 3);
  EXPECT_EQ(must(post_->journal.find(post_->db, first.entry.hash))->entry.body_bytes, first.entry.body_bytes);
  EXPECT_EQ(must(post_->journal.find(post_->db, other.entry.hash))->arrival, other.arrival);
}

TEST_F(Tail, OneSealCoversAGroupWhicheverWayItsEntriesWent) {
  const auto seals = post_->count("SELECT count(*) FROM journal_seal");
  auto transaction = must(store::Transaction::begin(post_->db));
  must(post_->journal.append(post_->db, ready_draft(5)));
  must(post_->journal.append(post_->db, post_->set_draft(6, {{"people", 1}})));
  EXPECT_EQ(waiting(), 0);
  must(post_->journal.append(post_->db, ready_draft(7)));
  must(post_->journal.append(post_->db, ready_draft(8, 0)));
  must(post_->journal.append(post_->db, ready_draft(9)));
  must(post_->journal.seal_moved(post_->db, post_->key));
  must(transaction.commit());
  EXPECT_EQ(waiting(), 3);
  EXPECT_EQ(post_->count("SELECT count(*) FROM journal_tail WHERE sig IS NOT NULL"), 2);
  wait(10);
  EXPECT_EQ(post_->count("SELECT count(*) FROM journal_tail WHERE sig IS NOT NULL"), 3);
  take_all_in();
  EXPECT_EQ(post_->count("SELECT count(*) FROM journal_seal"), seals + 3);
  expect_whole(8, 3);
}

TEST_F(Tail, WhatIsUndoneLeavesItsPlaceToTheNext) {
  const auto first = wait(5);
  auto transaction = must(store::Transaction::begin(post_->db));
  {
    auto undone = must(store::Savepoint::begin(post_->db));
    must(post_->journal.append(post_->db, ready_draft(6)));
  }
  const auto next = must(post_->journal.append(post_->db, ready_draft(7)));
  EXPECT_EQ(next.entry.header.prev, first.entry.hash);
  {
    auto undone = must(store::Savepoint::begin(post_->db));
    must(post_->journal.append(post_->db, post_->set_draft(8, {{"people", 1}})));
    EXPECT_EQ(waiting(), 0);
  }
  EXPECT_EQ(waiting(), 2) << "it had been taken in for what was undone";
  must(post_->journal.seal_moved(post_->db, post_->key));
  must(transaction.commit());
  take_all_in();
  expect_whole(4, 2);
}

TEST_F(Tail, WhatACutLeftIsTakenInAtTheNextStartAndGoesToOthersAsItIs) {
  const auto first = wait(5), second = wait(6);
  must(Journal::migrate(post_->db));
  expect_whole(4, 2);
  const auto batches = post_->batches();
  EXPECT_EQ(batches.size(), 4u) << "two commits of the authority and two of the stream, each with its seal";
  auto& above = node(2);
  const auto taken = above.take_all(*post_);
  EXPECT_EQ(taken.admitted, 4);
  EXPECT_EQ(above.digest(), post_->digest());
  EXPECT_EQ(above.heads(6), std::vector<EntryHash>{second.entry.hash});
}

TEST_F(Tail, ADatabaseOfBeforeHasNone) {
  const auto last = post_->set(5, {{"people", 1}});
  must(post_->db.exec("DROP TABLE journal_tail"));
  EXPECT_EQ(must(newest_arrival(post_->db)), last.arrival);
  must(Journal::migrate(post_->db));
  wait(6);
  take_all_in();
  expect_whole(4, 2);
}

}  // namespace
}  // namespace nc::journal
