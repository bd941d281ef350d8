// A table of two dimensions; every number leads to the records that it counts.
#include "face/web/figures/answer_view.h"
#include "face/web/figures/words.h"

namespace nc::web {
namespace {

using Key = std::optional<std::string>;

class Drawing {
 public:
  Drawing(const Visit& visit, const Asked& asked, const stats::Pivot& table) : visit_(visit), asked_(asked), table_(table) {}

  [[nodiscard]] Pivot pivot(const std::string& caption) const {
    Pivot out;
    out.caption = caption;
    out.corner = dimension_text(visit_, table_.rows);
    const bool flat = table_.columns == stats::Dimension::kNone;
    for (const auto& column : table_.column_keys)
      if (!flat) out.columns.push_back(key_text(visit_, table_.columns, column));
    out.columns.push_back(visit_.tr("Total"));
    for (const auto& row : table_.row_keys) out.rows.push_back(drawn_row(key_text(visit_, table_.rows, row), row, flat));
    if (table_.row_keys.size() != 1) out.rows.push_back(drawn_row(visit_.tr("Total"), std::nullopt, flat));
    return out;
  }

 private:
  [[nodiscard]] PivotRow drawn_row(std::string label, const Key& row, bool flat) const {
    PivotRow out{std::move(label), {}};
    for (const auto& column : table_.column_keys)
      if (!flat) out.cells.push_back(drawn(cell(row, column), row, column));
    out.cells.push_back(drawn(cell(row, std::nullopt), row, std::nullopt));
    return out;
  }

  [[nodiscard]] const stats::Cell* cell(const Key& row, const Key& column) const {
    const auto in = [](const auto& map, const auto& key) {
      const auto at = map.find(key);
      return at == map.end() ? nullptr : &at->second;
    };
    if (row && column) return in(table_.cells, std::pair(*row, *column));
    if (row) return in(table_.row_totals, *row);
    if (column) return in(table_.column_totals, *column);
    return &table_.total;
  }

  // A dash where nothing is known; records whose number is not stated show as such.
  [[nodiscard]] PivotCell drawn(const stats::Cell* cell, const Key& row, const Key& column) const {
    PivotCell out;
    if (!cell || cell->records == 0) return out;
    out.text = cell->value ? amount_text(visit_, *cell->value) : visit_.tr("not added");
    out.drill = behind_url(asked_, row, column);
    return out;
  }

  const Visit& visit_;
  const Asked& asked_;
  const stats::Pivot& table_;
};

}  // namespace

Html pivot_view(const Visit& visit, const Asked& asked, const stats::Pivot& table, const std::string& caption, bool caption_in_view) {
  if (table.row_keys.empty())
    return el("div", {{"class", "empty"}}, el("p", {{"class", "empty-text"}}, visit.tr("No report yet for this question")),
              el("p", {}, visit.tr("This is not a zero. Choose a wider period or unit, or take away a condition.")));
  auto drawn = Drawing(visit, asked, table).pivot(caption);
  drawn.caption_in_view = caption_in_view;
  auto out = pivot(drawn, visit.ui);
  for (const auto& note : pivot_notes(visit, asked, table)) out.add(hint(note));
  return out;
}

std::vector<std::string> pivot_notes(const Visit& visit, const Asked& asked, const stats::Pivot& table) {
  std::vector<std::string> notes{
      visit.tr("Recorded from single reports: incomplete. Every total is counted by itself; what stands in several cells counts once.")};
  if (!table.measure.empty())
    notes.insert(notes.begin(),
                 visit.tr("Counted: {1}, {2}.", measure_name(visit, asked.query.kinds, table.measure), nature_text(visit, table.nature)));
  if (table.by_lead_unit) notes.push_back(visit.tr("Units stand for the records they lead."));
  if (table.undated_within > 0)
    notes.push_back(visit.ui.trn("{1} record may lie in the period; its date is not exact.",
                                 "{1} records may lie in the period; their dates are not exact.",
                                 static_cast<std::int64_t>(table.undated_within)));
  if (table.announced > 0)
    notes.push_back(visit.ui.trn("{1} was announced and is not counted.", "{1} were announced and are not counted.",
                                 static_cast<std::int64_t>(table.announced)));
  return notes;
}

}  // namespace nc::web
