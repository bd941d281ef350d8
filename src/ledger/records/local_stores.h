// The small databases of a data directory beside the ledger in which words that people typed may stand: which there are, what a
// purge does to each, and which of them a backup holds. docs/operations/data-directory.md names them all.
//
// What a purge takes out of them: a row goes when one of its texts (a name, a value of an address), or a word of one, stands in
// what is purged and in no text that is left in the ledger. Drafts go all, for nobody can tell what a half-written text
// repeats; so does the folder of works, by its owner (kPurgedMark).
// Threads: those of the connection given. Errors: kIo, kFull, kCorrupt, kBusy.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/journal/journal.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/ledger.h"

namespace nc::records {

struct LocalStore {
  const char* file;
  std::uint32_t application_id;
  const char* texts;   // key, name and address of each row, as SQL; null: no row is read, all go
  const char* forget;  // the row of key ?1, or all rows
  bool in_backup;
};

inline constexpr LocalStore kDraftsStore{"drafts.db", 0x4e434446, nullptr, "DELETE FROM draft", false};  // "NCDF"
inline constexpr LocalStore kViewsStore{"views.db", 0x4e435657, "SELECT hex(person) || hex(id), name, target FROM view",
                                        "DELETE FROM view WHERE hex(person) || hex(id) = ?1", true};  // "NCVW"
inline constexpr LocalStore kCodesStore{"codes.db", 0x4e434643, "SELECT code, '', question FROM code", "DELETE FROM code WHERE code = ?1",
                                        true};  // "NCFC"
inline constexpr std::array kLocalStores{kDraftsStore, kViewsStore, kCodesStore};

// A file of this name in the folder of works says that all that lies there is to be destroyed.
inline constexpr const char* kPurgedMark = "purged";

// For the bodies that are purged and still lie in the ledger; before they are destroyed, so that a power cut between leaves
// them to be asked again. Nothing happens when there are none.
Status forget_purged(store::Database& ledger, const journal::Journal& journal, const catalog::Catalog& catalog, const DataDir& dir);

// Into a backup. Returns the names of those that cannot be read, which it goes without.
Result<std::vector<std::string>> put_local_stores(const DataDir& dir, bool nobody_writes, store::Database& backup);
// Out of one, into a directory that has none of them.
Status take_local_stores(store::Database& backup, const DataDir& dir);

}  // namespace nc::records
