// The columns as bytes: written to columns.bin and read back at start (docs/formats/columns.md).
// Derived state: whatever is wrong with the bytes, the columns are made anew from the records.
#pragma once

#include <string>
#include <string_view>

#include "insight/stats/store.h"

namespace nc::stats {

inline constexpr std::uint32_t kSavedVersion = 4;

// Precondition: settled, clusters not stale.
std::string saved_bytes(const Columns::Store& store, const Digest& stamp);
// Fills an empty store. kCorrupt: not whole, kUnsupported: another version, kConflict: of another stamp; the
// store is then empty again. Any bytes whatever do no harm.
nc::Status read_saved(std::string_view bytes, const Digest& stamp, Columns::Store& store);
// The same without the frame of version, stamp and checksum: for the fuzz target.
nc::Status read_saved_body(std::string_view body, Columns::Store& store);

}  // namespace nc::stats
