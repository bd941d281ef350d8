// What the journal cannot know by itself when it asks whether an entry counts: which units lie under
// which, and what a type is for. records/ answers it from the authority entries; docs/formats/journal.md
// section "What counts" is the rule.
//
// Invariant: an answer is a function of the question and of the authority entries in its past that
// count, never of what else is held, of a clock or of a file; otherwise nodes would diverge.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/journal/entry.h"

namespace nc::journal {

// How many persons must sign before a body or a key goes.
inline constexpr std::size_t kPersonsToDestroy = 2;

// What a node's certificates give it.
struct Holding {
  bool whole = false;         // the whole tree: the founding node, and whom it certified for no unit
  std::vector<UnitId> units;  // else: these units and all below them, by either line
};

// "May the node that holds this write, under this authority?"
struct Question {
  store::Database& db;
  // Arrival numbers of the authority entries under whose past it is judged: the entry's `auth`; of an
  // authority entry its base, which has `auth` in its past.
  std::vector<std::int64_t> under;
  std::string under_name;  // their hashes
  const Holding& writer;
  // Which verdicts on authority entries are in force. What was derived from past(auth) may be kept and
  // used again for the same `under` and era, and for no other.
  const std::string& era;
};

struct ReceiveRules {
  // For that audience? Not asked of one who holds the whole tree. Without it: yes.
  std::function<Result<bool>(const Question&, const Audience&)> may_write;
  // This entry, whose audience he may write for? Outside the authority only its part and type are asked. `definition` is
  // the arrival number of the entry that published its type, 0 for acts that the journal reads. An answered error refuses.
  std::function<Result<std::optional<Error>>(const Question&, const Entry&, std::int64_t definition)> judge;
  // The root of the tree that this node belongs to; without it the first root that arrives is trusted.
  std::optional<EntryHash> root;
};

// --- the authority set, for those who answer ---

struct KnownAuthority {
  std::int64_t arrival = 0;
  EntryHash hash;
  RecordId record;
};
// The authority entries that count and that are among `under` or in their past, by arrival.
Result<std::vector<KnownAuthority>> authority_under(store::Database& db, const std::vector<std::int64_t>& under);
// The entry with that arrival number, with its body.
Result<Entry> authority_entry(store::Database& db, std::int64_t arrival);
// `known` is `entry` or in its past; both are authority entries.
Result<bool> knows(store::Database& db, std::int64_t entry, std::int64_t known);

}  // namespace nc::journal
