#include "ledger/blobs/strip.h"

#include <algorithm>
#include <array>
#include <string>

#include "ledger/blobs/bytes.h"

namespace nc::blobs {
namespace {

using Write = std::function<Status(std::string_view)>;

std::unexpected<Error> damaged() {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The picture is damaged or incomplete"))
                  .then(NC_MSG("Open it on your computer, save it anew and attach that")));
}

// Collects small pieces into large ones.
class Writer {
 public:
  explicit Writer(const Write& write) : write_(write) {}
  Status put(std::uint8_t byte) {
    held_ += static_cast<char>(byte);
    return held_.size() < kPieceBytes ? Status{} : flush();
  }
  Status put(std::string_view bytes) {
    held_ += bytes;
    return held_.size() < kPieceBytes ? Status{} : flush();
  }
  Status big(std::uint32_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) NC_TRY(put(static_cast<std::uint8_t>(value >> (8 * i))));
    return {};
  }
  Status little(std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) NC_TRY(put(static_cast<std::uint8_t>(value >> (8 * i))));
    return {};
  }
  Status copy(ByteReader& in, std::int64_t bytes) {
    for (; bytes > 0; --bytes) {
      const auto next = in.byte();
      if (!in.ok()) return damaged();
      NC_TRY(put(next));
    }
    return {};
  }
  Status flush() {
    if (held_.empty()) return {};
    const auto status = write_(held_);
    held_.clear();
    return status;
  }

 private:
  static constexpr std::size_t kPieceBytes = 64 * 1024;
  const Write& write_;
  std::string held_;
};

// --- JPEG (ITU-T T.81, annex B; Exif 2.3, section 4.5.4) ---

constexpr std::uint32_t kApp0 = 0xe0, kApp1 = 0xe1, kApp2 = 0xe2, kApp14 = 0xee, kApp15 = 0xef, kComment = 0xfe, kScan = 0xda, kEnd = 0xd9;

// Upright when it is anything that Exif does not know.
std::uint8_t orientation_in(std::string_view exif) {
  constexpr std::size_t kHead = 6, kEntry = 12;
  if (!exif.starts_with(std::string_view("Exif\0\0", 6)) || exif.size() < kHead + 10) return 1;
  const auto tiff = exif.substr(kHead);
  const bool small_first = tiff.starts_with("II");
  const auto number = [&](std::size_t at, std::size_t bytes) -> std::size_t {
    std::size_t out = 0;
    for (std::size_t i = 0; i < bytes; ++i) out = (out << 8) | static_cast<unsigned char>(tiff[at + (small_first ? bytes - 1 - i : i)]);
    return out;
  };
  const auto first = number(4, 4);
  if (first > tiff.size() - 2) return 1;
  const auto entries = number(first, 2);
  for (std::size_t i = 0; i < entries && first + 2 + (i + 1) * kEntry <= tiff.size(); ++i) {
    const auto at = first + 2 + i * kEntry;
    if (number(at, 2) != 0x0112) continue;
    const auto value = number(at + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<std::uint8_t>(value) : 1;
  }
  return 1;
}

// An Exif block that says nothing but how the picture is turned.
Status put_orientation(Writer& out, std::uint8_t orientation) {
  const std::array<std::uint8_t, 32> block{'E',  'x',  'i', 'f', 0, 0, 'M', 'M', 0, 42,          0, 0, 0, 8, 0, 1,
                                           0x01, 0x12, 0,   3,   0, 0, 0,   1,   0, orientation, 0, 0, 0, 0, 0, 0};
  NC_TRY(out.big(0xff00 | kApp1, 2));
  NC_TRY(out.big(static_cast<std::uint32_t>(block.size()) + 2, 2));
  for (const auto byte : block) NC_TRY(out.put(byte));
  return {};
}

bool is_kept(std::uint32_t marker, std::string_view content) {
  if (marker == kComment) return false;
  if (marker < kApp0 || marker > kApp15) return true;
  return marker == kApp0 || marker == kApp14 || (marker == kApp2 && content.starts_with("ICC_PROFILE"));
}

struct JpegCopy {
  ByteReader& in;
  Writer& out;
  std::uint8_t orientation = 1;
  bool left_out = false, orientation_written = false;

  Status orient() {
    if (orientation_written || orientation == 1) return {};
    orientation_written = true;
    return put_orientation(out, orientation);
  }

  Status segment(std::uint32_t marker) {
    const auto length = in.big(2);
    if (length < 2 || !in.ok()) return damaged();
    const bool said_beside = marker == kComment || (marker >= kApp0 && marker <= kApp15);
    if (!said_beside) {
      NC_TRY(orient());
      NC_TRY(out.big(0xff00 | marker, 2));
      NC_TRY(out.big(length, 2));
      return out.copy(in, length - 2);
    }
    const auto content = in.text(length - 2);
    if (content.size() != length - 2) return damaged();
    if (is_kept(marker, content)) {
      NC_TRY(out.big(0xff00 | marker, 2));
      NC_TRY(out.big(length, 2));
      return out.put(content);
    }
    if (marker == kApp1 && content.starts_with("Exif")) orientation = std::max(orientation, orientation_in(content));
    left_out = true;
    return {};
  }

  // Entropy-coded bytes up to the next marker, which is returned.
  Result<std::uint32_t> scan() {
    while (in.ok()) {
      const auto byte = in.byte();
      if (!in.ok()) return damaged();
      if (byte != 0xff) {
        NC_TRY(out.put(byte));
        continue;
      }
      std::uint32_t next = in.byte();
      while (next == 0xff && in.ok()) next = in.byte();
      const bool data = next == 0 || (next >= 0xd0 && next <= 0xd7);  // a stuffed byte, or a restart
      if (!in.ok()) return damaged();
      if (!data) return next;
      NC_TRY(out.big(0xff00 | next, 2));
    }
    return damaged();
  }
};

Result<bool> copy_jpeg(const InputFile& file, Writer& out) {
  ByteReader in(file, 2);
  JpegCopy copy{in, out};
  NC_TRY(out.big(0xffd8, 2));
  std::uint32_t marker = 0;
  while (true) {
    if (marker == 0) {
      if (in.byte() != 0xff || !in.ok()) return damaged();
      marker = in.byte();
      while (marker == 0xff && in.ok()) marker = in.byte();
    }
    if (marker == kEnd) break;
    const auto now = std::exchange(marker, 0);
    NC_TRY(copy.segment(now));
    if (now == kScan) { NC_ASSIGN(marker, copy.scan()); }
  }
  NC_TRY(out.big(0xff00 | kEnd, 2));
  return copy.left_out || in.position() < file.size();  // behind the end hide further pictures, and films
}

// --- PNG (ISO/IEC 15948, 5.3) ---

Result<bool> copy_png(const InputFile& file, Writer& out) {
  constexpr std::array<std::string_view, 17> kKept{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT",
                                                   "sRGB", "bKGD", "hIST", "pHYs", "cICP", "acTL", "fcTL", "fdAT"};
  constexpr std::int64_t kHead = 8, kAround = 12;
  ByteReader in(file);
  NC_TRY(out.copy(in, kHead));
  bool left_out = false;
  while (true) {
    const std::int64_t length = in.big(4);
    const auto name = in.text(4);
    if (!in.ok() || in.position() + length + 4 > file.size()) return damaged();
    const bool kept = std::ranges::find(kKept, name) != kKept.end();
    if (kept) {
      NC_TRY(out.big(static_cast<std::uint32_t>(length), 4));
      NC_TRY(out.put(name));
      NC_TRY(out.copy(in, length + kAround - kHead));
    } else {
      in.skip(length + 4);
      left_out = true;
    }
    if (name == "IEND") return left_out || in.position() < file.size();
  }
}

// --- WebP (RFC 9649, section 2.7) ---

bool is_kept_in_webp(std::string_view name) {
  return name == "VP8 " || name == "VP8L" || name == "VP8X" || name == "ALPH" || name == "ANIM" || name == "ANMF" || name == "ICCP";
}

struct WebpSize {
  std::int64_t kept = 4, end = 0;
  bool left_out = false;
};

Result<WebpSize> measure_webp(const InputFile& file) {
  ByteReader in(file, 4);
  WebpSize out;
  out.end = static_cast<std::int64_t>(in.little(4)) + 8;
  if (!in.ok() || out.end > file.size() || out.end < 12) return damaged();
  in.skip(4);
  while (in.position() + 8 <= out.end) {
    const auto name = in.text(4);
    const std::int64_t length = in.little(4);
    const auto padded = length + (length & 1);
    if (!in.ok() || in.position() + length > out.end) return damaged();
    if (is_kept_in_webp(name)) out.kept += 8 + padded;
    else out.left_out = true;
    in.skip(padded);
  }
  out.left_out = out.left_out || out.end < file.size();
  return out;
}

Result<bool> copy_webp(const InputFile& file, Writer& out) {
  constexpr std::uint8_t kExifAndXmp = 0x0c;
  NC_ASSIGN(const auto size, measure_webp(file));
  ByteReader in(file, 12);
  NC_TRY(out.put("RIFF"));
  NC_TRY(out.little(static_cast<std::uint32_t>(size.kept), 4));
  NC_TRY(out.put("WEBP"));
  while (in.position() + 8 <= size.end) {
    const auto name = in.text(4);
    const std::int64_t length = in.little(4);
    const auto padding = length & 1;
    if (!is_kept_in_webp(name)) {
      in.skip(length + padding);
      continue;
    }
    NC_TRY(out.put(name));
    NC_TRY(out.little(static_cast<std::uint32_t>(length), 4));
    std::int64_t left = length;
    if (name == "VP8X" && left > 0) {
      NC_TRY(out.put(static_cast<std::uint8_t>(in.byte() & ~kExifAndXmp)));
      --left;
    }
    NC_TRY(out.copy(in, left));
    in.skip(padding);
    if (padding != 0) NC_TRY(out.put(std::uint8_t{0}));
  }
  return size.left_out;
}

}  // namespace

bool has_metadata_to_strip(std::string_view look) { return look == "jpeg" || look == "png" || look == "webp"; }

Result<bool> copy_without_metadata(std::string_view look, const InputFile& file, const Write& write) {
  Writer out(write);
  auto left_out = look == "jpeg" ? copy_jpeg(file, out) : look == "png" ? copy_png(file, out) : copy_webp(file, out);
  if (left_out) NC_TRY(out.flush());
  return left_out;
}

}  // namespace nc::blobs
