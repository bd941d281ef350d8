// Inside the room only: numbers, ids and texts one after the other, as docs/formats/sync.md writes them.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "base/id.h"

namespace nc::sync {

class Packer {
 public:
  Packer& byte(unsigned value) {
    out_ += static_cast<char>(value);
    return *this;
  }
  Packer& number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<unsigned>(value & 0x7f) | 0x80);
    return byte(static_cast<unsigned>(value));
  }
  Packer& number(std::int64_t value) { return number(static_cast<std::uint64_t>(value)); }
  Packer& signed_number(std::int64_t value) {
    return number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  template <typename SomeId>
  Packer& id(const SomeId& id) {
    out_.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
    return *this;
  }
  Packer& text(std::string_view text) {
    out_ += text;
    return *this;
  }
  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] const std::string& bytes() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// After a false step everything is zero and good() says so.
class Unpacker {
 public:
  explicit Unpacker(std::string_view in) : in_(in) {}
  unsigned byte() {
    if (in_.empty()) return bad();
    const auto out = static_cast<unsigned char>(in_.front());
    in_.remove_prefix(1);
    return out;
  }
  std::uint64_t number() {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto part = byte();
      out |= static_cast<std::uint64_t>(part & 0x7f) << shift;
      if (part < 0x80) return out;
    }
    return bad();
  }
  // A count of things of at least one byte each, or an own number: never negative, never beyond 2^53.
  std::int64_t count() {
    const auto out = number();
    return out >> 53 == 0 ? static_cast<std::int64_t>(out) : static_cast<std::int64_t>(bad());
  }
  std::int64_t signed_number() {
    const auto value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  template <typename SomeId>
  SomeId id() {
    SomeId out;
    const auto from = text(SomeId::kSize);
    if (from.size() == SomeId::kSize) std::memcpy(out.bytes.data(), from.data(), SomeId::kSize);
    return out;
  }
  std::string_view text(std::uint64_t size) {
    if (size > in_.size()) {
      bad();
      return {};
    }
    const auto out = in_.substr(0, static_cast<std::size_t>(size));
    in_.remove_prefix(static_cast<std::size_t>(size));
    return out;
  }
  std::string_view rest() { return std::exchange(in_, {}); }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool empty() const { return in_.empty(); }

 private:
  unsigned bad() {
    good_ = false;
    in_ = {};
    return 0;
  }
  std::string_view in_;
  bool good_ = true;
};

}  // namespace nc::sync
