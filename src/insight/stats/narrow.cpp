#include "insight/stats/narrow.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

namespace nc::stats {
namespace {

// Small numbers of either sign become small ones from 1 on; 0 stands for absent.
std::uint64_t coded(std::int64_t value) {
  value = std::max(value, std::numeric_limits<std::int64_t>::min() + 1);
  return ((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63)) + 1;
}

std::int64_t decoded(std::uint64_t number) {
  --number;
  return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

std::uint8_t width_of(std::uint64_t number) {
  if (number <= 0xff) return 1;
  if (number <= 0xffff) return 2;
  return number <= 0xffffffff ? 4 : 8;
}

}  // namespace

std::uint64_t NarrowColumn::Block::number(std::size_t index) const {
  const auto* from = numbers.data() + index * width;
  std::uint64_t out = 0;
  for (std::size_t i = width; i > 0; --i) out = out << 8 | from[i - 1];
  return out;
}

void NarrowColumn::Block::put(std::size_t index, std::uint64_t number) {
  auto* to = numbers.data() + index * width;
  for (std::size_t i = 0; i < width; ++i) to[i] = static_cast<std::uint8_t>(number >> (8 * i));
}

std::uint64_t NarrowColumn::Block::at(std::uint32_t place) const {
  if (dense) return number(place);
  const auto found = std::lower_bound(places.begin(), places.end(), place);
  return found == places.end() || *found != place ? 0 : number(static_cast<std::size_t>(found - places.begin()));
}

bool NarrowColumn::Block::whole() const {
  if (width == 0) return !dense && places.empty() && numbers.empty();
  if (width != 1 && width != 2 && width != 4 && width != 8) return false;
  if (dense) return places.empty() && numbers.size() == std::size_t{kBlockRows} * width;
  const auto rises = std::adjacent_find(places.begin(), places.end(), std::greater_equal<>()) == places.end();
  return rises && !places.empty() && places.back() < kBlockRows && numbers.size() == places.size() * width;
}

void NarrowColumn::Block::widen(std::uint8_t to) {
  std::vector<std::uint64_t> all(count());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = number(i);
  width = to;
  numbers.assign(all.size() * width, 0);
  for (std::size_t i = 0; i < all.size(); ++i) put(i, all[i]);
}

void NarrowColumn::Block::make_dense() {
  std::vector<std::uint8_t> all(std::size_t{kBlockRows} * width, 0);
  for (std::size_t i = 0; i < places.size(); ++i)
    std::memcpy(all.data() + std::size_t{places[i]} * width, numbers.data() + i * width, width);
  numbers = std::move(all);
  std::vector<std::uint16_t>().swap(places);
  dense = true;
}

void NarrowColumn::Block::set(std::uint32_t place, std::uint64_t number) {
  if (number != 0 && width_of(number) > width) widen(width_of(number));
  if (dense) return put(place, number);
  const auto found = std::lower_bound(places.begin(), places.end(), place);
  const auto index = static_cast<std::size_t>(found - places.begin());
  const bool known = found != places.end() && *found == place;
  const auto byte = numbers.begin() + static_cast<std::ptrdiff_t>(index * width);
  if (number == 0) {
    if (!known) return;
    numbers.erase(byte, byte + width);
    places.erase(found);
    if (places.empty()) *this = Block();
    return;
  }
  if (!known) {
    numbers.insert(byte, width, 0);
    places.insert(found, static_cast<std::uint16_t>(place));
  }
  put(index, number);
  if (places.size() * (2U + width) > std::size_t{kBlockRows} * width) make_dense();
}

std::optional<std::int64_t> NarrowColumn::get(std::uint32_t row) const {
  const auto block = row / kBlockRows;
  if (block >= blocks_.size() || blocks_[block].width == 0) return std::nullopt;
  const auto number = blocks_[block].at(row % kBlockRows);
  return number == 0 ? std::nullopt : std::optional(decoded(number));
}

void NarrowColumn::set(std::uint32_t row, std::optional<std::int64_t> value) {
  const auto block = row / kBlockRows;
  if (block >= blocks_.size()) {
    if (!value) return;
    blocks_.resize(block + 1);
  }
  blocks_[block].set(row % kBlockRows, value ? coded(*value) : 0);
}

void NarrowColumn::shrink() {
  blocks_.shrink_to_fit();
  for (auto& block : blocks_) {
    block.places.shrink_to_fit();
    block.numbers.shrink_to_fit();
  }
}

std::size_t NarrowColumn::bytes() const {
  std::size_t out = blocks_.capacity() * sizeof(Block);
  for (const auto& block : blocks_) out += block.places.capacity() * sizeof(std::uint16_t) + block.numbers.capacity();
  return out;
}

}  // namespace nc::stats
