#include "ledger/blobs/file_ref.h"

namespace nc::blobs {

Json json_of(const FileRef& file) {
  Json out;
  out.set("sha256", file.sha256.hex()).set("name", file.name).set("media", file.media).set("bytes", file.bytes);
  if (file.chunks) out.set("chunks", file.chunks->hex());
  return out;
}

std::optional<FileRef> file_from(const Json& value) {
  const auto hash = Digest::from_hex(value.text("sha256"));
  if (!hash || !value["bytes"].is_int()) return std::nullopt;
  return FileRef{*hash, Digest::from_hex(value.text("chunks")), value.text("name"), value.text("media"), value.integer("bytes")};
}

void collect_files(const Json& value, std::vector<FileRef>& out) {
  if (value.is_array())
    for (const auto& element : value.as_array()) collect_files(element, out);
  if (!value.is_object()) return;
  if (auto file = file_from(value)) {
    out.push_back(std::move(*file));
    return;
  }
  for (const auto& [key, member] : value.as_object()) collect_files(member, out);
}

}  // namespace nc::blobs
