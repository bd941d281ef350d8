// Journal: streams of entries in the ledger database; append, seal, receive, read, verify.
//
// Owns the tables journal_* of ledger.db. A Journal has no database of its own: every call is given
// the connection of the transaction it is part of, so that the entry and what is derived from it
// commit together. Writing calls come from the one writer thread (store::GroupCommitter); reading
// calls from any thread with its own connection.
//
// Invariants: an entry is checked, written, re-read and compared before append returns; every stream
// that a transaction moved is sealed before it commits (seal_moved in the before-commit hook).
// What is kept in memory between calls is what follows from the authority entries alone (standing.h), and only while
// a transaction changes none.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"
#include "foundation/crypto/sign.h"
#include "foundation/store/database.h"
#include "ledger/journal/entry.h"
#include "ledger/journal/merge.h"
#include "ledger/journal/rules.h"

namespace nc::journal {

// A body that needs only its place in a stream: salted, settled, encoded and packed for its row. Any thread
// may make one, so that the one writer thread need not.
struct ReadyBody {
  Body body;
  std::string bytes;   // canonical
  std::string stored;  // as it lies in its row (stored_form.h); empty: as `bytes`
  BodyHash hash;
};
// Refused by name: what no journal takes. The salt that the body has is replaced.
Result<ReadyBody> make_ready(Body body, Form form, Rng& rng);

// What the caller decides about a new entry; stream position, prev, salt, hashes are the journal's.
struct Draft {
  RecordId record;
  std::string type;
  int type_version = 1;
  PartKey part;
  Lane lane = Lane::kOrdinary;
  Form form = Form::kSet;
  std::vector<EntryHash> base;                    // empty for the first entry of a part
  Body body;                                      // salt is filled in
  std::optional<ReadyBody> ready = std::nullopt;  // in the place of `body`, made before
};

struct Stored {
  Entry entry;
  std::int64_t arrival = 0;  // local, in order of arrival
  std::int64_t received_ms = 0;
  std::uint32_t depth = 0;
  bool purged = false;
};

struct VerifyProblem {
  std::string stream;  // text of the stream key; "" for the journal as a whole
  std::int64_t seq = 0;
  Error error;
};
struct VerifyReport {
  std::int64_t streams = 0, entries = 0, seals = 0;
  std::vector<VerifyProblem> problems;
};

struct Identity {
  NodeId node;
  IncarnationId incarnation;
};

struct Standings;   // inside the room
struct EntryAhead;  // inside the room

class Journal {
 public:
  Journal(Identity self, const Clock& clock, Rng& rng);

  // Makes the tables where they are absent; may be called at each start.
  static Status migrate(store::Database& db);
  void set_rules(ReceiveRules rules) { rules_ = std::move(rules); }

  // --- writing, on the writer thread inside a transaction ---
  // Authority entries get all authority heads as base (the draft's base must be empty) and lane
  // authority. Others get the current authority head set's greatest (depth, hash) as `auth`, or the
  // greatest under which this node and the type are known.
  // The first authority entry founds the tree: the act certify-node of this node and incarnation.
  // Refused by name: what no other node would admit (type not published, node not certified, a wrong
  // person's signature, a base of another part).
  Result<Stored> append(store::Database& db, Draft draft);
  // Seals every stream of this incarnation that has unsealed entries. Which ones is read from the
  // database, so that a savepoint that was undone leaves nothing to forget.
  Status seal_moved(store::Database& db, const crypto::SigningKey& key);
  // What this node's certificates give it under the authority of now; nothing when it was not certified.
  [[nodiscard]] Result<Holding> holding(store::Database& db) const;
  // Whether this node may write for the audience under the authority of now: what append asks.
  [[nodiscard]] Result<bool> may_write(store::Database& db, const PartKey& part) const;
  // The base that an authority entry of that handling will get: a person who signs one covers it.
  [[nodiscard]] static Result<std::vector<EntryHash>> authority_base(store::Database& db, HandlingLevel handling);
  // Persons whose admitted acts want this body gone (kPurge), or this person's key (kErase); two are enough.
  [[nodiscard]] Result<std::set<PersonId>> who_want_purged(store::Database& db, const EntryHash& hash) const;
  [[nodiscard]] Result<std::set<PersonId>> who_want_erased(store::Database& db, const RecordId& key) const;
  // Every key id that two persons have erased.
  [[nodiscard]] Result<std::vector<RecordId>> erased(store::Database& db) const;
  // Destroys the bytes of a body that two persons' purges name; kDenied without them. Local.
  Status destroy_body(store::Database& db, const EntryHash& hash);
  // Every body that is purged and still lies here, in batches kept aside too. How many there were.
  Result<std::int64_t> destroy_purged(store::Database& db);

  // Another node's entries of one stream in order, with a seal over the last: verified, admitted or
  // refused by name, parked where base, type or auth is missing. Idempotent. An empty body is one that
  // was destroyed. kConflict: entries between what is held and these are missing, or it is this node's
  // own stream and goes on beyond what is held. No entries at all: what was kept aside is tried again.
  struct Incoming {
    std::string header_bytes, body_bytes;
    std::shared_ptr<EntryAhead> ahead = nullptr;  // of read_ahead
  };
  // Decodes what came and makes its stored form, which follow from its bytes alone: any thread may, so that the one writer thread need
  // not. What cannot be decoded stays as it is, and receive says why. Changed bytes are read anew.
  static void read_ahead(Incoming& incoming);
  struct Received {
    std::int64_t admitted = 0, parked = 0, known = 0;
    std::vector<Error> refused;
    std::vector<RecordId> touched;
    std::vector<Stored> fresh;  // those that were admitted now, for entries_of
  };
  Result<Received> receive(store::Database& db, const std::vector<Incoming>& entries, std::int64_t seq, const EntryHash& head,
                           const Signature& seal);

  // --- reading ---
  [[nodiscard]] Result<std::vector<Stored>> entries_of(store::Database& db, const RecordId& record) const;  // admitted, by arrival
  // The same; those of the record that are in `fresh` by arrival, which the same transaction received, are not decoded again.
  [[nodiscard]] Result<std::vector<Stored>> entries_of(store::Database& db, const RecordId& record, std::vector<Stored> fresh) const;
  [[nodiscard]] Result<std::optional<Stored>> find(store::Database& db, const EntryHash& hash) const;
  struct StreamInfo {
    StreamKey key;
    std::int64_t seq = 0;
    EntryHash head;
    std::int64_t sealed = 0;
  };
  [[nodiscard]] Result<std::vector<StreamInfo>> streams(store::Database& db) const;
  // Every admitted entry in order of arrival.
  Status for_each(store::Database& db, const std::function<Status(const Stored&)>& visit) const;
  // Every entry whose body is here, in order of arrival: those that no purge names, whatever their standing, or those
  // that are purged and not yet destroyed.
  enum class Bodies { kHeld, kPurged };
  Status for_each_body(store::Database& db, Bodies which, const std::function<Status(const Stored&)>& visit) const;
  // Records in order of id, for rebuild.
  Status for_each_record(store::Database& db, const std::function<Status(const RecordId&)>& visit) const;
  [[nodiscard]] Result<RecordState> state_of(store::Database& db, const RecordId& record, const RankOf& rank_of) const;
  // The same of entries that were read: all admitted ones of one record, by arrival.
  [[nodiscard]] Result<RecordState> state_of(store::Database& db, const std::vector<Stored>& entries, const RankOf& rank_of) const;
  // SHA-256 over the sorted (stream, seq, head) of everything held: equal sets have equal digests.
  [[nodiscard]] Result<Digest> set_digest(store::Database& db) const;
  // Chains, hashes, seals, person signatures, admission, missing bodies. `progress(done, total)`.
  Result<VerifyReport> verify(store::Database& db, const std::function<void(std::int64_t, std::int64_t)>& progress = {}) const;
  // The plain export: every entry and seal as lines of JSON, docs/formats/journal.md section "Plain export".
  Status export_plain(store::Database& db, const std::function<Status(std::string_view line)>& write) const;

  [[nodiscard]] const Identity& self() const { return self_; }

 private:
  struct Place;
  Result<Place> place(store::Database& db, const Draft& draft);
  Identity self_;
  const Clock& clock_;
  Rng& rng_;
  ReceiveRules rules_;
  std::shared_ptr<Standings> standings_;  // of the writer thread
};

}  // namespace nc::journal
