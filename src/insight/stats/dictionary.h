// Numbers for things: a table of numbers found by hash, and values that are kept once each. Private to
// this room.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "insight/stats/rows.h"

namespace nc::stats {

inline constexpr std::uint32_t kNoNumber = 0xffffffff;

// Spreads every bit of `hash` (the finisher of SplitMix64).
constexpr std::uint64_t spread(std::uint64_t hash) {
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31);
}

// A hash table of numbers only: what they stand for lies with the caller, who gives hash and equality.
// At most four of five slots are taken; linear probing, nothing is left behind by an erase.
class SlotTable {
 public:
  template <typename Same>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, const Same& same) const {
    if (slots_.empty()) return kNoNumber;
    for (std::size_t slot = ideal(hash);; slot = after(slot)) {
      if (slots_[slot] == kNoNumber || same(slots_[slot])) return slots_[slot];
    }
  }
  // Precondition: nothing equal is in the table. `hash_of(number)` is asked when the table grows.
  template <typename HashOf>
  void insert(std::uint64_t hash, std::uint32_t number, const HashOf& hash_of) {
    if ((used_ + 1) * 5 > slots_.size() * 4) reserve(used_ + used_ / 2 + 8, hash_of);
    put(hash, number);
    ++used_;
  }
  template <typename HashOf>
  void erase(std::uint64_t hash, std::uint32_t number, const HashOf& hash_of) {
    std::size_t hole = at(hash, number);
    for (std::size_t slot = after(hole); slots_[slot] != kNoNumber; slot = after(slot)) {
      // What lies after the hole may go into it unless its own place lies between the two.
      const auto home = ideal(hash_of(slots_[slot]));
      const bool between = hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
      if (between) continue;
      slots_[hole] = slots_[slot];
      hole = slot;
    }
    slots_[hole] = kNoNumber;
    --used_;
  }
  void renumber(std::uint64_t hash, std::uint32_t from, std::uint32_t to) { slots_[at(hash, from)] = to; }
  // Room for `count` numbers in all.
  template <typename HashOf>
  void reserve(std::size_t count, const HashOf& hash_of) {
    if (count * 5 <= slots_.size() * 4) return;
    auto old = std::exchange(slots_, std::vector<std::uint32_t>(count * 5 / 4 + 1, kNoNumber));
    for (const auto number : old)
      if (number != kNoNumber) put(hash_of(number), number);
  }
  void clear() { *this = SlotTable(); }
  [[nodiscard]] std::size_t bytes() const { return slots_.capacity() * sizeof(std::uint32_t); }

 private:
  [[nodiscard]] std::size_t ideal(std::uint64_t hash) const {
    return static_cast<std::size_t>(((spread(hash) >> 32) * slots_.size()) >> 32);
  }
  [[nodiscard]] std::size_t after(std::size_t slot) const { return slot + 1 == slots_.size() ? 0 : slot + 1; }
  [[nodiscard]] std::size_t at(std::uint64_t hash, std::uint32_t number) const {
    std::size_t slot = ideal(hash);
    while (slots_[slot] != number) slot = after(slot);
    return slot;
  }
  void put(std::uint64_t hash, std::uint32_t number) {
    std::size_t slot = ideal(hash);
    while (slots_[slot] != kNoNumber) slot = after(slot);
    slots_[slot] = number;
  }

  std::vector<std::uint32_t> slots_;
  std::size_t used_ = 0;
};

// Hashes of what dictionaries keep.
inline std::uint64_t mixed(std::uint64_t hash, std::uint64_t more) { return spread(hash + 0x9e3779b97f4a7c15ULL) ^ more; }
inline std::uint64_t hash_of(std::uint32_t value) { return value; }
inline std::uint64_t hash_of(const std::string& value) { return std::hash<std::string>()(value); }
inline std::uint64_t hash_of(const RecordId& value) { return std::hash<RecordId>()(value); }
inline std::uint64_t hash_of(const DayRange& value) {
  return std::uint64_t{static_cast<std::uint32_t>(value.first)} << 32 | static_cast<std::uint32_t>(value.last);
}
inline std::uint64_t hash_of(const std::pair<std::uint32_t, std::uint32_t>& value) {
  return std::uint64_t{value.first} << 32 | value.second;
}
template <typename T>
std::uint64_t hash_of(const std::vector<T>& values) {
  std::uint64_t hash = values.size();
  for (const auto& value : values) hash = mixed(hash, hash_of(value));
  return hash;
}
inline std::uint64_t hash_of(const Atom& value) {
  return mixed(hash_of(value.audience.units), std::uint64_t{value.handling} << 8 | static_cast<std::uint8_t>(value.audience.kind));
}
inline std::uint64_t hash_of(const Wall& value) {
  return mixed(mixed(hash_of(value.need), hash_of(value.next)), mixed(hash_of(value.counterparts), hash_of(value.type)));
}
inline std::uint64_t hash_of(const OwnSet& value) { return mixed(hash_of(value.units), hash_of(value.lead)); }
inline std::uint64_t hash_of(const CounterpartSet& value) { return mixed(hash_of(value.units), hash_of(value.countries)); }
inline std::uint64_t hash_of(const MeasureKey& value) {
  return mixed(hash_of(value.id), static_cast<std::uint64_t>(static_cast<std::int64_t>(value.scale)));
}

// Numbers for equal values, from 0 in the order in which they came; they stay until clear().
template <typename T>
class Dictionary {
 public:
  std::uint32_t of(const T& value) {
    const auto hash = hash_of(value);
    const auto known = table_.find(hash, [&](std::uint32_t number) { return values_[number] == value; });
    if (known != kNoNumber) return known;
    const auto number = static_cast<std::uint32_t>(values_.size());
    values_.push_back(value);
    table_.insert(hash, number, [this](std::uint32_t n) { return hash_of(values_[n]); });
    return number;
  }
  [[nodiscard]] std::optional<std::uint32_t> find(const T& value) const {
    const auto number = table_.find(hash_of(value), [&](std::uint32_t n) { return values_[n] == value; });
    return number == kNoNumber ? std::nullopt : std::optional(number);
  }
  [[nodiscard]] const T& at(std::uint32_t number) const { return values_[number]; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] const std::vector<T>& all() const { return values_; }
  void clear() { *this = Dictionary(); }
  void shrink() { values_.shrink_to_fit(); }
  // Of the values themselves and the table; what they own beyond that is not known here.
  [[nodiscard]] std::size_t bytes() const { return values_.capacity() * sizeof(T) + table_.bytes(); }

 private:
  std::vector<T> values_;
  SlotTable table_;
};

}  // namespace nc::stats
