// Append, seal, read and verify on real files.
#include "ledger/journal/journal.h"

#include <gmock/gmock.h>

#include "ledger/journal/node_for_test.h"
#include "ledger/journal/tail.h"

namespace nc::journal {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string problems(const VerifyReport& report) {
  std::string out;
  for (const auto& problem : report.problems)
    out += problem.stream + " " + std::to_string(problem.seq) + " " + problem.error.english() + "\n";
  return out;
}

class Append : public JournalTest {};

TEST_F(Append, AFoundedNodeWritesReadsAndVerifies) {
  auto& post = node(1);
  post.found();
  const auto first = post.set(5, {{"people", 9}});
  const auto second = post.set(5, {{"people", 10}}, {first.entry.hash});
  EXPECT_EQ(second.entry.header.seq, 2);
  EXPECT_EQ(second.entry.header.prev, first.entry.hash);
  EXPECT_EQ(second.depth, 2u);
  EXPECT_EQ(canonical(post.state(5).values()), R"({"people":10})");
  const auto report = post.verify();
  EXPECT_EQ(problems(report), "");
  EXPECT_EQ(report.entries, 4);
  EXPECT_EQ(report.streams, 2);
  EXPECT_EQ(must(post.journal.entries_of(post.db, id_of<RecordId>(5))).size(), 2u);
  EXPECT_EQ(must(post.journal.find(post.db, first.entry.hash))->entry.body_bytes, first.entry.body_bytes);
  EXPECT_FALSE(must(post.journal.find(post.db, EntryHash{})).has_value());
}

TEST_F(Append, NothingIsWrittenBeforeTheTreeIsFounded) {
  auto& post = node(1);
  EXPECT_THAT(post.refuse(post.set_draft(5, {{"people", 9}})).english(), HasSubstr("must found the tree"));
  EXPECT_THAT(post.refuse(post.authority_draft(acts::kPublishType,
                                               {{"type_id", "sample"}, {"version", 1}, {"definition_hash", id_of<Digest>(1).hex()}}))
                  .english(),
              HasSubstr("must found the tree"));
}

TEST_F(Append, ATypeThatWasNotPublishedIsRefusedByName) {
  auto& post = node(1);
  post.found();
  auto draft = post.set_draft(5, {{"people", 9}});
  draft.type_version = 2;
  EXPECT_THAT(post.refuse(draft).english(), HasSubstr("sample@2 was not published"));
  EXPECT_EQ(post.count("SELECT count(*) FROM journal_entry"), 2);
}

TEST_F(Append, ABaseMustExistAndBelongToTheRecordAndItsPartOrALowerOneOfTheAudience) {
  auto& post = node(1);
  post.found();
  const auto other = post.set(6, {{"people", 1}});
  EXPECT_THAT(post.refuse(post.set_draft(5, {{"people", 9}}, {other.entry.hash})).english(), HasSubstr("another record or part"));
  EXPECT_THAT(post.refuse(post.set_draft(5, {{"people", 9}}, {id_of<EntryHash>(4)})).english(), HasSubstr("is not here"));
  auto elsewhere = post.set_draft(6, {{"people", 2}}, {other.entry.hash});
  elsewhere.part = part_at(0);
  EXPECT_THAT(post.refuse(elsewhere).english(), HasSubstr("another record or part")) << "nothing points upward";
  elsewhere.part = part_at(2, 8);
  EXPECT_THAT(post.refuse(elsewhere).english(), HasSubstr("another record or part")) << "another audience";
  elsewhere.part = part_at(2);
  EXPECT_EQ(post.append(elsewhere).entry.header.base, std::vector{other.entry.hash}) << "above, what was seen below";
}

TEST_F(Append, AFailedSaveLeavesNothingAndTheNextGoesOn) {
  auto& post = node(1);
  post.found();
  {
    auto transaction = must(store::Transaction::begin(post.db));
    {
      auto savepoint = must(store::Savepoint::begin(post.db));
      must(post.journal.append(post.db, post.set_draft(5, {{"people", 9}})));
      must(savepoint.rollback());
    }
    must(post.journal.append(post.db, post.set_draft(6, {{"people", 1}})));
    must(post.journal.seal_moved(post.db, post.key));
    must(transaction.commit());
  }
  EXPECT_EQ(problems(post.verify()), "");
  EXPECT_THAT(must(post.journal.entries_of(post.db, id_of<RecordId>(5))), IsEmpty());
  EXPECT_EQ(must(post.journal.entries_of(post.db, id_of<RecordId>(6))).size(), 1u);
}

// What the journal keeps of the authority from save to save.
TEST_F(Append, AnUndoneAuthorityEntryIsNoBodysAuthority) {
  auto& post = node(1);
  post.found();
  const auto before = post.set(5, {{"people", 1}}).entry.header.auth;
  {
    auto transaction = must(store::Transaction::begin(post.db));
    {
      auto savepoint = must(store::Savepoint::begin(post.db));
      must(post.journal.append(
          post.db,
          post.authority_draft(acts::kPublishType, {{"type_id", "later"}, {"version", 1}, {"definition_hash", id_of<Digest>(1).hex()}})));
      auto later = post.set_draft(6, {{"people", 1}});
      later.type = "later";
      const auto under_it = must(post.journal.append(post.db, later));
      EXPECT_NE(under_it.entry.header.auth, before);
      must(savepoint.rollback());
    }
    const auto after = must(post.journal.append(post.db, post.set_draft(7, {{"people", 1}})));
    EXPECT_EQ(after.entry.header.auth, before);
    must(post.journal.seal_moved(post.db, post.key));
    must(transaction.commit());
  }
  auto later = post.set_draft(8, {{"people", 1}});
  later.type = "later";
  EXPECT_THAT(post.refuse(later).english(), HasSubstr("later@1 was not published"));
  post.publish("later");
  const auto published = post.append(later);
  EXPECT_NE(published.entry.header.auth, before);
  EXPECT_EQ(post.set(9, {{"people", 1}}).entry.header.auth, published.entry.header.auth);
  EXPECT_EQ(problems(post.verify()), "");
}

TEST_F(Append, ABodyMadeReadyBeforeIsTheEntrysBody) {
  auto& post = node(1);
  post.found();
  auto draft = post.set_draft(5, {{"people", 9}, {"remark", std::string(2000, 'x')}});
  auto plain = draft;
  draft.ready = must(make_ready(std::move(draft.body), draft.form, post.rng));
  const auto bytes = draft.ready->bytes;
  EXPECT_LT(draft.ready->stored.size(), bytes.size() / 2) << "packed";
  const auto stored = post.append(draft);
  EXPECT_EQ(stored.entry.body_bytes, bytes);
  must(take_in(post.db));
  const auto read = must(post.journal.find(post.db, stored.entry.hash));
  EXPECT_EQ(read->entry.body_bytes, bytes);
  EXPECT_EQ(read->entry.header_bytes, stored.entry.header_bytes);
  EXPECT_EQ(read->entry.body.set, post.append(plain).entry.body.set);
  Body nothing;
  EXPECT_THAT(make_ready(nothing, Form::kSet, post.rng).error().english(), HasSubstr("must set, add or remove something"));
  EXPECT_EQ(problems(post.verify()), "");
}

TEST_F(Append, OneSealCoversAGroupAndEachMovedStreamHasOne) {
  auto& post = node(1);
  post.found();
  const auto before = post.count("SELECT count(*) FROM journal_seal");
  auto transaction = must(store::Transaction::begin(post.db));
  for (unsigned record = 5; record < 8; ++record) must(post.journal.append(post.db, post.set_draft(record, {{"people", 9}})));
  auto open = post.set_draft(9, {{"people", 9}});
  open.part = part_at(0);
  must(post.journal.append(post.db, open));
  must(post.journal.seal_moved(post.db, post.key));
  must(transaction.commit());
  EXPECT_EQ(post.count("SELECT count(*) FROM journal_seal"), before + 2);
  EXPECT_EQ(problems(post.verify()), "");
}

TEST_F(Append, AuthorityEntriesOfDifferentRecordsStandOnEachOther) {
  auto& post = node(1);
  post.found();
  post.publish("unit");
  auto draft = post.authority_draft("create", {{"name", "Post 1"}}, 50);
  draft.type = "unit";
  const auto first = post.append(draft);
  draft = post.authority_draft("create", {{"name", "Post 2"}}, 51);
  draft.type = "unit";
  const auto between = post.append(draft);
  draft = post.authority_draft("rename", {{"name", "Post One"}}, 50);
  draft.type = "unit";
  const auto second = post.append(draft);
  EXPECT_EQ(second.entry.header.base, std::vector<EntryHash>{between.entry.hash});
  EXPECT_EQ(second.depth, first.depth + 2);
  const auto state = post.state(50);
  EXPECT_EQ(canonical(state.values()), R"({"name":"Post One"})");
  EXPECT_THAT(state.conflicts(), IsEmpty());
  EXPECT_EQ(state.depth, second.depth);
}

TEST_F(Append, ABindingActNeedsTheAuthorsCertifiedKey) {
  auto& post = node(1);
  post.found();
  const auto person = crypto::SigningKey::generate(post.rng);
  const auto first = post.set(5, {{"people", 9}});
  auto draft = post.set_draft(5, {}, {first.entry.hash});
  draft.form = Form::kAct;
  draft.body.act = "approve";
  draft.body.state = "approved";
  draft.body.over[part_at(1)] = {{first.entry.hash}, values_digest(post.state(5).parts.at(part_at(1)))};
  const auto sign = [&](Draft& d) {
    d.body.signature = PersonSignature{person.public_key(), person.sign(binding_message(d.record, d.body.act, d.body))};
  };
  sign(draft);
  EXPECT_THAT(post.refuse(draft).english(), HasSubstr("not certified for the author"));
  post.authority(acts::kCertifyPerson, {{"person", id_of<PersonId>(1).hex()}, {"public_key", person.public_key().hex()}});
  auto forged = draft;
  forged.body.state = "released";
  EXPECT_THAT(post.refuse(forged).english(), HasSubstr("signature is wrong"));
  auto upward = draft;
  upward.body.over[part_at(2)] = {{}, Digest{}};
  sign(upward);
  EXPECT_THAT(post.refuse(upward).english(), HasSubstr("whose handling is higher"));
  auto blind = draft;
  blind.body.over[part_at(1)].heads.clear();
  sign(blind);
  EXPECT_THAT(post.refuse(blind).english(), HasSubstr("exactly the heads in its base"));
  post.append(draft);
  EXPECT_TRUE(post.state(5).bound);
  EXPECT_EQ(problems(post.verify()), "");
}

TEST_F(Append, NativeActsWithoutTheirValuesAreRefused) {
  auto& post = node(1);
  post.found();
  EXPECT_THAT(post.refuse(post.authority_draft(acts::kCut, {{"stream", "x"}})).english(), HasSubstr("hash"));
  EXPECT_THAT(post.refuse(post.authority_draft(acts::kCertifyPerson, {{"person", "x"}})).english(), HasSubstr("person"));
  EXPECT_THAT(post.refuse(post.authority_draft(acts::kPurge, {{"entries", JsonArray{}}})).english(), HasSubstr("entries"));
  auto hidden = post.authority_draft(acts::kReadmit, {{"entries", JsonArray{Json(id_of<EntryHash>(1).hex())}}});
  hidden.part.handling = 2;
  EXPECT_THAT(post.refuse(hidden).english(), HasSubstr("authority/open"));
}

TEST_F(Append, ThePlainExportHoldsEveryEntryAndSealInItsOwnBytes) {
  auto& post = node(1);
  post.found();
  const auto stored = post.set(5, {{"people", 9}});
  std::vector<Json> lines;
  must(post.journal.export_plain(post.db, [&](std::string_view line) -> Status {
    lines.push_back(must(parse_canonical(line)));
    return {};
  }));
  ASSERT_EQ(lines.size(), 1u + 3 + 3 + 1);
  EXPECT_EQ(canonical(lines[3]["header"]), stored.entry.header_bytes);
  EXPECT_EQ(canonical(lines[3]["body"]), stored.entry.body_bytes);
  EXPECT_EQ(lines[3].text("hash"), stored.entry.hash.hex());
  EXPECT_EQ(lines.back().integer("entries"), 3);
  EXPECT_EQ(lines.back().text("set_digest"), post.digest().hex());
}

class Tamper : public JournalTest {
 protected:
  void SetUp() override {
    JournalTest::SetUp();
    post_ = &node(1);
    post_->found();
    std::vector<EntryHash> base;
    for (int i = 0; i < 4; ++i) base = {post_->set(5, {{"people", i}}, base).entry.hash};
    ASSERT_EQ(problems(post_->verify()), "");
    stream_ = StreamKey{post_->journal.self().node, post_->journal.self().incarnation, part_at(1), Lane::kOrdinary}.text();
  }
  // Verify must name this stream and number.
  void expect_named(std::int64_t seq) {
    const auto report = post_->verify();
    EXPECT_TRUE(std::any_of(report.problems.begin(), report.problems.end(),
                            [&](const VerifyProblem& problem) { return problem.stream == stream_ && problem.seq == seq; }))
        << "number " << seq << " is not named in:\n"
        << problems(report);
  }
  std::string where(std::int64_t seq) const {
    return " WHERE seq=" + std::to_string(seq) + " AND stream=(SELECT id FROM journal_stream WHERE name='" + stream_ + "')";
  }
  void change(const std::string& sql) { must(post_->db.exec(sql)); }

  Node* post_ = nullptr;
  std::string stream_;
};

TEST_F(Tamper, EveryByteOfHeaderAndBodyIsCovered) {
  // A bit of the compressed frame that means nothing may change; a bit of the entry may not.
  const auto bytes = [&]() -> std::optional<std::string> {
    const auto read = bytes_of(*must(find_row_at(post_->db, must(find_stream(post_->db, stream_))->id, 2)));
    return read ? std::optional(read->header_bytes + read->body_bytes.value_or("")) : std::nullopt;
  };
  const auto meant = bytes();
  for (const auto* column : {"header", "body"}) {
    auto original = [&] {
      auto query = must(post_->db.prepare("SELECT " + std::string(column) + " FROM journal_entry" + where(2)));
      EXPECT_TRUE(must(query.step()));
      return query.blob(0);
    }();
    for (std::size_t i = 0; i < original.size(); ++i) {
      auto wrong = original;
      wrong[i] = static_cast<char>(wrong[i] ^ 1);
      auto update = must(post_->db.prepare("UPDATE journal_entry SET " + std::string(column) + "=?1" + where(2)));
      must(update.bind_blob(1, wrong).run());
      if (const auto now = bytes(); !now || *now != *meant) expect_named(2);
      if (HasFailure()) FAIL() << column << " byte " << i;
      must(update.bind_blob(1, original).run());
    }
  }
  EXPECT_EQ(problems(post_->verify()), "");
}

TEST_F(Tamper, ABodyThatIsGone) {
  change("UPDATE journal_entry SET body=NULL" + where(2));
  expect_named(2);
}
TEST_F(Tamper, TheLastEntryDeleted) {
  change("DELETE FROM journal_entry" + where(4));
  expect_named(4);
}
TEST_F(Tamper, TheLastEntryDeletedAndTheStreamsHeadMovedBack) {
  change("DELETE FROM journal_entry" + where(4));
  change("UPDATE journal_stream SET seq=3, sealed_seq=3, head=(SELECT hash FROM journal_entry" + where(3) + ") WHERE name='" + stream_ +
         "'");
  expect_named(4);
}
TEST_F(Tamper, AMiddleEntryDeleted) {
  change("DELETE FROM journal_entry" + where(2));
  expect_named(2);
}
TEST_F(Tamper, TwoBodiesSwapped) {
  change("CREATE TEMP TABLE kept AS SELECT body FROM journal_entry" + where(2));
  change("UPDATE journal_entry SET body=(SELECT body FROM journal_entry" + where(3) + ")" + where(2));
  change("UPDATE journal_entry SET body=(SELECT body FROM kept)" + where(3));
  expect_named(2);
  expect_named(3);
}
TEST_F(Tamper, AForgedSeal) {
  change("UPDATE journal_seal SET sig=zeroblob(64)" + where(3));
  expect_named(3);
}
TEST_F(Tamper, ASealRemoved) {
  change("DELETE FROM journal_seal" + where(4));
  expect_named(4);
}
TEST_F(Tamper, AnEntryMadeToCountNoMore) {
  change("UPDATE journal_entry SET status=2" + where(3));
  expect_named(3);
}
TEST_F(Tamper, AnEntryCalledPurged) {
  change("UPDATE journal_entry SET status=3, body=NULL" + where(3));
  expect_named(3);
}
TEST_F(Tamper, ADepthChanged) {
  change("UPDATE journal_entry SET depth=40" + where(3));
  expect_named(3);
}
TEST_F(Tamper, AnEntryReplacedByOneOfARewrittenChain) {
  // The thief has no key, so the seal over the new head is the old one.
  auto row = must(post_->journal.entries_of(post_->db, id_of<RecordId>(5))).back();
  row.entry.body.set["people"] = 999;
  const auto forged = finish(row.entry.header, row.entry.body);
  auto update = must(post_->db.prepare("UPDATE journal_entry SET header=?1, body=?2, hash=?3" + where(4)));
  const auto stored = to_stored(forged, true);
  update.bind_blob(1, stored.header).bind_blob(2, *stored.body).bind(3, forged.hash);
  must(update.run());
  change("UPDATE journal_stream SET head=(SELECT hash FROM journal_entry" + where(4) + ") WHERE name='" + stream_ + "'");
  expect_named(4);
}
TEST_F(Tamper, ACertificatePutIntoTheIndexOnly) {
  change("INSERT INTO journal_fact(kind, subject, entry, value, detail) VALUES('certify-node', 'x/y', 1, 'k', 'u')");
  EXPECT_THAT(problems(post_->verify()), HasSubstr("The index over authority entries"));
}

class Purge : public JournalTest {
 protected:
  // A founded node and two persons whose keys are certified for purging.
  Node& founded() {
    auto& post = node(1);
    post.found();
    for (const unsigned person : {21U, 22U}) post.certify_person(person, "erase purge");
    return post;
  }
};

TEST_F(Purge, ABodyMayGoOnlyAfterTwoPersonsPurgedIt) {
  auto& post = founded();
  const auto spilled = post.set(5, {{"people", 9}});
  const auto later = post.set(5, {{"place", "x"}}, {spilled.entry.hash});
  EXPECT_EQ(post.journal.destroy_body(post.db, spilled.entry.hash).error().code, ErrorCode::kDenied);
  post.append(post.purge_draft(spilled.entry.hash, 21));
  EXPECT_EQ(canonical(post.state(5).values()), R"({"people":9,"place":"x"})") << "one person asks, nothing happens";
  EXPECT_EQ(post.journal.destroy_body(post.db, spilled.entry.hash).error().code, ErrorCode::kDenied);
  post.append(post.purge_draft(spilled.entry.hash, 21));
  EXPECT_EQ(canonical(post.state(5).values()), R"({"people":9,"place":"x"})") << "twice the same person is one";
  post.append(post.purge_draft(spilled.entry.hash, 22));
  EXPECT_EQ(canonical(post.state(5).values()), R"({"place":"x"})") << "hidden at once";
  EXPECT_TRUE(must(post.journal.find(post.db, spilled.entry.hash))->purged);
  EXPECT_EQ(problems(post.verify()), "");
  must(post.journal.destroy_body(post.db, spilled.entry.hash));
  EXPECT_EQ(problems(post.verify()), "");
  EXPECT_EQ(canonical(post.state(5).values()), R"({"place":"x"})");
}

TEST_F(Purge, WantsTheSignatureOfAKeyCertifiedForIt) {
  auto& post = founded();
  const auto spilled = post.set(5, {{"people", 9}});
  const JsonObject named = {{"entries", JsonArray{Json(spilled.entry.hash.hex())}}};
  EXPECT_THAT(post.refuse(post.authority_draft(acts::kPurge, named)).english(), HasSubstr("takes the signatures of persons"));
  post.certify_person(23, "purge_nothing");
  EXPECT_THAT(post.refuse(post.purge_draft(spilled.entry.hash, 23)).english(), HasSubstr("not certified for “purge”"));
  EXPECT_THAT(post.refuse(post.purge_draft(spilled.entry.hash, 24)).english(), HasSubstr("not certified for the author"));
}

TEST_F(Purge, AKeyIsErasedByTwoPersonsAndForEver) {
  auto& post = founded();
  post.set(5, {{"people", 9}});
  const auto erase = [&](unsigned person) {
    auto draft = post.purge_draft(EntryHash{}, person);
    draft.body.act = std::string(acts::kErase);
    draft.body.set = {{"keys", JsonArray{Json(id_of<RecordId>(5).hex())}}};
    const auto key = Node::key_of(person);
    draft.body.signature = PersonSignature{key.public_key(), key.sign(binding_message(draft.record, draft.body.act, draft.body))};
    return draft;
  };
  post.append(erase(21));
  EXPECT_THAT(must(post.journal.erased(post.db)), IsEmpty()) << "one person asks";
  post.append(erase(22));
  EXPECT_EQ(must(post.journal.erased(post.db)), std::vector<RecordId>{id_of<RecordId>(5)});
  post.certify_person(23, "purge");
  EXPECT_THAT(post.refuse(erase(23)).english(), HasSubstr("not certified for “erase”"));
  auto& other = node(2);
  other.take_all(post);
  EXPECT_EQ(must(other.journal.erased(other.db)).size(), 1U) << "it travels with the authority";
}

TEST_F(Purge, NeverTakesAnAuthorityEntry) {
  auto& post = founded();
  post.publish("unit");
  auto draft = post.authority_draft("create", {{"name", "Post 1"}}, 50);
  draft.type = "unit";
  const auto unit = post.append(draft);
  for (const unsigned person : {21U, 22U}) post.append(post.purge_draft(unit.entry.hash, person));
  EXPECT_EQ(canonical(post.state(50).values()), R"({"name":"Post 1"})");
  EXPECT_EQ(problems(post.verify()), "");
}

TEST_F(Purge, ThePurgesTravelAndADestroyedBodyIsTakenWithThem) {
  auto& a = founded();
  auto& b = node(2);
  const auto spilled = a.set(5, {{"people", 9}});
  for (const unsigned person : {21U, 22U}) a.append(a.purge_draft(spilled.entry.hash, person));
  must(a.journal.destroy_body(a.db, spilled.entry.hash));
  const auto received = b.take_all(a);
  EXPECT_THAT(received.refused, IsEmpty());
  EXPECT_EQ(b.digest(), a.digest());
  EXPECT_EQ(problems(b.verify()), "");
  auto& c = node(3);
  auto batches = a.batches();
  std::reverse(batches.begin(), batches.end());  // the body is missing before the purges are known
  for (int round = 0; round < 8; ++round)
    for (const auto& batch : batches) (void)c.receive(batch);
  EXPECT_EQ(c.digest(), a.digest());
}

class PersonKeys : public JournalTest {
 protected:
  // An approval of record 5 as it is, by person 1, signed with the key.
  static Draft approval(Node& post, const crypto::SigningKey& key) {
    const auto heads = post.heads(5);
    auto draft = post.set_draft(5, {}, heads);
    draft.form = Form::kAct;
    draft.body.act = "approve";
    draft.body.state = "approved";
    draft.body.over[part_at(1)] = {heads, values_digest(post.state(5).parts.at(part_at(1)))};
    draft.body.signature = PersonSignature{key.public_key(), key.sign(binding_message(draft.record, draft.body.act, draft.body))};
    return draft;
  }
  static void certify(Node& post, const crypto::SigningKey& key) {
    post.authority(acts::kCertifyPerson, {{"person", id_of<PersonId>(1).hex()}, {"public_key", key.public_key().hex()}});
  }
};

TEST_F(PersonKeys, ALostKeyIsReplacedAndItsOldSignaturesStayValid) {
  auto& post = node(1);
  post.found();
  const auto lost = crypto::SigningKey::generate(post.rng), fresh = crypto::SigningKey::generate(post.rng);
  certify(post, lost);
  post.set(5, {{"people", 9}});
  post.append(approval(post, lost));
  certify(post, fresh);
  EXPECT_TRUE(post.state(5).bound) << "signed before it was lost";
  EXPECT_EQ(problems(post.verify()), "");
  EXPECT_THAT(post.refuse(approval(post, lost)).english(), HasSubstr("not certified for the author"));
  post.append(approval(post, fresh));
  EXPECT_EQ(problems(post.verify()), "");
  auto& other = node(2);
  EXPECT_THAT(other.take_all(post).refused, IsEmpty());
  EXPECT_EQ(other.digest(), post.digest());
}

}  // namespace
}  // namespace nc::journal
