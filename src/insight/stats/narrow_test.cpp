// The narrow column against a plain map, through all widths, from sparse to dense and back.
#include "insight/stats/narrow.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "base/rng.h"
#include "insight/stats/dictionary.h"

namespace nc::stats {
namespace {

TEST(NarrowColumn, KeepsWhatAMapKeeps) {
  for (const std::uint64_t filled : {1, 30, 100}) {  // percent
    SeededRng rng(filled);
    NarrowColumn column;
    std::map<std::uint32_t, std::int64_t> plain;
    for (int i = 0; i < 30'000; ++i) {
      const auto row = static_cast<std::uint32_t>(rng.below(9'000));
      if (rng.below(100) >= filled || rng.below(9) == 0) {
        plain.erase(row);
        column.set(row, std::nullopt);
        continue;
      }
      // Mostly small; now and then of every width and either sign.
      const auto bits = rng.below(20) == 0 ? 1 + rng.below(62) : 1 + rng.below(7);
      auto value = static_cast<std::int64_t>(rng.below(std::uint64_t{1} << bits));
      if (rng.below(2) == 0) value = -value;
      plain[row] = value;
      column.set(row, value);
    }
    for (std::uint32_t row = 0; row < 9'100; ++row) {
      const auto at = plain.find(row);
      EXPECT_EQ(column.get(row), at == plain.end() ? std::nullopt : std::optional(at->second)) << row;
    }
    std::size_t visited = 0;
    column.for_each([&](std::uint32_t row, std::int64_t value) {
      ++visited;
      EXPECT_EQ(plain.at(row), value);
    });
    EXPECT_EQ(visited, plain.size());
  }
}

TEST(NarrowColumn, TheEdgesOfNumbers) {
  NarrowColumn column;
  using Limits = std::numeric_limits<std::int64_t>;
  const std::vector<std::int64_t> edges = {0, -1, 127, -128, 32'767, Limits::max(), Limits::min() + 1};
  for (std::uint32_t i = 0; i < edges.size(); ++i) column.set(i, edges[i]);
  for (std::uint32_t i = 0; i < edges.size(); ++i) EXPECT_EQ(column.get(i), edges[i]);
  column.set(0, Limits::min());
  EXPECT_EQ(column.get(0), Limits::min() + 1) << "the one number that has no place";
}

TEST(SlotTable, FindsAfterErasing) {
  SeededRng rng(7);
  std::map<std::uint32_t, std::uint64_t> hashes;  // some collide
  SlotTable table;
  const auto hash_of = [&](std::uint32_t number) { return hashes.at(number); };
  std::uint32_t next = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (hashes.empty() || rng.below(5) < 3) {
      hashes[next] = rng.below(300);
      table.insert(hashes[next], next, hash_of);
      ++next;
    } else {
      auto at = hashes.lower_bound(static_cast<std::uint32_t>(rng.below(next)));
      if (at == hashes.end()) at = hashes.begin();
      const auto number = at->first;
      table.erase(at->second, number, hash_of);
      hashes.erase(at);
    }
    if (i % 500 != 0) continue;
    for (std::uint32_t number = 0; number < next; ++number) {
      const auto known = hashes.find(number);
      const auto hash = known == hashes.end() ? number % 300 : known->second;
      const auto found = table.find(hash, [&](std::uint32_t n) { return n == number; });
      EXPECT_EQ(found, known == hashes.end() ? kNoNumber : number);
    }
  }
}

}  // namespace
}  // namespace nc::stats
