// Structures that cannot be, whatever each value says by itself: references to nothing or to the record
// itself, activities and figures that are part of each other, a foreign unit as our own, units under
// each other. Asked on every way of writing; a merge may still bring such a state about, and then the
// tree and the figures cut the circle and say so.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "foundation/store/database.h"
#include "ledger/records/request.h"
#include "ledger/records/view.h"

namespace nc::records {

// What the checks look things up in.
struct Asked {
  store::Database* db;  // null: only what the World holds can be asked about (kBusy: it was not enough)
  const World& world;
  bool world_stale;  // units have changed since the World was made
  // Whether the author may know of a record: what he may not know of is answered like what does not exist.
  // References that stood there before are not his. Empty: he may know of everything.
  std::function<bool(const RecordView&)> knows;
  // Of the record's own part: whoever reads a lower one must not learn of a higher. Nothing: it is not asked.
  std::optional<journal::HandlingLevel> handling = std::nullopt;
  bool imported = false;  // a row of a file may name what was declared void meanwhile
};

// About the fields that differ from `before`. Errors: the first, by field (in lines "rows[2].parent").
Status check_structure(const Asked& asked, const catalog::Type& type, const RecordId& id, const Json& before, const Json& values);

// Whether the derived tables put units under each other that did not stand so in `before`.
Status check_no_new_circle(store::Database& db, const catalog::Catalog& catalog, const orgtree::OrgTree& before);

// The rows of a batch that would put units under each other: of every new circle the last row that takes
// part in it. The others may be written.
Result<std::map<std::size_t, Error>> rows_closing_circles(store::Database& db, const catalog::Catalog& catalog,
                                                          std::span<const Imported> rows);

}  // namespace nc::records
