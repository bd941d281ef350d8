// What other own nodes wrote, on its way into the ledger (channels/sync brings it), and the making of a node that joins a tree.
//
// An Intake lives inside one transaction of Ledger::exchange. Nobody is asked whether he may: what counts is for admission
// (journal/admission.h). Records of which entries came or ceased to count are derived anew in the same commit.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "foundation/crypto/sign.h"
#include "ledger/catalog/catalog.h"
#include "ledger/journal/set_aside.h"
#include "ledger/records/personal.h"

namespace nc::records {

class Intake {
 public:
  Intake(store::Database& db, journal::Journal& journal, PersonKeys& keys, Rng& rng) : db_(db), journal_(journal), keys_(keys), rng_(rng) {}
  // The ledger's database, inside the transaction; for tables of whoever exchanges, not for others'.
  [[nodiscard]] store::Database& db() { return db_; }
  [[nodiscard]] const journal::Identity& self() const { return journal_.self(); }
  // As Journal::receive. An error undoes this batch alone.
  Result<journal::Journal::Received> take(const std::vector<journal::Journal::Incoming>& entries, std::int64_t seq, const EntryHash& head,
                                          const Signature& seal);
  // What was kept aside is tried again, and what the journal keeps in memory is read anew: for whoever changed something that it hangs on.
  Status retry();
  // As journal::take_fork_of_own; from then on nothing more is written here.
  Result<bool> take_fork_of_own(const journal::SealedHead& proof);
  // As journal::empty_purged: of what is kept until its seal comes.
  Result<bool> empty_purged(std::vector<journal::Journal::Incoming>& entries);
  // An act of this node's own in the authority; also records whose entries begin or cease to count by it are derived anew.
  Status append_authority(journal::Draft draft);
  // --- personal data (docs/formats/keys.md): for whoever brings their keys to nodes that hold what they seal ---
  // keys.db, which has transactions of its own. Whoever reads asks Ledger::read_personal.
  [[nodiscard]] PersonKeys& person_keys() { return keys_; }
  [[nodiscard]] Rng& rng() { return rng_; }
  // Erased here, or wanted so by two persons and about to be.
  Result<bool> is_to_be_erased(const RecordId& key);
  // What the entries of the record that count hold sealed, whatever stands there today.
  Result<std::vector<SealedValue>> sealed_values(const RecordId& record);
  [[nodiscard]] const std::set<RecordId>& touched() const { return touched_; }
  // Entries of the record that this Intake took, as Journal::entries_of wants them; once. Not all when much came.
  [[nodiscard]] std::vector<journal::Stored> take_fresh(const RecordId& record);

 private:
  Status touch_what_is_aside();
  void keep_fresh(std::vector<journal::Stored> entries);
  store::Database& db_;
  journal::Journal& journal_;
  PersonKeys& keys_;
  Rng& rng_;
  std::set<RecordId> touched_;
  std::map<RecordId, std::vector<journal::Stored>> fresh_;
  std::size_t fresh_bytes_ = 0;
};

// A node that its parent will certify: it holds nothing but its keys and the name of its tree.
struct Joining {
  journal::Identity self;
  RecordId node_record;   // that the parent will certify it under
  std::string unit_code;  // whose node it is
  EntryHash root;         // the founding entry of the tree: no other is taken
};

// By a parent: who the new node is and for which unit.
struct NewNode {
  journal::Identity self;
  PublicKey key;
  RecordId node_record;  // names the parent's node
  UnitId unit;
  std::string unit_code;
  catalog::Handling ceiling = catalog::Handling::kInternal;
  // By the node's key over journal::asks_message; a parent that holds the whole tree takes one without.
  std::optional<Signature> asks;
};

}  // namespace nc::records
