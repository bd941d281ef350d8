#include "insight/stats/row_words.h"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "base/check.h"

namespace nc::stats {

std::uint32_t RowWords::ordered_party(RowNo row) const {
  const auto* begin = party_begin_.data();
  const auto mark = row / kMarkRows;
  return static_cast<std::uint32_t>(std::upper_bound(begin + marks_[mark] + 1, begin + marks_[mark + 1] + 1, row) - begin - 1);
}

void RowWords::mark_parties() {
  marks_.clear();
  marks_.reserve(ordered() / kMarkRows + 2);
  std::uint32_t party = 0;
  for (RowNo row = 0; row < ordered(); row += kMarkRows) {
    while (party_begin_[party + 1] <= row) ++party;
    marks_.push_back(party);
  }
  marks_.push_back(parties() == 0 ? 0 : parties() - 1);
}

// Numbers of all three kinds fit for any two million rows, and for more unless each row is unlike every other
// one in two respects.
bool RowWords::make_room(std::size_t shapes, std::size_t whens, std::size_t parties) {
  int shape_bits = shape_bits_, when_bits = when_bits_;
  while (shapes >> shape_bits != 0) ++shape_bits;
  while (whens >> when_bits != 0) ++when_bits;
  NC_CHECK(shape_bits + when_bits + std::bit_width(parties) <= 64);
  if (shape_bits == shape_bits_ && when_bits == when_bits_) return false;
  const RowWords old_widths = widths();
  shape_bits_ = shape_bits, when_bits_ = when_bits;
  const auto widened = [&](std::uint64_t at) { return word(old_widths.shape_in(at), old_widths.when_in(at), old_widths.party_in(at)); };
  for (auto& at : tail_) at = widened(at);
  for (auto& at : wide_) at = widened(at);
  if (narrow()) {
    for (auto& at : narrow_) at = static_cast<std::uint32_t>(widened(at));
  } else {
    wide_.reserve(wide_.size() + narrow_.size());
    for (const auto at : narrow_) wide_.push_back(widened(at));
    std::vector<std::uint32_t>().swap(narrow_);
  }
  return true;
}

RowWords RowWords::widths() const {
  RowWords out;
  out.shape_bits_ = shape_bits_, out.when_bits_ = when_bits_;
  return out;
}

void RowWords::push_back(std::uint32_t shape, std::uint32_t when, std::uint32_t party) { tail_.push_back(word(shape, when, party)); }

void RowWords::set_shape(RowNo row, std::uint32_t shape) {
  const auto set = [&](auto& at) { at = static_cast<std::remove_reference_t<decltype(at)>>((at & ~shape_mask()) | shape); };
  if (row >= ordered()) set(tail_[row - ordered()]);
  else if (wide_.empty()) set(narrow_[row]);
  else set(wide_[row]);
}

void RowWords::move_last_to(RowNo row) {
  tail_[row - ordered()] = tail_.back();
  tail_.pop_back();
}

void RowWords::order(const std::vector<RowNo>& order, std::vector<RowNo> begin) {
  const auto without_party = [&](RowNo row) { return word(shape(row), when(row), 0); };
  std::vector<std::uint32_t> narrow;
  std::vector<std::uint64_t> wide;
  if (this->narrow()) {
    narrow.reserve(order.size());
    for (const auto row : order) narrow.push_back(static_cast<std::uint32_t>(without_party(row)));
  } else {
    wide.reserve(order.size());
    for (const auto row : order) wide.push_back(without_party(row));
  }
  narrow_ = std::move(narrow), wide_ = std::move(wide);
  std::vector<std::uint64_t>().swap(tail_);
  party_begin_ = std::move(begin);
  mark_parties();
}

std::size_t RowWords::bytes() const {
  return (narrow_.capacity() + marks_.capacity()) * sizeof(std::uint32_t) + (wide_.capacity() + tail_.capacity()) * sizeof(std::uint64_t) +
         party_begin_.capacity() * sizeof(RowNo);
}

bool RowWords::whole(std::size_t shapes, std::size_t whens, std::size_t parties) {
  constexpr int kBitsMax = 31,
                kWidthMax = 60;  // of 64, so that marking clusters has room
  if (shape_bits_ < 1 || when_bits_ < 1 || shape_bits_ > kBitsMax || when_bits_ > kBitsMax) return false;
  if (shapes >> shape_bits_ != 0 || whens >> when_bits_ != 0) return false;
  if (shape_bits_ + when_bits_ + std::bit_width(parties) > kWidthMax) return false;
  if (party_begin_.size() != parties + 1 || party_begin_.front() != 0 || !std::is_sorted(party_begin_.begin(), party_begin_.end()) ||
      party_begin_.back() != (narrow() ? narrow_.size() : wide_.size()))
    return false;
  const auto known = [&](std::uint64_t at) {
    return shape_in(at) != 0 && shape_in(at) < shapes && when_in(at) < whens && party_in(at) == 0;
  };
  if (!std::all_of(narrow_.begin(), narrow_.end(), known) || !std::all_of(wide_.begin(), wide_.end(), known)) return false;
  mark_parties();
  return true;
}

}  // namespace nc::stats
