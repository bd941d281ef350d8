// Care of a node that serves: what takes long, telling how far it is, on connections of its own, so that nobody who reads or
// saves waits for it. Each reads one snapshot; the write-ahead log grows meanwhile.
// Threads: any; one of them at a time is for the caller to see to.
#pragma once

#include <filesystem>
#include <optional>

#include "base/progress.h"
#include "ledger/records/ledger.h"

namespace nc::records {

// Ledger::verify.
Result<journal::VerifyReport> verify_entries(const Ledger& ledger, const Progress& progress);
// Ledger::verify_files.
Result<FileReport> verify_attachments(const Ledger& ledger, const Progress& progress);
// Ledger::rebuild(true), on a copy of the database, made in `folder` and destroyed afterwards, also when the check is
// given up. kFull when the disk has no room for it.
Result<Ledger::RebuildReport> check_derived(const Ledger& ledger, const std::filesystem::path& folder, const Progress& progress);

// What a plan makes when it is due, made now, with what the plan then deletes: the ledger, and the keys of personal data.
struct BackupsMade {
  std::filesystem::path ledger;
  std::optional<std::filesystem::path> keys;
  std::int64_t entries = 0, bytes = 0, left_out = 0;  // of the ledger's; attached files that it lacks
};
Result<BackupsMade> back_up_now(const std::filesystem::path& dir, const Clock& clock, const Progress& progress);

}  // namespace nc::records
