// An answer as it stands in a page: figures with what was declared and what was recorded, and tables.
//
// Declared and recorded stand side by side and are never added; every number leads to the records behind it.
#pragma once

#include "face/web/figures/asked.h"
#include "face/web/visit.h"

namespace nc::web {

// Names a figure of an answer in an address; the same for the same data.
[[nodiscard]] std::string figure_key(const stats::Figure& figure);
// What stands behind a figure: "recorded", "undated" or "announced" records.
[[nodiscard]] Url behind_url(const Asked& asked, const stats::Figure& figure, std::string_view show);
// Of a cell of a table; an empty optional: the total.
[[nodiscard]] Url behind_url(const Asked& asked, const std::optional<std::string>& row, const std::optional<std::string>& column);

// Declared figures one by one, then what is only recorded as a list; below and outside folded away.
[[nodiscard]] Html answer_view(const Visit& visit, const Asked& asked, const stats::Answer& answer);
[[nodiscard]] Html figure_view(const Visit& visit, const Asked& asked, const stats::Figure& figure);
[[nodiscard]] Html pivot_view(const Visit& visit, const Asked& asked, const stats::Pivot& table, const std::string& caption,
                              bool caption_in_view = true);
// One declared figure as a source prints it: parts, words, source.
[[nodiscard]] Html declared_view(const Visit& visit, const stats::Declared& declared);
// By which rule this was counted: unit, line, tree, period, for whom, when.
[[nodiscard]] Html rule_line(const Visit& visit, const Asked& asked);
[[nodiscard]] std::string rule_text(const Visit& visit, const Asked& asked);  // the same for a file
// What a reader must know of a table: what is counted, what is not in it.
[[nodiscard]] std::vector<std::string> pivot_notes(const Visit& visit, const Asked& asked, const stats::Pivot& table);

}  // namespace nc::web
