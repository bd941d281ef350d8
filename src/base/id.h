// Strong identifiers: fixed-size byte strings that cannot be mixed up.
//
// Id<Tag, N> is a plain value; the tag makes RecordId and UnitId different types where
// they must not be confused. Text form is lower-case hexadecimal, used at the edges only;
// inside the program and in the database ids are bytes.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nc {

template <typename Tag, std::size_t N>
struct Id {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> bytes{};

  auto operator<=>(const Id&) const = default;
  [[nodiscard]] bool is_zero() const { return *this == Id{}; }

  [[nodiscard]] std::string hex() const {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out(N * 2, '0');
    for (std::size_t i = 0; i < N; ++i) {
      out[2 * i] = kDigits[bytes[i] >> 4];
      out[2 * i + 1] = kDigits[bytes[i] & 15];
    }
    return out;
  }

  // Exactly 2*N lower-case hexadecimal digits, else nothing.
  static std::optional<Id> from_hex(std::string_view text) {
    if (text.size() != N * 2) return std::nullopt;
    Id id;
    for (std::size_t i = 0; i < N * 2; ++i) {
      const char c = text[i];
      int digit = 0;
      if (c >= '0' && c <= '9') digit = c - '0';
      else if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
      else return std::nullopt;
      id.bytes[i / 2] = static_cast<std::uint8_t>((id.bytes[i / 2] << 4) | digit);
    }
    return id;
  }

  // Exactly N bytes, else nothing.
  static std::optional<Id> from_bytes(std::span<const std::uint8_t> raw) {
    if (raw.size() != N) return std::nullopt;
    Id id;
    std::copy(raw.begin(), raw.end(), id.bytes.begin());
    return id;
  }

  [[nodiscard]] std::span<const std::uint8_t> span() const { return bytes; }
};

using RecordId = Id<struct RecordTag, 16>;
using UnitId = RecordId;    // a unit is a record
using PersonId = RecordId;  // an account is a record
using NodeId = Id<struct NodeTag, 16>;
using IncarnationId = Id<struct IncarnationTag, 16>;
using EntryHash = Id<struct EntryTag, 32>;      // SHA-256 of the canonical header
using BodyHash = Id<struct BodyTag, 32>;        // SHA-256 of salt || canonical body
using Digest = Id<struct DigestTag, 32>;        // any other SHA-256
using PublicKey = Id<struct PublicKeyTag, 32>;  // Ed25519
using Signature = Id<struct SignatureTag, 64>;  // Ed25519
using Salt = Id<struct SaltTag, 16>;

}  // namespace nc

template <typename Tag, std::size_t N>
struct std::hash<nc::Id<Tag, N>> {
  std::size_t operator()(const nc::Id<Tag, N>& id) const noexcept {
    // Ids are random or hashes at their end, so the last eight bytes are a good hash.
    std::uint64_t word = 0;
    std::memcpy(&word, id.bytes.data() + N - sizeof(word), sizeof(word));
    return static_cast<std::size_t>(word);
  }
};
