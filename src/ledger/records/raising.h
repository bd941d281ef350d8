// Raising the handling of a record (docs/LEDGER.md section 3, "Raising"): the write, and what a person is told before it.
//
// But for raise() all is pure: nothing is read, nothing is written. Ledger::transition, by which it is written, decides anew.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/records/ledger.h"

namespace nc::records {

// No part that the view holds is open: the record is handled higher, and says nothing here.
[[nodiscard]] inline bool withdrawn(const RecordView& record) { return !record.parts.empty() && record.parts.front().closed; }

struct Raise {
  RecordId id;
  catalog::Handling to = catalog::Handling::kRestricted;
  std::string reason;                // kept above
  std::vector<EntryHash> seen = {};  // heads of the parts he saw; empty: as they are now
};
// Restates the record in a part of higher handling and withdraws it below. What was handed out below stays there.
WriteResult raise(Ledger& ledger, const access::Subject& who, const Raise& what);

// As what it is asked of Ledger::transition: "raise:internal", "raise:restricted"; and back.
[[nodiscard]] std::string raise_to(catalog::Handling to);
[[nodiscard]] std::optional<catalog::Handling> raised_by(std::string_view act);

// The handlings that he may raise the record to, the lowest first; empty: none, or it is not for him.
[[nodiscard]] std::vector<catalog::Handling> raisable_to(const RecordView& view, const access::Subject& who, const World& world);

// The parts that it would be withdrawn from, lowest first, and the one where it would stand.
[[nodiscard]] std::vector<journal::PartKey> parts_left(const RecordView& view, catalog::Handling to);
[[nodiscard]] journal::PartKey part_raised_to(const RecordView& view, catalog::Handling to);

// Of the accounts that are open: who knows the record now and would be told only that it was withdrawn.
[[nodiscard]] std::vector<PersonId> losing_sight(const RecordView& view, catalog::Handling to, const access::Subject& asking,
                                                 const World& world);

}  // namespace nc::records
