// Nodes that send each other what they hold: by any order, in any batches, twice, forged and forked.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/files.h"
#include "ledger/journal/authority.h"
#include "ledger/journal/node_for_test.h"

namespace nc::journal {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string problems(const VerifyReport& report) {
  std::string out;
  for (const auto& problem : report.problems)
    out += problem.stream + " " + std::to_string(problem.seq) + " " + problem.error.english() + "\n";
  return out;
}

class Receive : public JournalTest {
 protected:
  // A founded tree of two: b knows a's authority, a has certified b.
  std::pair<Node*, Node*> pair() {
    auto& a = node(1);
    auto& b = node(2);
    a.found();
    a.certify(b, 8);
    b.take_all(a);
    return {&a, &b};
  }
  static std::vector<SealedBatch> of_stream(const std::vector<SealedBatch>& batches, const std::string& text) {
    std::vector<SealedBatch> out;
    for (const auto& batch : batches)
      if (batch.stream.find(text) != std::string::npos) out.push_back(batch);
    return out;
  }
  static std::string error_of(const Result<Journal::Received>& received) {
    if (!received) return received.error().english();
    return received->refused.empty() ? "" : received->refused.front().english();
  }
  // Batches in random order, each until it fits.
  static void deliver(Node& to, std::vector<SealedBatch> batches, SeededRng& rng) {
    for (int round = 0; !batches.empty() && round < 200; ++round) {
      const auto at = rng.below(batches.size());
      const auto received = to.receive(batches[at]);
      if (received && rng.below(3) != 0) batches.erase(batches.begin() + static_cast<std::ptrdiff_t>(at));  // else again later
    }
    for (int round = 0; round < 50; ++round)
      for (const auto& batch : batches) (void)to.receive(batch);
  }
};

TEST_F(Receive, ANewNodeTakesAWholeTree) {
  auto [a, b] = pair();
  const auto first = a->set(5, {{"people", 9}});
  const auto received = b->take_all(*a);
  EXPECT_EQ(received.admitted, 1);
  EXPECT_EQ(b->digest(), a->digest());
  const auto second = b->set(5, {{"people", 10}}, {first.entry.hash});
  a->take_all(*b);
  EXPECT_EQ(a->digest(), b->digest());
  EXPECT_EQ(canonical(a->state(5).values()), R"({"people":10})");
  EXPECT_EQ(problems(a->verify()), "");
  EXPECT_EQ(problems(b->verify()), "");
}

TEST_F(Receive, WhatWasReadAheadIsTakenAsIfItHadNotBeen) {
  auto [a, b] = pair();
  auto& c = node(3);
  a->certify(c, 8);
  for (unsigned record = 5; record < 9; ++record) a->set(record, {{"people", static_cast<int>(record)}});
  auto batches = batches_of(a->db);
  for (auto& batch : batches)
    for (auto& entry : batch.entries) {
      Journal::read_ahead(entry);
      EXPECT_NE(entry.ahead, nullptr);
    }
  for (const auto& batch : batches) must(b->receive(batch));
  EXPECT_EQ(b->digest(), a->digest());
  EXPECT_EQ(problems(b->verify()), "");
  for (const auto& batch : batches) must(c.receive(batch));  // used up: read anew
  EXPECT_EQ(c.digest(), a->digest());
  EXPECT_EQ(problems(c.verify()), "");
}

TEST_F(Receive, BytesThatChangedSinceTheyWereReadAheadAreReadAnew) {
  auto [a, b] = pair();
  a->set(5, {{"people", 9}});
  auto batches = batches_of(a->db);
  auto& last = batches.back().entries.back();
  Journal::read_ahead(last);
  last.body_bytes.replace(last.body_bytes.find("9}"), 1, "8");
  EXPECT_THAT(error_of(b->receive(batches.back())), HasSubstr("not the one whose hash the header names"));
}

TEST_F(Receive, TheSameAgainChangesNothing) {
  auto [a, b] = pair();
  a->set(5, {{"people", 9}});
  b->take_all(*a);
  const auto digest = b->digest();
  const auto again = b->take_all(*a);
  EXPECT_EQ(again.admitted, 0);
  EXPECT_EQ(again.known, 4);
  EXPECT_THAT(again.refused, IsEmpty());
  EXPECT_EQ(b->digest(), digest);
}

TEST_F(Receive, AGapIsNamed) {
  auto [a, b] = pair();
  a->set(5, {{"people", 9}});
  a->set(6, {{"people", 9}});
  const auto batches = of_stream(a->batches(), "ordinary");
  EXPECT_THAT(error_of(b->receive(batches.at(1))), HasSubstr("Entries 1 to 1 of the stream are missing"));
  must(b->receive(batches.at(0)));
  must(b->receive(batches.at(1)));
  EXPECT_EQ(b->digest(), a->digest());
}

TEST_F(Receive, EntriesWaitForTheirAuthority) {
  auto& a = node(1);
  auto& b = node(2);
  a.found();
  a.set(5, {{"people", 9}});
  const auto ordinary = of_stream(a.batches(), "ordinary");
  auto received = must(b.receive(ordinary.at(0)));
  EXPECT_EQ(received.parked, 1);
  EXPECT_EQ(b.count("SELECT count(*) FROM journal_kept_aside WHERE waiting=1"), 1);
  EXPECT_EQ(b.count("SELECT count(*) FROM journal_entry"), 0) << "nothing is held that no seal vouches for";
  b.take_all(a);
  EXPECT_EQ(b.digest(), a.digest());
  EXPECT_EQ(b.count("SELECT count(*) FROM journal_kept_aside"), 0);
  EXPECT_EQ(canonical(b.state(5).values()), R"({"people":9})");
}

TEST_F(Receive, AnEntryWaitsForItsBaseOfAnotherNode) {
  auto [a, b] = pair();
  auto& c = node(3);
  a->certify(c, 9);
  c.take_all(*a);
  b->take_all(*a);
  const auto first = a->set(5, {{"people", 9}});
  b->take_all(*a);
  b->set(5, {{"people", 10}}, {first.entry.hash});
  for (const auto& batch :
       of_stream(b->batches(), StreamKey{b->journal.self().node, b->journal.self().incarnation, part_at(1), Lane::kOrdinary}.text()))
    EXPECT_EQ(must(c.receive(batch)).parked, 1);
  EXPECT_TRUE(c.state(5).parts.empty()) << "a parked entry gives nothing";
  EXPECT_EQ(problems(c.verify()), "") << "to be parked is no fault";
  const auto received = c.take_all(*a);
  EXPECT_EQ(canonical(c.state(5).values()), R"({"people":10})");
  EXPECT_THAT(received.refused, IsEmpty());
  EXPECT_EQ(c.digest(), b->digest());
}

TEST_F(Receive, ANodeThatNobodyCertifiedIsRefusedAndKeptAside) {
  auto [a, b] = pair();
  auto& stranger = node(3);
  stranger.take_all(*a);
  EXPECT_THAT(stranger.refuse(stranger.set_draft(5, {{"people", 666}})).english(), HasSubstr("not certified"));
  // So he writes the bytes himself.
  auto entry = must(a->journal.entries_of(a->db, a->set(5, {{"people", 9}}).entry.header.record)).back().entry;
  entry.header.stream.node = id_of<NodeId>(3);
  entry = finish(entry.header, entry.body);
  SealedBatch forged{entry.header.stream.text(),
                     {{entry.header_bytes, entry.body_bytes}},
                     1,
                     entry.hash,
                     stranger.key.sign(seal_message(entry.header.stream, 1, entry.hash))};
  EXPECT_THAT(error_of(b->receive(forged)), HasSubstr("not certified"));
  EXPECT_EQ(b->count("SELECT count(*) FROM journal_kept_aside WHERE waiting=0"), 1);
  EXPECT_THAT(error_of(b->receive(forged)), HasSubstr("not certified"));
  EXPECT_EQ(b->count("SELECT count(*) FROM journal_kept_aside WHERE waiting=0"), 1) << "kept once";
}

TEST_F(Receive, AForgedSealAndAChangedEntryAreRefused) {
  auto [a, b] = pair();
  a->set(5, {{"people", 9}});
  auto batch = of_stream(a->batches(), "ordinary").at(0);
  auto forged = batch;
  forged.seal.bytes[5] ^= 1;
  EXPECT_THAT(error_of(b->receive(forged)), HasSubstr("The seal is wrong"));
  forged = batch;
  forged.entries[0].body_bytes[forged.entries[0].body_bytes.size() - 4] ^= 1;
  EXPECT_FALSE(error_of(b->receive(forged)).empty());
  forged = batch;
  forged.seq = 2;
  EXPECT_THAT(error_of(b->receive(forged)), HasSubstr("another entry than the last"));
  EXPECT_EQ(error_of(b->receive(batch)), "");
}

TEST_F(Receive, AnotherTreeIsRefused) {
  auto [a, b] = pair();
  auto& other = node(9);
  other.found();
  for (const auto& batch : other.batches()) EXPECT_FALSE(error_of(b->receive(batch)).empty());
  auto& pinned = node(4);
  pinned.journal.set_rules({.may_write = {}, .judge = {}, .root = id_of<EntryHash>(1)});
  for (const auto& batch : other.batches()) EXPECT_FALSE(error_of(pinned.receive(batch)).empty());
  EXPECT_EQ(pinned.count("SELECT count(*) FROM journal_entry"), 0);
}

TEST_F(Receive, ANodeMayNotWriteForAnAudienceAboveIt) {
  auto& a = node(1);
  auto& b = node(2);
  const auto only_its_own = [](const Question& asked, const Audience& audience) -> Result<bool> {
    return audience.kind == Audience::Kind::kAuthority || asked.writer.units == audience.units;
  };
  a.found();
  a.certify(b, 8);
  b.take_all(a);
  b.set(5, {{"people", 9}});
  a.journal.set_rules({.may_write = only_its_own, .judge = {}, .root = {}});
  const auto received = a.take_all(b);
  ASSERT_THAT(received.refused, SizeIs(1));
  EXPECT_THAT(received.refused[0].english(), HasSubstr("may not write for the audience"));
  EXPECT_TRUE(a.state(5).parts.empty());
  EXPECT_EQ(a.digest(), b.digest()) << "held, so that the chain can go on, but not counted";
  EXPECT_EQ(problems(a.verify()), "");
}

TEST_F(Receive, ACloneIsFoundOutAndItsIncarnationClosed) {
  auto [a, b] = pair();
  auto& c = node(3);
  c.take_all(*a);
  auto& clone = node(2, 1 + 100);  // b's identity and key on another machine
  Journal posing(b->journal.self(), clone.clock, clone.rng);
  clone.take_all(*a);
  b->set(5, {{"people", 9}});
  {
    auto transaction = must(store::Transaction::begin(clone.db));
    must(posing.append(clone.db, clone.set_draft(6, {{"people", 1}})));
    must(posing.seal_moved(clone.db, b->key));
    must(transaction.commit());
  }
  EXPECT_EQ(error_of(c.receive(of_stream(b->batches(), "ordinary").at(0))), "");
  EXPECT_THAT(error_of(c.receive(of_stream(clone.batches(), "ordinary").at(0))), HasSubstr("a clone or a thief"));
  EXPECT_EQ(c.count("SELECT count(*) FROM journal_fork"), 1);
  EXPECT_EQ(c.count("SELECT count(*) FROM journal_kept_aside"), 1) << "the other branch stays as proof";
  EXPECT_EQ(canonical(c.state(5).values()), R"({"people":9})");
  b->set(7, {{"people", 2}});
  EXPECT_THAT(error_of(c.receive(of_stream(b->batches(), "ordinary").at(1))), HasSubstr("incarnation is closed"));
  EXPECT_THAT(error_of(b->receive(of_stream(clone.batches(), "ordinary").at(0))), HasSubstr("a clone or a thief"));
  EXPECT_THAT(b->refuse(b->set_draft(8, {{"people", 2}})).english(), HasSubstr("incarnation is closed"));
}

// Others who have not heard of the fork write upon what its node certified: they are no less to be taken for it.
TEST_F(Receive, TheAuthorityOfAForkedIncarnationIsTakenUnlessItIsForkedItself) {
  auto [a, b] = pair();
  auto& c = node(3);
  c.take_all(*a);
  auto& clone = node(2, 1 + 100);  // b's identity and key on another machine
  Journal posing(b->journal.self(), clone.clock, clone.rng);
  clone.take_all(*a);
  const auto clone_writes = [&, b = b](const Draft& draft) {
    auto transaction = must(store::Transaction::begin(clone.db));
    must(posing.append(clone.db, draft));
    must(posing.seal_moved(clone.db, b->key));
    must(transaction.commit());
  };
  b->set(5, {{"people", 9}});
  clone_writes(clone.set_draft(6, {{"people", 1}}));
  c.take_all(*b);
  EXPECT_THAT(error_of(c.receive(of_stream(clone.batches(), "ordinary").at(0))), HasSubstr("a clone or a thief"));
  b->certify(node(4), 8);
  a->take_all(*b);
  a->certify(node(5), 9);
  const auto of_b = of_stream(b->batches(), b->journal.self().node.hex() + "/");
  EXPECT_EQ(error_of(c.receive(of_stream(of_b, "/authority/").at(0))), "");
  c.take_all(*a);
  EXPECT_EQ(must(Journal::authority_base(c.db, 0)), must(Journal::authority_base(a->db, 0)));
  EXPECT_EQ(c.count("SELECT count(*) FROM journal_kept_aside WHERE waiting=1"), 0);
  EXPECT_EQ(problems(c.verify()), "");
  // The clone certifies another under the same number.
  const auto& other = node(6);
  clone_writes(clone.certificate(other.journal.self(), other.key, 8));
  EXPECT_THAT(error_of(c.receive(of_stream(of_stream(clone.batches(), b->journal.self().node.hex() + "/"), "/authority/").at(0))),
              HasSubstr("a clone or a thief"));
  b->certify(node(7), 8);
  EXPECT_THAT(error_of(c.receive(of_stream(of_stream(b->batches(), b->journal.self().node.hex() + "/"), "/authority/").at(1))),
              HasSubstr("incarnation is closed"));
}

TEST_F(Receive, OwnEntriesThatAreMissingHereMeanARestore) {
  auto* a = &node(1);
  a->found();
  auto& restored = node(1, 1 + 200);
  Journal old(a->journal.self(), restored.clock, restored.rng);
  const auto batch = a->batches().at(0);
  auto transaction = must(store::Transaction::begin(restored.db));
  EXPECT_THAT(error_of(old.receive(restored.db, batch.entries, batch.seq, batch.head, batch.seal)), HasSubstr("start a new incarnation"));
}

// What was refused may hold what a purge destroys: the same entry under a wrong seal, and its body under another header.
TEST_F(Receive, APurgeReachesBatchesKeptAside) {
  const std::string secret = "planted-secret-71";
  auto [a, b] = pair();
  for (const unsigned person : {21U, 22U}) a->certify_person(person, "purge");
  const auto entry = a->set(5, {{"note", Json(secret)}}).entry;
  b->take_all(*a);
  auto refused = of_stream(a->batches(), "ordinary").at(0);
  refused.seal.bytes[5] ^= 1;
  auto other = entry;
  other.header.stream.node = id_of<NodeId>(3);
  other = finish(other.header, other.body);
  SealedBatch forged{other.header.stream.text(), {{other.header_bytes, other.body_bytes}}, 1, other.hash, refused.seal};
  const auto kept = [b = b] { return b->count("SELECT count(*) FROM journal_kept_aside WHERE instr(entries, 'planted-secret') > 0"); };
  const auto on_disk = [&, b = b] {
    must(b->db.checkpoint(store::CheckpointMode::kTruncate));
    return must(read_file(b->path)).find(secret) != std::string::npos;
  };
  for (const auto* batch : {&refused, &forged}) EXPECT_FALSE(error_of(b->receive(*batch)).empty());
  EXPECT_EQ(kept(), 2);
  EXPECT_TRUE(on_disk());
  for (const unsigned person : {21U, 22U}) a->append(a->purge_draft(entry.hash, person));
  b->take_all(*a);
  EXPECT_EQ(must(b->journal.destroy_purged(b->db)), 1);
  EXPECT_EQ(b->count("SELECT count(*) FROM journal_kept_aside"), 2) << "that they came is still known";
  EXPECT_EQ(kept(), 0);
  EXPECT_FALSE(on_disk());
  refused.seal.bytes[6] ^= 1;
  forged.seal.bytes[6] ^= 1;
  for (const auto* batch : {&refused, &forged}) EXPECT_FALSE(error_of(b->receive(*batch)).empty());
  EXPECT_EQ(b->count("SELECT count(*) FROM journal_kept_aside"), 4);
  EXPECT_EQ(kept(), 0) << "nor is it kept when it comes later";
  EXPECT_FALSE(on_disk());
  EXPECT_EQ(must(b->journal.destroy_purged(b->db)), 0);
  EXPECT_TRUE(b->verify().problems.empty());
}

class Cut : public Receive {};

TEST_F(Cut, WhatLiesBeyondIsQuarantinedEvenIfItCounted) {
  auto [a, b] = pair();
  const auto good = b->set(5, {{"people", 9}});
  b->set(5, {{"people", 666}}, {good.entry.hash});
  a->take_all(*b);
  EXPECT_EQ(canonical(a->state(5).values()), R"({"people":666})");
  const JsonObject cut = {{"stream", Json(good.entry.header.stream.text())},
                          {"seq", Json(1)},
                          {"hash", Json(good.entry.hash.hex())},
                          {"reason", Json("stolen")}};
  a->authority(acts::kCut, cut);
  EXPECT_EQ(canonical(a->state(5).values()), R"({"people":9})");
  EXPECT_EQ(problems(a->verify()), "");
  b->set(6, {{"people", 1}});
  const auto received = a->take_all(*b);
  EXPECT_THAT(received.refused, SizeIs(1));
  EXPECT_TRUE(a->state(6).parts.empty());
  // A node that learns of the cut before the entries ends with the same.
  auto& late = node(4);
  late.take_all(*a);
  late.take_all(*b);
  EXPECT_EQ(canonical(late.state(5).values()), R"({"people":9})");
  EXPECT_EQ(late.digest(), a->digest());
}

TEST_F(Cut, AnHonestCorrectionOnTopOfAQuarantinedEntryStays) {
  auto [a, b] = pair();
  const auto good = b->set(5, {{"people", 9}});
  const auto bad = b->set(5, {{"people", 666}}, {good.entry.hash});
  a->take_all(*b);
  a->set(5, {{"place", "x"}}, {bad.entry.hash});
  a->authority(acts::kCut,
               {{"stream", good.entry.header.stream.text()}, {"seq", 1}, {"hash", good.entry.hash.hex()}, {"reason", "stolen"}});
  const auto state = a->state(5);
  EXPECT_EQ(canonical(state.values()), R"({"people":9,"place":"x"})");
  EXPECT_THAT(state.parked, IsEmpty());
}

TEST_F(Cut, TheSuperiorMayReadmitOneEntry) {
  auto [a, b] = pair();
  const auto good = b->set(5, {{"people", 9}});
  const auto beyond = b->set(6, {{"people", 3}});
  a->take_all(*b);
  a->authority(acts::kCut, {{"stream", good.entry.header.stream.text()}, {"seq", 1}, {"hash", good.entry.hash.hex()}, {"reason", "lost"}});
  EXPECT_TRUE(a->state(6).parts.empty());
  a->authority(acts::kReadmit, {{"entries", JsonArray{Json(beyond.entry.hash.hex())}}});
  EXPECT_EQ(canonical(a->state(6).values()), R"({"people":3})");
  EXPECT_EQ(problems(a->verify()), "");
}

// After a restore a superior is another incarnation, certified by the one before or by who stands above it.
TEST_F(Cut, ARestoredSuperiorCutsWhatItCertifiedBefore) {
  auto [a, b] = pair();
  auto& post = node(3);
  b->certify(post, 9);
  post.take_all(*a);
  post.take_all(*b);
  post.set(5, {{"people", 9}});
  const auto cut_of_post = [&](Node& by) {
    const auto self = post.journal.self();
    by.authority(
        acts::kCut,
        {{"stream", incarnation_subject(self.node, self.incarnation)}, {"seq", 0}, {"hash", EntryHash{}.hex()}, {"reason", "stolen"}});
  };
  auto& stranger = node(2, 7);  // calls itself b, and only the post says so
  post.certify(stranger, 9);
  auto& b_again = node(2, 2);
  a->certify(b_again, 8);
  auto& a_again = node(1, 2);
  a->certify(a_again, 7);
  for (auto* one : {&stranger, &b_again, &a_again})
    for (auto* from : {a, b, &post}) one->take_all(*from);
  const auto counts = [&](Node& reader) {
    for (auto* from : {a, b, &post}) reader.take_all(*from);
    return !reader.state(5).parts.empty();
  };
  cut_of_post(stranger);
  auto& first = node(11);
  EXPECT_TRUE(counts(first));
  first.take_all(stranger);
  EXPECT_TRUE(counts(first)) << "whoever the post itself made a superior of its own is none";
  cut_of_post(b_again);
  auto& second = node(12);
  EXPECT_TRUE(counts(second));
  second.take_all(b_again);
  EXPECT_FALSE(counts(second)) << "certified by the superior of the one before";
  cut_of_post(a_again);
  auto& third = node(13);
  EXPECT_TRUE(counts(third));
  third.take_all(a_again);
  EXPECT_FALSE(counts(third)) << "certified by the one before, two steps up";
  EXPECT_EQ(problems(third.verify()), "");
}

TEST_F(Cut, AThiefCannotCutHisSuperior) {
  auto [a, b] = pair();
  const auto above = a->set(5, {{"people", 9}});
  a->set(5, {{"people", 10}}, {above.entry.hash});
  b->take_all(*a);
  b->authority(acts::kCut,
               {{"stream", above.entry.header.stream.text()}, {"seq", 1}, {"hash", above.entry.hash.hex()}, {"reason", "stolen"}});
  a->take_all(*b);
  EXPECT_EQ(canonical(a->state(5).values()), R"({"people":10})");
  EXPECT_EQ(canonical(b->state(5).values()), R"({"people":10})");
}

TEST_F(Cut, CertificatesMadeBeyondACutAreVoid) {
  auto [a, b] = pair();
  auto& friend_of_thief = node(3);
  const auto last_good = b->publish("sample", 2);
  b->certify(friend_of_thief, 9);
  friend_of_thief.take_all(*a);
  friend_of_thief.take_all(*b);
  friend_of_thief.set(5, {{"people", 666}});
  a->take_all(*b);
  a->take_all(friend_of_thief);
  EXPECT_EQ(canonical(a->state(5).values()), R"({"people":666})");
  a->authority(acts::kCut,
               {{"stream", last_good.entry.header.stream.text()}, {"seq", 1}, {"hash", last_good.entry.hash.hex()}, {"reason", "stolen"}});
  EXPECT_TRUE(a->state(5).parts.empty());
  EXPECT_EQ(problems(a->verify()), "");
}

// Three nodes write at random; each then gets everything in another order and other batches.
TEST_F(Receive, AnyOrderAndAnyBatchesEndInTheSame) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SeededRng rng(seed);
    const auto base = seed * 10;
    std::vector<Node*> writers = {&node(base + 1), &node(base + 2), &node(base + 3)};
    writers[0]->found();
    for (const auto i : {1u, 2u}) writers[0]->certify(*writers[i], 7 + i);
    for (const auto i : {1u, 2u}) writers[i]->take_all(*writers[0]);
    for (int step = 0; step < 25; ++step) {
      auto& writer = *writers[rng.below(3)];
      const auto record = 5 + static_cast<unsigned>(rng.below(3));
      const auto kind = rng.below(10);
      if (kind < 2) writer.take_all(*writers[rng.below(3)]);
      else if (kind == 2) writer.publish("type" + std::to_string(rng.below(3)));
      else
        writer.set(record, {{std::string(1, static_cast<char>('a' + rng.below(2))), static_cast<int>(rng.below(4))}}, writer.heads(record));
    }
    std::vector<SealedBatch> all;
    for (auto* writer : writers)
      for (auto& batch : writer->batches()) all.push_back(std::move(batch));
    std::vector<Node*> readers = writers;
    readers.push_back(&node(base + 4));
    for (auto* reader : readers) deliver(*reader, all, rng);
    for (auto* reader : readers) {
      ASSERT_EQ(reader->digest(), readers[0]->digest()) << "seed " << seed;
      EXPECT_EQ(problems(reader->verify()), "");
      EXPECT_EQ(reader->count("SELECT count(*) FROM journal_entry WHERE status<>0"), 0);
      for (unsigned record = 5; record < 8; ++record) {
        const auto mine = reader->state(record), first = readers[0]->state(record);
        EXPECT_EQ(canonical(mine.values()), canonical(first.values()));
        EXPECT_EQ(mine.conflicts(), first.conflicts());
        EXPECT_EQ(reader->heads(record), readers[0]->heads(record));
      }
    }
  }
}

}  // namespace
}  // namespace nc::journal
