#include "ledger/journal/tail.h"

#include <algorithm>

#include "ledger/journal/tail_rows.h"

namespace nc::journal {
namespace {

Result<bool> is_empty(store::Database& db) {
  NC_ASSIGN(auto query, db.prepare("SELECT 1 FROM journal_tail LIMIT 1"));
  NC_ASSIGN(const bool some, query.step());
  return !some;
}

// What was written must be what was meant.
Status read_back(store::Database& db, std::int64_t arrival, const EntryHash& hash, const StoredForm& meant) {
  NC_ASSIGN(auto query, db.prepare("SELECT hash, header, body FROM journal_tail WHERE arrival=?1"));
  query.bind(1, arrival);
  NC_ASSIGN(const bool found, query.step());
  const bool same = found && query.id<EntryHash>(0) == hash && query.blob_view(1) == meant.header && query.blob_view(2) == meant.body;
  return same ? Status() : fail(ErrorCode::kCorrupt, NC_MSG("The journal did not keep what was written"));
}

}  // namespace

Status take_in(store::Database& db) {
  NC_ASSIGN(const bool empty, is_empty(db));
  if (empty) return {};
  NC_TRY(
      db.run("INSERT INTO journal_entry(arrival, hash, stream, seq, record, depth, status, header, body, received)"
             " SELECT arrival, hash, stream, seq, record, depth, ?1, header, body, received FROM journal_tail ORDER BY arrival",
             static_cast<int>(Standing::kAdmitted)));
  NC_TRY(
      db.run("INSERT INTO journal_seal(stream, seq, head, sig)"
             " SELECT stream, seq, x'', sig FROM journal_tail WHERE sig IS NOT NULL ORDER BY arrival"));
  // An entry that has no seal yet is one of this transaction: it gets it as any other that moved its stream.
  NC_TRY(
      db.run("UPDATE journal_stream SET"
             " (seq, head) = (SELECT t.seq, t.hash FROM journal_tail t WHERE t.stream=journal_stream.id ORDER BY t.arrival DESC LIMIT 1),"
             " sealed_seq = coalesce((SELECT max(t.seq) FROM journal_tail t WHERE t.stream=journal_stream.id AND t.sig IS NOT NULL),"
             " sealed_seq) WHERE id IN (SELECT stream FROM journal_tail)"));
  return db.run("DELETE FROM journal_tail");
}

Result<std::int64_t> newest_arrival(store::Database& db) {
  NC_ASSIGN(const auto in_tables, db.integer("SELECT max(arrival) FROM journal_entry"));
  NC_ASSIGN(const auto has_tail, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='journal_tail'"));
  if (has_tail == 0) return in_tables;
  NC_ASSIGN(const auto in_tail, db.integer("SELECT max(arrival) FROM journal_tail"));
  return std::max(in_tables, in_tail);
}

Result<std::optional<TailEnd>> tail_end(store::Database& db, std::int64_t stream) {
  NC_ASSIGN(auto query, db.prepare("SELECT seq, hash FROM journal_tail WHERE stream=?1 ORDER BY arrival DESC LIMIT 1"));
  query.bind(1, stream);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<TailEnd>();
  const TailEnd end{query.integer(0), query.id<EntryHash>(1)};
  NC_TRY(query.status());
  return std::optional(end);
}

Result<std::int64_t> insert_in_tail(store::Database& db, std::int64_t stream, const Entry& entry, const StoredForm& stored,
                                    std::uint32_t depth, std::int64_t received_ms) {
  NC_ASSIGN(const bool empty, is_empty(db));
  std::optional<std::int64_t> arrival;  // without one SQLite gives the next
  if (empty) { NC_ASSIGN(arrival, db.integer("SELECT 1 + coalesce(max(arrival), 0) FROM journal_entry")); }
  NC_ASSIGN(auto insert, db.prepare("INSERT INTO journal_tail(arrival, stream, seq, hash, record, depth, received, header, body)"
                                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  insert.bind_all(arrival, stream, entry.header.seq, entry.hash, entry.header.record, depth, received_ms);
  insert.bind_blob(8, stored.header);
  if (stored.body) insert.bind_blob(9, *stored.body);
  NC_TRY(insert.run());
  arrival = db.last_row_id();
  NC_TRY(read_back(db, *arrival, entry.hash, stored));
  return *arrival;
}

// The last entry of each commit has a seal.
Result<std::vector<TailMoved>> moved_in_tail(store::Database& db) {
  std::vector<TailMoved> out;
  NC_ASSIGN(auto query, db.prepare("SELECT t.sig IS NOT NULL, t.arrival, t.stream, t.seq, t.hash, s.name FROM journal_tail t"
                                   " CROSS JOIN journal_stream s ON s.id=t.stream ORDER BY t.arrival DESC"));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more || query.integer(0) != 0) return out;
    const auto stream = query.integer(2);
    const bool seen = std::any_of(out.begin(), out.end(), [&](const TailMoved& one) { return one.stream == stream; });
    if (!seen) out.push_back({query.integer(1), stream, query.integer(3), query.id<EntryHash>(4), query.text(5)});
    NC_TRY(query.status());
  }
}

Status seal_in_tail(store::Database& db, std::int64_t arrival, const Signature& seal) {
  return db.run("UPDATE journal_tail SET sig=?2 WHERE arrival=?1", arrival, seal);
}

}  // namespace nc::journal
