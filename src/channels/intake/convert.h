// One cell, or some, to one value: the converters of the import map. Private to this room.
#pragma once

#include "channels/intake/planning.h"

namespace nc::intake {

// What every converter gets.
struct Conversion {
  const FieldRule& rule;
  const catalog::Field& field;
  const RowCells& cells;
  PlannedRow& row;
  const Lookup& lookup;

  [[nodiscard]] std::string first() const { return rule.from.empty() ? std::string() : cells.cell(rule.from.front()); }
};

Error unreadable(std::string message, std::vector<std::string> args, const std::string& column);
Result<Json> convert_date(const Conversion& c);
Result<Json> convert_date_range(const Conversion& c);
Result<Json> convert_quarter(const Conversion& c);
Result<Json> convert_reference(const Conversion& c);
Result<Json> convert_references(const Conversion& c);
Result<Json> convert_persons(const Conversion& c);

}  // namespace nc::intake
