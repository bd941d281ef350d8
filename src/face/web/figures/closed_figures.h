// Inside the room: what a closing keeps, in words, as its record shows it to whoever signs it and prints it.
#pragma once

#include <map>
#include <string>

#include "face/web/visit.h"
#include "insight/stats/closing.h"

namespace nc::web {

// Indicators by their codes, which is what closings keep of them.
using IndicatorNames = std::map<std::string, std::string>;
[[nodiscard]] IndicatorNames indicator_names(const Visit& visit);
// "Talks, periodic, Cambodia": which of the figures it is.
[[nodiscard]] std::string closed_name(const Visit& visit, const IndicatorNames& names, const stats::ClosedFigure& figure);
// The figures of the closing and of its parts, as they were; or what of it is broken.
[[nodiscard]] Html closed_figures(const Visit& visit, const records::RecordView& closing);
// The rule by which they were counted, as of which day, and the code and address that lead back: every figure on paper has them.
[[nodiscard]] Html closing_rule(const Visit& visit, const records::RecordView& closing);
[[nodiscard]] Html broken_closing(const Visit& visit, const std::vector<stats::BrokenPart>& broken);

}  // namespace nc::web
