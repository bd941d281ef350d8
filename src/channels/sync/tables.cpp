#include "channels/sync/tables.h"

#include <algorithm>
#include <map>

#include "base/limits.h"
#include "channels/sync/key_tables.h"
#include "foundation/store/all_rows.h"

namespace nc::sync {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS sync_channel(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, part TEXT NOT NULL, lane INTEGER NOT NULL,
  n INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sync_order(channel INTEGER NOT NULL, n INTEGER NOT NULL, arrival INTEGER NOT NULL,
  PRIMARY KEY(channel, n)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_ordered(id INTEGER PRIMARY KEY CHECK(id = 1), arrival INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sync_peer(node BLOB PRIMARY KEY, incarnation BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_takes(node BLOB PRIMARY KEY, restricted INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_cursor(node BLOB NOT NULL, channel BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(node, channel))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_told(node BLOB NOT NULL, channel BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(node, channel))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_held(node BLOB NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, refused INTEGER NOT NULL,
  PRIMARY KEY(node, stream)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_refused(node BLOB NOT NULL, stream TEXT NOT NULL, PRIMARY KEY(node, stream)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_spool(node BLOB NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL,
  header BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY(node, stream, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sync_spool_hash ON sync_spool(node, hash);
CREATE TABLE IF NOT EXISTS sync_piece(node BLOB NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, header INTEGER NOT NULL,
  body INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(node, stream)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_complete(node BLOB PRIMARY KEY, ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_complete_told(node BLOB PRIMARY KEY, ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_below(node BLOB PRIMARY KEY, said BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_below_told(node BLOB PRIMARY KEY, said BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_below_looked(id INTEGER PRIMARY KEY CHECK(id = 1), at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sync_contact(node BLOB NOT NULL, way INTEGER NOT NULL, at INTEGER NOT NULL, whole INTEGER NOT NULL,
  same INTEGER NOT NULL, to_send INTEGER, to_get INTEGER, same_at INTEGER NOT NULL, behind_since INTEGER NOT NULL, clock_ahead INTEGER,
  version TEXT NOT NULL, notices TEXT NOT NULL, failed_at INTEGER NOT NULL, failure TEXT NOT NULL, PRIMARY KEY(node, way))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_contact_self(id INTEGER PRIMARY KEY CHECK(id = 1), incarnation BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sync_day(day INTEGER PRIMARY KEY, bytes INTEGER NOT NULL);
)sql";

constexpr std::int64_t kPiecesMax = 64;  // unfinished large entries of one peer

}  // namespace

Status make_tables(store::Database& db) {
  NC_TRY(db.exec(kSchema));
  return make_key_tables(db);
}

std::string channel_text(const journal::PartKey& part, journal::Lane lane) {
  return part.text() + "/" + std::to_string(static_cast<int>(lane));
}

Result<bool> entries_are_ordered(store::Database& db) {
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_piece'"));
  if (tables == 0) return false;
  NC_ASSIGN(const auto up_to, db.integer("SELECT coalesce(max(arrival), 0) FROM sync_ordered"));
  NC_ASSIGN(const auto last, journal::last_arrival(db));
  return up_to == last;
}

Status order_entries(store::Database& db) {
  NC_TRY(db.run("INSERT OR IGNORE INTO sync_ordered(id, arrival) VALUES(1, 0)"));
  NC_ASSIGN(const auto from, db.integer("SELECT arrival FROM sync_ordered"));
  NC_ASSIGN(const auto newest, journal::last_arrival(db));
  if (newest == from) return {};
  NC_TRY(
      db.run("INSERT OR IGNORE INTO sync_channel(name, part, lane, n) "
             "SELECT DISTINCT part || '/' || lane, part, lane, 0 FROM journal_stream WHERE seq > 0"));
  std::map<std::int64_t, std::int64_t> counts;  // of the channels that grow
  std::int64_t last = from;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT e.arrival, c.id, c.n FROM journal_entry e JOIN journal_stream s ON s.id=e.stream "
                                     "JOIN sync_channel c ON c.part=s.part AND c.lane=s.lane WHERE e.arrival > ?1 ORDER BY e.arrival"));
    query.bind(1, from);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      last = query.integer(0);
      auto& count = counts.emplace(query.integer(1), query.integer(2)).first->second;
      NC_TRY(db.run("INSERT INTO sync_order(channel, n, arrival) VALUES(?1, ?2, ?3)", query.integer(1), ++count, last));
    }
  }
  for (const auto& [channel, count] : counts) NC_TRY(db.run("UPDATE sync_channel SET n=?2 WHERE id=?1", channel, count));
  return last == from ? Status() : db.run("UPDATE sync_ordered SET arrival=?1", last);
}

Result<std::vector<Channel>> channels(store::Database& db, const std::function<bool(std::string_view part)>& of) {
  NC_ASSIGN(auto query, db.prepare("SELECT id, n, name, part, lane FROM sync_channel"));
  std::vector<Channel> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) break;
    if (!of(query.text_view(3))) continue;
    Channel channel{query.integer(0), query.integer(1), query.text(2), {}, static_cast<journal::Lane>(query.integer(4))};
    NC_ASSIGN(channel.part, journal::PartKey::parse(query.text_view(3)));
    out.push_back(std::move(channel));
  }
  std::sort(out.begin(), out.end(),
            [](const Channel& a, const Channel& b) { return std::pair(a.lane, a.part) < std::pair(b.lane, b.part); });
  return out;
}

Result<std::vector<Placed>> entries_after(store::Database& db, std::int64_t channel, std::int64_t number, std::int64_t most) {
  NC_ASSIGN(auto query, db.prepare("SELECT o.n, e.stream, e.seq FROM sync_order o JOIN journal_entry e ON e.arrival=o.arrival "
                                   "WHERE o.channel=?1 AND o.n>?2 ORDER BY o.n LIMIT ?3"));
  query.bind_all(channel, number, most);
  return all_rows(query, [](const auto& row) { return Placed{row.integer(0), row.integer(1), row.integer(2)}; });
}

Result<std::string> known_incarnation(store::Database& db, const NodeId& peer) {
  NC_ASSIGN(auto query, db.prepare("SELECT incarnation FROM sync_peer WHERE node=?1"));
  query.bind(1, peer);
  NC_ASSIGN(const bool found, query.step());
  return found ? query.blob(0) : std::string(8, '\0');
}

Status forget_progress(store::Database& db, const NodeId& peer) {
  for (const char* sql :
       {"DELETE FROM sync_cursor WHERE node=?1", "DELETE FROM sync_told WHERE node=?1", "DELETE FROM sync_held WHERE node=?1",
        "DELETE FROM sync_spool WHERE node=?1", "DELETE FROM sync_piece WHERE node=?1"})
    NC_TRY(db.run(sql, peer));
  return {};
}

Result<bool> note_incarnation(store::Database& db, const NodeId& peer, std::string_view tag) {
  NC_ASSIGN(const auto before, known_incarnation(db, peer));
  if (before == tag) return false;
  const bool met = before != std::string(8, '\0');
  if (met) NC_TRY(forget_progress(db, peer));
  if (met) NC_TRY(forget_letters_there(db, peer));
  NC_ASSIGN(auto insert, db.prepare("INSERT OR REPLACE INTO sync_peer(node, incarnation) VALUES(?1, ?2)"));
  insert.bind(1, peer).bind_blob(2, tag);
  NC_TRY(insert.run());
  return met;
}

Result<bool> takes_restricted(store::Database& db, const NodeId& peer) {
  // Asked before anything was ever exchanged, too.
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_takes'"));
  if (tables == 0) return false;
  NC_ASSIGN(const auto said, db.integer("SELECT coalesce(max(restricted), 0) FROM sync_takes WHERE node=?1", peer));
  return said != 0;
}

Status note_takes_restricted(store::Database& db, const NodeId& peer, bool takes) {
  NC_ASSIGN(const bool before, takes_restricted(db, peer));
  if (before == takes) return {};
  return db.run("INSERT OR REPLACE INTO sync_takes(node, restricted) VALUES(?1, ?2)", peer, takes ? 1 : 0);
}

Result<std::int64_t> cursor(store::Database& db, const NodeId& peer, std::string_view channel_tag) {
  NC_ASSIGN(auto query, db.prepare("SELECT n FROM sync_cursor WHERE node=?1 AND channel=?2"));
  query.bind(1, peer).bind_blob(2, channel_tag);
  NC_ASSIGN(const bool found, query.step());
  return found ? query.integer(0) : 0;
}

Result<std::vector<Cursor>> cursors(store::Database& db, const NodeId& peer) {
  NC_ASSIGN(auto query, db.prepare("SELECT channel, n FROM sync_cursor WHERE node=?1 ORDER BY channel"));
  query.bind(1, peer);
  return all_rows(query, [](const auto& row) { return Cursor{row.blob(0), row.integer(1)}; });
}

Status set_cursor(store::Database& db, const NodeId& peer, std::string_view channel_tag, std::int64_t number) {
  NC_ASSIGN(auto insert, db.prepare("INSERT OR REPLACE INTO sync_cursor(node, channel, n) VALUES(?1, ?2, ?3)"));
  insert.bind(1, peer).bind_blob(2, channel_tag).bind(3, number);
  return insert.run();
}

Status forget_cursor(store::Database& db, const NodeId& peer, std::string_view channel_tag) {
  NC_ASSIGN(auto remove, db.prepare("DELETE FROM sync_cursor WHERE node=?1 AND channel=?2"));
  remove.bind(1, peer).bind_blob(2, channel_tag);
  return remove.run();
}

// The row without a channel says that there is something to compare with.
Result<std::optional<std::vector<Cursor>>> told(store::Database& db, const NodeId& peer) {
  NC_ASSIGN(auto query, db.prepare("SELECT channel, n FROM sync_told WHERE node=?1 ORDER BY channel"));
  query.bind(1, peer);
  NC_ASSIGN(auto rows, all_rows(query, [](const auto& row) { return Cursor{row.blob(0), row.integer(1)}; }));
  if (rows.empty() || !rows.front().tag.empty()) return std::optional<std::vector<Cursor>>();
  rows.erase(rows.begin());
  return std::optional(std::move(rows));
}

Status set_told(store::Database& db, const NodeId& peer, const std::vector<Cursor>& now) {
  NC_ASSIGN(const auto before, told(db, peer));
  std::map<std::string, std::int64_t> known;
  for (const auto& one : before.value_or(std::vector<Cursor>())) known[one.tag] = one.number;
  const auto kept = std::count_if(now.begin(), now.end(), [&](const Cursor& one) { return known.contains(one.tag); });
  auto wanted = now;
  if (!before || static_cast<std::size_t>(kept) != known.size()) {  // all anew
    NC_TRY(forget_told(db, peer));
    known.clear();
    wanted.push_back({});
  }
  for (const auto& one : wanted) {
    if (const auto at = known.find(one.tag); at != known.end() && at->second == one.number) continue;
    NC_ASSIGN(auto insert, db.prepare("INSERT OR REPLACE INTO sync_told(node, channel, n) VALUES(?1, ?2, ?3)"));
    insert.bind(1, peer).bind_blob(2, one.tag).bind(3, one.number);
    NC_TRY(insert.run());
  }
  return {};
}

Status forget_told(store::Database& db, const NodeId& peer) { return db.run("DELETE FROM sync_told WHERE node=?1", peer); }

Result<HeldThere> held_there(store::Database& db, const NodeId& peer, const std::string& stream) {
  NC_ASSIGN(auto query, db.prepare("SELECT seq, refused FROM sync_held WHERE node=?1 AND stream=?2"));
  query.bind_all(peer, stream);
  NC_ASSIGN(const bool found, query.step());
  return found ? HeldThere{query.integer(0), query.integer(1)} : HeldThere{};
}

Status set_held_there(store::Database& db, const NodeId& peer, const std::string& stream, const HeldThere& held) {
  return db.run("INSERT OR REPLACE INTO sync_held(node, stream, seq, refused) VALUES(?1, ?2, ?3, ?4)", peer, stream, held.seq,
                held.refused);
}

Status raise_held_there(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t seq) {
  return db.run(
      "INSERT INTO sync_held(node, stream, seq, refused) VALUES(?1, ?2, ?3, 0) "
      "ON CONFLICT(node, stream) DO UPDATE SET seq=max(seq, excluded.seq)",
      peer, stream, seq);
}

Status note_refused(store::Database& db, const NodeId& peer, const std::set<std::string>& streams) {
  NC_TRY(db.run("DELETE FROM sync_refused WHERE node=?1", peer));
  for (const auto& stream : streams) NC_TRY(db.run("INSERT INTO sync_refused(node, stream) VALUES(?1, ?2)", peer, stream));
  return {};
}

Result<std::set<std::string>> refused_of(store::Database& db, const NodeId& peer) {
  NC_ASSIGN(auto query, db.prepare("SELECT stream FROM sync_refused WHERE node=?1"));
  query.bind(1, peer);
  NC_ASSIGN(const auto all, store::all_rows(query, [](const auto& row) { return row.text(0); }));
  return std::set(all.begin(), all.end());
}

Status note_complete(store::Database& db, const NodeId& node, std::int64_t ms) {
  return db.run("INSERT INTO sync_complete(node, ms) VALUES(?1, ?2) ON CONFLICT(node) DO UPDATE SET ms=max(ms, excluded.ms)", node, ms);
}

Result<std::optional<std::int64_t>> complete_to(store::Database& db, const NodeId& node) {
  NC_ASSIGN(auto query, db.prepare("SELECT ms FROM sync_complete WHERE node=?1"));
  query.bind(1, node);
  NC_ASSIGN(const bool found, query.step());
  return found ? std::optional(query.integer(0)) : std::nullopt;
}

Result<SpoolFill> spool_fill(store::Database& db, const NodeId& peer, const std::string& stream) {
  SpoolFill out;
  NC_ASSIGN(out.bytes, db.integer("SELECT coalesce(sum(length(header)+length(body)), 0) FROM sync_spool WHERE node=?1", peer));
  NC_ASSIGN(out.entries, db.integer("SELECT count(*) FROM sync_spool WHERE node=?1 AND stream=?2", peer, stream));
  return out;
}

Status spool(store::Database& db, const NodeId& peer, const std::string& stream, const Spooled& entry) {
  NC_ASSIGN(auto fill, spool_fill(db, peer, stream));
  return spool(db, peer, stream, entry, fill);
}

Status spool(store::Database& db, const NodeId& peer, const std::string& stream, const Spooled& entry, SpoolFill& fill) {
  if (fill.bytes >= kSpoolBytesMax || fill.entries >= kSpoolEntriesMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("More than {1} bytes came without their seal (limit kSpoolBytesMax)"),
                      {std::to_string(kSpoolBytesMax)})
                    .at(stream));
  NC_ASSIGN(auto insert,
            db.prepare("INSERT OR REPLACE INTO sync_spool(node, stream, seq, hash, header, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  insert.bind_all(peer, stream, entry.seq, entry.hash).bind_blob(5, entry.entry.header_bytes).bind_blob(6, entry.entry.body_bytes);
  ++fill.entries;
  fill.bytes += static_cast<std::int64_t>(entry.entry.header_bytes.size() + entry.entry.body_bytes.size());
  return insert.run();
}

Result<std::vector<Spooled>> spooled(store::Database& db, const NodeId& peer, const std::string& stream) {
  NC_ASSIGN(auto query, db.prepare("SELECT seq, hash, header, body FROM sync_spool WHERE node=?1 AND stream=?2 ORDER BY seq"));
  query.bind_all(peer, stream);
  return all_rows(query,
                  [](const auto& row) { return Spooled{row.integer(0), row.template id<EntryHash>(1), {row.blob(2), row.blob(3)}}; });
}

Result<std::optional<Spooled>> spooled_at(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t seq) {
  NC_ASSIGN(auto query, db.prepare("SELECT seq, hash, header, body FROM sync_spool WHERE node=?1 AND stream=?2 AND seq=?3"));
  query.bind_all(peer, stream, seq);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<Spooled>();
  return std::optional(Spooled{query.integer(0), query.id<EntryHash>(1), {query.blob(2), query.blob(3)}});
}

Result<std::optional<RecordId>> record_of(store::Database& db, const NodeId& peer, const EntryHash& hash) {
  {
    NC_ASSIGN(auto query, db.prepare("SELECT record FROM journal_entry WHERE hash=?1"));
    query.bind(1, hash);
    NC_ASSIGN(const bool found, query.step());
    if (found) return std::optional(query.id<RecordId>(0));
  }
  NC_ASSIGN(auto query, db.prepare("SELECT header FROM sync_spool WHERE node=?1 AND hash=?2"));
  query.bind_all(peer, hash);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<RecordId>();
  NC_ASSIGN(const auto header, journal::decode_header(query.blob(0)));
  return std::optional(header.record);
}

Result<std::int64_t> last_spooled(store::Database& db, const NodeId& peer, const std::string& stream) {
  return db.integer("SELECT coalesce(max(seq), 0) FROM sync_spool WHERE node=?1 AND stream=?2", peer, stream);
}

Result<std::optional<EntryHash>> spooled_hash(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t seq) {
  NC_ASSIGN(auto query, db.prepare("SELECT hash FROM sync_spool WHERE node=?1 AND stream=?2 AND seq=?3"));
  query.bind_all(peer, stream, seq);
  NC_ASSIGN(const bool found, query.step());
  return found ? std::optional(query.id<EntryHash>(0)) : std::nullopt;
}

Result<std::vector<journal::HashIn>> spooled_beginning(store::Database& db, const NodeId& peer, std::string_view bytes) {
  EntryHash low, high;
  high.bytes.fill(0xff);
  std::copy_n(bytes.begin(), std::min(bytes.size(), EntryHash::kSize), low.bytes.begin());
  std::copy_n(bytes.begin(), std::min(bytes.size(), EntryHash::kSize), high.bytes.begin());
  NC_ASSIGN(auto query, db.prepare("SELECT hash, stream FROM sync_spool WHERE node=?1 AND hash BETWEEN ?2 AND ?3 LIMIT 16"));
  query.bind_all(peer, low, high);
  return all_rows(query, [](const auto& row) { return journal::HashIn{row.template id<EntryHash>(0), row.text(1)}; });
}

Result<std::vector<std::string>> spooled_streams(store::Database& db, const NodeId& peer) {
  NC_ASSIGN(auto query, db.prepare("SELECT DISTINCT stream FROM sync_spool WHERE node=?1"));
  query.bind(1, peer);
  return all_rows(query, [](const auto& row) { return row.text(0); });
}

Status drop_spooled(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t up_to) {
  return db.run("DELETE FROM sync_spool WHERE node=?1 AND stream=?2 AND seq<=?3", peer, stream, up_to);
}

namespace {

Piece piece_in(const store::Statement& row) { return {row.text(0), row.integer(1), row.integer(2), row.integer(3), row.blob(4)}; }

}  // namespace

Result<std::optional<Piece>> piece(store::Database& db, const NodeId& peer, const std::string& stream) {
  NC_ASSIGN(auto query, db.prepare("SELECT stream, seq, header, body, bytes FROM sync_piece WHERE node=?1 AND stream=?2"));
  query.bind_all(peer, stream);
  NC_ASSIGN(const bool found, query.step());
  return found ? std::optional(piece_in(query)) : std::nullopt;
}

Result<std::vector<Piece>> pieces(store::Database& db, const NodeId& peer) {
  NC_ASSIGN(auto query, db.prepare("SELECT stream, seq, header, body, bytes FROM sync_piece WHERE node=?1 ORDER BY stream"));
  query.bind(1, peer);
  return all_rows(query, piece_in);
}

Status keep_piece(store::Database& db, const NodeId& peer, const Piece& piece) {
  NC_ASSIGN(const auto others, db.integer("SELECT count(*) FROM sync_piece WHERE node=?1 AND stream<>?2", peer, piece.stream));
  if (others >= kPiecesMax)
    return fail(ErrorCode::kLimit, NC_MSG("More than {1} large entries are unfinished (limit kPiecesMax)"), {std::to_string(kPiecesMax)});
  NC_ASSIGN(auto insert,
            db.prepare("INSERT OR REPLACE INTO sync_piece(node, stream, seq, header, body, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  insert.bind_all(peer, piece.stream, piece.seq, piece.header_bytes, piece.body_bytes).bind_blob(6, piece.bytes);
  return insert.run();
}

Status drop_piece(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t up_to) {
  return db.run("DELETE FROM sync_piece WHERE node=?1 AND stream=?2 AND seq<=?3", peer, stream, up_to);
}

}  // namespace nc::sync
