// The columns at the start and the end of a process that holds a ledger.
#pragma once

#include "insight/stats/stats.h"
#include "ledger/records/ledger.h"

namespace nc::stats {

inline constexpr std::string_view kColumnsFile = "columns.bin";  // in the node's data directory

// Which state of a ledger columns are of: what its journal holds, and how its types are read.
Result<Digest> stamp_of(const records::Ledger& ledger);

// Fills empty columns: from the saved file when it is whole and of this state of the ledger (true), else from
// every record (false). Precondition: nothing writes meanwhile.
Result<bool> fill(Columns& columns, const records::Ledger& ledger);
// The same, from every record.
Status fill_from_records(Columns& columns, const records::Ledger& ledger);

// The file is there only while no process serves: a figure's text that is purged must not outlive it here.
// `drop` goes after fill, `keep` at the end, when nothing is written any more.
Status drop_saved(const records::Ledger& ledger);
Status keep_saved(Columns& columns, const records::Ledger& ledger);

}  // namespace nc::stats
