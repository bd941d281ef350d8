// Inside the room only: which sealed values are here, and the letters about their keys on their way. Local tables in ledger.db; losing a
// row costs bytes, and time until it is asked for again; but for reports of erasures, which neighbours tell again to who was restored.
//
// sync_sealed         by key id and part: whether all sealed values there open, when to ask for the key
// sync_keys_seen      how many acts that erase there were when the rows of sync_sealed were last held against them; how many ids had keys
// sync_letter         letters: own ones, and others' to be passed on; without bytes: it was here, and goes nowhere any more
// sync_letter_there   which neighbour has which
// sync_letter_came    that came on a stick, to be acknowledged by the next
// Threads: those of the connection given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "channels/sync/key_letters.h"
#include "channels/sync/shared.h"
#include "ledger/journal/passing_on.h"

namespace nc::sync {

inline constexpr std::int64_t kLettersMax = 1024;  // unfinished, of one neighbour
inline constexpr std::int64_t kLettersKeptMs = std::int64_t{30} * 86'400'000;
inline constexpr std::int64_t kAskKeyAgainMs = 60'000, kAskKeyAgainMaxMs = std::int64_t{12} * 60 * 60 * 1000;

Status make_key_tables(store::Database& db);

// --- sealed values ---
[[nodiscard]] bool holds_sealed(const journal::HeldEntry& entry);  // under its record's id
// Values under that id in that part are to be looked at.
Status note_sealed(store::Database& db, const RecordId& key, const std::string& part);

enum class Sealed : int { kOpens = 0, kWanted = 1, kErased = 2 };
struct SealedRow {
  RecordId key;
  std::string part;
  Sealed state = Sealed::kWanted;
};
Result<std::vector<SealedRow>> sealed_due(store::Database& db, std::int64_t now_ms, std::int64_t most);
Result<std::vector<SealedRow>> sealed_not_erased(store::Database& db);
Result<std::vector<SealedRow>> sealed_under(store::Database& db, const RecordId& key);
Status set_sealed(store::Database& db, const SealedRow& row, Sealed state);
// Later, each time later than the last.
Status ask_key_later(store::Database& db, const SealedRow& row, std::int64_t now_ms);
// Each is to be looked at.
Status look_at_all_sealed(store::Database& db);
// Acts that want something erased, whoever wrote them.
Result<std::int64_t> erasing_acts(store::Database& db);
struct KeysSeen {
  std::int64_t acts = 0, keys = 0;
};
// Nothing: the tables are not made yet.
Result<std::optional<KeysSeen>> keys_seen(store::Database& db);
Status set_acts_seen(store::Database& db, std::int64_t acts);
Status set_keys_seen(store::Database& db, std::int64_t keys);

// --- letters ---
struct KeptLetter {
  Digest name;
  KeyLetter letter;
  NodeId came;                       // from this neighbour; zero: our own
  std::optional<std::string> bytes;  // nothing: it goes nowhere
};
Status keep_letter(store::Database& db, const KeptLetter& kept, std::int64_t now_ms);
Result<bool> letter_is_known(store::Database& db, const Digest& name);
// Unfinished ones that came from the neighbour, about ids of which nothing sealed is here or that are no reports.
Result<std::int64_t> letters_from(store::Database& db, const NodeId& neighbour);
// A parcel that is here, to that node.
Result<bool> knows_parcel(store::Database& db, const Digest& name, const NodeId& to);
Status finish_letter(store::Database& db, const Digest& name);
// Older asks of the same writer for the same; own answers to them.
Status forget_asks(store::Database& db, const KeyLetter& ask);
Status forget_parcels(store::Database& db, const KeyLetter& ask);
// All but reports.
Status finish_letters_about(store::Database& db, const RecordId& key);
Status forget_old_letters(store::Database& db, std::int64_t now_ms);
Result<std::vector<KeyLetter>> reports_about(store::Database& db, const RecordId& key);

// The neighbour has those of these tags.
Status set_letters_there(store::Database& db, const NodeId& neighbour, const std::vector<std::string>& tags);
// It is another incarnation than before: it is told anew.
Status forget_letters_there(store::Database& db, const NodeId& neighbour);
// Of parts that both share, oldest first: what the neighbour is not known to have. At most `most`.
Result<std::vector<std::string>> letters_for(store::Database& db, Shared& shared, const NodeId& neighbour, std::size_t most);

// --- sticks ---
Status note_letters_came(store::Database& db, const NodeId& neighbour, const std::vector<std::string>& tags);
Result<std::vector<std::string>> letters_to_acknowledge(store::Database& db, const NodeId& neighbour);
Status note_letters_acknowledged(store::Database& db, const NodeId& neighbour);  // after the second time they are forgotten

}  // namespace nc::sync
