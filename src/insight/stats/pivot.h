// A table over two dimensions. Private to this room.
#pragma once

#include "insight/stats/axis.h"

namespace nc::stats {

Pivot make_pivot(View& view, const Bounds& bounds, const Query& query);

// A sum in the making.
struct Sum {
  Cell cell;
  std::optional<std::pair<std::uint32_t, std::uint32_t>> what;  // kind and level of a stock
  bool mixed = false;
  void add(const View& view, RowNo row, const std::optional<Amount>& value, std::size_t ids_max);
  void add(std::uint64_t activities);  // counted as such
  // A stock of several kinds or levels has no value; ids in order, at most ids_max.
  [[nodiscard]] Cell done(bool stock, std::size_t ids_max) const;

 private:
  void list(const RecordId& id, std::size_t ids_max);
};

// Sums by keys of the two axes.
struct Sums {
  Dictionary<std::pair<std::uint32_t, std::uint32_t>> places;
  std::vector<Sum> cells;          // by number of places
  std::vector<Sum> rows, columns;  // by key; no records: not a key of the table
  Sum total;
  std::size_t undated_within = 0, announced = 0;
  Sum& cell(std::uint32_t row, std::uint32_t column);
  Sum& row(std::uint32_t key) { return at(rows, key); }
  Sum& column(std::uint32_t key) { return at(columns, key); }

 private:
  static Sum& at(std::vector<Sum>& sums, std::uint32_t key) {
    if (key >= sums.size()) sums.resize(key + 1);
    return sums[key];
  }
};

// Counts a table into `sums`, party by party, without looking at single rows more than once; `counted` says of
// each shape whether its rows count at all. `left` are rows that must be looked at one by one: they hang
// together with others in more than one step. False, and nothing added: the table is too wide for it.
bool sweep(const View& view, const Reach& reach, const Spec& spec, const std::vector<std::uint8_t>& counted, Axis& rows, Axis& columns,
           Sums& sums, std::vector<RowNo>& left);

}  // namespace nc::stats
