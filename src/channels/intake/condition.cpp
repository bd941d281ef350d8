#include <algorithm>

#include "base/text.h"
#include "channels/intake/planning.h"

namespace nc::intake {
namespace {

bool one_of(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::string member_text(const Json& value) {
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  return value.is_string() ? value.as_string() : std::string();
}

bool has_values(const Json& values, const std::map<std::string, std::vector<std::string>>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) { return one_of(pair.second, member_text(values[pair.first])); });
}

bool names_one(const Condition& condition, const RowCells& cells, const Lookup& lookup) {
  for (const auto& column : condition.name_columns)
    for (const auto& key : split_trimmed(cells.cell(column), ';'))
      if (const auto target = lookup.find(condition.name_table, key); target && has_values(target->values, condition.name_values))
        return true;
  return false;
}

bool points_to(const Condition& condition, const Json& values, const Lookup& lookup) {
  const auto id = RecordId::from_hex(values.text(condition.target_field));
  if (!id) return false;
  for (const auto& table : lookup.map().tables())
    for (const auto& row : table.inline_rows)
      if (lookup.row_id(table.source, row.key) == *id) return member_text(row.values[condition.target_member]) == condition.target_value;
  return false;
}

}  // namespace

std::string RowCells::cell(std::string_view column) const {
  const auto& names = table_.header;
  const auto at = std::find(names.begin(), names.end(), column);
  return at == names.end() ? std::string() : std::string(trim(row_.cells[static_cast<std::size_t>(at - names.begin())]));
}

bool holds(const Condition& condition, const RowCells& cells, const std::string& key, const Json& values, const Lookup& lookup) {
  const auto sub = [&](const Condition& part) { return holds(part, cells, key, values, lookup); };
  if (!condition.keys.empty() && !one_of(condition.keys, key)) return false;
  if (!condition.column.empty()) {
    const auto text = cells.cell(condition.column);
    if (!condition.in.empty() && !one_of(condition.in, text)) return false;
    if (condition.empty && *condition.empty != text.empty()) return false;
    const auto says = [&](const Phrase& phrase) { return phrase.find(text).has_value(); };
    if (!condition.phrases.empty() && std::none_of(condition.phrases.begin(), condition.phrases.end(), says)) return false;
  }
  if (!condition.name_columns.empty() && !names_one(condition, cells, lookup)) return false;
  if (!condition.target_field.empty() && !points_to(condition, values, lookup)) return false;
  if (!condition.any.empty() && std::none_of(condition.any.begin(), condition.any.end(), sub)) return false;
  return std::none_of(condition.none.begin(), condition.none.end(), sub);
}

std::string chosen(const Choose<std::string>& choices, const RowCells& cells, const std::string& key, const Json& values,
                   const Lookup& lookup) {
  for (const auto& [when, value] : choices)
    if (holds(when, cells, key, values, lookup)) return value;
  return {};
}

}  // namespace nc::intake
