// Office files are ZIP files: their table of contents (APPNOTE.TXT 4.3.12, 4.3.16) tells what they are. Nothing is unpacked.
#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/blobs/bytes.h"
#include "ledger/blobs/look.h"

namespace nc::blobs {
namespace {

constexpr std::uint32_t kEndSignature = 0x06054b50, kEntrySignature = 0x02014b50, kLocalSignature = 0x04034b50;
constexpr std::int64_t kEndBytes = 22, kCommentBytesMax = 65535;
constexpr std::size_t kEntryNameBytesMax = 1024;

std::unexpected<Error> damaged() {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The file is damaged or incomplete"))
                  .then(NC_MSG("Open it on your computer, save it anew and attach that")));
}

struct Contents {
  std::int64_t offset = 0, entries = 0;
};

Result<Contents> find_contents(const InputFile& file) {
  const auto tail_bytes = std::min(file.size(), kEndBytes + kCommentBytesMax);
  std::string tail(static_cast<std::size_t>(tail_bytes), '\0');
  NC_ASSIGN(const auto got, file.read_at(file.size() - tail_bytes, tail));
  tail.resize(got);
  for (auto at = tail.rfind("PK\x05\x06"); at != std::string::npos; at = at == 0 ? std::string::npos : tail.rfind("PK\x05\x06", at - 1)) {
    ByteReader in(file, file.size() - tail_bytes + static_cast<std::int64_t>(at));
    if (in.little(4) != kEndSignature) continue;
    in.skip(6);
    const std::int64_t entries = in.little(2);
    in.skip(4);
    const std::int64_t offset = in.little(4);
    const std::int64_t comment = in.little(2);
    if (in.ok() && in.position() + comment == file.size()) return Contents{offset, entries};
  }
  return damaged();
}

struct Found {
  std::set<std::string> names;
  std::int64_t unpacked = 0;
};

Result<Found> read_contents(const InputFile& file, const Contents& contents) {
  if (static_cast<std::size_t>(contents.entries) > limits::kArchiveEntriesMax)
    return fail(ErrorCode::kLimit, NC_MSG("The file holds more than {1} parts"), {std::to_string(limits::kArchiveEntriesMax)});
  Found out;
  ByteReader in(file, contents.offset);
  for (std::int64_t i = 0; i < contents.entries; ++i) {
    if (in.little(4) != kEntrySignature) return damaged();
    in.skip(20);
    out.unpacked += in.little(4);
    const auto name_bytes = in.little(2), extra_bytes = in.little(2), comment_bytes = in.little(2);
    in.skip(12);
    if (name_bytes > kEntryNameBytesMax) return damaged();
    out.names.insert(in.text(name_bytes));
    in.skip(extra_bytes + comment_bytes);
    if (!in.ok() || in.position() > file.size()) return damaged();
  }
  if (out.unpacked > limits::kArchiveBytesMax)
    return fail(ErrorCode::kLimit, NC_MSG("The file would unpack to more than {1} MiB"),
                {std::to_string(limits::kArchiveBytesMax / (1024 * 1024))});
  return out;
}

// The first part of an OpenDocument file is its media type, not compressed (OpenDocument 1.3, part 2, 3.3).
std::string open_document_kind(const InputFile& file) {
  ByteReader in(file);
  if (in.little(4) != kLocalSignature) return {};
  in.skip(4);
  const auto method = in.little(2);
  in.skip(8);
  const auto bytes = in.little(4);
  in.skip(4);
  const auto name_bytes = in.little(2), extra_bytes = in.little(2);
  if (method != 0 || name_bytes != 8 || bytes > 200 || in.text(8) != "mimetype") return {};
  in.skip(extra_bytes);
  const auto media = in.text(bytes);
  constexpr std::string_view kStart = "application/vnd.oasis.opendocument.";
  if (!media.starts_with(kStart)) return {};
  const auto kind = media.substr(kStart.size());
  return kind == "text" ? "odt" : kind == "spreadsheet" ? "ods" : kind == "presentation" ? "odp" : "";
}

// Macros, scripts, controls and programs that an office program might start.
bool is_active(const std::string& name) {
  const auto low = fold(name);
  for (const std::string_view start : {"basic/", "scripts/", "dialogs/"})
    if (low.starts_with(start)) return true;
  for (const std::string_view within :
       {"vbaproject", "vbadata", "activex/", "macrosheets/", "intlmacrosheets/", "oleobject", "attachedtoolbars"})
    if (low.find(within) != std::string::npos) return true;
  return false;
}

}  // namespace

Result<std::string> look_at_archive(const InputFile& file) {
  NC_ASSIGN(const auto contents, find_contents(file));
  NC_ASSIGN(const auto found, read_contents(file, contents));
  if (std::ranges::any_of(found.names, is_active))
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("The file carries macros or embedded programs"))
                    .then(NC_MSG("Save it without them, or as PDF, and attach that")));
  auto kind = open_document_kind(file);
  if (kind.empty() && found.names.contains("[Content_Types].xml"))
    kind = found.names.contains("word/document.xml")      ? "docx"
           : found.names.contains("xl/workbook.xml")      ? "xlsx"
           : found.names.contains("ppt/presentation.xml") ? "pptx"
                                                          : "";
  if (kind.empty())
    return fail(
        Error(ErrorCode::kUnsupported, NC_MSG("An archive is not taken")).then(NC_MSG("Attach the files that are in it one by one")));
  return kind;
}

}  // namespace nc::blobs
