#include "foundation/store/unsynced.h"

#include "base/check.h"

namespace nc::store {

Result<Unsynced> Unsynced::begin(Database& database) {
  NC_CHECK(!database.in_transaction());
  NC_TRY(database.exec("PRAGMA synchronous=NORMAL"));
  return Unsynced(&database);
}

// Whoever commits next relies on the fsync: rather no program than one that only believes it.
Unsynced::~Unsynced() {
  if (database_ == nullptr || !database_->options().fullsync) return;
  if (database_->in_transaction()) static_cast<void>(database_->run("ROLLBACK"));
  NC_CHECK(database_->exec("PRAGMA synchronous=FULL").has_value());
}

}  // namespace nc::store
