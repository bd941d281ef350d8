// Inside the room: where the parts of a record stand in table `shelf`, and the interned audiences that it goes by.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/journal/entry.h"
#include "ledger/records/tables.h"

namespace nc::records {

// What the rows of a record have in common.
struct ShelfKey {
  std::int64_t day = kNoDay;
  std::optional<std::int64_t> last;
  std::string type;
  bool voided = false;
  bool operator==(const ShelfKey&) const = default;
};

struct ShelfRow {
  std::int64_t home = 0, audience = 0;
  int handling = 0;
  auto operator<=>(const ShelfRow&) const = default;
};

struct OnShelf {
  ShelfKey key;
  std::vector<ShelfRow> rows;  // in order; none: it does not stand there
  bool operator==(const OnShelf&) const = default;
};

struct InternedAudience {
  std::int64_t id = 0, home = 0;
};
// `counterparts`: their ids in order, as hexadecimal digits side by side.
Result<InternedAudience> intern_audience(store::Database& db, const journal::Audience& audience, const std::string& counterparts);

// The rows of a record that is stored, to be asked before its parts are written anew.
Result<std::vector<ShelfRow>> shelved(store::Database& db, std::int64_t sid);
// From where it stood to where it stands. Most changes leave it in its place; then nothing is written.
Status store_on_shelf(store::Database& db, const RecordId& id, std::int64_t sid, const OnShelf& before, OnShelf now);

}  // namespace nc::records
