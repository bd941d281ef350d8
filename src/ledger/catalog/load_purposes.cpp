// purposes.toml: what personal data may be read for.
#include <algorithm>

#include "base/civil.h"
#include "ledger/catalog/loader.h"
#include "ledger/catalog/toml_reader.h"

namespace nc::catalog {
namespace {

std::optional<std::int32_t> read_day(TableReader& in, std::string_view key) {
  const auto* found = in.find(key);
  if (found == nullptr) return std::nullopt;
  const auto date = parse_iso_date(in.text(key, true));
  if (date && date->precision == DatePrecision::kDay) return date->day;
  in.problem().refuse(*found, NC_MSG("“{1}” must be a day in quotes, such as \"2026-01-31\""), {std::string(key)});
  return std::nullopt;
}

Purpose read_one(TableReader& item) {
  Purpose out;
  out.id = item.id("id");
  out.label = item.label("label", true);
  out.in_words = item.flag("in_words", false);
  out.from = read_day(item, "from");
  out.until = read_day(item, "until");
  item.finish();
  return out;
}

}  // namespace

Result<std::vector<Purpose>> parse_purposes(std::string_view toml, std::string_view file_name) {
  NC_ASSIGN(const Toml tree, parse_toml(toml, file_name));
  Problem problem(file_name);
  TableReader in(problem, tree);
  std::vector<Purpose> out;
  for (const auto* table : in.tables("purpose")) {
    TableReader item(problem, *table);
    auto purpose = read_one(item);
    if (problem.found()) break;
    if (purpose.from && purpose.until && *purpose.until < *purpose.from)
      problem.refuse(*item.find("until"), NC_MSG("The purpose “{1}” ends before it begins"), {purpose.id});
    if (std::any_of(out.begin(), out.end(), [&](const Purpose& other) { return other.id == purpose.id; }))
      problem.refuse(*table, NC_MSG("The purpose “{1}” stands twice"), {purpose.id});
    out.push_back(std::move(purpose));
  }
  in.finish();
  if (problem.found()) return fail(problem.error());
  return out;
}

}  // namespace nc::catalog
