// What the author of a change had before him, and what his change then means.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/journal/journal.h"
#include "ledger/records/request.h"
#include "ledger/records/view.h"

namespace nc::records {

struct Seen {
  Json values;                                               // as merged from what was seen
  std::map<journal::PartKey, std::vector<EntryHash>> heads;  // bases of the new entries
};
// Empty `heads`: the author saw the present state. Hashes that are not of this record are refused.
Result<Seen> seen_state(const std::vector<journal::Stored>& entries, const RecordView& view, const std::vector<EntryHash>& heads,
                        const journal::RankOf& rank_of);

struct AmendPlan {
  Json wanted{JsonObject{}};         // fields that really change; null clears
  std::vector<std::string> clashes;  // changed by somebody else since, to something else
  bool resolves = false;             // decides a field in conflict
};
AmendPlan plan_amend(const RecordView& view, const Seen& seen, const Amend& what);

// Equal to a person: the order of a set's elements says nothing.
bool same_values(const catalog::Type& type, const Json& a, const Json& b);
// The values as the record was created with, whatever came later.
Json values_at_creation(const std::vector<journal::Stored>& entries, const journal::RankOf& rank_of);

// It restates a record in a higher part, or says in the lower one that it was withdrawn (write_raise.cpp): nobody's change of
// a value, and no step.
[[nodiscard]] bool is_moving(const journal::Stored& stored);
// Of the hashes of the record's entries: it says that the record was withdrawn from its part.
[[nodiscard]] bool is_withdrawal(const EntryHash& hash, const std::vector<journal::Stored>& entries);
// What an entry in the part names as seen: of the heads, those of the part; for the base part also those of what was said below
// by somebody who did not know that the record was withdrawn there.
std::vector<EntryHash> bases_in(const journal::PartKey& part, const RecordView& view, const std::vector<journal::Stored>& entries,
                                const std::map<journal::PartKey, std::vector<EntryHash>>& heads);
// Present ones.
std::map<journal::PartKey, std::vector<EntryHash>> heads_of(const RecordView& view);

// What the ledger itself notes beside the answers to questions in `confirmed` of an entry.
namespace notes {
inline constexpr std::string_view kReason = "reason";
inline constexpr std::string_view kActingFor = "acting_for";   // the person for whom the author stood in
inline constexpr std::string_view kDelegation = "delegation";  // the record that allowed it
inline constexpr std::string_view kAlone = "alone";            // the declaration that the unit is short-handed
}  // namespace notes

// Who stands behind an entry: its author, and for whom he acted.
std::vector<PersonId> persons_of(const journal::Stored& stored);
// The act in force that one person took alone, and who confirmed it.
std::optional<Alone> alone_of(const catalog::Type* type, const std::vector<journal::Stored>& entries, const journal::RecordState& state);
// Who took the last step into the state.
std::vector<PersonId> entered_by(const std::vector<journal::Stored>& entries, const std::string& state);
std::vector<PersonId> authors_of(const std::vector<journal::Stored>& entries);
// Whether one of the values that stand against each other in these fields was set by `person` alone.
bool wrote_one_alone(const std::vector<journal::Stored>& entries, const std::set<std::string>& fields, const PersonId& person);
// Fields that imports of this record set.
std::set<std::string> fields_imported_before(const std::vector<journal::Stored>& entries);

struct SetDifference {
  JsonArray add, remove;
};
SetDifference set_difference_of(const Json& before, const Json& wanted);

}  // namespace nc::records
