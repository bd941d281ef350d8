// What a query answers, as values. Threads: those of the connection.
#pragma once

#include <utility>
#include <vector>

#include "base/error.h"
#include "foundation/store/database.h"

namespace nc::store {

// `read` makes a value of the row at which the statement stands.
template <typename Read>
auto all_rows(Statement& query, Read read) -> Result<std::vector<decltype(read(query))>> {
  std::vector<decltype(read(query))> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    out.push_back(read(query));
  }
}

}  // namespace nc::store
