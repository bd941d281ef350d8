// A column of numbers of which most are absent or small. Private to this room.
//
// Rows lie in blocks; a block keeps its numbers in as few bytes as its widest one needs (1, 2, 4 or 8):
// where few rows have one, only these with their places, else one for every row. An empty block takes none.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace nc::stats {

class NarrowColumn {
 public:
  // Absent beyond the last row that was set.
  [[nodiscard]] std::optional<std::int64_t> get(std::uint32_t row) const;
  // The smallest number of all is kept as the one above it; nothing else is changed.
  void set(std::uint32_t row, std::optional<std::int64_t> value);
  void clear() { blocks_.clear(); }
  // `visit(row, value)` for every row that has one, in order.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (std::uint32_t block = 0; block < blocks_.size(); ++block)
      for (std::uint32_t place = 0; place < kBlockRows && blocks_[block].width != 0; ++place)
        if (const auto value = get(block * kBlockRows + place)) visit(block * kBlockRows + place, *value);
  }
  // Every block written or read by an archive (saved.cpp).
  template <typename Archive>
  void save(Archive& archive) const {
    archive.list(blocks_, [&](const Block& block) {
      archive.number(block.width);
      archive.number(static_cast<std::uint8_t>(block.dense ? 1 : 0));
      archive.block(block.places), archive.block(block.numbers);
    });
  }
  template <typename Archive>
  void save(Archive& archive) {
    archive.list(blocks_, [&](Block& block) {
      std::uint8_t dense = 0;
      archive.number(block.width), archive.number(dense);
      archive.block(block.places), archive.block(block.numbers);
      block.dense = dense == 1;
      archive.want(dense <= 1 && block.whole());
    });
  }
  // Gives back what was taken for growing.
  void shrink();
  [[nodiscard]] std::size_t bytes() const;

 private:
  static constexpr std::uint32_t kBlockRows = 4096;

  struct Block {
    std::uint8_t width = 0;             // bytes a number; 0: an empty block
    bool dense = false;                 // a number for every row, zero where absent
    std::vector<std::uint16_t> places;  // sparse: which rows, sorted
    std::vector<std::uint8_t> numbers;  // width bytes each, lowest first
    [[nodiscard]] std::size_t count() const { return width == 0 ? 0 : numbers.size() / width; }
    [[nodiscard]] std::uint64_t number(std::size_t index) const;
    void put(std::size_t index, std::uint64_t number);
    [[nodiscard]] std::uint64_t at(std::uint32_t place) const;
    void set(std::uint32_t place, std::uint64_t number);
    [[nodiscard]] bool whole() const;  // as a block must be
    void widen(std::uint8_t to);
    void make_dense();
  };
  std::vector<Block> blocks_;
};

}  // namespace nc::stats
