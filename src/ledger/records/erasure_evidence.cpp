#include "ledger/records/erasure_evidence.h"

#include "ledger/journal/passing_on.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/person_keys.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

store::Options of_a_copy(std::uint32_t application_id) {
  store::Options out;
  out.read_only = out.immutable = true;
  out.application_id = application_id;
  return out;
}

Status add_erased_of_keys(const fs::path& file, ErasureEvidence& out) {
  NC_ASSIGN(auto db, store::Database::open(file, of_a_copy(kKeysApplicationId)));
  NC_ASSIGN(auto row, db.prepare("SELECT id FROM erased_key"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) break;
    out.erased.insert(row.id<RecordId>(0));
  }
  ++out.key_copies;
  return {};
}

Status add_erased_of_ledger(const fs::path& file, const std::optional<EntryHash>& root, const journal::Journal& journal,
                            ErasureEvidence& out) {
  NC_ASSIGN(auto db, store::Database::open(file, of_a_copy(kLedgerApplicationId)));
  NC_ASSIGN(const auto other, journal::trusted_root(db));
  if (other != root) return {};
  NC_ASSIGN(const auto erased, journal.erased(db));
  out.erased.insert(erased.begin(), erased.end());
  ++out.ledger_copies;
  return {};
}

std::set<fs::path> files_that_may_tell(const fs::path& dir, const fs::path& file) {
  std::error_code ec;
  std::set<fs::path> folders{fs::absolute(file, ec).parent_path(), dir / "key-backups", dir / "backups"}, out;
  if (const auto plan = read_backup_plan(dir)) folders.insert({plan->folder, plan->key_folder});
  for (const auto& folder : folders)
    for (const auto& entry : fs::directory_iterator(folder, ec))
      if (entry.is_regular_file(ec) && entry.path().extension() == ".bak") out.insert(fs::weakly_canonical(entry.path(), ec));
  out.insert(fs::weakly_canonical(file, ec));
  return out;
}

}  // namespace

Result<ErasureEvidence> evidence_of_erasures(const Ledger& ledger, const fs::path& file) {
  ErasureEvidence out;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(const auto root, journal::trusted_root(db));
    for (const auto& path : files_that_may_tell(ledger.dir(), file))
      if (!add_erased_of_keys(path, out)) static_cast<void>(add_erased_of_ledger(path, root, journal, out));
    return {};
  }));
  return out;
}

Result<std::set<RecordId>> keys_here(const Ledger& ledger) {
  store::Options options;
  options.read_only = true;
  options.application_id = kKeysApplicationId;
  std::set<RecordId> out;
  const auto file = DataDir{ledger.dir()}.person_keys();
  std::error_code ec;
  if (!fs::exists(file, ec)) return out;  // it is made with the first key
  NC_ASSIGN(auto db, store::Database::open(file, options));
  NC_ASSIGN(auto row, db.prepare("SELECT id FROM sealing_key UNION SELECT id FROM more_key"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    out.insert(row.id<RecordId>(0));
  }
}

Result<std::optional<std::int64_t>> restored_up_to(const Ledger& ledger) {
  std::optional<std::int64_t> out;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(auto row, db.prepare("SELECT max(e.received) FROM journal_stream s JOIN journal_entry e ON e.stream = s.id AND e.seq = s.seq "
                                   "WHERE s.node = ?1 AND s.incarnation <> ?2"));
    row.bind_all(ledger.identity().node, ledger.identity().incarnation);
    NC_ASSIGN([[maybe_unused]] const bool found, row.step());
    out = row.optional_integer(0);
    return row.status();
  }));
  return out;
}

}  // namespace nc::records
