#include "ledger/blobs/checked_file.h"

#include <algorithm>

#include "ledger/blobs/hashing.h"

namespace nc::blobs {
namespace {

constexpr auto kChunk = static_cast<std::int64_t>(limits::kBlobChunkBytes);

Error changed(const Digest& now) {
  return Error(ErrorCode::kCorrupt, NC_MSG("The attachment's bytes have changed: their SHA-256 is {1}"), {now.hex()})
      .then(NC_MSG("Restore them from a backup, or attach the file again"));
}

}  // namespace

Result<CheckedFile> CheckedFile::open(InputFile bytes, const FileRef& file) {
  BlobHasher hasher;
  std::vector<Digest> chunks;
  std::string piece(limits::kBlobChunkBytes, '\0');
  for (std::int64_t at = 0; at < bytes.size(); at += kChunk) {
    NC_ASSIGN(const auto got, bytes.read_at(at, piece));
    const auto read = std::string_view(piece).substr(0, got);
    hasher.update(read);
    chunks.push_back(crypto::sha256(read));
  }
  FileRef now;
  hasher.finish(now);
  if (now.sha256 != file.sha256 || now.bytes != file.bytes || (file.chunks && file.chunks != now.chunks)) return fail(changed(now.sha256));
  return CheckedFile(std::move(bytes), std::move(chunks));
}

Result<std::size_t> CheckedFile::read_at(std::int64_t offset, std::span<char> into) const {
  std::size_t done = 0;
  std::string chunk(limits::kBlobChunkBytes, '\0');
  while (done < into.size() && offset < size()) {
    const auto number = static_cast<std::size_t>(offset / kChunk);
    NC_ASSIGN(const auto got, bytes_.read_at(offset / kChunk * kChunk, chunk));
    const auto now = crypto::sha256(std::string_view(chunk).substr(0, got));
    if (now != chunks_[number]) return fail(changed(now));
    const auto from = static_cast<std::size_t>(offset % kChunk);
    const auto taken = std::min(got - from, into.size() - done);
    std::copy_n(chunk.begin() + static_cast<std::ptrdiff_t>(from), taken, into.begin() + static_cast<std::ptrdiff_t>(done));
    done += taken;
    offset += static_cast<std::int64_t>(taken);
  }
  return done;
}

}  // namespace nc::blobs
