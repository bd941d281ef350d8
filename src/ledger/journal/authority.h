// Inside the room only: the authority set as rows: what is in whose past, and the facts it holds.
//
// Past is asked often and over long histories, so authority entries are grouped into chains: an entry
// with exactly one base that is the last of its chain continues it. Within a chain past is a comparison
// of positions; between chains one follows the bases of the first entry of each. The chains depend on
// the order of arrival, the answers do not.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/journal/rows.h"
#include "ledger/journal/rules.h"

namespace nc::journal {

// One fact of an authority act. Subjects and values are texts, docs/formats/journal.md "Authority".
struct Fact {
  std::string kind, subject, value, detail;
};

inline bool is_authority(const Entry& entry) { return entry.header.stream.lane == Lane::kAuthority; }
// Acts that this program reads itself; they need no published type.
bool is_native_act(const Entry& entry);
// The facts of an entry; refused by name when a native act lacks a value or has a wrong one.
Result<std::vector<Fact>> facts_of(const Entry& entry);
std::string incarnation_subject(const NodeId& node, const IncarnationId& incarnation);

// Puts an authority entry, whose base is all there, into chains, heads and facts.
Status index_authority(store::Database& db, std::int64_t arrival, const Entry& entry, const std::vector<std::int64_t>& bases);

struct HeldFact {
  std::int64_t entry = 0;
  std::string value, detail;
};
// Of certify-person: the right is one that the key was certified for.
[[nodiscard]] bool has_right(const HeldFact& key, std::string_view right);
// Facts of entries that count, and that `under` knows.
Result<std::vector<HeldFact>> facts_under(store::Database& db, std::string_view kind, const std::string& subject, std::int64_t under);
// The keys of a person under that authority: those that no later certificate of his has in its past.
Result<std::vector<HeldFact>> keys_of(store::Database& db, const PersonId& person, std::int64_t under);

struct AuthorityHead {
  std::int64_t arrival = 0;
  EntryHash hash;
  std::uint32_t depth = 0;
};
// Authority entries up to that handling which are in no other's past: greatest (depth, hash) first.
Result<std::vector<AuthorityHead>> authority_heads(store::Database& db, HandlingLevel level);
Result<std::optional<EntryHash>> root_of(store::Database& db);

}  // namespace nc::journal
