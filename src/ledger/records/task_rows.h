// Inside the room: table `task`, the open tasks of every record as the rules of the catalogue have them
// (catalog/tasks.h), and its open conflicts. It is derived of a record as the other tables are, in the same commit.
//
// One row a task and whoever it waits for: a unit, or the person who began the record. What is seen of a record's base
// part makes tasks, so that a row belongs to that part and shows with it; a conflict belongs to the part it is in.
#pragma once

#include "foundation/store/database.h"
#include "ledger/catalog/tasks.h"
#include "ledger/records/view.h"

namespace nc::records {

// Comes after every day that a task can have.
constexpr std::int64_t kNoTaskDay = 10'000'000;
// The rule of a conflict, which is no rule of the file (ids there have no point).
constexpr const char* kConflictRule = ".conflict";
constexpr const char* kStatesRule = ".states";  // of steps taken side by side (live_states.h), where no value is in conflict

// Part of make_tables and drop_tables.
constexpr const char* kTaskSchema = R"sql(
CREATE TABLE IF NOT EXISTS task(
  whose BLOB NOT NULL, step INTEGER NOT NULL, due INTEGER NOT NULL, id BLOB NOT NULL, rule TEXT NOT NULL, handling INTEGER NOT NULL,
  audience INTEGER NOT NULL, sid INTEGER NOT NULL, PRIMARY KEY(whose, step, due, id, rule, handling, audience)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS task_of ON task(sid);
CREATE INDEX IF NOT EXISTS task_by_day ON task(step, due, id, rule, handling, audience);
)sql";

// From what stands there to what follows from the view; the record's other rows are stored. Most changes change nothing.
// `fresh`: a new record, of which nobody had a task.
Status store_tasks(store::Database& db, const catalog::TaskBook& book, const RecordView& view, bool fresh = false);
// Of every record, when the rules are others than those that the table was made with, or `anew`.
Status refresh_tasks(store::Database& db, const catalog::TaskBook& book, const catalog::Catalog& catalog, bool anew);

}  // namespace nc::records
