#include "foundation/store/migrate.h"

#include <string>

#include "base/check.h"
#include "foundation/store/transaction.h"

namespace nc::store {
namespace {

Result<std::int64_t> version_of(Database& database) { return database.integer("PRAGMA user_version"); }

Status run_one(Database& database, const Migration& migration) {
  NC_ASSIGN(auto transaction, Transaction::begin(database));
  NC_TRY(database.exec(migration.sql));
  NC_TRY(database.exec("PRAGMA user_version=" + std::to_string(migration.version)));
  return transaction.commit();
}

}  // namespace

Status migrate(Database& database, std::span<const Migration> migrations) {
  int newest = 0;
  for (const Migration& migration : migrations) {
    NC_CHECK(migration.version > newest);
    newest = migration.version;
  }
  NC_ASSIGN(const auto have, version_of(database));
  if (have > newest) {
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("The data was written by a newer version of this program ({1}, this one knows {2})"),
                      {std::to_string(have), std::to_string(newest)})
                    .at(database.path().string())
                    .then(NC_MSG("Install the newer version; the data was not changed")));
  }
  for (const Migration& migration : migrations) {
    if (migration.version > have) NC_TRY(run_one(database, migration));
  }
  return {};
}

}  // namespace nc::store
