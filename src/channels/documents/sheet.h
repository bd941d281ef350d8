// Sheet: a table for a spreadsheet, in the reader's language. Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace nc::documents {

struct Cell {
  enum class Kind : std::uint8_t { kText, kNumber, kDay };
  std::string text;  // as the reader sees it
  Kind kind = Kind::kText;
  std::int64_t number = 0;  // kNumber: number / 10^scale; kDay: the civil day (base/civil.h)
  int scale = 0;            // 0 to 15

  bool operator==(const Cell&) const = default;
};
inline Cell text_cell(std::string text) { return {std::move(text), Cell::Kind::kText, 0, 0}; }
inline Cell number_cell(std::string text, std::int64_t value, int scale = 0) {
  return {std::move(text), Cell::Kind::kNumber, value, scale};
}
inline Cell day_cell(std::string text, std::int32_t day) { return {std::move(text), Cell::Kind::kDay, day, 0}; }

// The number as digits: "-157.422", "71".
[[nodiscard]] std::string decimal_digits(std::int64_t number, int scale);

struct SheetColumn {
  std::string label;
  int width = 16;  // of a wide enough column, in characters
};

struct HeadLine {
  std::string label, text;
};

struct Sheet {
  std::string name;   // of the sheet in the file; what the format does not allow in it is left out
  std::string title;  // on top
  std::vector<HeadLine> head;
  std::vector<SheetColumn> columns;
  std::int64_t made_ms = 0;  // the time that stands in the file
};

using TakeRow = std::function<Status(std::span<const Cell> row)>;
// Gives each row in turn, and stops with the first error that comes back.
using RowSource = std::function<Status(const TakeRow& take)>;

}  // namespace nc::documents
