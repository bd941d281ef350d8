// Inside the room: the two hashes of a file, while its bytes go by.
#pragma once

#include "base/limits.h"
#include "foundation/crypto/hash.h"
#include "ledger/blobs/file_ref.h"

namespace nc::blobs {

class BlobHasher {
 public:
  void update(std::string_view bytes) {
    whole_.update(bytes);
    bytes_ += static_cast<std::int64_t>(bytes.size());
    while (!bytes.empty()) {
      const auto piece = bytes.substr(0, limits::kBlobChunkBytes - in_chunk_);
      chunk_.update(piece);
      in_chunk_ += piece.size();
      bytes.remove_prefix(piece.size());
      if (in_chunk_ == limits::kBlobChunkBytes) close_chunk();
    }
  }
  void finish(FileRef& into) {
    if (in_chunk_ > 0 || bytes_ == 0) close_chunk();
    into.sha256 = whole_.finish();
    into.chunks = manifest_.finish();
    into.bytes = bytes_;
  }

 private:
  void close_chunk() {
    manifest_.update(chunk_.finish().span());
    in_chunk_ = 0;
  }
  crypto::Sha256 whole_, chunk_, manifest_;
  std::size_t in_chunk_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace nc::blobs
