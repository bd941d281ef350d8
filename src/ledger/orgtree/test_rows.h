// For tests: the units of the public record as rows, read with no care for bad input.
#pragma once

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "ledger/orgtree/orgtree.h"

namespace nc::orgtree::test {

inline UnitId id_of(std::string_view code) {
  UnitId id;  // distinct for what the tests use: two simple hashes
  std::uint64_t a = 1469598103934665603ULL, b = 7;
  for (const char c : code) {
    a = (a ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    b = b * 31 + static_cast<unsigned char>(c);
  }
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(a >> (8 * i));
    id.bytes[8 + i] = static_cast<std::uint8_t>(b >> (8 * i));
  }
  return id;
}

inline std::int32_t day(int year, int month, int dom) { return to_day(year, month, dom); }

using Row = std::map<std::string, std::string>;

inline std::vector<std::string> csv_cells(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) cells.emplace_back();
    else if (c != '\r') cells.back() += c;
  }
  return cells;
}

inline std::vector<Row> csv_rows(const std::string& name) {
  std::ifstream in(std::string(NC_SOURCE_DIR) + "/data/public-record/" + name);
  if (!in) throw std::runtime_error("no file " + name);
  std::string line;
  std::getline(in, line);
  const auto header = csv_cells(line);
  std::vector<Row> rows;
  while (std::getline(in, line)) {
    const auto cells = csv_cells(line);
    Row row;
    for (std::size_t i = 0; i < header.size() && i < cells.size(); ++i) row[header[i]] = cells[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

inline std::optional<std::int32_t> day_of(const std::string& iso) {
  if (iso.empty()) return std::nullopt;
  return parse_iso_date(iso).value().day;
}

inline std::shared_ptr<const OrgTree> public_record() {
  std::vector<Unit> units;
  for (auto& row : csv_rows("units.csv")) {
    Unit unit;
    unit.id = id_of(row["id"]);
    unit.code = row["id"];
    unit.name = row["name_vi"];
    unit.name_en = row["name_en"];
    unit.country = row["country"];
    unit.from = day_of(row["valid_from"]);
    unit.until = day_of(row["valid_to"]);
    unit.own = unit.country == "VN";
    units.push_back(std::move(unit));
  }
  std::vector<Link> links;
  for (auto& row : csv_rows("links.csv"))
    links.push_back({id_of(row["unit_id"]),
                     id_of(row["parent_id"]),
                     line_from_name(row["line"]).value(),
                     day_of(row["valid_from"]),
                     day_of(row["valid_to"]),
                     {}});
  std::vector<Lineage> lineage;
  for (auto& row : csv_rows("lineage.csv"))
    lineage.push_back({id_of(row["from_id"]), id_of(row["to_id"]), day_of(row["date"]), change_from_name(row["kind"]).value(), false});
  return OrgTree::build(std::move(units), std::move(links), std::move(lineage));
}

}  // namespace nc::orgtree::test
