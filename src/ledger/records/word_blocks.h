// Inside the room: sets of documents within one block of the word index, and how they are stored.
//
// Documents are numbered from 1 without gaps. A block is kBlockDocs of them, and they go into it kPackDocs at a time: what
// came after the last whole pack is the tail, which is read as it stands in the record. So a save writes no postings, and a pack
// writes each of its terms once.
// Values; any thread.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace nc::records {

inline constexpr std::int64_t kBlockDocs = 4096, kPackDocs = 512;
static_assert(kBlockDocs % kPackDocs == 0);

// How many documents stand in blocks when there are `docs` of them.
constexpr std::int64_t packed_of(std::int64_t docs) { return docs / kPackDocs * kPackDocs; }
constexpr std::int64_t block_of(std::int64_t doc) { return (doc - 1) / kBlockDocs; }
constexpr std::size_t place_of(std::int64_t doc) { return static_cast<std::size_t>((doc - 1) % kBlockDocs); }
constexpr std::int64_t doc_at(std::int64_t block, std::size_t place) { return block * kBlockDocs + static_cast<std::int64_t>(place) + 1; }

class DocSet {
 public:
  void set(std::size_t place, bool in) {
    const auto bit = std::uint64_t{1} << (place % 64);
    if (in) words_[place / 64] |= bit;
    else words_[place / 64] &= ~bit;
  }
  [[nodiscard]] bool has(std::size_t place) const { return (words_[place / 64] >> (place % 64) & 1) != 0; }
  [[nodiscard]] std::size_t count() const {
    std::size_t out = 0;
    for (const auto word : words_) out += static_cast<std::size_t>(std::popcount(word));
    return out;
  }
  [[nodiscard]] bool empty() const {
    for (const auto word : words_)
      if (word != 0) return false;
    return true;
  }
  void fill(std::size_t places) {
    for (std::size_t i = 0; i < places / 64; ++i) words_[i] = ~std::uint64_t{0};
    for (auto i = places / 64 * 64; i < places; ++i) set(i, true);
  }
  DocSet& operator&=(const DocSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  DocSet& operator-=(const DocSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  DocSet& operator|=(const DocSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  bool operator==(const DocSet&) const = default;
  template <typename Visit>
  void each(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (auto rest = words_[i]; rest != 0; rest &= rest - 1) visit(i * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
  }

  // Fewer than 256 documents are their places as 16-bit numbers, rising; more are one bit for each place of the block. Low
  // byte, low bit first.
  [[nodiscard]] std::string bytes() const;
  // Adds what the bytes say; false when they say nothing sensible.
  bool add(std::string_view bytes);

 private:
  std::array<std::uint64_t, kBlockDocs / 64> words_{};
};

// A column of numbers, one for each place of a block.
static_assert(std::endian::native == std::endian::little);  // Debian amd64: a number lies there as it is stored
template <typename Number>
Number cell_at(std::string_view cells, std::size_t place) {
  Number out = 0;
  if (const auto at = place * sizeof(Number); at + sizeof(Number) <= cells.size()) std::memcpy(&out, cells.data() + at, sizeof(Number));
  return out;
}
template <typename Number>
void put_cell(std::string& cells, std::size_t place, Number value) {
  const auto at = place * sizeof(Number);
  if (cells.size() < at + sizeof(Number)) cells.resize(at + sizeof(Number), '\0');
  auto rest = static_cast<std::make_unsigned_t<Number>>(value);
  for (std::size_t i = 0; i < sizeof(Number); ++i, rest >>= 8) cells[at + i] = static_cast<char>(rest & 0xff);
}

}  // namespace nc::records
