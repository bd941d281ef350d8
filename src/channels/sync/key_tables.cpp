#include "channels/sync/key_tables.h"

#include <algorithm>

#include "base/json.h"
#include "foundation/store/all_rows.h"
#include "ledger/records/personal.h"

namespace nc::sync {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS sync_sealed(key BLOB NOT NULL, part TEXT NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL,
  tries INTEGER NOT NULL, PRIMARY KEY(key, part)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sync_sealed_wanted ON sync_sealed(due) WHERE state=1;
CREATE TABLE IF NOT EXISTS sync_letter(name BLOB PRIMARY KEY, kind INTEGER NOT NULL, node BLOB NOT NULL, key BLOB NOT NULL,
  part TEXT NOT NULL, receiver BLOB NOT NULL, came BLOB NOT NULL, at INTEGER NOT NULL, bytes BLOB);
CREATE INDEX IF NOT EXISTS sync_letter_key ON sync_letter(key, kind);
CREATE INDEX IF NOT EXISTS sync_letter_part ON sync_letter(part) WHERE bytes IS NOT NULL;
CREATE TABLE IF NOT EXISTS sync_letter_there(node BLOB NOT NULL, name BLOB NOT NULL, PRIMARY KEY(node, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_letter_came(node BLOB NOT NULL, tag BLOB NOT NULL, said INTEGER NOT NULL, PRIMARY KEY(node, tag))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_keys_seen(id INTEGER PRIMARY KEY CHECK(id = 1), acts INTEGER NOT NULL, keys INTEGER NOT NULL);
)sql";

constexpr std::int64_t kReportLetter = static_cast<std::int64_t>(Letters::kErased), kAskLetter = static_cast<std::int64_t>(Letters::kAsk),
                       kParcelLetter = static_cast<std::int64_t>(Letters::kParcel);

SealedRow sealed_row(const store::Statement& row) { return {row.id<RecordId>(0), row.text(1), static_cast<Sealed>(row.integer(2))}; }

constexpr std::string_view kSealed = "SELECT key, part, state FROM sync_sealed ";

}  // namespace

Status make_key_tables(store::Database& db) {
  NC_ASSIGN(const auto made, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_keys_seen'"));
  if (made > 0) return {};
  NC_TRY(db.exec(kSchema));
  // Entries of before are looked at once more.
  NC_ASSIGN(const auto indexed, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_indexed'"));
  return indexed > 0 ? db.run("UPDATE sync_indexed SET arrival=0") : Status();
}

bool holds_sealed(const journal::HeldEntry& entry) {
  if (entry.body_bytes.find("\"enc\"") == std::string::npos) return false;
  const auto body = parse_json(entry.body_bytes);
  if (!body || !(*body)["set"].is_object()) return false;
  return std::ranges::any_of((*body)["set"].as_object(),
                             [&](const auto& field) { return records::is_sealed_under(entry.header.record, field.second); });
}

Status note_sealed(store::Database& db, const RecordId& key, const std::string& part) {
  return db.run(
      "INSERT INTO sync_sealed(key, part, state, due, tries) VALUES(?1, ?2, 1, 0, 0) "
      "ON CONFLICT(key, part) DO UPDATE SET state=1, due=0, tries=0 WHERE state<2",
      key, part);
}

// A clock that was set back makes nobody wait for what it had said before.
Result<std::vector<SealedRow>> sealed_due(store::Database& db, std::int64_t now_ms, std::int64_t most) {
  NC_ASSIGN(auto query, db.prepare(std::string(kSealed) + "WHERE state=1 AND (due<=?1 OR due>?1+?2) ORDER BY due LIMIT ?3"));
  query.bind_all(now_ms, kAskKeyAgainMaxMs, most);
  return all_rows(query, sealed_row);
}

Result<std::vector<SealedRow>> sealed_not_erased(store::Database& db) {
  NC_ASSIGN(auto query, db.prepare(std::string(kSealed) + "WHERE state<2"));
  return all_rows(query, sealed_row);
}

Result<std::vector<SealedRow>> sealed_under(store::Database& db, const RecordId& key) {
  NC_ASSIGN(auto query, db.prepare(std::string(kSealed) + "WHERE key=?1"));
  query.bind(1, key);
  return all_rows(query, sealed_row);
}

Status set_sealed(store::Database& db, const SealedRow& row, Sealed state) {
  return db.run("UPDATE sync_sealed SET state=?3, due=0, tries=0 WHERE key=?1 AND part=?2", row.key, row.part,
                static_cast<std::int64_t>(state));
}

Status ask_key_later(store::Database& db, const SealedRow& row, std::int64_t now_ms) {
  return db.run("UPDATE sync_sealed SET due=?3 + min(?4 << min(tries, 16), ?5), tries=tries+1 WHERE key=?1 AND part=?2", row.key, row.part,
                now_ms, kAskKeyAgainMs, kAskKeyAgainMaxMs);
}

Status look_at_all_sealed(store::Database& db) { return db.run("UPDATE sync_sealed SET state=1, due=0, tries=0 WHERE state=0"); }

Result<std::int64_t> erasing_acts(store::Database& db) { return db.integer("SELECT count(*) FROM journal_fact WHERE kind='erase'"); }

Result<std::optional<KeysSeen>> keys_seen(store::Database& db) {
  NC_ASSIGN(const auto made, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_keys_seen'"));
  if (made == 0) return std::optional<KeysSeen>();
  NC_ASSIGN(auto query, db.prepare("SELECT acts, keys FROM sync_keys_seen"));
  NC_ASSIGN(const bool found, query.step());
  return std::optional(found ? KeysSeen{query.integer(0), query.integer(1)} : KeysSeen{});
}

Status set_acts_seen(store::Database& db, std::int64_t acts) {
  return db.run("INSERT INTO sync_keys_seen(id, acts, keys) VALUES(1, ?1, 0) ON CONFLICT(id) DO UPDATE SET acts=excluded.acts", acts);
}

Status set_keys_seen(store::Database& db, std::int64_t keys) {
  return db.run("INSERT INTO sync_keys_seen(id, acts, keys) VALUES(1, 0, ?1) ON CONFLICT(id) DO UPDATE SET keys=excluded.keys", keys);
}

// --- letters ---

Status keep_letter(store::Database& db, const KeptLetter& kept, std::int64_t now_ms) {
  NC_ASSIGN(auto insert, db.prepare("INSERT OR IGNORE INTO sync_letter(name, kind, node, key, part, receiver, came, at, bytes) "
                                    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  const auto& letter = kept.letter;
  insert.bind_all(kept.name, static_cast<std::int64_t>(letter.kind), letter.node, letter.key, letter.part, letter.to, kept.came, now_ms);
  if (kept.bytes) insert.bind_blob(9, *kept.bytes);
  return insert.run();
}

Result<bool> letter_is_known(store::Database& db, const Digest& name) {
  NC_ASSIGN(const auto count, db.integer("SELECT count(*) FROM sync_letter WHERE name=?1", name));
  return count > 0;
}

Result<std::int64_t> letters_from(store::Database& db, const NodeId& neighbour) {
  return db.integer(
      "SELECT count(*) FROM sync_letter l WHERE came=?1 AND bytes IS NOT NULL AND (kind<>?2 OR NOT EXISTS("
      "SELECT 1 FROM sync_sealed s WHERE s.key=l.key))",
      neighbour, kReportLetter);
}

Result<bool> knows_parcel(store::Database& db, const Digest& name, const NodeId& to) {
  NC_ASSIGN(const auto count,
            db.integer("SELECT count(*) FROM sync_letter WHERE name=?1 AND kind=?2 AND receiver=?3", name, kParcelLetter, to));
  return count > 0;
}

Status finish_letter(store::Database& db, const Digest& name) { return db.run("UPDATE sync_letter SET bytes=NULL WHERE name=?1", name); }

Status forget_asks(store::Database& db, const KeyLetter& ask) {
  return db.run("DELETE FROM sync_letter WHERE key=?1 AND kind=?2 AND node=?3 AND part=?4", ask.key, kAskLetter, ask.node, ask.part);
}

Status forget_parcels(store::Database& db, const KeyLetter& ask) {
  return db.run("DELETE FROM sync_letter WHERE key=?1 AND kind=?2 AND receiver=?3 AND part=?4 AND came=?5", ask.key, kParcelLetter,
                ask.node, ask.part, NodeId{});
}

Status finish_letters_about(store::Database& db, const RecordId& key) {
  return db.run("UPDATE sync_letter SET bytes=NULL WHERE key=?1 AND kind<>?2", key, kReportLetter);
}

Status forget_old_letters(store::Database& db, std::int64_t now_ms) {
  NC_TRY(db.run("DELETE FROM sync_letter WHERE kind<>?1 AND (at<?2-?3 OR at>?2+?3)", kReportLetter, now_ms, kLettersKeptMs));
  return db.run("DELETE FROM sync_letter_there WHERE name NOT IN (SELECT name FROM sync_letter)");
}

Result<std::vector<KeyLetter>> reports_about(store::Database& db, const RecordId& key) {
  std::vector<KeyLetter> out;
  NC_ASSIGN(auto query, db.prepare("SELECT bytes FROM sync_letter WHERE key=?1 AND kind=?2 AND bytes IS NOT NULL"));
  query.bind_all(key, kReportLetter);
  NC_ASSIGN(const auto all, all_rows(query, [](const auto& row) { return row.blob(0); }));
  for (const auto& bytes : all)
    if (auto letter = read_letter(bytes)) out.push_back(std::move(*letter));
  return out;
}

// A parcel is finished when the one to whom it is has it.
Status set_letters_there(store::Database& db, const NodeId& neighbour, const std::vector<std::string>& tags) {
  for (const auto& tag : tags) {
    Digest from, to;
    to.bytes.fill(0xff);
    for (auto* bound : {&from, &to}) std::copy(tag.begin(), tag.end(), bound->bytes.begin());
    NC_TRY(db.run("INSERT OR IGNORE INTO sync_letter_there(node, name) SELECT ?1, name FROM sync_letter WHERE name BETWEEN ?2 AND ?3",
                  neighbour, from, to));
    NC_TRY(db.run("UPDATE sync_letter SET bytes=NULL WHERE name BETWEEN ?2 AND ?3 AND kind=?4 AND receiver=?1", neighbour, from, to,
                  kParcelLetter));
  }
  return {};
}

Status forget_letters_there(store::Database& db, const NodeId& neighbour) {
  NC_TRY(db.run("DELETE FROM sync_letter_there WHERE node=?1", neighbour));
  return db.run("DELETE FROM sync_letter_came WHERE node=?1", neighbour);
}

Result<std::vector<std::string>> letters_for(store::Database& db, Shared& shared, const NodeId& neighbour, std::size_t most) {
  std::vector<std::string> parts, out;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT DISTINCT part FROM sync_letter WHERE bytes IS NOT NULL"));
    NC_ASSIGN(parts, all_rows(query, [](const auto& row) { return row.text(0); }));
  }
  for (const auto& part : parts) {
    const auto key = journal::PartKey::parse(part);
    if (!key || !shared.has(*key) || out.size() >= most) continue;
    NC_ASSIGN(auto query, db.prepare("SELECT bytes FROM sync_letter l WHERE part=?1 AND bytes IS NOT NULL AND came<>?2 AND NOT EXISTS("
                                     "SELECT 1 FROM sync_letter_there t WHERE t.node=?2 AND t.name=l.name) ORDER BY at, name LIMIT ?3"));
    query.bind_all(part, neighbour, static_cast<std::int64_t>(most - out.size()));
    NC_ASSIGN(auto more, all_rows(query, [](const auto& row) { return row.blob(0); }));
    out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return out;
}

// --- sticks ---

Status note_letters_came(store::Database& db, const NodeId& neighbour, const std::vector<std::string>& tags) {
  for (const auto& tag : tags) {
    NC_ASSIGN(auto insert, db.prepare("INSERT OR REPLACE INTO sync_letter_came(node, tag, said) VALUES(?1, ?2, 0)"));
    NC_TRY(insert.bind(1, neighbour).bind_blob(2, tag).run());
  }
  return {};
}

Result<std::vector<std::string>> letters_to_acknowledge(store::Database& db, const NodeId& neighbour) {
  NC_ASSIGN(auto query, db.prepare("SELECT tag FROM sync_letter_came WHERE node=?1 ORDER BY said, tag LIMIT 1024"));
  query.bind(1, neighbour);
  return all_rows(query, [](const auto& row) { return row.blob(0); });
}

Status note_letters_acknowledged(store::Database& db, const NodeId& neighbour) {
  NC_TRY(db.run("UPDATE sync_letter_came SET said=said+1 WHERE node=?1", neighbour));
  return db.run("DELETE FROM sync_letter_came WHERE node=?1 AND said>=2", neighbour);
}

}  // namespace nc::sync
