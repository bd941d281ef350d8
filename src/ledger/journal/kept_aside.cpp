#include "ledger/journal/kept_aside.h"

#include <set>

#include "foundation/crypto/hash.h"
#include "ledger/journal/rows.h"

namespace nc::journal {
namespace {

using Bodies = std::set<BodyHash>;

Result<Bodies> purged_bodies(store::Database& db) {
  static const std::string kSql = select_entries("WHERE e.status=3 ORDER BY e.arrival");
  Bodies out;
  NC_ASSIGN(auto query, db.prepare(kSql));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    NC_ASSIGN(const auto bytes, bytes_of(read_row(query)));
    out.insert(bytes.header.body_hash);
  }
}

// What cannot be decoded is no entry that somebody could name.
Result<bool> drop(Admission& admission, const Bodies& bodies, std::vector<Journal::Incoming>& entries) {
  bool dropped = false;
  for (auto& one : entries) {
    if (one.body_bytes.empty()) continue;
    const auto entry = decode_entry(one.header_bytes, std::nullopt);
    if (!entry) continue;
    bool gone = bodies.contains(entry->header.body_hash);
    if (!gone) { NC_ASSIGN(gone, admission.purged(*entry)); }
    if (gone) one.body_bytes.clear();
    dropped = dropped || gone;
  }
  return dropped;
}

struct Kept {
  std::int64_t id = 0;
  std::vector<Journal::Incoming> entries;
  Signature seal;
};

Result<Kept> read_kept(store::Database& db, std::int64_t id) {
  NC_ASSIGN(auto query, db.prepare("SELECT entries, sig FROM journal_kept_aside WHERE id=?1"));
  query.bind(1, id);
  NC_ASSIGN([[maybe_unused]] const bool found, query.step());
  NC_ASSIGN(auto entries, unpack_batch(query.blob_view(0)));
  return Kept{id, std::move(entries), query.id<Signature>(1)};
}

Result<std::vector<std::int64_t>> kept_ids(store::Database& db) {
  std::vector<std::int64_t> out;
  NC_ASSIGN(auto query, db.prepare("SELECT id FROM journal_kept_aside ORDER BY id"));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    out.push_back(query.integer(0));
  }
}

}  // namespace

std::string pack_batch(const std::vector<Journal::Incoming>& entries) {
  JsonArray out;
  for (const auto& entry : entries) out.emplace_back(JsonArray{Json(entry.header_bytes), Json(entry.body_bytes)});
  return canonical(Json(std::move(out)));
}

Result<std::vector<Journal::Incoming>> unpack_batch(std::string_view bytes) {
  NC_ASSIGN(const auto json, parse_json(bytes, {.bytes_max = std::size_t{1} << 30}));
  std::vector<Journal::Incoming> out;
  for (const auto& pair : json.as_array()) out.push_back({pair.as_array()[0].as_string(), pair.as_array()[1].as_string()});
  return out;
}

Digest batch_digest(const std::string& bytes, const Signature& seal) { return crypto::sha256(bytes + seal.hex()); }

Result<bool> drop_purged(store::Database& db, Admission& admission, std::vector<Journal::Incoming>& entries) {
  NC_ASSIGN(const auto bodies, purged_bodies(db));
  return drop(admission, bodies, entries);
}

Result<bool> drop_purged_aside(store::Database& db, Admission& admission) {
  NC_ASSIGN(const auto ids, kept_ids(db));
  if (ids.empty()) return false;
  NC_ASSIGN(const auto bodies, purged_bodies(db));
  bool dropped = false;
  for (const auto id : ids) {
    NC_ASSIGN(auto kept, read_kept(db, id));
    NC_ASSIGN(const bool one, drop(admission, bodies, kept.entries));
    if (!one) continue;
    const auto bytes = pack_batch(kept.entries);
    // Of two that are equal without the body one is enough.
    NC_ASSIGN(auto update, db.prepare("UPDATE OR REPLACE journal_kept_aside SET entries=?2, digest=?3 WHERE id=?1"));
    NC_TRY(update.bind(1, id).bind_blob(2, bytes).bind(3, batch_digest(bytes, kept.seal)).run());
    dropped = true;
  }
  return dropped;
}

}  // namespace nc::journal
