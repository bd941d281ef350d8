// The merge: the state of one record as a pure function of the set of its admitted entries.
//
// docs/LEDGER.md section 3 is the specification. No clock, no order of arrival, no catalogue and no
// permission takes part. Commutative, associative and idempotent by construction: the argument is a
// set. Entries whose base is missing are parked with all that depend on them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/journal/entry.h"

namespace nc::journal {

struct LiveValue {
  Json value;
  std::vector<EntryHash> setters;  // sorted
};

struct RegisterState {
  Json shown;                   // value of greatest (depth, hash)
  EntryHash setter;             // who set the shown value
  std::vector<LiveValue> live;  // distinct values; more than one is a conflict
  [[nodiscard]] bool in_conflict() const { return live.size() > 1; }
};

struct PartState {
  std::map<std::string, RegisterState> registers;
  std::map<std::string, std::vector<Json>> sets;  // elements ordered by canonical bytes
  std::vector<EntryHash> heads;                   // sorted: entries in no other's past
  std::vector<EntryHash> proposals;               // kept, shown, not part of the values
  std::vector<EntryHash> after_void;              // set outside a void's past
  bool closed = false;                            // the record was withdrawn from it, or is read in a higher one
};

struct RecordState {
  std::map<PartKey, PartState> parts;    // first: the base part
  std::string state;                     // workflow state
  std::vector<std::string> live_states;  // more than one: acts were concurrent
  bool voided = false;
  bool bound = false;               // a binding act is in force
  std::vector<EntryHash> bindings;  // in force
  std::vector<EntryHash> parked;
  std::uint32_t depth = 0;  // greatest depth of an admitted entry

  // Values of all open parts by field id (shown values; set fields as arrays). Parts of higher handling win
  // where a field stands in several.
  [[nodiscard]] Json values() const;
  [[nodiscard]] std::vector<std::pair<PartKey, std::string>> conflicts() const;
};

// Rank of a workflow state in the type's catalogue (greater is shown); unknown states rank 0.
using RankOf = std::function<int(std::string_view state)>;

// The id of a conflict: equal on every node. SHA-256 over record, part and field.
Digest conflict_id(const RecordId& record, const PartKey& part, std::string_view field);

// `entries` of one record, any order, duplicates allowed. `ancestors` answers for base hashes that
// belong to other records (authority entries name all authority heads they saw): see Ancestry.
class Ancestry {
 public:
  virtual ~Ancestry() = default;
  // Entries of `record` that are nearest ancestors of the foreign entry `hash` (its closure cut to the
  // record); nothing when `hash` is unknown, which parks the entry that names it.
  [[nodiscard]] virtual std::optional<std::vector<EntryHash>> nearest(const EntryHash& hash, const RecordId& record) const = 0;
  // Depth of a foreign entry that nearest() knows: depth runs through the whole authority set.
  [[nodiscard]] virtual std::uint32_t depth_of(const EntryHash& hash) const = 0;
};

// SHA-256 of the canonical values of a part, as a binding act covers them (`over`): registers that are
// not null and set fields that are not empty, before the act's own values.
Digest values_digest(const PartState& part);

RecordState merge_record(std::span<const Entry> entries, const RankOf& rank_of, const Ancestry* foreign = nullptr);
RecordState merge_entries(std::vector<const Entry*> entries, const RankOf& rank_of, const Ancestry* foreign = nullptr);

}  // namespace nc::journal
