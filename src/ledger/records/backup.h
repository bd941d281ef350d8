// Backups: one file with the journal, the derived state, the small files that a node needs, and what its people keep beside
// the ledger: saved views and the codes of figures (local_stores.h).
//
// The node's signing keys, passwords and sessions are never in it: a restored node is a new
// incarnation with a key of its own (docs/LEDGER.md section 4). docs/operations/backup.md.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/progress.h"
#include "base/rng.h"
#include "foundation/store/database.h"

namespace nc::records {

// An attached file that a backup does not hold.
struct LeftOut {
  RecordId record;
  Digest sha256;
  std::string name;
  bool missing = false;  // else its bytes are not what its entry says
};

// Of one moment, whatever is saved meanwhile. Only the database; given up, it leaves no file.
Status copy_database(store::Database& from, const std::filesystem::path& file, const Progress& progress);

struct BackupReport {
  std::int64_t bytes = 0, entries = 0;
  std::vector<LeftOut> left_out;     // one rotten picture keeps nobody from the ledger
  std::vector<std::string> damaged;  // small databases beside the ledger (local_stores.h) that it goes without
};
// May run while another process serves the directory. Refuses an existing file. Given up, it leaves no file.
Result<BackupReport> backup_directory(const std::filesystem::path& dir, const std::filesystem::path& file,
                                      const Clock& clock = system_clock(), const Progress& progress = {});

// What the backup itself says that it does not hold.
Result<std::vector<LeftOut>> left_out_of(const std::filesystem::path& file);

struct RestoreReport {
  std::int64_t entries = 0;
  std::int64_t made_ms = 0;       // when the backup was made
  bool certified = false;         // by the recovery key; else it cannot write until its superior certifies it
  std::vector<LeftOut> left_out;  // files that entries name and that did not come with it
};
// Into a new or empty directory. `recovery_key` is the file that init wrote as keys/recovery.key, or empty.
Result<RestoreReport> restore_backup(const std::filesystem::path& file, const std::filesystem::path& dir,
                                     const std::filesystem::path& recovery_key, Rng& rng = system_rng());

}  // namespace nc::records
