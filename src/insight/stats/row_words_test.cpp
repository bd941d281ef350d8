// Words of rows, in order and newer, against plain lists of their three numbers.
#include "insight/stats/row_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/rng.h"

namespace nc::stats::test {
namespace {

using Row = std::tuple<std::uint32_t, std::uint32_t,
                       std::uint32_t>;  // shape, days, party

class Words : public ::testing::Test {
 protected:
  void add(Row row) {
    const auto [shape, when, party] = row;
    shapes_ = std::max<std::size_t>(shapes_, shape + 1), whens_ = std::max<std::size_t>(whens_, when + 1);
    parties_ = std::max<std::size_t>(parties_, party + 1);
    words.make_room(shapes_, whens_, parties_);
    words.push_back(shape, when, party);
    rows.push_back(row);
  }
  void add_some(std::size_t count, std::uint64_t shapes, std::uint64_t whens, std::uint64_t parties) {
    for (std::size_t i = 0; i < count; ++i)
      add({static_cast<std::uint32_t>(1 + rng_.below(shapes)), static_cast<std::uint32_t>(rng_.below(whens)),
           static_cast<std::uint32_t>(rng_.below(parties))});
  }
  void order() {
    std::vector<RowNo> order(rows.size()), begin(parties_ + 1, 0);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](RowNo a, RowNo b) { return std::get<2>(rows[a]) < std::get<2>(rows[b]); });
    for (const auto& row : rows) ++begin[std::get<2>(row) + 1];
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    words.order(order, begin);
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return std::get<2>(a) < std::get<2>(b); });
  }
  void expect_equal() const {
    ASSERT_EQ(words.end(), rows.size());
    for (RowNo row = 0; row < words.end(); ++row) {
      EXPECT_EQ(Row(words.shape(row), words.when(row), words.party(row)), rows[row]) << row;
      EXPECT_EQ(Row(words.shape_in(words[row]), words.when_in(words[row]), words.party_in(words[row])), rows[row]) << row;
    }
    std::vector<std::pair<std::uint32_t, std::uint32_t>> visited, expected;
    const auto visit = [&](auto shape, auto when) { visited.emplace_back(shape, when); };
    words.for_each(0, words.ordered(), visit);
    words.for_each(words.ordered(), words.end(), visit);
    for (const auto& [shape, when, party] : rows) expected.emplace_back(shape, when);
    EXPECT_EQ(visited, expected);
  }

  RowWords words;
  std::vector<Row> rows;

 private:
  SeededRng rng_{7};
  std::size_t shapes_ = 1, whens_ = 1, parties_ = 1;
};

TEST_F(Words, OrderedAndNewerRowsSayWhatTheyAre) {
  add_some(1'000, 50, 300, 40);
  expect_equal();
  order();
  EXPECT_EQ(words.ordered(), 1'000u);
  expect_equal();
  add_some(300, 50, 300, 90);
  expect_equal();
  order();
  expect_equal();
}

TEST_F(Words, ManyPartiesWithoutRowsAreSteppedOver) {
  add_some(200, 5, 5, 3);
  add({1, 1, 70'000});
  add({1, 1, 100'000});
  order();
  expect_equal();
}

TEST_F(Words, GrowBeyond32BitsAndKeepWhatTheyHold) {
  add_some(500, 50, 300, 40);
  order();
  add_some(10, 50, 300, 40);
  const auto before = words.bytes();
  add({1U << 20, 5, 3});  // 21 and 16 bits: no longer in 32
  expect_equal();
  order();
  EXPECT_GT(words.bytes(), before) << "64 bits a row now";
  add({3, 1U << 18, 4});
  expect_equal();
}

TEST_F(Words, AShapeIsChangedAndTheLastRowTakesAnothersPlace) {
  add_some(100, 50, 300, 40);
  order();
  add_some(10, 50, 300, 40);
  for (const RowNo row : {7U, 104U}) {
    words.set_shape(row, 9);
    std::get<0>(rows[row]) = 9;
  }
  words.move_last_to(103);
  rows[103] = rows.back();
  rows.pop_back();
  expect_equal();
}

TEST_F(Words, WhatCannotBeIsNotWhole) {
  add_some(100, 50, 300, 40);
  order();
  auto same = words;
  EXPECT_TRUE(same.whole(51, 300, 40));
  EXPECT_FALSE(words.whole(51, 300, 41)) << "a party without a beginning";
  EXPECT_FALSE(words.whole(10, 300, 40)) << "a shape that there is not";
  EXPECT_FALSE(words.whole(51, 100, 40)) << "days that there are not";
}

}  // namespace
}  // namespace nc::stats::test
