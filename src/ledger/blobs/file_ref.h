// FileRef: how an entry names an attachment (docs/formats/attachments.md, Value). A plain value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/json.h"

namespace nc::blobs {

struct FileRef {
  Digest sha256;                 // of the bytes as they are kept
  std::optional<Digest> chunks;  // SHA-256 over the hashes of its chunks of 64 KiB
  std::string name, media;
  std::int64_t bytes = 0;
  bool operator==(const FileRef&) const = default;
};

[[nodiscard]] Json json_of(const FileRef& file);
// Nothing when the value is none of a file field.
[[nodiscard]] std::optional<FileRef> file_from(const Json& value);
// Every file that a value names: of file and files fields and of columns, known by its form, so that also the entries of
// types that this node does not know are understood.
void collect_files(const Json& value, std::vector<FileRef>& out);

}  // namespace nc::blobs
