// What is known here of erased keys besides journal and keys.db, asked before a copy of keys is taken back: an old backup of the
// ledger and an old copy of the keys know nothing of an erasure that came after both, while newer copies beside them may.
#pragma once

#include <filesystem>
#include <optional>
#include <set>

#include "ledger/records/ledger.h"

namespace nc::records {

struct ErasureEvidence {
  std::set<RecordId> erased;
  std::int64_t key_copies = 0, ledger_copies = 0;  // that could be read
};
// Looks into every copy of keys and every backup of a ledger of the same tree that lies in the folders of the plan
// (backup.json), in DIR/key-backups, and beside `file`. What cannot be read says nothing.
Result<ErasureEvidence> evidence_of_erasures(const Ledger& ledger, const std::filesystem::path& file);

// The records whose sealed values open here now, by id of key.
Result<std::set<RecordId>> keys_here(const Ledger& ledger);

// When this node is a restored one: up to when its journal tells of what its former self did. Nothing: it is its own first
// self, and its journal tells of every erasure that it ever took in.
Result<std::optional<std::int64_t>> restored_up_to(const Ledger& ledger);

}  // namespace nc::records
