#include "channels/intake/convert.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "base/text.h"
#include "ledger/catalog/values.h"

namespace nc::intake {
namespace {

Result<Json> text_of(const Conversion& c) {
  std::vector<std::string> parts;
  for (const auto& column : c.rule.from)
    if (auto text = c.cells.cell(column); !text.empty()) parts.push_back(std::move(text));
  return parts.empty() ? Json() : Json(join(parts, "; "));
}

Result<Json> integer_of(const Conversion& c) {
  const auto text = c.first();
  if (text.empty()) return Json();
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size())
    return fail(unreadable(NC_MSG("“{1}” is not a whole number"), {text}, c.rule.from.front()));
  return Json(number);
}

Result<Json> option_of(const Conversion& c, const std::string& text) {
  if (text.empty()) return Json();
  if (const auto found = c.rule.values.find(text); found != c.rule.values.end())
    return found->second.empty() ? Json() : Json(found->second);
  if (c.rule.values.empty() && c.field.option(text)) return Json(text);
  return fail(unreadable(NC_MSG("The import map does not know the value “{1}”"), {shorten(text, 80)}, c.rule.from.front()));
}

Result<Json> choices_of(const Conversion& c) {
  Json out;
  for (const auto& text : split_trimmed(c.first(), ';')) {
    NC_ASSIGN(auto option, option_of(c, text));
    const bool there = out.is_array() && std::find(out.as_array().begin(), out.as_array().end(), option) != out.as_array().end();
    if (!option.is_null() && !there) out.push(std::move(option));
  }
  return out;
}

Result<Json> marker_of(const Conversion& c) {
  const auto text = c.first();
  if (text.empty()) return Json();
  if (catalog::parse_marker(text)) return Json(text);
  return fail(
      unreadable(NC_MSG("“{1}” is not a marker notation such as 165(1), 1088/3 or 260+500"), {shorten(text, 80)}, c.rule.from.front()));
}

Result<Json> money_of(const Conversion& c) {
  const auto text = c.first();
  if (text.empty()) return Json();
  Json out;
  out.set("amount", text).set("currency", c.rule.currency);
  return out;
}

Result<Json> place_of(const Conversion& c) {
  const auto text = c.first();
  if (text.empty()) return Json();
  Json out;
  out.set("text", text);
  return out;
}

Result<Json> qualifier_of_number(const Conversion& c) {
  const auto value = c.cells.cell(c.rule.of);
  if (value.empty()) return Json();
  for (const auto& column : c.rule.from)
    if (const auto found = qualifier_of(c.cells.cell(column), value, c.lookup.map().qualifier_words(), c.lookup.map().scale_words()))
      return found->empty() ? Json() : Json(*found);
  return Json();
}

// "315 of 371": the second number, when the first is the value of the row.
Result<Json> denominator_of(const Conversion& c) {
  const auto value = c.cells.cell(c.rule.of);
  for (const auto& column : c.rule.from)
    for (const auto& [phrase, unused] : c.rule.phrases)
      if (const auto parts = phrase.find(c.cells.cell(column)); parts && parts->size() == 2 && can_mean(parts->front(), value))
        return Json(parts->back());
  return Json();
}

// One line for each phrase that is found; its slots are the columns in order. Without phrases a line for each part of the cell.
Result<Json> lines_of(const Conversion& c) {
  Json out;
  if (c.rule.phrases.empty() && !c.rule.columns.empty())
    for (const auto& column : c.rule.from)
      for (auto& part : split_trimmed(c.cells.cell(column), ';'))
        if (!part.empty()) out.push(Json().set(c.rule.columns.front(), std::move(part)));
  for (const auto& column : c.rule.from)
    for (const auto& [phrase, unused] : c.rule.phrases) {
      const auto parts = phrase.find(c.cells.cell(column));
      if (!parts) continue;
      Json line;
      for (std::size_t i = 0; i < parts->size() && i < c.rule.columns.size(); ++i) line.set(c.rule.columns[i], (*parts)[i]);
      out.push(std::move(line));
    }
  return out;
}

// The row's own cells as one line: for records that are one line of another table.
Result<Json> line_of(const Conversion& c) {
  Json line;
  for (const auto& rule : c.rule.line) {
    const auto* column = c.field.column(rule.field);
    if (!column)
      return fail(ErrorCode::kInvalid, NC_MSG("The import map names the column “{1}”, which the field does not have"), {rule.field});
    if (line.has(rule.field) || !holds(rule.when, c.cells, c.row.key, c.row.values, c.lookup)) continue;
    NC_ASSIGN(auto value, convert(rule, *column, c.cells, c.row, c.lookup));
    if (!value.is_null()) line.set(rule.field, std::move(value));
  }
  if (line.is_null()) return line;
  Json out;
  out.push(std::move(line));
  return out;
}

Result<Json> phrase_value(const Conversion& c) {
  for (const auto& [phrase, value] : c.rule.phrases)
    for (const auto& column : c.rule.from) {
      const auto parts = phrase.find(c.cells.cell(column));
      if (!parts) continue;
      if (!value.is_null()) return value;
      if (parts->empty()) continue;
      if (c.rule.as != "integer") return Json(parts->front());
      std::int64_t number = 0;
      std::from_chars(parts->front().data(), parts->front().data() + parts->front().size(), number);
      return Json(number);
    }
  return Json();
}

using Converter = std::function<Result<Json>(const Conversion&)>;

const std::map<std::string, Converter, std::less<>>& converters() {
  static const std::map<std::string, Converter, std::less<>> table = {
      {"text", text_of},
      {"integer", integer_of},
      {"decimal", text_of},
      {"option", [](const Conversion& c) { return option_of(c, c.first()); }},
      {"options", choices_of},
      {"date", convert_date},
      {"date_range", convert_date_range},
      {"quarter", convert_quarter},
      {"marker_notation", marker_of},
      {"money", money_of},
      {"place", place_of},
      {"qualifier", qualifier_of_number},
      {"denominator", denominator_of},
      {"lines", lines_of},
      {"line", line_of},
      {"reference", convert_reference},
      {"references", convert_references},
      {"persons", convert_persons},
  };
  return table;
}

}  // namespace

Error unreadable(std::string message, std::vector<std::string> args, const std::string& column) {
  return Error(ErrorCode::kInvalid, std::move(message), std::move(args)).at(column);
}

Result<Json> convert(const FieldRule& rule, const catalog::Field& field, const RowCells& cells, PlannedRow& row, const Lookup& lookup) {
  if (!rule.value.is_null()) return rule.value;
  const Conversion c{rule, field, cells, row, lookup};
  const bool own_phrases = rule.as == "denominator" || rule.as == "lines" || rule.as == "quarter";
  if (!rule.phrases.empty() && !own_phrases) return phrase_value(c);
  const auto found = converters().find(rule.as);
  if (found == converters().end())
    return fail(ErrorCode::kUnsupported, NC_MSG("The import map names the converter “{1}”, which does not exist"), {rule.as});
  return found->second(c);
}

}  // namespace nc::intake
