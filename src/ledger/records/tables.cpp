#include "ledger/records/tables.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "ledger/catalog/values.h"
#include "ledger/records/shelf.h"
#include "ledger/records/task_rows.h"
#include "ledger/records/word_tables.h"

namespace nc::records {
namespace {

// Raise when the tables or what is written into them change: every node then derives them anew.
constexpr std::int64_t kDerivedVersion = 14;

constexpr const char* kMeta = "CREATE TABLE IF NOT EXISTS state_meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;";
constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS record(
  sid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, type TEXT NOT NULL, state TEXT NOT NULL,
  voided INTEGER NOT NULL, bound INTEGER NOT NULL, code TEXT, day INTEGER NOT NULL, day_last INTEGER,
  text_fold TEXT NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, created_by BLOB NOT NULL,
  arrival INTEGER NOT NULL, extra TEXT NOT NULL, alone_due INTEGER);
CREATE INDEX IF NOT EXISTS record_alone ON record(alone_due) WHERE alone_due IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_by_type ON record(type, day, id);
CREATE INDEX IF NOT EXISTS record_by_code ON record(code) WHERE code IS NOT NULL;
CREATE TABLE IF NOT EXISTS audience(id INTEGER PRIMARY KEY, audience TEXT NOT NULL, counterparts TEXT NOT NULL,
  home INTEGER NOT NULL, UNIQUE(audience, counterparts));
CREATE TABLE IF NOT EXISTS part(
  sid INTEGER NOT NULL, handling INTEGER NOT NULL, audience INTEGER NOT NULL, grp TEXT NOT NULL,
  closed INTEGER NOT NULL, vals TEXT NOT NULL, heads BLOB NOT NULL, conflicts TEXT NOT NULL, proposals BLOB NOT NULL,
  UNIQUE(sid, handling, audience));
CREATE TABLE IF NOT EXISTS shelf(
  home INTEGER NOT NULL, day INTEGER NOT NULL, id BLOB NOT NULL, handling INTEGER NOT NULL, audience INTEGER NOT NULL,
  sid INTEGER NOT NULL, type TEXT NOT NULL, voided INTEGER NOT NULL, last INTEGER,
  PRIMARY KEY(home, day, id, handling, audience)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS link(sid INTEGER NOT NULL, handling INTEGER NOT NULL, field TEXT NOT NULL, target BLOB NOT NULL,
  day INTEGER NOT NULL, last INTEGER, PRIMARY KEY(sid, handling, field, target)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS link_to ON link(target, day, sid, last);
CREATE INDEX IF NOT EXISTS record_lasting ON record(type, day, id) WHERE day_last - day > 31;
CREATE INDEX IF NOT EXISTS shelf_lasting ON shelf(home, day, id) WHERE last - day > 31;
CREATE INDEX IF NOT EXISTS link_lasting ON link(target, day, sid, last) WHERE last - day > 31;
)sql";
static_assert(kLastingDays == 31);  // as the indexes say

std::string join_hashes(const std::vector<EntryHash>& hashes) {
  std::string out;
  for (const auto& hash : hashes) out.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
  return out;
}

std::vector<EntryHash> split_hashes(std::string_view bytes) {
  std::vector<EntryHash> out;
  for (; bytes.size() >= EntryHash::kSize; bytes.remove_prefix(EntryHash::kSize)) {
    EntryHash hash;
    std::copy_n(bytes.begin(), EntryHash::kSize, hash.bytes.begin());
    out.push_back(hash);
  }
  return out;
}

Json conflict_values(const journal::PartState& part) {
  Json out{JsonObject{}};
  for (const auto& [field, reg] : part.registers) {
    if (!reg.in_conflict()) continue;
    Json values{JsonArray{}};
    for (const auto& live : reg.live) values.push(live.value);
    out.set(field, std::move(values));
  }
  return out;
}

Json part_values(const journal::PartState& part) {
  Json out{JsonObject{}};
  for (const auto& [field, reg] : part.registers)
    if (!reg.shown.is_null()) out.set(field, reg.shown);
  for (const auto& [field, elements] : part.sets)
    if (!elements.empty()) out.set(field, JsonArray(elements.begin(), elements.end()));
  return out;
}

// The counterparts' ids in order, one behind the other.
std::string counterparts_of(const catalog::Type* type, const Json& values) {
  std::vector<UnitId> units;
  const auto* field = type ? type->slot("counterpart") : nullptr;
  if (!field || !values[field->id].is_array()) return {};
  for (const auto& element : values[field->id].as_array())
    if (const auto id = UnitId::from_hex(element.text("ref"))) units.push_back(*id);
  std::sort(units.begin(), units.end());
  units.erase(std::unique(units.begin(), units.end()), units.end());
  std::string out;
  for (const auto& unit : units) out += unit.hex();
  return out;
}

void collect_refs(const catalog::Field& field, const Json& value, const std::string& name,
                  std::vector<std::pair<std::string, RecordId>>& out) {
  using catalog::FieldKind;
  if (field.kind == FieldKind::kRef && value.is_string()) {
    if (const auto id = RecordId::from_hex(value.as_string())) out.emplace_back(name, *id);
  } else if (field.kind == FieldKind::kRefs && value.is_array()) {
    for (const auto& element : value.as_array())
      if (const auto id = RecordId::from_hex(element.text("ref"))) out.emplace_back(name, *id);
  } else if (field.kind == FieldKind::kLines && value.is_array()) {
    for (const auto& row : value.as_array())
      for (const auto& column : field.columns) collect_refs(column, row[column.id], name, out);
  }
}

Json alone_json(const Alone& alone) {
  Json out;
  out.set("act", alone.act).set("by", alone.by.hex()).set("at", alone.at_ms).set("due", alone.due_ms);
  if (alone.confirmed_by) out.set("confirmed_by", alone.confirmed_by->hex());
  return out;
}

std::optional<Alone> alone_from(std::string_view extra) {
  if (extra == "{}") return std::nullopt;
  const auto read = parse_json(extra);
  if (!read || !(*read)["alone"].is_object()) return std::nullopt;
  const auto& said = (*read)["alone"];
  return Alone{said.text("act"), PersonId::from_hex(said.text("by")).value_or(PersonId{}), said.integer("at"), said.integer("due"),
               PersonId::from_hex(said.text("confirmed_by"))};
}

std::optional<DayRange> range_of(const Json& value) {
  const auto date_of = [](const Json& date) -> std::optional<DayRange> {
    if (!date.is_object() || !date["day"].is_int()) return std::nullopt;
    CivilDate civil;
    civil.day = static_cast<std::int32_t>(date["day"].as_int());
    const auto precision = date.text("precision");
    if (precision == "month_day") return std::nullopt;
    civil.precision = precision == "year" ? DatePrecision::kYear : precision == "month" ? DatePrecision::kMonth : DatePrecision::kDay;
    return extent(civil);
  };
  if (value["day"].is_int()) return date_of(value);
  const auto from = date_of(value["from"]), to = date_of(value["to"]);
  if (from && to) return DayRange{from->first, std::max(from->last, to->last)};
  if (from) return from;
  return to;
}

ShelfKey key_of(const Rows& rows) {
  const auto last = rows.days ? std::optional<std::int64_t>(rows.days->last) : std::nullopt;
  return {rows.days ? rows.days->first : kNoDay, last, rows.view.type_id, rows.view.voided};
}

struct Place {
  std::int64_t sid = 0;
  bool fresh = false;
  ShelfKey before;  // unless it is fresh
};

// Where the record stands; nothing: it has no row yet.
Result<std::optional<Place>> held_place(store::Database& db, const RecordId& id) {
  NC_ASSIGN(auto query, db.prepare("SELECT sid, day, day_last, type, voided FROM record WHERE id = ?"));
  query.bind(1, id);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<Place>();
  return std::optional(Place{query.integer(0), false, {query.integer(1), query.optional_integer(2), query.text(3), query.integer(4) != 0}});
}

// The record's own row, new or in the place of its former one.
Result<Place> store_head(store::Database& db, const Rows& rows, std::optional<Place> held) {
  const auto& view = rows.view;
  const auto key = key_of(rows);
  if (!held) {
    NC_TRY(
        db.run("INSERT INTO record(type, state, voided, bound, code, day, day_last, text_fold, created_ms, changed_ms, created_by,"
               " arrival, extra, alone_due, id) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)",
               view.type_id, view.state, view.voided, view.bound, rows.code, key.day, key.last, rows.folded, view.created_ms,
               view.changed_ms, view.created_by, view.arrival, rows.extra, rows.alone_due, view.id));
    return Place{db.last_row_id(), true, {}};
  }
  NC_TRY(
      db.run("UPDATE record SET type=?1, state=?2, voided=?3, bound=?4, code=?5, day=?6, day_last=?7, text_fold=?8, created_ms=?9,"
             " changed_ms=?10, created_by=?11, arrival=?12, extra=?13, alone_due=?14 WHERE sid=?15",
             view.type_id, view.state, view.voided, view.bound, rows.code, key.day, key.last, rows.folded, view.created_ms, view.changed_ms,
             view.created_by, view.arrival, rows.extra, rows.alone_due, held->sid));
  return std::move(*held);
}

// Most changes leave the links as they are; then nothing is written.
Status store_links(store::Database& db, const Place& place, const std::vector<LinkRow>& links) {
  if (!place.fresh) {
    std::vector<LinkRow> held;
    NC_ASSIGN(auto query, db.prepare("SELECT handling, field, target, day, last FROM link WHERE sid = ?"));
    query.bind(1, place.sid);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      held.push_back(
          {static_cast<int>(query.integer(0)), query.text(1), query.id<RecordId>(2), query.integer(3), query.optional_integer(4)});
    }
    std::sort(held.begin(), held.end());
    if (links == held) return {};
    NC_TRY(db.run("DELETE FROM link WHERE sid = ?", place.sid));
  }
  for (const auto& link : links)
    NC_TRY(db.run("INSERT INTO link(sid, handling, field, target, day, last) VALUES(?,?,?,?,?,?)", place.sid, link.handling, link.field,
                  link.target, link.day, link.last));
  return {};
}

}  // namespace

Status expect_fresh(store::Database& db) {
  const auto version = db.integer("SELECT value FROM state_meta WHERE key = 'derived_version'");
  if (version && *version == kDerivedVersion) return {};
  return fail(Error(ErrorCode::kUnsupported, NC_MSG("The derived state was made by another version of this program, or not yet made"))
                  .at(db.path().string())
                  .then(NC_MSG("Open it once where it can be written: nhipcau rebuild DIR")));
}

Status make_tables(store::Database& db, bool& stale) {
  NC_TRY(db.exec(kMeta));
  const auto version = db.integer("SELECT value FROM state_meta WHERE key = 'derived_version'");
  stale = !version || *version != kDerivedVersion;
  if (stale) NC_TRY(drop_tables(db));  // before the schema: it may not fit the tables of another version
  NC_TRY(db.exec(kSchema));
  NC_TRY(db.exec(kTaskSchema));
  return make_word_tables(db);
}

Status drop_tables(store::Database& db) {
  NC_TRY(drop_word_tables(db));
  return db.exec(
      "DROP TABLE IF EXISTS record; DROP TABLE IF EXISTS audience; DROP TABLE IF EXISTS part; DROP TABLE IF EXISTS link;"
      "DROP TABLE IF EXISTS shelf; DROP TABLE IF EXISTS task;"
      "DELETE FROM state_meta WHERE key = 'derived_version';");
}

std::int32_t civil_day(std::int64_t wall_ms, std::int32_t zone_minutes) {
  const auto minutes = wall_ms / 60'000 + zone_minutes;
  return static_cast<std::int32_t>(minutes >= 0 ? minutes / 1440 : (minutes - 1439) / 1440);
}

Result<std::int32_t> latest_day(store::Database& db, std::int32_t zone_minutes) {
  NC_ASSIGN(const auto kept, db.integer("SELECT coalesce(max(value), -1) FROM state_meta WHERE key = 'latest_day'"));
  NC_ASSIGN(const auto newest_ms, db.integer("SELECT coalesce((SELECT received FROM journal_entry ORDER BY arrival DESC LIMIT 1), 0)"));
  return std::max(static_cast<std::int32_t>(kept), civil_day(newest_ms, zone_minutes));
}

Status keep_latest_day(store::Database& db, std::int32_t day) {
  return db.run("INSERT INTO state_meta(key, value) VALUES('latest_day', ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", day);
}

Status mark_fresh(store::Database& db) {
  return db.run("INSERT INTO state_meta(key, value) VALUES('derived_version', ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                kDerivedVersion);
}

std::vector<std::pair<std::string, RecordId>> links_of(const catalog::Type& type, const Json& values) {
  std::vector<std::pair<std::string, RecordId>> out;
  for (const auto& field : type.fields) collect_refs(field, values[field.id], field.id, out);
  return out;
}

std::vector<std::pair<std::string, RecordId>> links_of_field(const catalog::Field& field, const Json& value) {
  std::vector<std::pair<std::string, RecordId>> out;
  collect_refs(field, value, field.id, out);
  return out;
}

std::optional<DayRange> days_of(const RecordView& record) {
  if (!record.type) return std::nullopt;
  if (record.type->slot("when")) return range_of(record.slot("when"));
  const auto from = range_of(record.slot("from")), until = range_of(record.slot("until"));
  if (record.type->slot("date") && !from) return range_of(record.slot("date"));
  if (!from && !until) return std::nullopt;
  return DayRange{from ? from->first : until->first, until ? until->last : kDayMax};
}

Rows rows_of(const catalog::Catalog& catalog, const RecordId& id, const std::string& type_id, const journal::RecordState& state,
             const Meta& meta) {
  Rows out;
  auto& view = out.view;
  view.id = id;
  view.type_id = type_id;
  view.type = catalog.find(type_id);
  view.state = state.state;
  view.voided = state.voided;
  view.bound = state.bound;
  view.values = state.values();
  if (view.values.is_null()) view.values = Json(JsonObject{});
  view.created_ms = meta.created_ms;
  view.changed_ms = meta.changed_ms;
  view.created_by = meta.created_by;
  view.arrival = meta.arrival;
  view.alone = meta.alone;
  for (const auto& [key, part] : state.parts) {
    if (part.closed) continue;
    PartView shown{key, part_values(part), part.heads, {}, part.proposals, false};
    for (const auto& [field, reg] : part.registers)
      if (reg.in_conflict()) shown.conflicts.push_back(field);
    out.parts.push_back({canonical(shown.values), canonical(conflict_values(part))});
    if (view.type)
      for (auto& [field, target] : links_of(*view.type, shown.values)) out.links.push_back({key.handling, field, target});
    view.parts.push_back(std::move(shown));
  }
  // What was withdrawn is in the journal, and nowhere else: no list, figure, search or page can show it.
  for (const auto& [key, part] : state.parts) {
    if (!part.closed) continue;
    out.parts.push_back({"{}", "{}"});
    view.parts.push_back({key, Json(JsonObject{}), part.heads, {}, {}, true});
  }
  NC_CHECK(!view.parts.empty());
  std::sort(out.links.begin(), out.links.end());
  out.links.erase(std::unique(out.links.begin(), out.links.end()), out.links.end());

  Json extra{JsonObject{}};
  if (state.live_states.size() > 1) extra.set("states", JsonArray(state.live_states.begin(), state.live_states.end()));
  if (view.alone) extra.set("alone", alone_json(*view.alone));
  out.extra = canonical(extra);
  if (view.alone && !view.alone->confirmed_by) out.alone_due = view.alone->due_ms;
  // Lists are sorted, filtered and paged by these for every reader, so that they say what the base part says.
  RecordView lowest;
  lowest.type = view.type;
  lowest.values = std::move(view.parts.front().values);  // lent
  out.days = days_of(lowest);
  const auto key = key_of(out);
  for (auto& link : out.links) {
    link.day = key.day;
    link.last = key.last;
  }
  if (const auto& code = lowest.slot("code"); code.is_string()) out.code = code.as_string();
  view.parts.front().values = std::move(lowest.values);
  if (view.type) out.folded = folded_text(*view.type, view.base_part().values, view.base_part().key.handling);
  out.words = word_docs(catalog, view);
  out.counterparts = counterparts_of(view.type, view.base_part().values);
  return out;
}

Status store_rows(store::Database& db, const Rows& rows, bool fresh) {
  const auto& view = rows.view;
  std::optional<Place> held;
  if (!fresh) { NC_ASSIGN(held, held_place(db, view.id)); }
  std::vector<HeldWords> words;
  if (held) { NC_ASSIGN(words, held_words(db, view.id)); }
  NC_ASSIGN(const auto place, store_head(db, rows, std::move(held)));
  std::vector<ShelfRow> stood, stands, open;
  if (!place.fresh) {
    NC_ASSIGN(stood, shelved(db, place.sid));
    NC_TRY(db.run("DELETE FROM part WHERE sid = ?", place.sid));
  }
  for (std::size_t i = 0; i < view.parts.size(); ++i) {
    const auto& part = view.parts[i];
    NC_ASSIGN(const auto interned, intern_audience(db, part.key.audience, part.closed ? std::string() : rows.counterparts));
    const auto audience = interned.id;
    stands.push_back({interned.home, audience, static_cast<int>(part.key.handling)});
    if (!part.closed) open.push_back(stands.back());
    NC_ASSIGN(
        auto insert,
        db.prepare("INSERT INTO part(sid, handling, audience, grp, closed, vals, heads, conflicts, proposals) VALUES(?,?,?,?,?,?,?,?,?)"));
    insert.bind_all(place.sid, static_cast<int>(part.key.handling), audience, view.type ? view.type->group : std::string(), part.closed,
                    rows.parts[i].values);
    insert.bind_blob(7, join_hashes(part.heads)).bind(8, rows.parts[i].conflicts).bind_blob(9, join_hashes(part.proposals));
    NC_TRY(insert.run());
  }
  NC_TRY(store_words(db, place.sid, rows, stands, words));
  NC_TRY(store_on_shelf(db, view.id, place.sid, {place.before, std::move(stood)}, {key_of(rows), std::move(open)}));
  return store_links(db, place, rows.links);
}

namespace {

constexpr const char* kRecordColumns =
    "r.sid, r.id, r.type, r.state, r.voided, r.bound, r.created_ms, r.changed_ms, r.created_by, r.arrival, r.extra";

RecordView head_of(const store::Statement& row, const catalog::Catalog& catalog) {
  RecordView view;
  view.id = row.id<RecordId>(1);
  view.type_id = row.text(2);
  view.type = catalog.find(view.type_id);
  view.state = row.text(3);
  view.voided = row.integer(4) != 0;
  view.bound = row.integer(5) != 0;
  view.created_ms = row.integer(6);
  view.changed_ms = row.integer(7);
  view.created_by = row.id<PersonId>(8);
  view.arrival = row.integer(9);
  view.alone = alone_from(row.text_view(10));
  view.values = Json(JsonObject{});
  return view;
}

Error damaged(const RecordId& id) {
  return Error(ErrorCode::kCorrupt, NC_MSG("The derived state of the record {1} is damaged"), {id.hex()})
      .then(NC_MSG("Run: nhipcau rebuild DIR"));
}

Status load_parts(store::Database& db, std::int64_t sid, RecordView& view) {
  NC_ASSIGN(auto parts, db.prepare("SELECT p.handling, a.audience, p.closed, p.vals, p.heads, p.conflicts, p.proposals FROM part p"
                                   " JOIN audience a ON a.id = p.audience WHERE p.sid = ? ORDER BY p.handling, a.audience"));
  parts.bind(1, sid);
  while (true) {
    NC_ASSIGN(const bool row, parts.step());
    if (!row) break;
    PartView part;
    NC_ASSIGN(part.key.audience, journal::Audience::parse(parts.text_view(1)));
    part.key.handling = static_cast<journal::HandlingLevel>(parts.integer(0));
    part.closed = parts.integer(2) != 0;
    auto values = parse_json(parts.text_view(3));
    auto conflicts = parse_json(parts.text_view(5));
    if (!values || !values->is_object() || !conflicts || !conflicts->is_object()) return fail(damaged(view.id));
    part.values = std::move(*values);
    part.heads = split_hashes(parts.blob_view(4));
    for (const auto& [field, conflicting] : conflicts->as_object()) part.conflicts.push_back(field);
    part.proposals = split_hashes(parts.blob_view(6));
    view.parts.push_back(std::move(part));
  }
  if (view.parts.empty()) return fail(ErrorCode::kCorrupt, NC_MSG("The record {1} has no part in the derived tables"), {view.id.hex()});
  std::sort(view.parts.begin(), view.parts.end(),
            [](const auto& a, const auto& b) { return std::tie(a.closed, a.key) < std::tie(b.closed, b.key); });
  for (const auto& part : view.parts)
    for (const auto& [field, value] : part.values.as_object()) view.values.set(field, value);
  return {};
}

}  // namespace

Result<std::optional<RecordView>> load_record(store::Database& db, const catalog::Catalog& catalog, const RecordId& id) {
  NC_ASSIGN(auto row, db.prepare(std::string("SELECT ") + kRecordColumns + " FROM record r WHERE r.id = ?"));
  row.bind(1, id);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::optional<RecordView>();
  auto view = head_of(row, catalog);
  NC_TRY(load_parts(db, row.integer(0), view));
  return std::optional(std::move(view));
}

Status each_record(store::Database& db, const catalog::Catalog& catalog, const std::function<Status(const RecordView&)>& visit) {
  NC_ASSIGN(auto row, db.prepare(std::string("SELECT ") + kRecordColumns + " FROM record r ORDER BY r.id"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return {};
    auto view = head_of(row, catalog);
    NC_TRY(load_parts(db, row.integer(0), view));
    NC_TRY(visit(view));
  }
}

Result<std::vector<RecordView>> load_types(store::Database& db, const catalog::Catalog& catalog, const std::vector<std::string>& types) {
  std::vector<RecordView> out;
  for (const auto& type : types) {
    NC_ASSIGN(auto row, db.prepare(std::string("SELECT ") + kRecordColumns + " FROM record r WHERE r.type = ? ORDER BY r.id"));
    row.bind(1, type);
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) break;
      auto view = head_of(row, catalog);
      NC_TRY(load_parts(db, row.integer(0), view));
      out.push_back(std::move(view));
    }
  }
  return out;
}

Result<bool> record_exists(store::Database& db, const RecordId& id, const std::vector<std::string>& types) {
  NC_ASSIGN(auto row, db.prepare("SELECT type FROM record WHERE id = ?"));
  row.bind(1, id);
  NC_ASSIGN(const bool found, row.step());
  return found && (types.empty() || std::find(types.begin(), types.end(), row.text(0)) != types.end());
}

Result<std::vector<AudienceRow>> load_audiences(store::Database& db, std::int64_t after) {
  std::vector<AudienceRow> out;
  NC_ASSIGN(auto row, db.prepare("SELECT id, audience, counterparts, home FROM audience WHERE id > ? ORDER BY id"));
  row.bind(1, after);
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    AudienceRow item;
    item.id = row.integer(0);
    item.home = row.integer(3);
    NC_ASSIGN(item.audience, journal::Audience::parse(row.text_view(1)));
    auto list = row.text_view(2);
    for (; list.size() >= 32; list.remove_prefix(32))
      if (const auto unit = UnitId::from_hex(list.substr(0, 32))) item.counterparts.push_back(*unit);
    out.push_back(std::move(item));
  }
}

Result<Digest> tables_digest(store::Database& db, const catalog::Catalog& catalog) {
  crypto::Sha256 sha;
  NC_TRY(each_record(db, catalog, [&](const RecordView& view) -> Status {
    Json line;
    line.set("id", view.id.hex()).set("type", view.type_id).set("state", view.state).set("voided", view.voided).set("bound", view.bound);
    if (view.alone) line.set("alone", alone_json(*view.alone));
    Json parts{JsonArray{}};
    for (const auto& part : view.parts) {
      Json item;
      item.set("part", part.key.text()).set("closed", part.closed).set("values", part.values);
      Json heads{JsonArray{}}, proposals{JsonArray{}}, conflicts{JsonArray{}};
      for (const auto& head : part.heads) heads.push(head.hex());
      for (const auto& proposal : part.proposals) proposals.push(proposal.hex());
      for (const auto& field : part.conflicts) conflicts.push(field);
      item.set("heads", heads).set("proposals", proposals).set("conflicts", conflicts);
      parts.push(std::move(item));
    }
    line.set("parts", std::move(parts));
    sha.update(canonical(line) + "\n");
    return {};
  }));
  return sha.finish();
}

}  // namespace nc::records
