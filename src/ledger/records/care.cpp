#include "ledger/records/care.h"

#include "base/destroy.h"
#include "base/file_stream.h"
#include "base/limits.h"
#include "foundation/store/transaction.h"
#include "ledger/journal/verify_told.h"
#include "ledger/records/admission_rules.h"
#include "ledger/records/backup.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/named_files.h"
#include "ledger/records/rebuild.h"
#include "ledger/records/waiting.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

Result<store::Database> own_connection(const fs::path& file, bool read_only) {
  store::Options options;
  options.application_id = kLedgerApplicationId;
  options.read_only = read_only;
  options.fullsync = read_only;  // what is written is a copy that nobody keeps
  return store::Database::open(file, options);
}

journal::Journal journal_of(const Ledger& ledger) {
  journal::Journal journal(ledger.identity(), system_clock(), system_rng());
  journal.set_rules(admission_rules());
  return journal;
}

Status destroy_database(const fs::path& file) {
  for (const char* ending : {"", "-wal", "-shm"}) NC_TRY(destroy_file(file.string() + ending));
  return {};
}

Status copy_ledger(const Ledger& ledger, const fs::path& copy, const Progress& progress) {
  constexpr std::int64_t kRoomFactor = 3;  // the copy, and its tables made anew
  const auto file = DataDir{ledger.dir()}.ledger();
  std::error_code ec;
  const auto bytes = static_cast<std::int64_t>(fs::file_size(file, ec));
  NC_TRY(room_for(copy.parent_path(), ec ? 0 : bytes * kRoomFactor, limits::kDiskReserveBytes));
  NC_ASSIGN(auto db, own_connection(file, true));
  return copy_database(db, copy, progress);
}

Result<Ledger::RebuildReport> derive_in_copy(const Ledger& ledger, const fs::path& copy, const Progress& progress) {
  NC_ASSIGN(auto db, own_connection(copy, false));
  NC_ASSIGN(auto transaction, store::Transaction::begin(db));  // never committed
  const auto journal = journal_of(ledger);
  const auto world = ledger.world();
  NC_ASSIGN(const auto tasks, catalog::TaskBook::load(DataDir{ledger.dir()}.catalog(), *world->catalog));
  NC_TRY(derive_left_over(db, journal, *world, tasks));  // what was saved a moment ago is no difference
  return derive_anew(db, journal, world->catalog, tasks, progress);
}

// Where the plan wants it; another backup of the same second, the schedule's, is not disturbed.
Result<fs::path> new_backup(const BackupJob& job, const Clock& clock) {
  std::error_code ec;
  fs::create_directories(job.plan.folder, ec);
  if (ec) return fail(io_error(job.plan.folder, ec.value()));
  fs::permissions(job.plan.folder, fs::perms::owner_all, ec);  // a foreign folder keeps its own
  for (auto made_ms = clock.wall_ms();; made_ms += 1000) {
    const auto file = job.plan.folder / backup_name(job.name, made_ms);
    if (!fs::exists(file, ec) && !fs::exists(file.string() + ".part", ec)) return file;
  }
}

}  // namespace

Result<journal::VerifyReport> verify_entries(const Ledger& ledger, const Progress& progress) {
  static_cast<void>(ledger.catch_up());  // brings what was saved last into the tables; what stands there is verified in any case
  NC_ASSIGN(auto db, own_connection(DataDir{ledger.dir()}.ledger(), true));
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(db));
  return journal::verify_told(db, admission_rules(), progress);
}

Result<FileReport> verify_attachments(const Ledger& ledger, const Progress& progress) {
  NC_TRY(ledger.catch_up());
  NC_ASSIGN(auto db, own_connection(DataDir{ledger.dir()}.ledger(), true));
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(db));
  FileReport report;
  const auto look = [&](const NamedFile& named) -> Status {
    NC_TRY(step(progress, NC_MSG("Reading the attached files"), report.files, 0));
    ++report.files;
    report.bytes += named.file.bytes;
    if (auto good = ledger.files().check(named.part, named.file); !good)
      report.problems.push_back({named.record, named.file, std::move(good).error()});
    return {};
  };
  NC_TRY(each_named_file(db, journal_of(ledger), look));
  return report;
}

Result<Ledger::RebuildReport> check_derived(const Ledger& ledger, const fs::path& folder, const Progress& progress) {
  const auto copy = folder / "derived-check.db";
  NC_TRY(destroy_database(copy));  // of a check that was broken off
  const auto copied = copy_ledger(ledger, copy, progress);
  auto report = copied ? derive_in_copy(ledger, copy, progress) : Result<Ledger::RebuildReport>(fail(copied.error()));
  NC_TRY(destroy_database(copy));
  return report;
}

Result<BackupsMade> back_up_now(const fs::path& dir, const Clock& clock, const Progress& progress) {
  NC_ASSIGN(const auto job, ledger_backup_job(dir, clock));
  BackupsMade made;
  NC_ASSIGN(made.ledger, new_backup(job, clock));
  NC_ASSIGN(const auto report, backup_directory(dir, made.ledger, clock, progress));
  made.entries = report.entries;
  made.bytes = report.bytes;
  made.left_out = std::ssize(report.left_out);
  NC_TRY(delete_surplus_backups(job, clock.wall_ms()));
  NC_ASSIGN(const auto keys, key_backup_job(dir, clock));
  if (!keys) return made;
  NC_ASSIGN(made.keys, new_backup(*keys, clock));
  NC_TRY(keys->write(*made.keys));
  NC_TRY(delete_surplus_backups(*keys, clock.wall_ms()));
  return made;
}

}  // namespace nc::records
