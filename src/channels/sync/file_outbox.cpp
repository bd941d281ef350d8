#include "channels/sync/file_outbox.h"

namespace nc::sync {
namespace {

constexpr std::size_t kHeadBytes = 80;  // of a message of bytes, at most

}  // namespace

Result<std::int64_t> send_file(Outbox& out, const blobs::Store& files, const KnownFile& file, std::int64_t from) {
  const auto bytes = files.open(file.part, file.name.sha256);
  if (!bytes || bytes->size() != file.name.bytes || from > file.name.bytes) return from;
  const auto step = out.piece_bytes(kHeadBytes);
  // A file that is empty, or of which only the end was not noticed, goes as one piece of no bytes.
  for (bool more = true; more && !out.full();) {
    std::string piece(std::min(step, static_cast<std::size_t>(file.name.bytes - from)), '\0');
    NC_ASSIGN(const auto got, bytes->read_at(from, piece));
    if (got != piece.size()) return from;
    NC_TRY(out.put_piece(kFileBytes, encode(FileBytes{file.name, from, piece})));
    from += static_cast<std::int64_t>(got);
    more = from < file.name.bytes;
  }
  return from;
}

}  // namespace nc::sync
