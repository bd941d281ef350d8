#include "ledger/journal/passing_on.h"

#include <algorithm>

#include "ledger/journal/admission.h"
#include "ledger/journal/authority.h"

namespace nc::journal {
namespace {

Result<HeldStream> stream_of(const store::Statement& row) {
  HeldStream out;
  out.id = row.integer(0);
  out.name = row.text(1);
  NC_ASSIGN(out.key, StreamKey::parse(out.name));
  out.seq = row.integer(2);
  out.head = row.id<EntryHash>(3);
  return out;
}

Result<bool> writes_nothing(store::Database& db, const NodeId& node, const IncarnationId& incarnation) {
  NC_ASSIGN(const auto streams,
            db.integer("SELECT count(*) FROM journal_stream WHERE node=?1 AND incarnation=?2 AND seq > 0", node, incarnation));
  return streams == 0;
}

}  // namespace

Result<std::vector<HeldStream>> held_streams(store::Database& db) {
  return held_streams(db, [](std::string_view) { return true; });
}

Result<std::vector<HeldStream>> held_streams(store::Database& db, const std::function<bool(std::string_view part)>& of) {
  NC_ASSIGN(auto query, db.prepare("SELECT id, name, seq, head, part FROM journal_stream WHERE seq > 0 ORDER BY name"));
  std::vector<HeldStream> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    if (!of(query.text_view(4))) continue;
    NC_ASSIGN(auto stream, stream_of(query));
    out.push_back(std::move(stream));
  }
}

Result<std::optional<HeldStream>> held_stream(store::Database& db, const StreamKey& key) {
  NC_ASSIGN(auto query, db.prepare("SELECT id, name, seq, head FROM journal_stream WHERE name=?1 AND seq > 0"));
  query.bind(1, key.text());
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<HeldStream>();
  NC_ASSIGN(auto stream, stream_of(query));
  return std::optional(std::move(stream));
}

Result<std::optional<HeldStream>> held_stream(store::Database& db, std::int64_t id) {
  NC_ASSIGN(auto query, db.prepare("SELECT id, name, seq, head FROM journal_stream WHERE id=?1 AND seq > 0"));
  query.bind(1, id);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<HeldStream>();
  NC_ASSIGN(auto stream, stream_of(query));
  return std::optional(std::move(stream));
}

namespace {

Status each_row(store::Statement& query, const std::function<Result<bool>(HeldEntry)>& visit) {
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return {};
    const auto row = read_row(query);
    NC_ASSIGN(auto bytes, bytes_of(row));
    HeldEntry entry;
    entry.arrival = row.arrival;
    entry.seq = row.seq;
    entry.received_ms = row.received_ms;
    entry.hash = row.hash;
    if (hash_header(bytes.header_bytes) != row.hash)
      return fail(Error(ErrorCode::kCorrupt, NC_MSG("The entry {1} is damaged and cannot be read"), {row.hash.hex()})
                      .then(NC_MSG("See nhipcau verify, and restore a backup")));
    entry.header = std::move(bytes.header);
    entry.header_bytes = std::move(bytes.header_bytes);
    if (bytes.body_bytes && row.standing != Standing::kPurged) entry.body_bytes = std::move(*bytes.body_bytes);
    NC_ASSIGN(const bool go_on, visit(std::move(entry)));
    if (!go_on) return {};
  }
}

}  // namespace

Status each_held(store::Database& db, std::int64_t stream, std::int64_t from, const std::function<Result<bool>(HeldEntry)>& visit) {
  static const std::string kSql = select_entries("WHERE e.stream=?1 AND e.seq>=?2 ORDER BY e.seq");
  NC_ASSIGN(auto query, db.prepare(kSql));
  query.bind_all(stream, from);
  return each_row(query, visit);
}

Status each_held_since(store::Database& db, std::int64_t arrival, const std::function<Result<bool>(HeldEntry)>& visit) {
  static const std::string kSql = select_entries("WHERE e.arrival>?1 ORDER BY e.arrival");
  NC_ASSIGN(auto query, db.prepare(kSql));
  query.bind(1, arrival);
  return each_row(query, visit);
}

namespace {

Result<std::optional<HeldSeal>> seal_between(store::Database& db, std::string_view order, std::int64_t stream, std::int64_t from,
                                             std::int64_t to) {
  NC_ASSIGN(auto query, db.prepare("SELECT seq, sig FROM journal_seal WHERE stream=?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq " +
                                   std::string(order) + " LIMIT 1"));
  query.bind_all(stream, from, to);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<HeldSeal>();
  return std::optional(HeldSeal{query.integer(0), query.id<Signature>(1)});
}

}  // namespace

Result<std::optional<HeldSeal>> last_seal(store::Database& db, std::int64_t stream, std::int64_t from, std::int64_t to) {
  return seal_between(db, "DESC", stream, from, to);
}

Result<std::optional<HeldSeal>> first_seal(store::Database& db, std::int64_t stream, std::int64_t from, std::int64_t to) {
  return seal_between(db, "ASC", stream, from, to);
}

Result<std::optional<EntryHash>> hash_at(store::Database& db, std::int64_t stream, std::int64_t seq) {
  NC_ASSIGN(auto query, db.prepare("SELECT hash FROM journal_entry WHERE stream=?1 AND seq=?2"));
  query.bind_all(stream, seq);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<EntryHash>();
  return std::optional(query.id<EntryHash>(0));
}

Result<std::vector<HashIn>> hashes_beginning(store::Database& db, std::string_view bytes, std::size_t most) {
  EntryHash low, high;
  high.bytes.fill(0xff);
  const auto size = std::min(bytes.size(), low.bytes.size());
  std::copy_n(bytes.begin(), size, reinterpret_cast<char*>(low.bytes.data()));
  std::copy_n(bytes.begin(), size, reinterpret_cast<char*>(high.bytes.data()));
  NC_ASSIGN(auto query, db.prepare("SELECT e.hash, s.name FROM journal_entry e JOIN journal_stream s ON s.id=e.stream "
                                   "WHERE e.hash BETWEEN ?1 AND ?2 ORDER BY e.hash LIMIT ?3"));
  query.bind_all(low, high, static_cast<std::int64_t>(most));
  std::vector<HashIn> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    out.push_back({query.id<EntryHash>(0), query.text(1)});
  }
}

Result<std::int64_t> last_arrival(store::Database& db) { return db.integer("SELECT coalesce(max(arrival), 0) FROM journal_entry"); }

Result<std::vector<Certificate>> certificates(store::Database& db, const std::optional<NodeId>& node) {
  std::vector<Certificate> out;
  NC_ASSIGN(auto query,
            db.prepare("SELECT f.subject, f.value, f.detail, e.record, e.seq, s.node, s.incarnation, f.entry FROM journal_fact f "
                       "JOIN journal_entry e ON e.arrival=f.entry JOIN journal_stream s ON s.id=e.stream "
                       "WHERE f.kind=?1 AND e.status=0 AND (?2 = '' OR f.subject >= ?2 || '/' AND f.subject < ?2 || '0') "
                       "ORDER BY f.entry"));
  query.bind_all(std::string(acts::kCertifyNode), node ? node->hex() : std::string());
  NC_ASSIGN(const auto root, trusted_root(db));
  NC_ASSIGN(const auto cuts, Cuts::load(db));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    const auto subject = query.text(0);
    const auto whose = NodeId::from_hex(subject.substr(0, 32));
    const auto which = subject.size() == 65 ? IncarnationId::from_hex(subject.substr(33)) : std::nullopt;
    const auto key = PublicKey::from_hex(query.text(1));
    const auto unit = UnitId::from_hex(query.text(2));
    if (!whose || !which || !key || !unit) continue;  // an older, wrong one: it certifies nobody
    Certificate one;
    one.node = *whose;
    one.incarnation = *which;
    one.key = *key;
    one.unit = *unit;
    one.record = query.id<RecordId>(3);
    one.by = query.id<NodeId>(5);
    one.by_incarnation = query.id<IncarnationId>(6);
    one.ended = cuts.ended().contains(subject);
    one.arrival = query.integer(7);
    const bool own = one.by == *whose, same = one.by_incarnation == *which;
    one.founding = root && query.integer(4) == 1 && own && same;
    if (own && !same) { NC_ASSIGN(one.in_reserve, writes_nothing(db, *whose, *which)); }
    out.push_back(one);
  }
}

Result<bool> is_certified(store::Database& db, const NodeId& node, const IncarnationId& incarnation) {
  NC_ASSIGN(const auto own, certificates(db, node));
  return std::any_of(own.begin(), own.end(), [&](const auto& one) { return one.incarnation == incarnation; });
}

Error not_certified() {
  return Error(ErrorCode::kDenied,
               NC_MSG("This node is not certified, as after a restore and before its superior has let it in: nothing is "
                      "written here"))
      .then(NC_MSG("Ask the superior for a card and say “nhipcau renew”: docs/operations/restore-old-backup.md"));
}

Result<bool> began_knowing(store::Database& db, const RecordId& record, const Certificate& certificate) {
  NC_ASSIGN(auto query, db.prepare("SELECT min(a.entry) FROM journal_entry e JOIN journal_authority a ON a.entry=e.arrival "
                                   "WHERE e.record=?1 AND e.status=0"));
  query.bind_all(record);
  NC_ASSIGN(const bool found, query.step());
  if (!found || query.is_null(0)) return false;
  return knows(db, query.integer(0), certificate.arrival);
}

Result<std::vector<Certificate>> connecting(store::Database& db) {
  NC_ASSIGN(auto out, certificates(db));
  NC_ASSIGN(const auto cuts, Cuts::load(db));
  std::erase_if(out, [&](const Certificate& one) { return cuts.names(incarnation_subject(one.node, one.incarnation)); });
  return out;
}

Status trust_root(store::Database& db, const EntryHash& root) {
  NC_ASSIGN(const auto held, trusted_root(db));
  if (held && *held != root)
    return fail(Error(ErrorCode::kConflict, NC_MSG("It founds another tree than this node's"))
                    .then(NC_MSG("Hand its records over by export and import")));
  return db.run("INSERT OR IGNORE INTO journal_root(id, hash) VALUES(1, ?1)", root);
}

Result<std::optional<EntryHash>> trusted_root(store::Database& db) { return root_of(db); }

Result<Waiting> waiting(store::Database& db) {
  Waiting out;
  NC_ASSIGN(out.parked, db.integer("SELECT count(*) FROM journal_entry WHERE status=1"));
  NC_ASSIGN(out.aside, db.integer("SELECT count(*) FROM journal_kept_aside WHERE waiting=1"));
  return out;
}

}  // namespace nc::journal
