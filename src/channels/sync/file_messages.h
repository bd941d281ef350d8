// Inside the room only: what is said of files, docs/formats/sync.md section "Files".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace nc::sync {

inline constexpr std::size_t kFilesInOneMessage = 256;

// A file as an entry of a part names it.
struct FileName {
  std::string part_tag;  // 6 bytes
  Digest sha256;
  std::int64_t bytes = 0;
  bool operator==(const FileName&) const = default;
};

struct FileWish {
  FileName file;
  std::int64_t here = 0;
};
struct FileBytes {
  FileName file;
  std::int64_t from = 0;
  std::string_view bytes;  // of the message that was read
};
struct FileKept {
  FileName file;
  bool refused = false;
};

[[nodiscard]] std::string encode(const std::vector<FileWish>& wishes);
[[nodiscard]] std::string encode(const std::vector<FileName>& offers);
[[nodiscard]] std::string encode(const FileBytes& bytes);
[[nodiscard]] std::string encode(const std::vector<FileKept>& kept);
// Nothing: it is none. At most kFilesInOneMessage are read.
std::optional<std::vector<FileWish>> decode_wishes(std::string_view content);
std::optional<std::vector<FileName>> decode_offers(std::string_view content);
std::optional<FileBytes> decode_file_bytes(std::string_view content);
std::optional<std::vector<FileKept>> decode_kept(std::string_view content);

}  // namespace nc::sync
