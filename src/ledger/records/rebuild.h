// Inside the room: the derived tables made anew from the journal, and compared with those that stood.
#pragma once

#include "base/progress.h"
#include "ledger/catalog/tasks.h"
#include "ledger/records/ledger.h"

namespace nc::records {

// Fills empty tables. How many records there are.
Result<std::int64_t> refill(store::Database& db, const journal::Journal& journal, const std::shared_ptr<const catalog::Catalog>& catalog,
                            const Progress& progress = {}, std::int64_t expected = 0);
// In the place of the tables that stand, in a transaction of the caller's.
Result<Ledger::RebuildReport> derive_anew(store::Database& db, const journal::Journal& journal,
                                          const std::shared_ptr<const catalog::Catalog>& catalog, const catalog::TaskBook& tasks,
                                          const Progress& progress = {});

}  // namespace nc::records
