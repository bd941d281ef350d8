#include "ledger/records/derived_rows.h"

#include <array>

#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "ledger/records/word_tables.h"

namespace nc::records {
namespace {

struct Table {
  const char* name;
  std::vector<const char*> columns;
  const char* from_and_order;
};

// A part or link whose record is missing has a null id and stands first.
const std::array<Table, 6> kTables = {
    Table{"record",
          {"r.id", "r.type", "r.state", "r.voided", "r.bound", "r.code", "r.day", "r.day_last", "r.created_ms", "r.changed_ms",
           "r.created_by", "r.arrival", "r.extra", "r.alone_due", "r.text_fold"},
          "record r ORDER BY r.id"},
    Table{"part",
          {"r.id", "p.handling", "a.audience", "a.counterparts", "p.grp", "p.closed", "p.vals", "p.heads", "p.conflicts", "p.proposals"},
          "part p LEFT JOIN record r ON r.sid = p.sid LEFT JOIN audience a ON a.id = p.audience ORDER BY r.id, p.handling, a.audience, "
          "a.counterparts"},
    Table{"link",
          {"r.id", "l.handling", "l.field", "l.target", "l.day", "l.last"},
          "link l LEFT JOIN record r ON r.sid = l.sid ORDER BY r.id, l.handling, l.field, l.target"},
    Table{"shelf",
          {"r.id", "h.audience AS home", "s.day", "s.handling", "a.audience", "a.counterparts", "s.type", "s.voided", "s.last"},
          "shelf s LEFT JOIN record r ON r.sid = s.sid AND r.id = s.id LEFT JOIN audience a ON a.id = s.audience LEFT JOIN audience h ON "
          "h.id = s.home"
          " ORDER BY s.id, s.handling, a.audience, a.counterparts"},
    Table{"word_doc",
          {"r.id", "k.type", "k.handling", "k.higher", "k.voided", "a.audience", "a.counterparts", "p.units", "d.text"},
          "word_doc d LEFT JOIN record r ON r.sid = d.sid LEFT JOIN word_lock k ON k.no = d.lock LEFT JOIN audience a ON"
          " a.id = k.audience LEFT JOIN word_party p ON p.no = d.party WHERE d.lock <> 0"
          " ORDER BY r.id, k.handling, a.audience, a.counterparts"},
    Table{"task",
          {"r.id", "t.whose", "t.step", "t.due", "t.rule", "t.handling", "a.audience", "a.counterparts"},
          "task t LEFT JOIN record r ON r.sid = t.sid AND r.id = t.id LEFT JOIN audience a ON a.id = t.audience"
          " ORDER BY r.id, t.whose, t.rule, t.handling, a.audience, a.counterparts"},
};

// One value, so that neither its end nor its kind can be mistaken.
void add(crypto::Sha256& hash, const store::Statement& row, int column) {
  if (row.is_null(column)) {
    hash.update("-\n");
    return;
  }
  const auto bytes = row.blob_view(column);
  hash.update(std::to_string(bytes.size()) + ":").update(bytes).update("\n");
}

Status add_table(store::Database& db, const Table& table, DerivedColumns& out) {
  std::string sql = "SELECT ";
  for (const auto* column : table.columns) sql += (sql.size() > 7 ? ", " : "") + std::string(column);
  NC_ASSIGN(auto row, db.prepare(sql + " FROM " + table.from_and_order));
  std::vector<crypto::Sha256> hashes(table.columns.size());
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) break;
    for (std::size_t i = 0; i < hashes.size(); ++i) add(hashes[i], row, static_cast<int>(i));
  }
  for (std::size_t i = 0; i < hashes.size(); ++i) out.emplace(std::string(table.name) + "." + (table.columns[i] + 2), hashes[i].finish());
  return {};
}

}  // namespace

Result<DerivedColumns> derived_columns(store::Database& db) {
  DerivedColumns out;
  for (const auto& table : kTables) NC_TRY(add_table(db, table, out));
  // Numbers of documents follow from the order in which records came, so that blocks are compared with their own documents.
  NC_ASSIGN(const auto faults, word_faults(db));
  out.emplace("word_posting.docs", crypto::sha256(join(faults, "\n")));
  return out;
}

std::vector<std::string> differing(const DerivedColumns& before, const DerivedColumns& after) {
  std::vector<std::string> out;
  for (const auto& [name, hash] : after) {
    const auto held = before.find(name);
    if (held == before.end() || held->second != hash) out.push_back(name);
  }
  return out;
}

Result<std::vector<std::string>> foreign_objects(store::Database& db) {
  std::vector<std::string> out;
  NC_ASSIGN(auto row, db.prepare("SELECT type || ' ' || name FROM sqlite_schema WHERE type NOT IN ('table', 'index') ORDER BY 1"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    out.push_back(row.text(0));
  }
}

}  // namespace nc::records
