// Answers as JSON and CSV.
#include <algorithm>

#include "base/text.h"
#include "insight/stats/csv_scope.h"

namespace nc::stats {
namespace {

Json texts(const std::vector<std::string>& items) { return JsonArray(items.begin(), items.end()); }

Json ids(const std::vector<RecordId>& items) {
  Json out{JsonArray{}};
  for (const auto& id : items) out.push(id.hex());
  return out;
}

Json day(const std::optional<std::int32_t>& value) { return value ? Json(iso_date({*value, DatePrecision::kDay, false})) : Json(); }
Json amount(const std::optional<Amount>& value) { return value ? value->json() : Json(); }
Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
std::string_view nature_name(Nature nature) { return nature == Nature::kStock ? "stock" : "flow"; }

Json unit_json(const std::optional<UnitId>& id, const records::World& world) {
  if (!id) return {};
  const auto* unit = world.tree->find(*id);
  Json out;
  out.set("id", id->hex()).set("code", unit ? unit->code : std::string()).set("name", unit ? unit->name : std::string());
  return out;
}

Json sources_json(const std::vector<RecordId>& sources, const NameOf& name_of) {
  Json out{JsonArray{}};
  for (const auto& id : sources) {
    Json item;
    item.set("id", id.hex()).set("title", name_of ? name_of(id) : std::string());
    out.push(std::move(item));
  }
  return out;
}

Json recorded_json(const Recorded& recorded) {
  Json out;
  out.set("value", amount(recorded.value)).set("records", recorded.records).set("with_value", recorded.with_value);
  out.set("within", recorded.within).set("parts_left_out", recorded.parts_left_out).set("undated_within", recorded.undated_within);
  out.set("announced", recorded.announced).set("nil", recorded.nil);
  out.set("undated_records", ids(recorded.undated_ids)).set("announced_records", ids(recorded.announced_ids));
  return out;
}

Json differences_json(const std::vector<Difference>& differences, const Translate& translate) {
  Json out{JsonArray{}};
  for (const auto& difference : differences) {
    Json item;
    item.set("id", difference.id).set("text", fill_in(translate ? translate(difference.message) : difference.message, difference.args));
    item.set("args", texts(difference.args)).set("records", ids(difference.records));
    out.push(std::move(item));
  }
  return out;
}

Json completeness_json(const Completeness& completeness, const Translate& translate) {
  Json out;
  std::vector<std::string> args;
  out.set("complete", completeness.reported && completeness.reporting == completeness.expected);
  if (completeness.reported) {
    out.set("reporting", completeness.reporting).set("expected", completeness.expected).set("as_of", day(completeness.day));
    args = {std::to_string(completeness.reporting), std::to_string(completeness.expected),
            completeness.day ? day(completeness.day).as_string() : ""};
  }
  out.set("text", fill_in(translate ? translate(completeness.message) : completeness.message, args));
  return out;
}

std::string kind_of(const Figure& figure) {
  if (figure.kinds.size() == 1) return figure.kinds.front();
  if (figure.kinds.empty() && figure.indicator_code.empty()) return "all";
  return figure.indicator_code;
}

Json figure_json(const Figure& figure, const records::World& world, const NameOf& name_of, const Translate& translate) {
  Json out;
  out.set("kind", kind_of(figure)).set("kinds", texts(figure.kinds)).set("details", texts(figure.details));
  out.set("indicator", text_or_null(figure.indicator_code)).set("name", text_or_null(figure.indicator_name));
  out.set("name_en", text_or_null(figure.indicator_name_en)).set("leading", leading_name(figure.leading));
  out.set("level", text_or_null(join(figure.levels, ";"))).set("levels", texts(figure.levels));
  out.set("measure", figure.measure)
      .set("unit_of_count", text_or_null(figure.unit_of_count))
      .set("nature", nature_name(figure.nature))
      .set("unit", unit_json(figure.unit, world));
  out.set("from", day(figure.from))
      .set("to", day(figure.to))
      .set("countries", texts(figure.countries))
      .set("area", text_or_null(figure.area));
  out.set("recorded", amount(figure.recorded.value)).set("recorded_detail", recorded_json(figure.recorded));
  const auto* lead = figure.declared.empty() ? nullptr : &figure.declared.front();
  out.set("declared", lead ? amount(lead->value) : Json()).set("qualifier", lead ? text_or_null(lead->qualifier) : Json());
  out.set("denominator", lead ? amount(lead->denominator) : Json()).set("magnitude", lead ? text_or_null(lead->magnitude) : Json());
  Json declared{JsonArray{}};
  for (const auto& row : figure.declared) declared.push(to_json(row, world, name_of));
  out.set("declarations", std::move(declared));
  out.set("parts", lead ? out["declarations"].as_array().front()["parts"] : Json(JsonArray{}));
  out.set("sources", sources_json(figure.sources, name_of)).set("records", ids(figure.recorded.record_ids));
  out.set("differences", differences_json(figure.differences, translate))
      .set("completeness", completeness_json(figure.completeness, translate));
  return out;
}

// One cell of RFC 4180; text that a spreadsheet would run begins with an apostrophe.
std::string csv_cell(std::string text, bool number = false) {
  if (!number && !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string csv_amount(const std::optional<Amount>& value) { return value ? csv_cell(value->text(), true) : std::string(); }

std::string csv_line(const std::vector<std::string>& cells) { return join(cells, ",") + "\r\n"; }

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Json cell_json(const Cell& cell) {
  Json out;
  out.set("value", amount(cell.value)).set("records", cell.records);
  return out;
}

Json totals_json(const std::map<std::string, Cell>& totals) {
  Json out{JsonObject{}};
  for (const auto& [key, cell] : totals) out.set(key, cell_json(cell));
  return out;
}

template <typename Map, typename Key>
std::optional<Amount> value_at(const Map& map, const Key& key) {
  const auto at = map.find(key);
  return at == map.end() ? std::nullopt : at->second.value;
}

}  // namespace

std::string_view leading_name(Leading leading) { return leading == Leading::kDeclared ? "declared" : "recorded"; }

std::string_view unit_said_name(UnitSaid said) {
  constexpr std::string_view kNames[] = {"closed", "reported", "nil", "recorded", "silent"};
  return kNames[static_cast<std::size_t>(said)];
}

Json to_json(const Declared& row, const records::World& world, const NameOf& name_of) {
  Json out;
  out.set("record", row.id.hex())
      .set("code", text_or_null(row.code))
      .set("indicator", row.indicator.hex())
      .set("unit", unit_json(row.unit, world));
  out.set("level", text_or_null(join(row.levels, ";"))).set("countries", texts(row.countries)).set("area", text_or_null(row.area));
  out.set("counterparts", ids(row.counterparts))
      .set("from", day(row.from))
      .set("to", day(row.to))
      .set("open_beginning", !row.from.has_value());
  out.set("value", amount(row.value)).set("denominator", amount(row.denominator)).set("qualifier", text_or_null(row.qualifier));
  out.set("magnitude", text_or_null(row.magnitude)).set("basis", text_or_null(row.basis)).set("verbatim", text_or_null(row.verbatim));
  out.set("sources", sources_json(row.sources, name_of));
  Json parts{JsonArray{}};
  for (const auto& part : row.parts) parts.push(to_json(part, world, name_of));
  out.set("parts", std::move(parts));
  return out;
}

Json to_json(const Pivot& pivot) {
  Json out, cells{JsonArray{}};
  for (const auto& [key, cell] : pivot.cells) {
    Json item = cell_json(cell);
    item.set("row", key.first).set("column", key.second);
    cells.push(std::move(item));
  }
  out.set("rows", dimension_name(pivot.rows)).set("columns", dimension_name(pivot.columns)).set("measure", pivot.measure);
  out.set("nature", nature_name(pivot.nature)).set("by_lead_unit", pivot.by_lead_unit);
  out.set("row_keys", texts(pivot.row_keys)).set("column_keys", texts(pivot.column_keys)).set("cells", std::move(cells));
  out.set("row_totals", totals_json(pivot.row_totals))
      .set("column_totals", totals_json(pivot.column_totals))
      .set("total", cell_json(pivot.total));
  out.set("undated_within", pivot.undated_within).set("announced", pivot.announced);
  return out;
}

Json to_json(const Answer& answer, const records::World& world, const NameOf& name_of, const Translate& translate) {
  Json out, figures{JsonArray{}}, below{JsonArray{}}, outside{JsonArray{}};
  for (const auto& figure : answer.figures) figures.push(figure_json(figure, world, name_of, translate));
  for (const auto& row : answer.below) below.push(to_json(row, world, name_of));
  for (const auto& row : answer.outside) outside.push(to_json(row, world, name_of));
  out.set("figures", std::move(figures)).set("below", std::move(below)).set("outside", std::move(outside));
  if (answer.pivot) out.set("pivot", to_json(*answer.pivot));
  return out;
}

namespace {

// A line with what the whole answer is about behind it: the names of these columns, or their values.
std::string with_scope(std::vector<std::string> line, const CsvScope& scope, bool head) {
  for (const auto& [name, value] : scope) line.push_back(csv_cell(head ? name : value));
  return csv_line(line);
}

std::string pivot_csv(const Pivot& pivot, const CsvScope& scope) {
  std::string out(kByteOrderMark);
  std::vector<std::string> line{csv_cell(std::string(dimension_name(pivot.rows)))};
  for (const auto& column : pivot.column_keys) line.push_back(csv_cell(column));
  line.emplace_back("total");
  out += with_scope(line, scope, true);
  for (const auto& row : pivot.row_keys) {
    line = {csv_cell(row)};
    for (const auto& column : pivot.column_keys) line.push_back(csv_amount(value_at(pivot.cells, std::pair(row, column))));
    line.push_back(csv_amount(value_at(pivot.row_totals, row)));
    out += with_scope(line, scope, false);
  }
  line = {"total"};
  for (const auto& column : pivot.column_keys) line.push_back(csv_amount(value_at(pivot.column_totals, column)));
  line.push_back(csv_amount(pivot.total.value));
  return out + with_scope(line, scope, false);
}

}  // namespace

std::string to_csv(const Pivot& pivot) { return pivot_csv(pivot, {}); }

std::string to_csv(const Answer& answer, const records::World& world, const NameOf& name_of) { return to_csv(answer, world, name_of, {}); }

std::string to_csv(const Answer& answer, const records::World& world, const NameOf& name_of, const CsvScope& scope) {
  if (answer.pivot) return pivot_csv(*answer.pivot, scope);
  std::string out(kByteOrderMark);
  out += with_scope(
      {"kind", "indicator", "level", "measure", "nature", "unit", "from", "to", "declared", "qualifier", "recorded", "records", "sources"},
      scope, true);
  const auto day_text = [](const std::optional<std::int32_t>& value) { return value ? day(value).as_string() : std::string(); };
  for (const auto& figure : answer.figures) {
    const auto* unit = figure.unit ? world.tree->find(*figure.unit) : nullptr;
    const auto* lead = figure.declared.empty() ? nullptr : &figure.declared.front();
    std::vector<std::string> titles;
    if (name_of)
      for (const auto& id : figure.sources) titles.push_back(name_of(id));
    out += with_scope(
        {csv_cell(kind_of(figure)), csv_cell(figure.indicator_code), csv_cell(join(figure.levels, ";")), csv_cell(figure.measure),
         std::string(nature_name(figure.nature)), csv_cell(unit ? unit->code : ""), day_text(figure.from), day_text(figure.to),
         csv_amount(lead ? lead->value : std::nullopt), csv_cell(lead ? lead->qualifier : ""), csv_amount(figure.recorded.value),
         std::to_string(figure.recorded.records), csv_cell(join(titles, "; "))},
        scope, false);
  }
  return out;
}

}  // namespace nc::stats
