// CheckedFile: an attachment whose bytes are what its entry says, whenever they are read.
//
// It is read whole once, when it is opened, and the hash of each chunk of 64 KiB is kept; each later read is held
// against them. So a disk that rots, or a hand in the folder, leads to an error and never to other bytes: nobody gets
// them under the old name, hash and ETag. Memory: 32 bytes a chunk (32 KiB for the largest attachment).
// Threads: any may read.
#pragma once

#include <vector>

#include "base/file_stream.h"
#include "ledger/blobs/file_ref.h"

namespace nc::blobs {

class CheckedFile {
 public:
  // kCorrupt when the bytes are not those that `file` names.
  static Result<CheckedFile> open(InputFile bytes, const FileRef& file);

  [[nodiscard]] std::int64_t size() const { return bytes_.size(); }
  // Fills `into` as far as the file goes; less only at its end. kCorrupt when the bytes have changed since it was opened.
  [[nodiscard]] Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const;

 private:
  CheckedFile(InputFile bytes, std::vector<Digest> chunks) : bytes_(std::move(bytes)), chunks_(std::move(chunks)) {}
  InputFile bytes_;
  std::vector<Digest> chunks_;
};

}  // namespace nc::blobs
