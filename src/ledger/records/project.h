// From the entries of a record to its rows in the derived tables.
#pragma once

#include "ledger/journal/journal.h"
#include "ledger/records/tables.h"

namespace nc::records {

// What follows from the entries of one record, by arrival, and the state they merge to. Nothing: what is held are parts
// that others added to a record that is not here (journal/home.h).
std::optional<Rows> rows_of_entries(const World& world, const RecordId& id, const std::vector<journal::Stored>& entries,
                                    const journal::RecordState& state);
// Of the state, where it has a rank in the record's type.
journal::RankOf rank_of_home(const World& world, const std::vector<journal::Stored>& entries);

// Of a record that nothing is known of but these entries, each the first of its part; has_home says whether there are rows.
std::optional<Rows> rows_of_new(const World& world, const RecordId& id, const std::vector<journal::Stored>& entries);
bool has_home(const std::vector<journal::Stored>& entries);

// Merges the journal's entries of the record and writes its derived rows. A view without parts, and no rows, where there
// are none.
Result<RecordView> project_record(store::Database& db, const journal::Journal& journal, const World& world, const RecordId& id);
// The same of entries that were read.
Result<RecordView> project_entries(store::Database& db, const journal::Journal& journal, const World& world, const RecordId& id,
                                   const std::vector<journal::Stored>& entries);

}  // namespace nc::records
