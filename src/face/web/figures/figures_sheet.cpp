#include "face/web/figures/figures_sheet.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "face/web/figures/answer_view.h"
#include "face/web/figures/code_page.h"
#include "face/web/figures/words.h"
#include "face/web/sheet_file.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

using documents::Cell;
using documents::text_cell;
using Key = std::optional<std::string>;

Cell amount_cell(const Visit& visit, const stats::Amount& amount) {
  return documents::number_cell(amount_text(visit, amount), amount.value, amount.scale);
}

// Empty where nothing is known: that is not a zero.
Cell pivot_cell(const Visit& visit, const stats::Cell* cell) {
  if (!cell || cell->records == 0) return text_cell("–");
  return cell->value ? amount_cell(visit, *cell->value) : text_cell(visit.tr("not added"));
}

const stats::Cell* cell_of(const stats::Pivot& table, const Key& row, const Key& column) {
  const auto in = [](const auto& map, const auto& key) {
    const auto at = map.find(key);
    return at == map.end() ? nullptr : &at->second;
  };
  if (row && column) return in(table.cells, std::pair(*row, *column));
  if (row) return in(table.row_totals, *row);
  if (column) return in(table.column_totals, *column);
  return &table.total;
}

void add_table(const Visit& visit, const Asked& asked, const stats::Pivot& table, FigureSheet& out) {
  const bool flat = table.columns == stats::Dimension::kNone;
  out.sheet.columns.push_back({dimension_text(visit, table.rows), 34});
  for (const auto& column : table.column_keys)
    if (!flat) out.sheet.columns.push_back({key_text(visit, table.columns, column), 14});
  out.sheet.columns.push_back({visit.tr("Total"), 14});
  const auto add_row = [&](std::string label, const Key& key) {
    std::vector<Cell> row{text_cell(std::move(label))};
    for (const auto& column : table.column_keys)
      if (!flat) row.push_back(pivot_cell(visit, cell_of(table, key, column)));
    row.push_back(pivot_cell(visit, cell_of(table, key, std::nullopt)));
    out.rows.push_back(std::move(row));
  };
  for (const auto& key : table.row_keys) add_row(key_text(visit, table.rows, key), key);
  if (table.row_keys.size() != 1) add_row(visit.tr("Total"), std::nullopt);
  for (const auto& note : pivot_notes(visit, asked, table)) out.sheet.head.push_back({visit.tr("Remark"), note});
}

std::string declared_text(const Visit& visit, const stats::Figure& figure) {
  std::vector<std::string> out;
  for (const auto& declared : figure.declared) out.push_back(quantity_text(visit, declared));
  return nc::join(out, "; ");
}

std::string sources_text(const Visit& visit, const stats::Figure& figure) {
  std::set<std::string> names;
  for (const auto& declared : figure.declared)
    for (const auto& source : declared.sources) names.insert(visit.name(source));
  return nc::join(std::vector<std::string>(names.begin(), names.end()), "; ");
}

std::string remarks_text(const Visit& visit, const stats::Figure& figure) {
  std::vector<std::string> out;
  if (figure.completeness.reported) out.push_back(completeness_text(visit, figure.completeness));
  for (const auto& difference : figure.differences) out.push_back(difference_text(visit, difference));
  return nc::join(out, "; ");
}

void add_figures(const Visit& visit, const stats::Answer& answer, FigureSheet& out) {
  out.sheet.columns = {{visit.tr("What"), 34},     {visit.tr("Measure"), 20}, {visit.tr("Period"), 26},  {visit.tr("Declared"), 16},
                       {visit.tr("Recorded"), 14}, {visit.tr("Records"), 12}, {visit.tr("Remarks"), 40}, {visit.tr("Sources"), 40}};
  for (const auto& figure : answer.figures) {
    const auto& said = figure.recorded;
    const auto levels = figure.levels.empty() ? std::string() : ", " + levels_text(visit, figure.levels);
    out.rows.push_back(
        {text_cell(figure_name(visit, figure) + levels), text_cell(measure_name(visit, figure)),
         text_cell(period_text(visit, figure.nature, figure.from, figure.to)), text_cell(declared_text(visit, figure)),
         said.value ? amount_cell(visit, *said.value) : text_cell(visit.tr("no report yet")),
         documents::number_cell(visit.ui.number(static_cast<std::int64_t>(said.records)), static_cast<std::int64_t>(said.records)),
         text_cell(remarks_text(visit, figure)), text_cell(sources_text(visit, figure))});
  }
}

}  // namespace

FigureSheet sheet_of(const Visit& visit, const Asked& asked, const stats::Answer& answer) {
  FigureSheet out{sheet_head(visit, visit.tr("Figures"), std::nullopt), {}};
  out.sheet.head.push_back({visit.tr("Question"), visit.site.own_address(visit.request) + asked.at("/figures").text()});
  if (const auto code = code_of(visit, asked)) out.sheet.head.push_back({visit.tr("Short code"), *code});
  out.sheet.head.push_back({visit.tr("Rule of counting"), rule_text(visit, asked)});
  if (const auto complete = nodes_complete_text(visit); !complete.empty()) out.sheet.head.push_back({visit.tr("Nodes below"), complete});
  if (answer.pivot) add_table(visit, asked, *answer.pivot, out);
  else add_figures(visit, answer, out);
  out.sheet.head.push_back({visit.tr("Rows"), visit.ui.number(static_cast<std::int64_t>(out.rows.size()))});
  return out;
}

}  // namespace nc::web
