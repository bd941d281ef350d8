// For this room's tests: a node with a real file, and the carrying of batches between nodes.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "foundation/crypto/hash.h"
#include "foundation/store/transaction.h"
#include "ledger/journal/bound_id.h"
#include "ledger/journal/journal.h"
#include "ledger/journal/node_names.h"
#include "ledger/journal/rows.h"
#include "ledger/journal/testing.h"

namespace nc::journal::testing {

// The value, or the test stops with the error's text.
template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().english());
  return std::move(*result);
}
inline void must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().english());
}

struct SealedBatch {
  std::string stream;
  std::vector<Journal::Incoming> entries;
  std::int64_t seq = 0;
  EntryHash head;
  Signature seal;
};

// Everything that a journal holds, seal by seal, in an order in which another can take it.
inline std::vector<SealedBatch> batches_of(store::Database& db) {
  std::vector<SealedBatch> out;
  auto seals = must(
      db.prepare("SELECT s.name, s.id, l.seq, e.hash, l.sig, (SELECT coalesce(max(p.seq), 0) FROM journal_seal p WHERE p.stream=l.stream "
                 "AND p.seq<l.seq) FROM journal_seal l JOIN journal_stream s ON s.id=l.stream JOIN journal_entry e ON e.stream=l.stream "
                 "AND e.seq=l.seq ORDER BY s.lane, s.name, l.seq"));
  while (must(seals.step())) {
    SealedBatch batch{seals.text(0), {}, seals.integer(2), seals.id<EntryHash>(3), seals.id<Signature>(4)};
    auto rows = must(db.prepare(select_entries("WHERE e.stream=?1 AND e.seq>?2 AND e.seq<=?3 ORDER BY e.seq")));
    rows.bind_all(seals.integer(1), seals.integer(5), seals.integer(2));
    while (must(rows.step())) {
      auto bytes = must(bytes_of(read_row(rows)));
      batch.entries.push_back({std::move(bytes.header_bytes), bytes.body_bytes.value_or("")});
    }
    out.push_back(std::move(batch));
  }
  return out;
}

class Node {
 public:
  Node(const std::filesystem::path& dir, unsigned number, unsigned incarnation = 1)
      : path(dir / ("node" + std::to_string(number) + "-" + std::to_string(incarnation) + ".db")),
        rng(number * 1000 + incarnation),
        key(crypto::SigningKey::generate(rng)),
        db(must(store::Database::open(path, {.create = true, .fullsync = false}))),
        journal({id_of<NodeId>(number), incarnation_of(key.public_key())}, clock, rng) {
    must(Journal::migrate(db));
  }

  Stored append(const Draft& draft) {
    auto transaction = must(store::Transaction::begin(db));
    auto stored = must(journal.append(db, draft));
    must(journal.seal_moved(db, key));
    must(transaction.commit());
    return stored;
  }
  Error refuse(const Draft& draft) {
    auto transaction = must(store::Transaction::begin(db));
    const auto stored = journal.append(db, draft);
    EXPECT_FALSE(stored);
    return stored ? Error() : stored.error();
  }
  Stored authority(std::string_view act, JsonObject values, unsigned record = 0) {
    return append(authority_draft(act, std::move(values), record));
  }
  Draft authority_draft(std::string_view act, JsonObject values, unsigned record = 0) {
    Draft draft;
    draft.record = record != 0 ? id_of<RecordId>(record) : bound_id(clock.wall_ms(), make_nonce(rng), journal.self().node);
    draft.type = "authority_note";
    draft.part = {0, Audience::authority()};
    draft.form = Form::kAct;
    draft.body.author = id_of<PersonId>(1);
    draft.body.act = act;
    draft.body.set = std::move(values);
    return draft;
  }
  Stored certify(const Node& other, unsigned unit) { return append(certificate(other.journal.self(), other.key, unit)); }
  // For a node that asked for it with that key.
  Draft certificate(const Identity& who, const crypto::SigningKey& of, unsigned unit) {
    auto draft = authority_draft(acts::kCertifyNode, {{"node", who.node.hex()},
                                                      {"incarnation", who.incarnation.hex()},
                                                      {"public_key", of.public_key().hex()},
                                                      {"unit", id_of<UnitId>(unit).hex()}});
    draft.body.set["asks"] = of.sign(asks_message(draft.record, who.node, who.incarnation)).hex();
    return draft;
  }
  Stored publish(const std::string& type, int version = 1) {
    return authority(acts::kPublishType, {{"type_id", type}, {"version", version}, {"definition_hash", id_of<Digest>(1).hex()}});
  }
  // Each person has one key, equal on every node.
  static crypto::SigningKey key_of(unsigned person) {
    SeededRng one(90'000 + person);
    return crypto::SigningKey::generate(one);
  }
  Stored certify_person(unsigned person, const std::string& rights = {}) {
    JsonObject values = {{"person", id_of<PersonId>(person).hex()}, {"public_key", key_of(person).public_key().hex()}};
    if (!rights.empty()) values["rights"] = rights;
    return authority(acts::kCertifyPerson, std::move(values));
  }
  Draft purge_draft(const EntryHash& hash, unsigned person) {
    auto draft = authority_draft(acts::kPurge, {{"entries", JsonArray{Json(hash.hex())}}, {"reason", "spill"}});
    draft.body.author = id_of<PersonId>(person);
    draft.body.over[draft.part] = {must(Journal::authority_base(db, draft.part.handling)), values_digest(PartState{})};
    const auto person_key = key_of(person);
    draft.body.signature =
        PersonSignature{person_key.public_key(), person_key.sign(binding_message(draft.record, draft.body.act, draft.body))};
    return draft;
  }
  // With the definition that says what the type is for.
  Stored define(const std::string& type, const std::string& definition) {
    return authority(
        acts::kPublishType,
        {{"type_id", type}, {"version", 1}, {"definition", definition}, {"definition_hash", crypto::sha256(definition).hex()}});
  }
  void found() {
    certify(*this, 7);
    publish("sample");
  }
  Draft set_draft(unsigned record, JsonObject values, std::vector<EntryHash> base = {}) {
    Draft draft;
    draft.record = id_of<RecordId>(record);
    draft.type = "sample";
    draft.part = part_at(1);
    draft.base = std::move(base);
    draft.body.author = id_of<PersonId>(1);
    draft.body.set = std::move(values);
    return draft;
  }
  Stored set(unsigned record, JsonObject values, std::vector<EntryHash> base = {}) {
    return append(set_draft(record, std::move(values), std::move(base)));
  }
  RecordState state(unsigned record) { return state(id_of<RecordId>(record)); }
  RecordState state(const RecordId& record) { return must(journal.state_of(db, record, {})); }
  std::vector<EntryHash> heads(unsigned record) {
    const auto found = state(record);
    const auto part = found.parts.find(part_at(1));
    return part == found.parts.end() ? std::vector<EntryHash>() : part->second.heads;
  }
  Digest digest() { return must(journal.set_digest(db)); }
  std::int64_t count(std::string_view sql) { return must(db.integer(sql)); }

  std::vector<SealedBatch> batches() { return batches_of(db); }
  Result<Journal::Received> receive(const SealedBatch& batch) {
    auto transaction = must(store::Transaction::begin(db));
    auto received = journal.receive(db, batch.entries, batch.seq, batch.head, batch.seal);
    if (received) must(transaction.commit());
    return received;
  }
  // Everything that the other holds, in its order.
  Journal::Received take_all(Node& other) {
    Journal::Received sum;
    for (const auto& batch : other.batches()) {
      auto one = must(receive(batch));
      sum.admitted += one.admitted;
      sum.parked += one.parked;
      sum.known += one.known;
      sum.refused.insert(sum.refused.end(), one.refused.begin(), one.refused.end());
    }
    return sum;
  }
  VerifyReport verify() { return must(journal.verify(db)); }

  std::filesystem::path path;
  SeededRng rng;
  ManualClock clock;
  crypto::SigningKey key;
  store::Database db;
  Journal journal;
};

class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "nc-journal-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  Node& node(unsigned number, unsigned incarnation = 1) {
    nodes_.push_back(std::make_unique<Node>(dir_, number, incarnation));
    return *nodes_.back();
  }
  std::filesystem::path dir_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace nc::journal::testing
