#include "ledger/records/shelf.h"

#include <algorithm>

namespace nc::records {

Result<InternedAudience> intern_audience(store::Database& db, const journal::Audience& audience, const std::string& counterparts) {
  const auto text = audience.text();
  NC_ASSIGN(auto known, db.prepare("SELECT id, home FROM audience WHERE audience = ? AND counterparts = ?"));
  known.bind_all(text, counterparts);
  NC_ASSIGN(const bool found, known.step());
  if (found) return InternedAudience{known.integer(0), known.integer(1)};
  NC_ASSIGN(auto insert, db.prepare("INSERT INTO audience(audience, counterparts, home)"
                                    " VALUES(?1, ?2, coalesce((SELECT home FROM audience WHERE audience = ?1 LIMIT 1), 0))"));
  insert.bind_all(text, counterparts);
  NC_TRY(insert.run());
  const auto id = db.last_row_id();
  NC_TRY(db.run("UPDATE audience SET home = id WHERE id = ? AND home = 0", id));  // the first of its home
  NC_ASSIGN(const auto home, db.integer("SELECT home FROM audience WHERE id = ?", id));
  return InternedAudience{id, home};
}

Result<std::vector<ShelfRow>> shelved(store::Database& db, std::int64_t sid) {
  std::vector<ShelfRow> out;
  NC_ASSIGN(auto row, db.prepare("SELECT a.home, p.audience, p.handling FROM part p JOIN audience a ON a.id = p.audience WHERE p.sid = ?"
                                 " AND p.closed = 0"));
  row.bind(1, sid);
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) break;
    out.push_back({row.integer(0), row.integer(1), static_cast<int>(row.integer(2))});
  }
  std::sort(out.begin(), out.end());
  return out;
}

Status store_on_shelf(store::Database& db, const RecordId& id, std::int64_t sid, const OnShelf& before, OnShelf now) {
  std::sort(now.rows.begin(), now.rows.end());
  if (before == now) return {};
  for (const auto& row : before.rows)
    NC_TRY(db.run("DELETE FROM shelf WHERE home = ? AND day = ? AND id = ? AND handling = ? AND audience = ?", row.home, before.key.day, id,
                  row.handling, row.audience));
  for (const auto& row : now.rows)
    NC_TRY(db.run("INSERT INTO shelf(home, day, id, handling, audience, sid, type, voided, last) VALUES(?,?,?,?,?,?,?,?,?)", row.home,
                  now.key.day, id, row.handling, row.audience, sid, now.key.type, now.key.voided, now.key.last));
  return {};
}

}  // namespace nc::records
