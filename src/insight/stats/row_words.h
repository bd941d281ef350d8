// What rows are, as numbers of dictionaries: shape, days and party. Private to this room.
//
// A word holds all three, shape in the lowest bits, then days, then party. Rows that lie in order of their
// party do not keep it: it is known from where parties begin, and what is left of a word takes 32 bits (64
// where shapes and days have become too many). Newer rows follow with whole words, until order().
#pragma once

#include <cstdint>
#include <vector>

namespace nc::stats {

using RowNo = std::uint32_t;

class RowWords {
 public:
  [[nodiscard]] std::uint32_t shape_in(std::uint64_t word) const { return static_cast<std::uint32_t>(word & shape_mask()); }
  [[nodiscard]] std::uint32_t when_in(std::uint64_t word) const {
    return static_cast<std::uint32_t>(word >> shape_bits_ & ((std::uint64_t{1} << when_bits_) - 1));
  }
  [[nodiscard]] std::uint32_t party_in(std::uint64_t word) const { return static_cast<std::uint32_t>(word >> (shape_bits_ + when_bits_)); }

  [[nodiscard]] RowNo end() const { return ordered() + static_cast<RowNo>(tail_.size()); }
  // So many rows lie in order of their parties, of which each has rows from begin_of(party) to begin_of(party +
  // 1).
  [[nodiscard]] RowNo ordered() const { return party_begin_.back(); }
  [[nodiscard]] std::uint32_t parties() const { return static_cast<std::uint32_t>(party_begin_.size() - 1); }
  [[nodiscard]] RowNo begin_of(std::uint32_t party) const { return party_begin_[party]; }

  [[nodiscard]] std::uint32_t shape(RowNo row) const { return shape_in(low(row)); }
  [[nodiscard]] std::uint32_t when(RowNo row) const { return when_in(low(row)); }
  [[nodiscard]] std::uint32_t party(RowNo row) const { return row < ordered() ? ordered_party(row) : party_in(tail_[row - ordered()]); }
  // The whole word.
  [[nodiscard]] std::uint64_t operator[](RowNo row) const {
    return row < ordered() ? std::uint64_t{ordered_party(row)} << (shape_bits_ + when_bits_) | low(row) : tail_[row - ordered()];
  }
  // `visit(shape, when)` for the rows of [begin, end), which are all in order or all newer.
  template <typename Visit>
  void for_each(RowNo begin, RowNo end, const Visit& visit) const {
    if (begin >= ordered()) visit_all(tail_.data() + (begin - ordered()), tail_.data() + (end - ordered()), visit);
    else if (wide_.empty()) visit_all(narrow_.data() + begin, narrow_.data() + end, visit);
    else visit_all(wide_.data() + begin, wide_.data() + end, visit);
  }

  void clear() { *this = RowWords(); }
  // Makes words wide enough for so many shapes and days; true: copies of words are of another width now.
  bool make_room(std::size_t shapes, std::size_t whens, std::size_t parties);
  void push_back(std::uint32_t shape, std::uint32_t when, std::uint32_t party);
  void set_shape(RowNo row, std::uint32_t shape);
  // The last row takes the place of `row`; both are newer ones.
  void move_last_to(RowNo row);
  // The row order[i] becomes row i; parties begin where `begin` says, which ends with the number of rows.
  void order(const std::vector<RowNo>& order, std::vector<RowNo> begin);
  [[nodiscard]] std::size_t bytes() const;

  // Written or read by an archive (saved.cpp). Precondition of writing: all rows are in order.
  template <typename Archive>
  void save(Archive& archive) const {
    archive.number(static_cast<std::uint8_t>(shape_bits_)), archive.number(static_cast<std::uint8_t>(when_bits_));
    archive.block(party_begin_);
    if (narrow()) archive.block(narrow_);
    else archive.block(wide_);
  }
  template <typename Archive>
  void save(Archive& archive) {
    std::uint8_t shape_bits = 0, when_bits = 0;
    archive.number(shape_bits), archive.number(when_bits);
    archive.block(party_begin_);
    shape_bits_ = shape_bits, when_bits_ = when_bits;
    if (narrow()) archive.block(narrow_);
    else archive.block(wide_);
  }
  // After reading: whether it can be right, with so many shapes, days and parties; else nothing here may be
  // called but clear().
  [[nodiscard]] bool whole(std::size_t shapes, std::size_t whens, std::size_t parties);

 private:
  static constexpr RowNo kMarkRows = 64;

  [[nodiscard]] bool narrow() const { return shape_bits_ + when_bits_ <= 32; }
  [[nodiscard]] std::uint64_t shape_mask() const { return (std::uint64_t{1} << shape_bits_) - 1; }
  // Shape and days, perhaps with the party above.
  [[nodiscard]] std::uint64_t low(RowNo row) const {
    if (row >= ordered()) return tail_[row - ordered()];
    return wide_.empty() ? narrow_[row] : wide_[row];
  }
  template <typename Word, typename Visit>
  void visit_all(const Word* from, const Word* to, const Visit& visit) const {
    const auto shape_bits = shape_bits_;
    const auto shape_mask = static_cast<Word>(this->shape_mask()), when_mask = static_cast<Word>((std::uint64_t{1} << when_bits_) - 1);
    for (; from != to; ++from) visit(*from & shape_mask, *from >> shape_bits & when_mask);
  }
  [[nodiscard]] std::uint64_t word(std::uint32_t shape, std::uint32_t when, std::uint32_t party) const {
    return std::uint64_t{party} << (shape_bits_ + when_bits_) | std::uint64_t{when} << shape_bits_ | shape;
  }
  [[nodiscard]] RowWords widths() const;  // without rows
  [[nodiscard]] std::uint32_t ordered_party(RowNo row) const;
  void mark_parties();

  int shape_bits_ = 12, when_bits_ = 16;
  std::vector<std::uint32_t> narrow_;  // of ordered rows, where both fit into 32 bits
  std::vector<std::uint64_t> wide_;    // of ordered rows, where they do not
  std::vector<std::uint64_t> tail_;    // of newer rows, whole
  std::vector<RowNo> party_begin_{0};  // of each party among ordered rows, and the end
  std::vector<std::uint32_t> marks_;   // party of every kMarkRows-th ordered row, and the last party
};

}  // namespace nc::stats
