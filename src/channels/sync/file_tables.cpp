#include "channels/sync/file_tables.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/json.h"
#include "base/limits.h"
#include "channels/sync/below.h"
#include "channels/sync/key_tables.h"
#include "channels/sync/runs.h"
#include "channels/sync/watermarks.h"
#include "foundation/store/all_rows.h"

namespace nc::sync {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS sync_file(id INTEGER PRIMARY KEY, part TEXT NOT NULL, tag BLOB NOT NULL, sha256 BLOB NOT NULL,
  bytes INTEGER NOT NULL, here INTEGER NOT NULL, told INTEGER NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL,
  UNIQUE(sha256, part, bytes));
CREATE INDEX IF NOT EXISTS sync_file_lacking ON sync_file(due) WHERE here=0;
CREATE INDEX IF NOT EXISTS sync_file_untold ON sync_file(due) WHERE here=1 AND told=0;
CREATE TABLE IF NOT EXISTS sync_naming(file INTEGER NOT NULL, arrival INTEGER NOT NULL, PRIMARY KEY(file, arrival)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sync_naming_arrival ON sync_naming(arrival);
CREATE TABLE IF NOT EXISTS sync_indexed(id INTEGER PRIMARY KEY CHECK(id = 1), arrival INTEGER NOT NULL, parent BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sync_arriving(node BLOB NOT NULL, file INTEGER NOT NULL, bytes INTEGER NOT NULL, state INTEGER NOT NULL,
  said INTEGER NOT NULL, PRIMARY KEY(node, file)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_wished(node BLOB NOT NULL, file INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY(node, file))
  WITHOUT ROWID;
)sql";

// Named by an entry that is admitted or parked; a purged one names nothing any more.
constexpr std::string_view kIsNamed =
    "EXISTS(SELECT 1 FROM sync_naming n JOIN journal_entry e ON e.arrival=n.arrival WHERE n.file=f.id AND e.status IN (0, 1))";
constexpr std::string_view kColumns = "SELECT f.id, f.part, f.tag, f.sha256, f.bytes, f.here FROM sync_file f ";

KnownFile file_in(const store::Statement& row) {
  return {row.integer(0), row.text(1), {row.blob(2), row.id<Digest>(3), row.integer(4)}, row.integer(5) == 1};
}

// A clock that was set back makes nobody wait for what it had said before.
constexpr std::string_view kIsDue = " AND (f.due <= ?1 OR f.due > ?1 + ?2) ";

std::vector<blobs::FileRef> named_by(const std::string& body) {
  std::vector<blobs::FileRef> out;
  if (body.find("\"sha256\"") == std::string::npos) return out;
  const auto json = parse_json(body);
  if (!json) return out;
  for (const auto* member : {"set", "add"}) blobs::collect_files((*json)[member], out);
  std::erase_if(out, [](const auto& one) { return one.bytes < 0 || one.bytes > static_cast<std::int64_t>(limits::kBlobBytesMax); });
  return out;
}

Status name_file(store::Database& db, const blobs::Store& files, const std::string& part, const blobs::FileRef& file,
                 std::int64_t arrival) {
  NC_ASSIGN(auto insert,
            db.prepare("INSERT INTO sync_file(part, tag, sha256, bytes, here, told, due, tries) VALUES(?1, ?2, ?3, ?4, ?5, 0, 0, 0) "
                       "ON CONFLICT(sha256, part, bytes) DO UPDATE SET here=1 WHERE excluded.here=1 AND here<>1"));
  const auto tag = tag_of(part);
  insert.bind(1, part).bind_blob(2, tag).bind(3, file.sha256).bind(4, file.bytes);
  insert.bind(5, std::int64_t{files.holds(part, file.sha256)});
  NC_TRY(insert.run());
  return db.run("INSERT OR IGNORE INTO sync_naming(file, arrival) SELECT id, ?4 FROM sync_file WHERE sha256=?1 AND part=?2 AND bytes=?3",
                file.sha256, part, file.bytes, arrival);
}

}  // namespace

Status make_file_tables(store::Database& db) {
  NC_TRY(db.exec(kSchema));
  return make_key_tables(db);
}

Result<bool> files_are_indexed(store::Database& db) {
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_wished'"));
  if (tables == 0) return false;
  NC_ASSIGN(const auto up_to, db.integer("SELECT coalesce(max(arrival), 0) FROM sync_indexed"));
  NC_ASSIGN(const auto last, journal::last_arrival(db));
  return up_to == last;
}

Status index_files(store::Database& db, const blobs::Store& files, std::int64_t most) {
  NC_TRY(make_file_tables(db));
  NC_ASSIGN(const auto from, db.integer("SELECT coalesce(max(arrival), 0) FROM sync_indexed"));
  NC_ASSIGN(const auto newest, journal::last_arrival(db));
  if (newest == from) return {};
  struct Naming {
    std::string part;
    blobs::FileRef file;
    std::int64_t arrival;
  };
  std::vector<Naming> found;
  std::set<std::pair<RecordId, std::string>> sealed;
  auto last = newest;
  NC_TRY(journal::each_held_since(db, from, [&](const journal::HeldEntry& entry) -> Result<bool> {
    for (auto& file : named_by(entry.body_bytes)) found.push_back({entry.header.stream.part.text(), std::move(file), entry.arrival});
    if (holds_sealed(entry)) sealed.emplace(entry.header.record, entry.header.stream.part.text());
    if (--most > 0) return true;
    last = entry.arrival;
    return false;
  }));
  for (const auto& [key, part] : sealed) NC_TRY(note_sealed(db, key, part));
  for (const auto& one : found) NC_TRY(name_file(db, files, one.part, one.file, one.arrival));
  return db.run("INSERT INTO sync_indexed(id, arrival, parent) VALUES(1, ?1, x'') ON CONFLICT(id) DO UPDATE SET arrival=excluded.arrival",
                last);
}

Result<std::optional<KnownFile>> find_file(store::Database& db, const FileName& name) {
  static const auto kSql = std::string(kColumns) + "WHERE f.sha256=?1 AND f.tag=?2 AND f.bytes=?3 AND " + std::string(kIsNamed);
  NC_ASSIGN(auto query, db.prepare(kSql));
  query.bind(1, name.sha256).bind_blob(2, name.part_tag).bind(3, name.bytes);
  NC_ASSIGN(const bool found, query.step());
  return found ? std::optional(file_in(query)) : std::nullopt;
}

Result<bool> is_named_in(store::Database& db, std::int64_t file,
                         const std::function<Result<bool>(const std::string& stream, std::int64_t seq)>& goes) {
  std::vector<std::pair<std::string, std::int64_t>> where;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT s.name, e.seq FROM sync_naming n JOIN journal_entry e ON e.arrival=n.arrival "
                                     "JOIN journal_stream s ON s.id=e.stream WHERE n.file=?1 AND e.status IN (0, 1)"));
    query.bind(1, file);
    NC_ASSIGN(where, all_rows(query, [](const auto& row) { return std::pair(row.text(0), row.integer(1)); }));
  }
  for (const auto& [stream, seq] : where) {
    NC_ASSIGN(const bool does, goes(stream, seq));
    if (does) return true;
  }
  return false;
}

Result<std::vector<KnownFile>> lacking(store::Database& db, const blobs::Store& files, std::optional<std::int64_t> now) {
  static const auto kSql = std::string(kColumns) + "WHERE f.here=0 AND " + std::string(kIsNamed) + std::string(kIsDue) + "ORDER BY f.id";
  static const auto kAll = std::string(kColumns) + "WHERE f.here=0 AND " + std::string(kIsNamed) + " ORDER BY f.id";
  NC_ASSIGN(auto query, db.prepare(now ? kSql : kAll));
  if (now) query.bind_all(*now, kAskAgainMaxMs);
  NC_ASSIGN(auto out, all_rows(query, file_in));
  std::erase_if(out, [&](const auto& one) { return files.holds(one.part, one.name.sha256); });
  return out;
}

Status note_what_is_here(store::Database& db, const blobs::Store& files) {
  NC_ASSIGN(auto query, db.prepare(std::string(kColumns) + "WHERE f.here=0"));
  NC_ASSIGN(const auto all, all_rows(query, file_in));
  for (const auto& one : all)
    if (files.holds(one.part, one.name.sha256)) NC_TRY(set_here(db, one.id));
  return {};
}

Result<std::vector<KnownFile>> untold(store::Database& db, std::optional<std::int64_t> now) {
  static const auto kSql =
      std::string(kColumns) + "WHERE f.here=1 AND f.told=0 AND " + std::string(kIsNamed) + std::string(kIsDue) + "ORDER BY f.id";
  static const auto kAll = std::string(kColumns) + "WHERE f.here=1 AND f.told=0 AND " + std::string(kIsNamed) + " ORDER BY f.id";
  NC_ASSIGN(auto query, db.prepare(now ? kSql : kAll));
  if (now) query.bind_all(*now, kAskAgainMaxMs);
  return all_rows(query, file_in);
}

Status set_here(store::Database& db, std::int64_t file) { return db.run("UPDATE sync_file SET here=1, due=0, tries=0 WHERE id=?1", file); }
Status set_refused_here(store::Database& db, std::int64_t file) { return db.run("UPDATE sync_file SET here=2 WHERE id=?1", file); }
Status set_told(store::Database& db, std::int64_t file, bool refused) {
  return db.run("UPDATE sync_file SET told=?2 WHERE id=?1", file, std::int64_t{refused ? 2 : 1});
}
Status ask_later(store::Database& db, std::int64_t file, std::int64_t now) {
  return db.run("UPDATE sync_file SET due=?2 + min(?3 << min(tries, 16), ?4), tries=tries+1 WHERE id=?1", file, now, kAskAgainMs,
                kAskAgainMaxMs);
}
Status ask_at_once(store::Database& db, std::int64_t file) { return db.run("UPDATE sync_file SET due=0, tries=0 WHERE id=?1", file); }
Status note_parent(store::Database& db, const NodeId& parent, std::string_view incarnation) {
  auto now = std::string(reinterpret_cast<const char*>(parent.bytes.data()), parent.bytes.size()) + std::string(incarnation);
  std::string before;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT parent FROM sync_indexed"));
    NC_ASSIGN(const bool found, query.step());
    if (found) before = query.blob(0);
  }
  if (before == now) return {};
  NC_ASSIGN(auto insert, db.prepare("INSERT INTO sync_indexed(id, arrival, parent) VALUES(1, 0, ?1) "
                                    "ON CONFLICT(id) DO UPDATE SET parent=excluded.parent"));
  insert.bind_blob(1, now);
  NC_TRY(insert.run());
  NC_TRY(forget_watermarks_told(db));
  NC_TRY(forget_below_told(db));
  return db.run("UPDATE sync_file SET told=0, due=0, tries=0, here=CASE here WHEN 2 THEN 0 ELSE here END");
}

// --- of a sender ---

namespace {

constexpr std::string_view kArriving =
    "SELECT f.id, f.part, f.tag, f.sha256, f.bytes, f.here, a.bytes, a.state FROM sync_arriving a JOIN sync_file f ON f.id=a.file ";

Arriving arriving_in(const store::Statement& row) { return {file_in(row), row.integer(6), static_cast<Arrival>(row.integer(7))}; }

}  // namespace

Result<std::optional<Arriving>> arriving(store::Database& db, const NodeId& sender, const KnownFile& file) {
  NC_ASSIGN(auto query, db.prepare(std::string(kArriving) + "WHERE a.node=?1 AND a.file=?2"));
  query.bind_all(sender, file.id);
  NC_ASSIGN(const bool found, query.step());
  return found ? std::optional(arriving_in(query)) : std::nullopt;
}

Result<std::vector<Arriving>> all_arriving(store::Database& db, const NodeId& sender) {
  NC_ASSIGN(auto query, db.prepare(std::string(kArriving) + "WHERE a.node=?1 AND a.state=0 ORDER BY f.id"));
  query.bind(1, sender);
  return all_rows(query, arriving_in);
}

Result<std::int64_t> count_open(store::Database& db, const NodeId& sender) {
  return db.integer("SELECT count(*) FROM sync_arriving WHERE node=?1 AND state=0", sender);
}

Status set_arriving(store::Database& db, const NodeId& sender, std::int64_t file, std::int64_t bytes, Arrival state) {
  return db.run("INSERT OR REPLACE INTO sync_arriving(node, file, bytes, state, said) VALUES(?1, ?2, ?3, ?4, 0)", sender, file, bytes,
                static_cast<std::int64_t>(state));
}

Result<std::vector<Arriving>> to_acknowledge(store::Database& db, const NodeId& sender) {
  NC_ASSIGN(auto query, db.prepare(std::string(kArriving) + "WHERE a.node=?1 AND a.state>0 AND a.said<2 ORDER BY f.id"));
  query.bind(1, sender);
  return all_rows(query, arriving_in);
}

Status note_acknowledged(store::Database& db, const NodeId& sender) {
  return db.run("UPDATE sync_arriving SET said=said+1 WHERE node=?1 AND state>0 AND said<2", sender);
}

// --- of a receiver of bundles ---

Status forget_wishes(store::Database& db, const NodeId& receiver) { return db.run("DELETE FROM sync_wished WHERE node=?1", receiver); }

Status set_wish(store::Database& db, const NodeId& receiver, std::int64_t file, std::int64_t from) {
  return db.run("INSERT OR REPLACE INTO sync_wished(node, file, bytes) VALUES(?1, ?2, ?3)", receiver, file, from);
}

Result<std::vector<std::pair<KnownFile, std::int64_t>>> wishes_of(store::Database& db, const NodeId& receiver) {
  NC_ASSIGN(auto query, db.prepare("SELECT f.id, f.part, f.tag, f.sha256, f.bytes, f.here, w.bytes FROM sync_wished w "
                                   "JOIN sync_file f ON f.id=w.file WHERE w.node=?1 AND " +
                                   std::string(kIsNamed) + " ORDER BY f.id"));
  query.bind(1, receiver);
  return all_rows(query, [](const auto& row) { return std::pair(file_in(row), row.integer(6)); });
}

Result<std::vector<KnownFile>> named_after(store::Database& db, std::int64_t channel, std::int64_t number) {
  NC_ASSIGN(auto query, db.prepare("SELECT DISTINCT f.id, f.part, f.tag, f.sha256, f.bytes, f.here FROM sync_order o "
                                   "JOIN sync_naming n ON n.arrival=o.arrival JOIN sync_file f ON f.id=n.file "
                                   "JOIN journal_entry e ON e.arrival=o.arrival WHERE o.channel=?1 AND o.n>?2 AND e.status IN (0, 1)"));
  query.bind_all(channel, number);
  return all_rows(query, file_in);
}

}  // namespace nc::sync
