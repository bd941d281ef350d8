#include "ledger/records/person_keys.h"

#include <algorithm>

#include "base/destroy.h"
#include "base/files.h"
#include "foundation/crypto/aead.h"
#include "foundation/store/transaction.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS sealing_key(id BLOB PRIMARY KEY, key BLOB NOT NULL, made_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS more_key(id BLOB NOT NULL, key BLOB NOT NULL, made_ms INTEGER NOT NULL, PRIMARY KEY(id, key)) WITHOUT "
    "ROWID;"
    "CREATE TABLE IF NOT EXISTS asked_key(id BLOB PRIMARY KEY, seed BLOB NOT NULL, made_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS erased_key(id BLOB PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS backup_made(at_ms INTEGER NOT NULL);";

Error erased() {
  return Error(ErrorCode::kDenied, NC_MSG("The personal data of this record were erased"))
      .then(NC_MSG("They cannot be entered again here"));
}

store::Options options_for(bool read_only, bool create, const std::string& vfs) {
  store::Options options;
  options.read_only = read_only;
  options.create = create;
  options.application_id = kKeysApplicationId;
  options.vfs = vfs;
  return options;
}

Error damaged_key() { return Error(ErrorCode::kCorrupt, NC_MSG("A key of personal data is damaged")); }

// Overwritten before: it holds keys.
Status remove_database(const fs::path& file) {
  for (const auto* tail : {"", "-wal", "-shm"}) NC_TRY(destroy_file(file.string() + tail));
  return {};
}

Error reading_only() { return Error(ErrorCode::kBusy, NC_MSG("The data directory is open for reading only")); }

// The bytes of a key as they lie in the file.
Result<PersonKeys::Key> key_in(store::Statement& row, int column) {
  auto bytes = row.blob(column);
  if (bytes.size() != 32) return fail(damaged_key());
  auto key = PersonKeys::Key::copy_of(std::span<const std::uint8_t, 32>(reinterpret_cast<const std::uint8_t*>(bytes.data()), 32));
  crypto::wipe(bytes);
  return key;
}

// `sql` takes the id, the key and a time.
Status put_key(store::Database& db, std::string_view sql, const RecordId& id, const PersonKeys::Key& key, std::int64_t made_ms) {
  NC_ASSIGN(auto insert, db.prepare(sql));
  std::string bytes(reinterpret_cast<const char*>(key.bytes().data()), 32);
  const auto done = insert.bind(1, id).bind_blob(2, bytes).bind(3, made_ms).run();
  crypto::wipe(bytes);
  return done;
}

bool same_key(const PersonKeys::Key& a, const PersonKeys::Key& b) { return std::ranges::equal(a.bytes(), b.bytes()); }

Result<bool> has_table(store::Database& db, const char* name) {
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", name));
  return tables > 0;
}

Result<bool> refused(store::Database& db, const RecordId& id) {
  NC_ASSIGN(const auto count, db.integer("SELECT count(*) FROM erased_key WHERE id = ?1", id));
  return count > 0;
}

}  // namespace

PersonKeys::PersonKeys(fs::path file, const Clock& clock, Rng& rng, bool read_only, std::string vfs)
    : file_(std::move(file)), clock_(clock), rng_(rng), read_only_(read_only), vfs_(std::move(vfs)) {}

// Null: there is no file, and none is to be made.
Result<store::Database*> PersonKeys::open(bool make) {
  if (db_) return &*db_;
  std::error_code ec;
  const bool there = fs::exists(file_, ec);
  if (!there && (!make || read_only_)) return nullptr;
  NC_ASSIGN(auto db, store::Database::open(file_, options_for(read_only_, !there, vfs_)));
  if (!read_only_) NC_TRY(db.exec(kTables));
  NC_ASSIGN(has_more_, has_table(db, "more_key"));
  db_ = std::move(db);
  return &*db_;
}

Result<std::optional<PersonKeys::Key>> PersonKeys::find_in(store::Database& db, const RecordId& id) {
  NC_ASSIGN(const bool gone, refused(db, id));
  if (gone) return fail(erased());
  NC_ASSIGN(auto row, db.prepare("SELECT key FROM sealing_key WHERE id = ?1"));
  row.bind(1, id);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::optional<Key>();
  NC_ASSIGN(auto key, key_in(row, 0));
  return std::optional(std::move(key));
}

Result<std::vector<PersonKeys::Key>> PersonKeys::all_in(store::Database& db, const RecordId& id) {
  std::vector<Key> out;
  NC_ASSIGN(auto first, find_in(db, id));
  if (first) out.push_back(std::move(*first));
  if (!has_more_) return out;
  NC_ASSIGN(auto row, db.prepare("SELECT key FROM more_key WHERE id = ?1"));
  row.bind(1, id);
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    NC_ASSIGN(auto key, key_in(row, 0));
    out.push_back(std::move(key));
  }
}

Result<std::optional<PersonKeys::Key>> PersonKeys::find(const RecordId& id) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  if (!db) return std::optional<Key>();
  return find_in(*db, id);
}

Result<std::vector<PersonKeys::Key>> PersonKeys::find_all(const RecordId& id) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  if (!db) return std::vector<Key>();
  return all_in(*db, id);
}

Result<PersonKeys::Key> PersonKeys::find_or_make(const RecordId& id) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(true));
  if (!db) return fail(reading_only());
  NC_ASSIGN(auto held, find_in(*db, id));
  if (held) return std::move(*held);
  auto key = Key::random(rng_);
  NC_TRY(put_key(*db, "INSERT INTO sealing_key(id, key, made_ms) VALUES(?1, ?2, ?3)", id, key, clock_.wall_ms()));
  return key;
}

Result<Json> PersonKeys::seal_value(const RecordId& id, std::string_view place, std::string_view text) {
  NC_ASSIGN(const auto key, find_or_make(id));
  const auto sealed = crypto::seal_text(key, place, text, rng_);
  return Json(JsonObject{{"enc", JsonArray{Json(id.hex()), Json(sealed.nonce.hex()), Json(sealed.box)}}});
}

Result<std::optional<std::string>> PersonKeys::open_value(std::string_view place, const Json& value) {
  const auto& enc = value["enc"];
  const auto text = [&](std::size_t i) { return enc.as_array()[i].is_string() ? enc.as_array()[i].as_string() : std::string(); };
  const bool form = enc.is_array() && enc.as_array().size() == 3;
  const auto id = form ? RecordId::from_hex(text(0)) : std::nullopt;
  const auto nonce = form ? crypto::AeadNonce::from_hex(text(1)) : std::nullopt;
  if (!id || !nonce) return fail(ErrorCode::kCorrupt, NC_MSG("This is no sealed text"));
  NC_ASSIGN(const auto keys, find_all(*id));
  for (const auto& key : keys)
    if (auto opened = crypto::open_text(key, place, {*nonce, text(2)})) return std::optional(std::move(*opened));
  return std::optional<std::string>();
}

Result<bool> PersonKeys::erase(const RecordId& id) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(true));
  if (!db) return fail(reading_only());
  NC_ASSIGN(const bool before, refused(*db, id));
  {
    NC_ASSIGN(auto transaction, store::Transaction::begin(*db));
    for (const auto* table : {"sealing_key", "more_key", "asked_key"})
      NC_TRY(db->run("DELETE FROM " + std::string(table) + " WHERE id = ?1", id));
    NC_TRY(db->run("INSERT OR IGNORE INTO erased_key(id, at_ms) VALUES(?1, ?2)", id, clock_.wall_ms()));
    NC_TRY(transaction.commit());
  }
  NC_TRY(db->checkpoint(store::CheckpointMode::kTruncate));
  return !before;
}

Result<bool> PersonKeys::is_erased(const RecordId& id) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  return db ? refused(*db, id) : Result<bool>(false);
}

Result<std::optional<std::int64_t>> PersonKeys::last_erased_ms() {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  if (!db) return std::optional<std::int64_t>();
  NC_ASSIGN(auto row, db->prepare("SELECT max(at_ms) FROM erased_key"));
  NC_TRY(row.step());
  const auto at_ms = row.optional_integer(0);
  NC_TRY(row.status());
  return at_ms;
}

Result<std::int64_t> PersonKeys::count() {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  return db ? db->integer("SELECT count(*) FROM sealing_key") : Result<std::int64_t>(0);
}

Result<std::int64_t> PersonKeys::count_erased() {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  return db ? db->integer("SELECT count(*) FROM erased_key") : Result<std::int64_t>(0);
}

// --- parcels ---

Result<PublicKey> PersonKeys::ask_under(const RecordId& id) {
  NC_ASSIGN(const auto before, asked_under(id));
  if (before) return before->public_key();
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(true));
  if (!db) return fail(reading_only());
  NC_ASSIGN(const bool gone, refused(*db, id));
  if (gone) return fail(erased());
  const auto made = crypto::SigningKey::generate(rng_);
  NC_TRY(put_key(*db, "INSERT INTO asked_key(id, seed, made_ms) VALUES(?1, ?2, ?3)", id, made.seed(), clock_.wall_ms()));
  return made.public_key();
}

Result<std::optional<crypto::SigningKey>> PersonKeys::asked_under(const RecordId& id) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  if (!db || !has_more_) return std::optional<crypto::SigningKey>();
  NC_ASSIGN(auto row, db->prepare("SELECT seed FROM asked_key WHERE id = ?1"));
  row.bind(1, id);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::optional<crypto::SigningKey>();
  NC_ASSIGN(auto seed, key_in(row, 0));
  return std::optional(crypto::SigningKey::from_seed(std::move(seed)));
}

// The first key of an id seals; one that is here already stays what it is.
Status PersonKeys::add_in(store::Database& db, const RecordId& id, const Key& key, std::int64_t made_ms) {
  NC_ASSIGN(const auto held, all_in(db, id));
  if (std::ranges::any_of(held, [&](const Key& one) { return same_key(one, key); })) return {};
  if (held.size() >= kKeysOfOneMax)
    return fail(ErrorCode::kLimit, NC_MSG("There are more than {1} keys of one person's data (limit kKeysOfOneMax)"),
                {std::to_string(kKeysOfOneMax)});
  return put_key(db,
                 held.empty() ? "INSERT INTO sealing_key(id, key, made_ms) VALUES(?1, ?2, ?3)"
                              : "INSERT INTO more_key(id, key, made_ms) VALUES(?1, ?2, ?3)",
                 id, key, made_ms);
}

Result<std::int64_t> PersonKeys::take(const RecordId& id, const std::vector<Key>& keys) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(true));
  if (!db) return fail(reading_only());
  NC_ASSIGN(auto transaction, store::Transaction::begin(*db));
  NC_ASSIGN(const auto before, all_in(*db, id));
  for (const auto& key : keys) NC_TRY(add_in(*db, id, key, clock_.wall_ms()));
  NC_ASSIGN(const auto after, all_in(*db, id));
  NC_TRY(db->run("DELETE FROM asked_key WHERE id = ?1", id));
  NC_TRY(transaction.commit());
  return static_cast<std::int64_t>(after.size() - before.size());
}

Status PersonKeys::stop_asking(const RecordId& id) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  if (!db || read_only_) return {};
  return db->run("DELETE FROM asked_key WHERE id = ?1", id);
}

Result<std::int64_t> PersonKeys::backup_to(const fs::path& file) {
  const std::lock_guard lock(mutex_);
  std::error_code ec;
  if (fs::exists(file, ec))
    return fail(Error(ErrorCode::kConflict, NC_MSG("The file exists already"))
                    .at(file.string())
                    .then(NC_MSG("Choose another name; nothing was changed")));
  NC_ASSIGN(auto* db, open(false));
  if (!db) return 0;
  auto temporary = file;
  temporary += ".part";
  NC_TRY(remove_database(temporary));  // of a backup that was broken off
  NC_TRY(db->backup_to(temporary));
  std::int64_t keys = 0;
  {
    NC_ASSIGN(auto copy, store::Database::open(temporary, options_for(false, false, vfs_)));
    NC_TRY(copy.exec(kTables));
    NC_TRY(copy.run("DELETE FROM asked_key"));  // whoever has the backup opens no parcel with it
    NC_TRY(copy.run("INSERT INTO backup_made(at_ms) VALUES(?1)", clock_.wall_ms()));
    NC_TRY(copy.checkpoint(store::CheckpointMode::kTruncate));
    NC_TRY(copy.quick_check());
    NC_ASSIGN(keys, copy.integer("SELECT count(*) FROM sealing_key"));
  }
  for (const auto* tail : {"-wal", "-shm"}) NC_TRY(destroy_file(temporary.string() + tail));
  fs::rename(temporary, file, ec);
  if (ec) return fail(io_error(file, ec.value()));
  NC_TRY(sync_directory(file.has_parent_path() ? file.parent_path() : "."));
  return keys;
}

Result<std::int64_t> PersonKeys::take_from(const fs::path& file) {
  NC_ASSIGN(auto from, store::Database::open(file, options_for(true, false, {})));
  NC_ASSIGN(const auto made, from.integer("SELECT coalesce(max(at_ms), 0) FROM backup_made"));
  if (made == 0) return fail(Error(ErrorCode::kInvalid, NC_MSG("This is no backup of the keys of personal data")).at(file.string()));
  if (clock_.wall_ms() - made > kKeysBackupDays * 86'400'000)
    return fail(Error(ErrorCode::kDenied, NC_MSG("Backups of the keys of personal data may not be older than 30 days"))
                    .at(file.string())
                    .then(NC_MSG("Destroy this file, and use a newer one")));
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(true));
  if (!db) return fail(reading_only());
  NC_ASSIGN(auto transaction, store::Transaction::begin(*db));
  {
    NC_ASSIGN(auto row, from.prepare("SELECT id, at_ms FROM erased_key"));
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) break;
      const auto id = row.id<RecordId>(0);
      NC_TRY(db->run("INSERT OR IGNORE INTO erased_key(id, at_ms) VALUES(?1, ?2)", id, row.integer(1)));
      for (const auto* table : {"sealing_key", "more_key", "asked_key"})
        NC_TRY(db->run("DELETE FROM " + std::string(table) + " WHERE id = ?1", id));
    }
  }
  for (const auto* table : {"sealing_key", "more_key"}) {
    NC_ASSIGN(const bool there, has_table(from, table));
    if (!there) continue;  // a backup from before there were several keys of one id
    NC_ASSIGN(auto row, from.prepare("SELECT id, key, made_ms FROM " + std::string(table)));
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) break;
      const auto id = row.id<RecordId>(0);
      NC_ASSIGN(const bool gone, refused(*db, id));
      if (gone) continue;
      auto key = key_in(row, 1);
      if (!key) return fail(std::move(key).error().at(file.string()));
      NC_TRY(add_in(*db, id, *key, row.integer(2)));
    }
  }
  NC_TRY(transaction.commit());
  NC_TRY(db->checkpoint(store::CheckpointMode::kTruncate));
  return db->integer("SELECT count(*) FROM sealing_key");
}

}  // namespace nc::records
