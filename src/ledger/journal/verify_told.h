// Journal::verify for whoever shows how far it is and may cancel it.
#pragma once

#include "base/progress.h"
#include "ledger/journal/journal.h"

namespace nc::journal {

// `rules`: those of the journal. On one snapshot of the caller's, if it is to be of one moment.
Result<VerifyReport> verify_told(store::Database& db, const ReceiveRules& rules, const Progress& progress);

}  // namespace nc::journal
