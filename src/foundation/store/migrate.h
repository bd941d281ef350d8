// Migrations: numbered steps of the schema, each in one transaction with its number.
#pragma once

#include <span>

#include "base/error.h"
#include "foundation/store/database.h"

namespace nc::store {

struct Migration {
  int version;      // rising from 1; the number is kept in the file (user_version)
  const char* sql;  // any number of statements
};

// Runs what the file does not have yet. kUnsupported: the file is of a newer program; unchanged.
// A failing step leaves the file at the step before it.
Status migrate(Database& database, std::span<const Migration> migrations);

}  // namespace nc::store
