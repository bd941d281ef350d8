// Inside the room only: batches that no good seal vouches for, as they lie in journal_kept_aside.
#pragma once

#include "ledger/journal/admission.h"

namespace nc::journal {

std::string pack_batch(const std::vector<Journal::Incoming>& entries);
Result<std::vector<Journal::Incoming>> unpack_batch(std::string_view bytes);
// What stands for a batch of these bytes under that seal, so that it is kept once.
Digest batch_digest(const std::string& bytes, const Signature& seal);

// A purge reaches what was refused, too: empties the bodies of purged entries, and bodies equal to theirs
// under another header. True when there was one.
Result<bool> drop_purged(store::Database& db, Admission& admission, std::vector<Journal::Incoming>& entries);
// The same in every batch that is kept.
Result<bool> drop_purged_aside(store::Database& db, Admission& admission);

}  // namespace nc::journal
