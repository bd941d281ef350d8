#include "ledger/records/backup.h"

#include "base/files.h"
#include "base/json.h"
#include "base/limits.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/store/transaction.h"
#include "ledger/blobs/store.h"
#include "ledger/catalog/catalog.h"
#include "ledger/journal/node_names.h"
#include "ledger/journal/verify_told.h"
#include "ledger/records/admission_rules.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/ledger.h"
#include "ledger/records/local_stores.h"
#include "ledger/records/named_files.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

store::Options options_for(bool read_only, bool create) {
  store::Options options;
  options.read_only = read_only;
  options.create = create;
  options.application_id = kLedgerApplicationId;
  return options;
}

Status put_file(store::Database& db, const std::string& name, const std::string& content) {
  NC_ASSIGN(auto insert, db.prepare("INSERT INTO backup_file(name, content) VALUES(?, ?)"));
  return insert.bind(1, name).bind_blob(2, content).run();
}

// The small files go into the copy, so that one file is the whole backup.
Status put_small_files(const DataDir& dir, store::Database& copy, std::int64_t made_ms) {
  NC_ASSIGN(auto transaction, store::Transaction::begin(copy));
  NC_TRY(copy.exec("CREATE TABLE backup_file(name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID"));
  NC_ASSIGN(const auto config, read_file(dir.config()));
  NC_TRY(put_file(copy, "node.json", config));
  NC_TRY(put_file(copy, "made", std::to_string(made_ms)));
  NC_ASSIGN(const auto types, list_files(dir.catalog(), ".toml"));
  for (const auto& path : types) {
    NC_ASSIGN(const auto text, read_file(path));
    NC_TRY(put_file(copy, "catalog/" + fs::relative(path, dir.catalog()).string(), text));
  }
  return transaction.commit();
}

// What became of an attached file on its way into the copy.
enum class Fate : std::uint8_t { kCopied, kMissing, kChanged };

// Pieces of 64 KiB, so that no file is ever held whole. What is missing here, or has other bytes than its entry says, is
// left out of the copy and named: one rotten picture keeps nobody from the ledger.
Result<Fate> put_attachment(const blobs::Store& files, const NamedFile& named, store::Database& copy) {
  const auto bytes = files.open(named.part, named.file.sha256);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return Fate::kMissing;
  if (!bytes) return fail(bytes.error());
  NC_ASSIGN(auto transaction, store::Transaction::begin(copy));
  std::string piece(limits::kBlobChunkBytes, '\0');
  crypto::Sha256 hash;
  for (std::int64_t at = 0; at < bytes->size();) {
    NC_ASSIGN(const auto got, bytes->read_at(at, piece));
    if (got == 0) break;
    NC_ASSIGN(auto insert, copy.prepare("INSERT INTO backup_attachment(part, sha256, content) VALUES(?, ?, ?)"));
    const auto read = std::string_view(piece).substr(0, got);
    NC_TRY(insert.bind(1, named.part).bind(2, named.file.sha256).bind_blob(3, read).run());
    hash.update(read);
    at += static_cast<std::int64_t>(got);
  }
  if (hash.finish() != named.file.sha256) return Fate::kChanged;  // undone when the transaction is let go
  NC_TRY(transaction.commit());
  return Fate::kCopied;
}

// Of the copy's own entries, so that both are of one moment.
Result<std::vector<LeftOut>> put_attachments(const DataDir& dir, const NodeConfig& config, store::Database& copy,
                                             const Progress& progress) {
  NC_TRY(
      copy.exec("CREATE TABLE backup_attachment(id INTEGER PRIMARY KEY, part TEXT NOT NULL, sha256 BLOB NOT NULL, content BLOB NOT NULL)"));
  NC_TRY(
      copy.exec("CREATE TABLE backup_left_out(id INTEGER PRIMARY KEY, record BLOB NOT NULL, sha256 BLOB NOT NULL, name TEXT NOT NULL, "
                "missing INTEGER NOT NULL)"));
  const journal::Journal journal(config.self, system_clock(), system_rng());
  const blobs::Store files(dir.root, system_clock(), system_rng());
  std::vector<NamedFile> named;
  NC_TRY(each_named_file(copy, journal, [&](const NamedFile& one) -> Status {
    named.push_back(one);
    return {};
  }));
  std::vector<LeftOut> out;
  std::int64_t done = 0;
  for (const auto& one : named) {
    NC_TRY(step(progress, NC_MSG("Copying the attached files"), done++, std::ssize(named)));
    NC_ASSIGN(const auto fate, put_attachment(files, one, copy));
    if (fate == Fate::kCopied) continue;
    out.push_back({one.record, one.file.sha256, one.file.name, fate == Fate::kMissing});
    NC_TRY(copy.run("INSERT INTO backup_left_out(record, sha256, name, missing) VALUES(?1, ?2, ?3, ?4)", out.back().record,
                    out.back().sha256, out.back().name, static_cast<std::int64_t>(out.back().missing)));
  }
  return out;
}

// The pieces of one file after the other, in the order they were put. One that is not what its entry says is left out.
Status take_attachments(store::Database& backup, const DataDir& dir) {
  NC_ASSIGN(const auto tables, backup.integer("SELECT count(*) FROM sqlite_master WHERE name = 'backup_attachment'"));
  if (tables == 0) return {};  // made by a version without attachments
  blobs::Store files(dir.root, system_clock(), system_rng());
  NC_ASSIGN(auto row, backup.prepare("SELECT part, sha256, content FROM backup_attachment ORDER BY id"));
  NC_ASSIGN(bool more, row.step());
  while (more) {
    blobs::FileRef file;
    file.sha256 = row.id<Digest>(1);
    const auto part = row.text(0);
    bool readable = true;
    const auto next = [&]() -> Result<std::string> {
      if (!more || row.text(0) != part || row.id<Digest>(1) != file.sha256) return std::string();
      auto piece = row.blob(2);
      const auto step = row.step();
      readable = step.has_value();
      if (!step) return fail(step.error());
      more = *step;
      return piece;
    };
    const auto kept = files.put(part, file, next);
    if (!kept && (!readable || kept.error().code != ErrorCode::kCorrupt)) return fail(kept.error());
  }
  std::error_code ec;
  fs::remove(dir.root / "uploads", ec);
  return {};
}

constexpr const char* kBeingRestored = ".part";

Status empty_or_new(const fs::path& dir) {
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(dir, ec))
    if (entry.path().filename() != kBeingRestored)
      return fail(Error(ErrorCode::kConflict, NC_MSG("The directory is not empty"))
                      .at(dir.string())
                      .then(NC_MSG("Choose a new directory; nothing was changed")));
  fs::remove_all(dir / kBeingRestored, ec);  // of a restore that was broken off
  return {};
}

Status make_private_directories(const fs::path& dir) {
  std::error_code ec;
  fs::create_directories(dir / "keys", ec);
  if (ec) return fail(io_error(dir, ec.value()));
  for (const auto& folder : {dir.parent_path(), dir, dir / "keys"}) fs::permissions(folder, fs::perms::owner_all, ec);
  return ec ? Status(fail(io_error(dir, ec.value()))) : Status{};
}

// A name that stays inside the directory: "catalog/<group>/<type>.toml".
bool safe_name(const std::string& name) {
  const fs::path path(name);
  if (path.is_absolute() || name.find("..") != std::string::npos || !name.ends_with(".toml")) return false;
  return name.starts_with("catalog/");
}

struct SmallFiles {
  std::string config;
  std::int64_t made_ms = 0;
};

Result<SmallFiles> take_small_files(store::Database& db, const DataDir& dir) {
  SmallFiles out;
  NC_ASSIGN(auto row, db.prepare("SELECT name, content FROM backup_file ORDER BY name"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    const auto name = row.text(0);
    if (name == "node.json") out.config = row.blob(1);
    else if (name == "made") out.made_ms = std::strtoll(row.blob(1).c_str(), nullptr, 10);
    else if (safe_name(name)) {
      const auto target = dir.root / name;
      std::error_code ec;
      fs::create_directories(target.parent_path(), ec);
      if (ec) return fail(io_error(target, ec.value()));
      NC_TRY(write_file_durably(target, row.blob(1)));
    } else {
      return fail(Error(ErrorCode::kCorrupt, NC_MSG("The backup holds a file with a name that is not allowed: {1}"), {name}));
    }
  }
}

// The incarnation that the recovery key was certified for at founding.
Result<NodeConfig> recovered(const DataDir& dir, NodeConfig config, const crypto::SigningKey& key) {
  NC_ASSIGN(auto db, store::Database::open(dir.ledger(), options_for(true, false)));
  NC_ASSIGN(auto row, db.prepare("SELECT id, (SELECT vals FROM part WHERE part.sid = record.sid LIMIT 1) FROM record"
                                 " WHERE instr((SELECT vals FROM part WHERE part.sid = record.sid LIMIT 1), ?) > 0"));
  row.bind(1, "\"public_key\":\"" + key.public_key().hex() + "\"");
  NC_ASSIGN(const bool found, row.step());
  if (!found)
    return fail(Error(ErrorCode::kDenied, NC_MSG("This recovery key does not belong to the node of the backup"))
                    .then(NC_MSG("Use the key file that init wrote for it, or restore without one")));
  NC_ASSIGN(const auto values, parse_json(row.text(1)));
  const auto incarnation = IncarnationId::from_hex(values.text("incarnation"));
  if (!incarnation) return fail(ErrorCode::kCorrupt, NC_MSG("The node's configuration cannot be read"));
  config.self.incarnation = *incarnation;
  config.node_record = row.id<RecordId>(0);
  return config;
}

void remove_database(const fs::path& file) {
  std::error_code ec;
  for (const char* ending : {"", "-wal", "-shm"}) fs::remove(fs::path(file.string() + ending), ec);
}

// Read back from the disk and verified whole, before it gets its name.
Status check_backup(const fs::path& file, const Progress& progress) {
  auto options = options_for(true, false);
  options.immutable = true;
  NC_ASSIGN(auto db, store::Database::open(file, options));
  NC_TRY(db.quick_check());
  NC_ASSIGN(const auto report, journal::verify_told(db, admission_rules(), progress));
  if (report.problems.empty()) return {};
  const auto& first = report.problems.front();
  return fail(Error(ErrorCode::kCorrupt, NC_MSG("The backup does not verify: {1} entries are damaged, first number {2} of {3}"),
                    {std::to_string(report.problems.size()), std::to_string(first.seq), first.stream})
                  .at(file.string())
                  .then(NC_MSG("Look at the disk and run: nhipcau verify DIR")));
}

// How many entries it holds, and what it could not take.
Result<BackupReport> copy_of_all(const DataDir& dir, const NodeConfig& config, const fs::path& file, const Clock& clock,
                                 const Progress& progress) {
  auto options = options_for(true, false);
  std::optional<FileLock> lock;
  NC_ASSIGN(options.immutable, nobody_writes(dir, lock));
  NC_ASSIGN(auto db, store::Database::open(dir.ledger(), options));
  NC_TRY(copy_database(db, file, progress));
  NC_ASSIGN(auto copy, store::Database::open(file, options_for(false, false)));
  NC_TRY(journal::Journal::migrate(copy));  // what was saved a moment ago stands in the tables, and is verified with them
  NC_TRY(put_small_files(dir, copy, clock.wall_ms()));
  BackupReport report;
  NC_ASSIGN(report.left_out, put_attachments(dir, config, copy, progress));
  NC_ASSIGN(report.damaged, put_local_stores(dir, options.immutable, copy));
  NC_ASSIGN(report.entries, copy.integer("SELECT count(*) FROM journal_entry"));
  NC_TRY(copy.checkpoint(store::CheckpointMode::kTruncate));
  return report;
}

}  // namespace

Status copy_database(store::Database& from, const fs::path& file, const Progress& progress) {
  bool stopped = false;
  auto copied = from.backup_to(file, [&](int left, int all) {
    stopped = !step(progress, NC_MSG("Copying the ledger"), all - left, all);
    return !stopped;
  });
  return stopped ? Status(fail(given_up())) : std::move(copied);
}

Result<BackupReport> backup_directory(const fs::path& path, const fs::path& file, const Clock& clock, const Progress& progress) {
  const DataDir dir{path};
  NC_ASSIGN(const auto config, read_config(dir));
  std::error_code ec;
  if (fs::exists(file, ec))
    return fail(Error(ErrorCode::kConflict, NC_MSG("The file exists already"))
                    .at(file.string())
                    .then(NC_MSG("Choose another name; nothing was changed")));
  auto temporary = file;
  temporary += ".part";
  remove_database(temporary);  // of a backup that was broken off; an old log would be taken for this one's
  auto report = copy_of_all(dir, config, temporary, clock, progress);
  fs::remove(fs::path(temporary.string() + "-wal"), ec);
  fs::remove(fs::path(temporary.string() + "-shm"), ec);
  if (const Status good = report ? check_backup(temporary, progress) : Status(fail(report.error())); !good) {
    remove_database(temporary);
    return fail(good.error());
  }
  fs::rename(temporary, file, ec);
  if (ec) return fail(io_error(file, ec.value()));
  NC_TRY(sync_directory(file.has_parent_path() ? file.parent_path() : "."));
  report->bytes = static_cast<std::int64_t>(fs::file_size(file, ec));
  return report;
}

Result<std::vector<LeftOut>> left_out_of(const fs::path& file) {
  auto options = options_for(true, false);
  options.immutable = true;
  NC_ASSIGN(auto db, store::Database::open(file, options));
  std::vector<LeftOut> out;
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_master WHERE name = 'backup_left_out'"));
  if (tables == 0) return out;  // made by a version that did not say it
  NC_ASSIGN(auto row, db.prepare("SELECT record, sha256, name, missing FROM backup_left_out ORDER BY id"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    out.push_back({row.id<RecordId>(0), row.id<Digest>(1), row.text(2), row.integer(3) != 0});
  }
}

namespace {

// A backup that somebody changed is no backup: everything is checked before it counts as restored. The files that did
// not come with it are named.
Result<std::vector<LeftOut>> verify_restored(const fs::path& dir) {
  NC_ASSIGN(const auto ledger, Ledger::open(dir));
  NC_ASSIGN(const auto report, ledger->verify());
  if (report.problems.empty()) {
    NC_ASSIGN(const auto files, ledger->verify_files());
    std::vector<LeftOut> out;
    for (const auto& one : files.problems)
      out.push_back({one.record, one.file.sha256, one.file.name, one.error.code == ErrorCode::kNotFound});
    return out;
  }
  const auto& first = report.problems.front();
  return fail(Error(ErrorCode::kCorrupt, NC_MSG("The backup does not verify: {1} entries are damaged, first number {2} of {3}"),
                    {std::to_string(report.problems.size()), std::to_string(first.seq), first.stream})
                  .then(NC_MSG("Use another backup; nothing was restored")));
}

// A backup is one file: a log beside it is of something else, and would be read with it.
Status stands_alone(const fs::path& file) {
  std::error_code ec;
  const auto log = file.string() + "-wal";
  const auto bytes = fs::file_size(log, ec);
  if (ec || bytes == 0) return {};
  return fail(Error(ErrorCode::kBusy, NC_MSG("Beside the backup lies a log that does not belong to it"))
                  .at(log)
                  .then(NC_MSG("Copy the backup alone to another folder, and restore it from there")));
}

Result<RestoreReport> restore_into(const fs::path& file, const DataDir& dir, const fs::path& recovery_key, Rng& rng) {
  NC_TRY(stands_alone(file));
  RestoreReport report;
  SmallFiles small;
  {
    auto options = options_for(true, false);
    options.immutable = true;  // nobody writes a backup, and its disk may be read-only
    NC_ASSIGN(auto backup, store::Database::open(file, options));
    NC_TRY(backup.quick_check());
    NC_ASSIGN(const auto tables, backup.integer("SELECT count(*) FROM sqlite_master WHERE name = 'backup_file'"));
    if (tables == 0)
      return fail(Error(ErrorCode::kCorrupt, NC_MSG("This is not a backup of nhipcau"))
                      .at(file.string())
                      .then(NC_MSG("Choose a file made by: nhipcau backup")));
    NC_ASSIGN(small, take_small_files(backup, dir));
    NC_TRY(take_attachments(backup, dir));
    NC_TRY(take_local_stores(backup, dir));
    NC_TRY(backup.backup_to(dir.ledger()));
  }
  {
    NC_ASSIGN(auto db, store::Database::open(dir.ledger(), options_for(false, false)));
    // The derived state is made anew from the journal at the first opening; VACUUM gives back the room of the attachments.
    NC_TRY(
        db.exec("DROP TABLE backup_file; DROP TABLE IF EXISTS backup_attachment; DROP TABLE IF EXISTS backup_left_out; "
                "DROP TABLE IF EXISTS backup_store; DELETE FROM state_meta"));
    NC_TRY(db.exec("VACUUM"));
    NC_ASSIGN(report.entries, db.integer("SELECT count(*) FROM journal_entry"));
  }
  report.made_ms = small.made_ms;
  NC_ASSIGN(auto config, parse_config(small.config, file.string()));
  if (!recovery_key.empty()) {
    NC_ASSIGN(const auto key, crypto::read_key_file(recovery_key));
    NC_ASSIGN(config, recovered(dir, config, key));
    NC_TRY(crypto::write_key_file(dir.key(), key));
    report.certified = true;
  } else {
    const auto key = crypto::SigningKey::generate(rng);
    config.self.incarnation = journal::incarnation_of(key.public_key());
    NC_TRY(crypto::write_key_file(dir.key(), key));
  }
  NC_TRY(write_config(dir, config));
  NC_ASSIGN(report.left_out, verify_restored(dir.root));
  return report;
}

}  // namespace

namespace {

// Whole files and folders, and last the one that makes a data directory of them.
Status move_into_place(const DataDir& made, const DataDir& target) {
  NC_TRY(sync_directories(made.root));
  std::error_code ec;
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(made.root, ec)) names.push_back(entry.path().filename());
  for (const auto& name : names) {
    if (made.root / name == made.config()) continue;
    fs::rename(made.root / name, target.root / name, ec);
    if (ec) return fail(io_error(target.root / name, ec.value()));
  }
  NC_TRY(sync_directories(target.root));
  fs::rename(made.config(), target.config(), ec);
  if (ec) return fail(io_error(target.config(), ec.value()));
  fs::remove(made.root, ec);
  return sync_directory(target.root);
}

}  // namespace

// Made in a folder of its own and moved out of it when it is whole and verified, so that a power cut leaves
// a node or none. Inside the target, because that may be a disk of its own.
Result<RestoreReport> restore_backup(const fs::path& file, const fs::path& path, const fs::path& recovery_key, Rng& rng) {
  NC_TRY(empty_or_new(path));
  std::error_code ignored;
  const bool was_there = fs::exists(path, ignored);
  const DataDir made{path / kBeingRestored}, target{path};
  NC_TRY(make_private_directories(made.root));
  auto restored = restore_into(file, made, recovery_key, rng);
  if (restored) {
    const auto moved = move_into_place(made, target);
    if (!moved) restored = fail(moved.error());
  }
  if (!restored) {  // it was empty or absent before: leave it so
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(path, ec)) fs::remove_all(entry.path(), ec);
    if (!was_there) fs::remove(path, ec);
  }
  return restored;
}

}  // namespace nc::records
