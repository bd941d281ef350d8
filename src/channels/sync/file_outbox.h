// Inside the room only: sending bytes of files, after everything else.
#pragma once

#include "channels/sync/file_tables.h"
#include "channels/sync/outbox.h"

namespace nc::sync {

// The bytes of a file from a number on, as far as there is room: from where the next go on. A file that is not here, or is of another
// length than it is named with, is left out, and the answer is `from`.
Result<std::int64_t> send_file(Outbox& out, const blobs::Store& files, const KnownFile& file, std::int64_t from);

// Lists of any length, in messages of a size that fits a frame.
template <typename One>
Status put_list(Outbox& out, std::uint64_t kind, const std::vector<One>& list) {
  constexpr std::size_t kInOne = 8;  // fits the smallest frame
  for (std::size_t at = 0; at < list.size(); at += kInOne) {
    const auto begin = list.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = list.begin() + static_cast<std::ptrdiff_t>(std::min(list.size(), at + kInOne));
    NC_TRY(out.put(kind, encode(std::vector<One>(begin, end))));
  }
  return {};
}

}  // namespace nc::sync
