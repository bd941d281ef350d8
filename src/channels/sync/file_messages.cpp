#include "channels/sync/file_messages.h"

#include "base/limits.h"
#include "channels/sync/bytes.h"
#include "channels/sync/runs.h"

namespace nc::sync {
namespace {

void pack(Packer& out, const FileName& file) { out.text(file.part_tag).id(file.sha256).number(file.bytes); }

// A length that no file has makes the whole unreadable.
bool unpack(Unpacker& in, FileName& file) {
  file.part_tag = in.text(kTagBytes);
  file.sha256 = in.id<Digest>();
  file.bytes = in.count();
  return in.good() && file.bytes <= static_cast<std::int64_t>(limits::kBlobBytesMax);
}

template <typename One, typename Read>
std::optional<std::vector<One>> list(std::string_view content, Read read) {
  Unpacker in(content);
  std::vector<One> out;
  while (!in.empty()) {
    One one;
    if (!read(in, one) || !in.good()) return std::nullopt;
    if (out.size() < kFilesInOneMessage) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::string encode(const std::vector<FileWish>& wishes) {
  Packer out;
  for (const auto& one : wishes) {
    pack(out, one.file);
    out.number(one.here);
  }
  return out.take();
}
std::optional<std::vector<FileWish>> decode_wishes(std::string_view content) {
  return list<FileWish>(content, [](Unpacker& in, FileWish& one) {
    const bool good = unpack(in, one.file);
    one.here = in.count();
    return good && one.here <= one.file.bytes;
  });
}

std::string encode(const std::vector<FileName>& offers) {
  Packer out;
  for (const auto& one : offers) pack(out, one);
  return out.take();
}
std::optional<std::vector<FileName>> decode_offers(std::string_view content) { return list<FileName>(content, unpack); }

std::string encode(const FileBytes& bytes) {
  Packer out;
  pack(out, bytes.file);
  return out.number(bytes.from).text(bytes.bytes).take();
}
std::optional<FileBytes> decode_file_bytes(std::string_view content) {
  Unpacker in(content);
  FileBytes out;
  if (!unpack(in, out.file)) return std::nullopt;
  out.from = in.count();
  if (!in.good()) return std::nullopt;
  out.bytes = in.rest();
  if (out.from + static_cast<std::int64_t>(out.bytes.size()) > out.file.bytes) return std::nullopt;
  return out;
}

std::string encode(const std::vector<FileKept>& kept) {
  Packer out;
  for (const auto& one : kept) {
    pack(out, one.file);
    out.byte(one.refused ? 1 : 0);
  }
  return out.take();
}
std::optional<std::vector<FileKept>> decode_kept(std::string_view content) {
  return list<FileKept>(content, [](Unpacker& in, FileKept& one) {
    const bool good = unpack(in, one.file);
    one.refused = in.byte() == 1;
    return good;
  });
}

}  // namespace nc::sync
