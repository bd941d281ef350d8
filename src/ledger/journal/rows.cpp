#include "ledger/journal/rows.h"

namespace nc::journal {

Result<std::optional<StreamRow>> find_stream(store::Database& db, const std::string& name) {
  NC_ASSIGN(auto query, db.prepare("SELECT id, seq, sealed_seq, head FROM journal_stream WHERE name=?1"));
  query.bind(1, name);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<StreamRow>();
  StreamRow row;
  row.id = query.integer(0);
  row.seq = query.integer(1);
  row.sealed_seq = query.integer(2);
  row.head = query.optional_id<EntryHash>(3);
  NC_TRY(query.status());
  return std::optional(row);
}

Result<StreamRow> find_or_make_stream(store::Database& db, const StreamKey& key) {
  const auto name = key.text();
  NC_ASSIGN(auto found, find_stream(db, name));
  if (found) return *found;
  return make_stream(db, key, name);
}

Result<StreamRow> make_stream(store::Database& db, const StreamKey& key, const std::string& name) {
  NC_TRY(db.run("INSERT INTO journal_stream(name, node, incarnation, part, lane) VALUES(?1, ?2, ?3, ?4, ?5)", name, key.node,
                key.incarnation, key.part.text(), static_cast<int>(key.lane)));
  StreamRow row;
  row.id = db.last_row_id();
  return row;
}

Result<bool> is_closed(store::Database& db, const NodeId& node, const IncarnationId& incarnation) {
  NC_ASSIGN(auto query, db.prepare("SELECT 1 FROM journal_stream WHERE node=?1 AND incarnation=?2 AND closed=1 LIMIT 1"));
  query.bind_all(node, incarnation);
  return query.step();
}

EntryRow read_row(const store::Statement& statement) {
  EntryRow row;
  row.arrival = statement.integer(0);
  row.hash = statement.id<EntryHash>(1);
  row.stream = statement.integer(2);
  row.seq = statement.integer(3);
  row.record = statement.id<RecordId>(4);
  row.depth = static_cast<std::uint32_t>(statement.integer(5));
  row.standing = static_cast<Standing>(statement.integer(6));
  row.stored.header = statement.blob(7);
  if (!statement.is_null(8)) row.stored.body = statement.blob(8);
  row.received_ms = statement.integer(9);
  row.stream_name = statement.text(10);
  return row;
}

namespace {

Result<std::optional<EntryRow>> one_row(store::Statement& query) {
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<EntryRow>();
  auto row = read_row(query);
  NC_TRY(query.status());
  return std::optional(std::move(row));
}

}  // namespace

std::string select_entries(std::string_view where_and_order) {
  return "SELECT e.arrival, e.hash, e.stream, e.seq, e.record, e.depth, e.status, e.header, e.body, e.received, s.name"
         " FROM journal_entry e JOIN journal_stream s ON s.id=e.stream " +
         std::string(where_and_order);
}

Result<std::optional<EntryRow>> find_row(store::Database& db, const EntryHash& hash) {
  static const std::string kSql = select_entries("WHERE e.hash=?1");
  NC_ASSIGN(auto query, db.prepare(kSql));
  query.bind(1, hash);
  return one_row(query);
}

Result<std::optional<EntryRow>> find_row_at(store::Database& db, std::int64_t stream, std::int64_t seq) {
  static const std::string kSql = select_entries("WHERE e.stream=?1 AND e.seq=?2");
  NC_ASSIGN(auto query, db.prepare(kSql));
  query.bind_all(stream, seq);
  return one_row(query);
}

Result<EntryRow> row_at(store::Database& db, std::int64_t arrival) {
  static const std::string kSql = select_entries("WHERE e.arrival=?1");
  NC_ASSIGN(auto query, db.prepare(kSql));
  query.bind(1, arrival);
  NC_ASSIGN(auto row, one_row(query));
  if (!row) return fail(ErrorCode::kCorrupt, NC_MSG("The journal lacks entry number {1}"), {std::to_string(arrival)});
  return std::move(*row);
}

Result<std::int64_t> insert_row(store::Database& db, const StreamRow& stream, const Entry& entry, const StoredForm& stored,
                                std::uint32_t depth, Standing standing, std::int64_t received_ms) {
  NC_ASSIGN(auto insert, db.prepare("INSERT INTO journal_entry(hash, stream, seq, record, depth, status, header, body, received) "
                                    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  insert.bind_all(entry.hash, stream.id, entry.header.seq, entry.header.record, depth, static_cast<int>(standing));
  insert.bind_blob(7, stored.header);
  if (stored.body) insert.bind_blob(8, *stored.body);
  insert.bind(9, received_ms);
  NC_TRY(insert.run());
  return db.last_row_id();
}

Status set_head(store::Database& db, std::int64_t stream, std::int64_t seq, const EntryHash& head) {
  return db.run("UPDATE journal_stream SET seq=?2, head=?3 WHERE id=?1", stream, seq, head);
}

Status set_standing(store::Database& db, std::int64_t arrival, Standing standing) {
  return db.run("UPDATE journal_entry SET status=?2 WHERE arrival=?1", arrival, static_cast<int>(standing));
}

Result<Entry> decode_entry(std::string header_bytes, std::optional<std::string> body_bytes) {
  Entry out;
  NC_ASSIGN(out.header, decode_header(header_bytes));
  out.hash = hash_header(header_bytes);
  out.header_bytes = std::move(header_bytes);
  if (!body_bytes) return out;
  NC_ASSIGN(out.body, decode_body(*body_bytes, out.header.form));
  if (hash_body(out.body.salt, *body_bytes) != out.header.body_hash)
    return fail(ErrorCode::kCorrupt, NC_MSG("The body is not the one whose hash the header names"));
  out.body_bytes = std::move(*body_bytes);
  return out;
}

Status drop_body(store::Database& db, const EntryRow& row) {
  Entry entry;
  NC_ASSIGN(auto bytes, bytes_of(row));
  entry.header = std::move(bytes.header);
  entry.header_bytes = std::move(bytes.header_bytes);
  NC_ASSIGN(auto update, db.prepare("UPDATE journal_entry SET header=?2, body=NULL WHERE arrival=?1"));
  update.bind(1, row.arrival).bind_blob(2, to_stored(entry, false).header);
  return update.run();
}

Result<FromStored> bytes_of(const EntryRow& row) {
  NC_ASSIGN(auto stream, StreamKey::parse(row.stream_name));
  return from_stored(row.stored, {std::move(stream), row.seq, row.record});
}

namespace {

// Equal hashes say that the header is the one that was decoded and judged when it came; it is not parsed anew.
Result<Entry> decode_stored(const EntryRow& row) {
  NC_ASSIGN(auto bytes, bytes_of(row));
  Entry out;
  out.hash = hash_header(bytes.header_bytes);
  if (out.hash != row.hash) return fail(ErrorCode::kCorrupt, NC_MSG("The header does not have the hash under which it is stored"));
  out.header = std::move(bytes.header);
  out.header_bytes = std::move(bytes.header_bytes);
  if (!bytes.body_bytes) return out;
  NC_ASSIGN(out.body, decode_body(*bytes.body_bytes, out.header.form));
  if (hash_body(out.body.salt, *bytes.body_bytes) != out.header.body_hash)
    return fail(ErrorCode::kCorrupt, NC_MSG("The body is not the one whose hash the header names"));
  out.body_bytes = std::move(*bytes.body_bytes);
  return out;
}

}  // namespace

Result<Entry> decode_whole(const EntryRow& row) {
  auto decoded = decode_stored(row);
  if (decoded) return decoded;
  return fail(Error(ErrorCode::kCorrupt, NC_MSG("The entry {1} is damaged and cannot be read"), {row.hash.hex()})
                  .then(NC_MSG("See nhipcau verify, and restore a backup")));
}

Result<Entry> decode_row(const EntryRow& row) {
  NC_ASSIGN(auto entry, decode_whole(row));
  if (row.standing == Standing::kPurged) {
    entry.body = {};
    entry.body_bytes.clear();
  }
  return entry;
}

}  // namespace nc::journal
