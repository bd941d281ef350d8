// Inside the room only: is a seal right?
#pragma once

#include "ledger/journal/rows.h"

namespace nc::journal {

// The entry that a seal is over.
struct SealedHead {
  EntryHash hash;
  std::optional<EntryHash> auth;  // none: it founds the tree
  Standing standing = Standing::kAdmitted;
};

// Made by a key that was certified for the stream's node under the authority that the entry names. Also true where no
// key can be known, and where nothing leans on the entry: its authority is missing here, or the node was cut away.
Result<bool> seal_is_good(store::Database& db, const StreamKey& key, std::int64_t seq, const SealedHead& head, const Signature& signature);

}  // namespace nc::journal
