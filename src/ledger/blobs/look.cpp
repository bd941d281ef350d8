#include "ledger/blobs/look.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/blobs/bytes.h"
#include "ledger/blobs/file_name.h"

namespace nc::blobs {
namespace {

using namespace std::string_view_literals;

std::unexpected<Error> damaged() {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The file is damaged or incomplete"))
                  .then(NC_MSG("Open it on your computer, save it anew and attach that")));
}

Status check_pixels(std::int64_t width, std::int64_t height) {
  if (width <= 0 || height <= 0) return damaged();
  if (width <= limits::kPicturePixelsMax && height <= limits::kPicturePixelsMax / width) return {};
  return fail(Error(ErrorCode::kLimit, NC_MSG("The picture has {1} x {2} pixels, more than {3} million"),
                    {std::to_string(width), std::to_string(height), std::to_string(limits::kPicturePixelsMax / 1'000'000)})
                  .then(NC_MSG("Save it smaller and attach that")));
}

bool is_frame_header(std::uint32_t marker) {  // SOF0 to SOF15 but DHT, JPG and DAC (ITU-T T.81, table B.1)
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

Status check_jpeg(const InputFile& file) {
  ByteReader in(file, 2);
  while (in.ok()) {
    if (in.byte() != 0xff) return damaged();
    std::uint32_t marker = in.byte();
    while (marker == 0xff && in.ok()) marker = in.byte();
    if (marker == 0xda || marker == 0xd9) return damaged();  // the picture begins, or ends, before its size was said
    const auto length = in.big(2);
    if (length < 2) return damaged();
    if (is_frame_header(marker)) {
      in.skip(1);
      const auto height = in.big(2), width = in.big(2);
      return in.ok() ? check_pixels(width, height) : damaged();
    }
    in.skip(length - 2);
    if (in.position() > file.size()) return damaged();
  }
  return damaged();
}

Status check_png(const InputFile& file) {
  ByteReader in(file, 8);
  if (in.big(4) != 13 || in.text(4) != "IHDR") return damaged();
  const auto width = in.big(4), height = in.big(4);
  return in.ok() ? check_pixels(width, height) : damaged();
}

Status check_webp(const InputFile& file) {
  ByteReader in(file, 12);
  const auto kind = in.text(4);
  in.skip(4);
  if (kind == "VP8X") {
    in.skip(4);
    const std::int64_t width = in.little(3) + 1, height = in.little(3) + 1;
    return in.ok() ? check_pixels(width, height) : damaged();
  }
  if (kind == "VP8L") {
    in.skip(1);
    const auto bits = in.little(4);
    return in.ok() ? check_pixels((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1) : damaged();
  }
  if (kind != "VP8 ") return damaged();
  in.skip(6);
  const std::int64_t width = in.little(2) & 0x3fff, height = in.little(2) & 0x3fff;
  return in.ok() ? check_pixels(width, height) : damaged();
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Any character of a name may be written as #hh: /J#61vaScript is /JavaScript (ISO 32000-1, 7.3.5). What may be the
// beginning of such a one waits in `raw` for the next piece.
void append_unescaped(std::string& raw, std::string& out) {
  std::size_t at = 0;
  while (at < raw.size()) {
    const auto mark = std::min(raw.find('#', at), raw.size());
    out.append(raw, at, mark - at);
    at = mark;
    if (raw.size() - at < 3) break;
    const int high = hex_value(raw[at + 1]), low = hex_value(raw[at + 2]);
    const bool escape = high >= 0 && low >= 0;
    out += escape ? static_cast<char>(high * 16 + low) : '#';
    at += escape ? 3 : 1;
  }
  raw.erase(0, at);
}

// Names of actions that run something. /JS stands in those two that have scripts, and is too short to be looked for in
// compressed pictures. What lies in compressed objects is not seen (the format page says so).
Status check_pdf(const InputFile& file) {
  constexpr std::array kActive = {"/JavaScript"sv, "/Launch"sv, "/RichMedia"sv, "/EmbeddedFile"sv, "/Rendition"sv};
  constexpr std::size_t kPieceBytes = 64 * 1024, kOverlap = 16;
  std::string raw, window;
  std::string piece(kPieceBytes, '\0');
  for (std::int64_t at = 0; at < file.size();) {
    NC_ASSIGN(const auto got, file.read_at(at, piece));
    if (got == 0) break;
    raw.append(piece, 0, got);
    append_unescaped(raw, window);
    for (const auto word : kActive)
      if (window.find(word) != std::string::npos)
        return fail(Error(ErrorCode::kUnsupported, NC_MSG("The PDF carries programs or files ({1})"), {std::string(word)})
                        .then(NC_MSG("Print it to PDF anew and attach that")));
    window.erase(0, window.size() - std::min(window.size(), kOverlap));
    at += static_cast<std::int64_t>(got);
  }
  return {};
}

// UTF-8 without control characters, from beginning to end.
Result<bool> is_text(const InputFile& file) {
  std::string piece(64 * 1024, '\0'), rest;
  for (std::int64_t at = 0; at < file.size();) {
    NC_ASSIGN(const auto got, file.read_at(at, piece));
    if (got == 0) break;
    at += static_cast<std::int64_t>(got);
    rest.append(piece, 0, got);
    if (std::ranges::any_of(rest,
                            [](char c) { return (c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || c == 0x7f; }))
      return false;
    // A character may be cut at the end of the piece: its bytes wait for the next.
    std::size_t whole = rest.size();
    for (std::size_t back = 1; back <= 3 && back <= rest.size(); ++back)
      if ((static_cast<unsigned char>(rest[rest.size() - back]) & 0xc0U) == 0xc0U) whole = rest.size() - back;
    if (at >= file.size()) whole = rest.size();
    if (!is_utf8(std::string_view(rest).substr(0, whole)) && whole > 0) {
      whole = rest.size();
      if (!is_utf8(rest)) return false;
    }
    rest.erase(0, whole);
  }
  return rest.empty();
}

// Of an MPEG audio frame: sync, version, layer III, bit rate and sampling rate that there are (ISO/IEC 11172-3, 2.4.1.3).
bool is_mp3_frame(std::string_view head) {
  if (head.size() < 4) return false;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(head[i]); };
  return at(0) == 0xff && (at(1) & 0xe0U) == 0xe0U && (at(1) & 0x18U) != 0x08U && (at(1) & 0x06U) == 0x02U && (at(2) & 0xf0U) != 0xf0U &&
         (at(2) & 0xf0U) != 0 && (at(2) & 0x0cU) != 0x0cU;
}

Result<std::string> named(const Status& checked, const char* look) {
  if (!checked) return fail(checked.error());
  return std::string(look);
}

Result<std::string> look_of(const InputFile& file) {
  std::string head(64, '\0');
  NC_ASSIGN(const auto got, file.read_at(0, head));
  head.resize(got);
  if (head.starts_with("%PDF-")) return named(check_pdf(file), "pdf");
  if (head.starts_with("\xff\xd8\xff"sv)) return named(check_jpeg(file), "jpeg");
  if (head.starts_with("\x89PNG\r\n\x1a\n"sv)) return named(check_png(file), "png");
  if (head.starts_with("RIFF") && head.size() > 12 && head.substr(8, 4) == "WEBP") return named(check_webp(file), "webp");
  if (head.starts_with("PK\x03\x04")) return look_at_archive(file);
  if (head.starts_with("ID3") || is_mp3_frame(head)) return std::string("mp3");
  if (head.size() > 12 && head.substr(4, 4) == "ftyp" && head.substr(8, 3) == "M4A") return std::string("m4a");
  NC_ASSIGN(const bool text, is_text(file));
  return text ? std::string("text") : std::string();
}

std::string labels_of(const std::vector<catalog::MediaType>& kinds) {
  std::vector<std::string> out;
  for (const auto& kind : kinds) out.push_back(kind.extensions.front());
  return join(out, ", ");
}

}  // namespace

Result<const catalog::MediaType*> look_at(const InputFile& file, std::string_view name, const std::vector<catalog::MediaType>& kinds) {
  if (file.size() == 0) return fail(Error(ErrorCode::kInvalid, NC_MSG("The file is empty")).then(NC_MSG("Choose the right file")));
  NC_ASSIGN(const auto look, look_of(file));
  const auto ending = ending_of(name);
  const catalog::MediaType* found = nullptr;
  for (const auto& kind : kinds) {
    if (kind.look != look) continue;
    const bool named_so = std::ranges::find(kind.extensions, ending) != kind.extensions.end();
    if (found == nullptr || named_so) found = &kind;
    if (named_so) break;
  }
  if (found == nullptr)
    return fail(
        Error(ErrorCode::kUnsupported, NC_MSG("Files of this kind are not taken"), {labels_of(kinds)}).then(NC_MSG("Taken are: {1}")));
  if (file.size() > found->bytes_max)
    return fail(Error(ErrorCode::kLimit, NC_MSG("The file is larger than {1} MiB"), {std::to_string(found->bytes_max / (1024 * 1024))})
                    .then(NC_MSG("Save it smaller, or in several files")));
  return found;
}

}  // namespace nc::blobs
