#include "ledger/records/task_rows.h"

#include <algorithm>
#include <compare>

#include "ledger/records/raising.h"
#include "ledger/records/tables.h"

namespace nc::records {
namespace {

struct TaskRow {
  RecordId whose;
  bool step = false;
  std::int64_t due = kNoTaskDay;
  std::string rule;
  std::int64_t handling = 0, audience = 0;
  auto operator<=>(const TaskRow&) const = default;
};

struct PartPlace {
  std::int64_t handling = 0, audience = 0;
  std::string text;  // of the audience
};

Result<std::vector<PartPlace>> places_of(store::Database& db, std::int64_t sid) {
  std::vector<PartPlace> out;
  NC_ASSIGN(auto row,
            db.prepare("SELECT p.handling, p.audience, a.audience FROM part p JOIN audience a ON a.id = p.audience WHERE p.sid = ?"));
  row.bind(1, sid);
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    out.push_back({row.integer(0), row.integer(1), row.text(2)});
  }
}

// The unit in charge as the base part says it, or the first that the record is for.
RecordId unit_of(const RecordView& view) {
  const auto& base = view.base_part();
  const auto* lead = view.type->slot("lead");
  const auto unit = lead ? RecordId::from_hex(base.values.text(lead->id)) : std::nullopt;
  if (unit) return *unit;
  return base.key.audience.units.empty() ? RecordId{} : base.key.audience.units.front();
}

// Without their parts' places, which are not needed for most records: they have no task.
// `several_states`: steps were taken side by side, and nobody has decided.
std::vector<std::pair<std::size_t, TaskRow>> tasks_of(const catalog::TaskBook& book, const RecordView& view, bool several_states) {
  std::vector<std::pair<std::size_t, TaskRow>> out;
  if (view.voided || view.type == nullptr || view.parts.empty() || withdrawn(view)) return out;
  const auto unit = unit_of(view);
  const auto& values = view.base_part().values;
  for (const auto& rule : book.rules()) {
    if (!rule.open(view.type_id, view.state, values)) continue;
    const auto due = rule.due_day(values);
    out.push_back(
        {0, {rule.of_maker ? view.created_by : unit, rule.opens == catalog::TaskRule::Opens::kStep, due ? *due : kNoTaskDay, rule.id}});
  }
  for (std::size_t i = 0; i < view.parts.size(); ++i)
    if (!view.parts[i].conflicts.empty()) out.push_back({i, {unit, false, kNoTaskDay, kConflictRule}});
  if (several_states && view.base_part().conflicts.empty()) out.push_back({0, {unit, false, kNoTaskDay, kStatesRule}});
  return out;
}

bool has_several_states(std::string_view extra) {
  if (extra == "{}") return false;  // of nearly every record
  const auto read = parse_json(extra);
  return read && (*read)["states"].is_array();
}

Result<std::vector<TaskRow>> held_tasks(store::Database& db, std::int64_t sid) {
  std::vector<TaskRow> out;
  NC_ASSIGN(auto row, db.prepare("SELECT whose, step, due, rule, handling, audience FROM task WHERE sid = ?"));
  row.bind(1, sid);
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) break;
    out.push_back({row.id<RecordId>(0), row.integer(1) != 0, row.integer(2), row.text(3), row.integer(4), row.integer(5)});
  }
  std::sort(out.begin(), out.end());
  return out;
}

Status keep_fingerprint(store::Database& db, std::int64_t fingerprint) {
  return db.run("INSERT INTO state_meta(key, value) VALUES('task_rules', ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                fingerprint);
}

}  // namespace

Status store_tasks(store::Database& db, const catalog::TaskBook& book, const RecordView& view, bool fresh) {
  if (fresh && tasks_of(book, view, false).empty()) return {};  // as of most
  NC_ASSIGN(auto found, db.prepare("SELECT sid, extra FROM record WHERE id = ?"));
  found.bind(1, view.id);
  NC_ASSIGN(const bool known, found.step());
  if (!known) return {};
  const auto sid = found.integer(0);
  const auto wanted = tasks_of(book, view, has_several_states(found.text_view(1)));
  std::vector<TaskRow> now;
  if (!wanted.empty()) {
    NC_ASSIGN(const auto places, places_of(db, sid));
    for (auto [part, row] : wanted) {
      const auto& key = view.parts[part].key;
      const auto at = std::find_if(places.begin(), places.end(), [&](const PartPlace& place) {
        return place.handling == static_cast<std::int64_t>(key.handling) && place.text == key.audience.text();
      });
      if (at == places.end()) continue;  // changed again since, and that view comes as well
      row.handling = at->handling;
      row.audience = at->audience;
      now.push_back(std::move(row));
    }
    std::sort(now.begin(), now.end());
  }
  NC_ASSIGN(const auto held, held_tasks(db, sid));
  if (held == now) return {};
  if (!held.empty()) NC_TRY(db.run("DELETE FROM task WHERE sid = ?", sid));
  for (const auto& row : now)
    NC_TRY(db.run("INSERT INTO task(whose, step, due, id, rule, handling, audience, sid) VALUES(?,?,?,?,?,?,?,?)", row.whose, row.step,
                  row.due, view.id, row.rule, row.handling, row.audience, sid));
  return {};
}

Status refresh_tasks(store::Database& db, const catalog::TaskBook& book, const catalog::Catalog& catalog, bool anew) {
  const auto held = db.integer("SELECT value FROM state_meta WHERE key = 'task_rules'");
  if (!anew && held && *held == book.fingerprint()) return {};
  NC_TRY(db.exec("DELETE FROM task"));
  NC_TRY(each_record(db, catalog, [&](const RecordView& view) { return store_tasks(db, book, view); }));
  return keep_fingerprint(db, book.fingerprint());
}

}  // namespace nc::records
