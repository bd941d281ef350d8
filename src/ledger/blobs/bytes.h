// Inside the room: a file read from the front, in pieces, without holding it.
#pragma once

#include <array>
#include <span>
#include <string>

#include "base/file_stream.h"

namespace nc::blobs {

// One byte after the other; after the end, or a fault of the disk, ok() is false and zeros come.
class ByteReader {
 public:
  explicit ByteReader(const InputFile& file, std::int64_t offset = 0) : file_(file), next_(offset) {}
  std::uint8_t byte() {
    if (at_ == filled_ && !fill()) return 0;
    return static_cast<std::uint8_t>(buffer_[at_++]);
  }
  std::uint32_t big(int bytes) {
    std::uint32_t out = 0;
    for (int i = 0; i < bytes; ++i) out = (out << 8) | byte();
    return out;
  }
  std::uint32_t little(int bytes) {
    std::uint32_t out = 0;
    for (int i = 0; i < bytes; ++i) out |= static_cast<std::uint32_t>(byte()) << (8 * i);
    return out;
  }
  std::string text(std::size_t bytes) {  // shorter at the end; only for small pieces
    std::string out;
    while (out.size() < bytes && ok()) {
      const char c = static_cast<char>(byte());
      if (ok()) out += c;
    }
    return out;
  }
  void skip(std::int64_t bytes) { seek(position() + bytes); }
  void seek(std::int64_t to) {
    next_ = to;
    at_ = filled_ = 0;
  }
  [[nodiscard]] std::int64_t position() const { return next_ - static_cast<std::int64_t>(filled_ - at_); }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  bool fill() {
    const auto got = file_.read_at(next_, buffer_);
    at_ = 0;
    filled_ = got ? *got : 0;
    next_ += static_cast<std::int64_t>(filled_);
    if (filled_ == 0) ok_ = false;
    return filled_ > 0;
  }
  const InputFile& file_;
  std::int64_t next_;
  std::size_t at_ = 0, filled_ = 0;
  bool ok_ = true;
  std::array<char, 16 * 1024> buffer_{};
};

}  // namespace nc::blobs
