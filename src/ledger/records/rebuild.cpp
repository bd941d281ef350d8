#include "ledger/records/rebuild.h"

#include "ledger/records/derived_rows.h"
#include "ledger/records/project.h"
#include "ledger/records/task_rows.h"
#include "ledger/records/waiting.h"
#include "ledger/records/world.h"

namespace nc::records {

Result<std::int64_t> refill(store::Database& db, const journal::Journal& journal, const std::shared_ptr<const catalog::Catalog>& catalog,
                            const Progress& progress, std::int64_t expected) {
  constexpr std::int64_t kRecordsAtOnce = 64;
  World bare;
  bare.catalog = catalog;
  std::int64_t count = 0, seen = 0;
  NC_TRY(journal.for_each_record(db, [&](const RecordId& id) -> Status {
    NC_ASSIGN(const auto view, project_record(db, journal, bare, id));
    count += view.parts.empty() ? 0 : 1;
    if (++seen % kRecordsAtOnce != 0) return {};
    return step(progress, NC_MSG("Deriving the records anew"), seen, std::max(seen, expected));
  }));
  NC_TRY(clear_waiting(db));
  NC_TRY(mark_fresh(db));
  return count;
}

Result<Ledger::RebuildReport> derive_anew(store::Database& db, const journal::Journal& journal,
                                          const std::shared_ptr<const catalog::Catalog>& catalog, const catalog::TaskBook& tasks,
                                          const Progress& progress) {
  const auto stage = NC_MSG("Reading the tables as they stand");
  Ledger::RebuildReport report;
  NC_TRY(step(progress, stage, 0, 0));
  report.before = tables_digest(db, *catalog).value_or(Digest{});  // damaged rows have no digest
  NC_ASSIGN(report.differs, foreign_objects(db));
  NC_ASSIGN(const auto held, derived_columns(db));
  const auto expected = db.integer("SELECT count(*) FROM record").value_or(0);
  NC_TRY(drop_tables(db));
  bool stale = false;
  NC_TRY(make_tables(db, stale));
  NC_ASSIGN(report.records, refill(db, journal, catalog, progress, expected));
  NC_TRY(refresh_tasks(db, tasks, *catalog, true));
  NC_TRY(step(progress, NC_MSG("Comparing the tables"), expected, expected));
  NC_ASSIGN(report.after, tables_digest(db, *catalog));
  NC_ASSIGN(const auto derived, derived_columns(db));
  for (auto& column : differing(held, derived)) report.differs.push_back(std::move(column));
  return report;
}

}  // namespace nc::records
