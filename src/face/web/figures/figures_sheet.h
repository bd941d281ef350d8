// Inside the room: an answer as a sheet, number for number what the page shows.
#pragma once

#include "channels/documents/sheet.h"
#include "face/web/figures/asked.h"
#include "face/web/visit.h"

namespace nc::web {

struct FigureSheet {
  documents::Sheet sheet;
  std::vector<std::vector<documents::Cell>> rows;
};
// The table of two dimensions, or one row a figure with what was declared and what was recorded side by side.
[[nodiscard]] FigureSheet sheet_of(const Visit& visit, const Asked& asked, const stats::Answer& answer);

}  // namespace nc::web
