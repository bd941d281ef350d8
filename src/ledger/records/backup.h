// Backups: one file with the journal, the derived state and the small files that a node needs.
//
// The node's signing keys, passwords and sessions are never in it: a restored node is a new
// incarnation with a key of its own (docs/LEDGER.md section 4). docs/operations/backup.md.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/rng.h"

namespace nc::records {

struct BackupReport {
  std::int64_t bytes = 0, entries = 0;
};
// May run while another process serves the directory. Refuses an existing file.
Result<BackupReport> backup_directory(const std::filesystem::path& dir, const std::filesystem::path& file,
                                      const Clock& clock = system_clock());

struct RestoreReport {
  std::int64_t entries = 0;
  std::int64_t made_ms = 0;  // when the backup was made
  bool certified = false;    // by the recovery key; else it cannot write until its superior certifies it
};
// Into a new or empty directory. `recovery_key` is the file that init wrote as keys/recovery.key, or empty.
Result<RestoreReport> restore_backup(const std::filesystem::path& file, const std::filesystem::path& dir,
                                     const std::filesystem::path& recovery_key, Rng& rng = system_rng());

}  // namespace nc::records
