// What can be proved of one entry right now, for whoever looks at one record. Journal::verify does it for all.
//
// Reads the entry and what lies between it and the next seal of its stream; writes nothing. Threads: any, with a
// connection of their own.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "foundation/store/database.h"
#include "ledger/journal/entry.h"

namespace nc::journal {

// docs/formats/journal.md, section "Seals".
enum class SealProof : std::uint8_t {
  kNone,     // nothing seals it yet
  kGood,     // each entry up to the seal names the one before it, and a certified key of the node made the seal
  kDistant,  // the seal is good, but so far on that the entries between are left to verify
  kWrong,
};

struct EntryProof {
  bool bytes = false;  // header and body have the hashes that they are known by; of a purged body the header's only
  SealProof seal = SealProof::kNone;
  std::optional<bool> person;  // a person's own signature is right, by a key that was certified for him; none: nobody signed
  [[nodiscard]] bool right() const { return bytes && seal != SealProof::kWrong && person.value_or(true); }
};

// How many entries are followed to a seal. An import seals hundreds at once.
inline constexpr std::int64_t kFollowedToSealMax = 64;

// An entry that is not held has no right bytes.
Result<EntryProof> prove(store::Database& db, const EntryHash& hash);

// Up to which number each of those streams is sealed, by its name; streams that are not held are left out.
Result<std::map<std::string, std::int64_t>> sealed_up_to(store::Database& db, const std::set<std::string>& streams);

}  // namespace nc::journal
