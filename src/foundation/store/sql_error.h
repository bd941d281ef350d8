// Inside the room only: SQLite's codes as Errors.
#pragma once

#include <string>

#include "base/error.h"

struct sqlite3;

namespace nc::store {

// `code` is an extended result code; `database` may be null. `where` is the file.
Error sql_error(sqlite3* database, int code, const std::string& where);

}  // namespace nc::store
