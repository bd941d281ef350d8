#include "ledger/records/unfinished.h"

#include <vector>

#include "ledger/journal/purges.h"
#include "ledger/records/admission_rules.h"

namespace nc::records {
namespace {

struct Place {
  NodeId node;
  std::string stream;
  std::int64_t seq = 0;
};

struct Found {
  std::vector<Place> places;
  std::vector<journal::Journal::Incoming> entries;  // of each place; one byte stands for the body, which nobody need read
};

Result<std::vector<UnfinishedTable>> tables_here(store::Database& db) {
  std::vector<UnfinishedTable> out;
  for (const auto& table : kUnfinishedTables) {
    NC_ASSIGN(const auto made, db.integer("SELECT count(*) FROM sqlite_schema WHERE name=?1", std::string_view(table.name)));
    if (made > 0) out.push_back(table);
  }
  return out;
}

Status read_found(store::Database& db, const UnfinishedTable& table, Found& out) {
  NC_ASSIGN(auto row, db.prepare(table.rows));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return {};
    out.places.push_back({row.id<NodeId>(0), row.text(1), row.integer(2)});
    out.entries.push_back({row.blob(3), "-"});
  }
}

}  // namespace

Status forget_unfinished(store::Database& db) {
  NC_ASSIGN(const auto tables, tables_here(db));
  Found found;
  for (const auto& table : tables) NC_TRY(read_found(db, table, found));
  if (found.entries.empty()) return {};
  NC_ASSIGN(const bool any, journal::empty_purged(db, admission_rules(), found.entries));
  for (std::size_t i = 0; any && i < found.entries.size(); ++i) {
    if (!found.entries[i].body_bytes.empty()) continue;
    const auto& place = found.places[i];
    for (const auto& table : tables) NC_TRY(db.run(table.forget, place.node, place.stream, place.seq));
  }
  return {};
}

}  // namespace nc::records
