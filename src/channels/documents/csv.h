// A table as CSV (RFC 4180): UTF-8 with the mark by which spreadsheets know it, one line of labels, every cell in quotes.
#pragma once

#include <filesystem>

#include "channels/documents/sheet.h"

namespace nc::documents {

// One line. A text that a spreadsheet would take for a formula gets an apostrophe; numbers are written as digits.
[[nodiscard]] std::string csv_line(std::span<const Cell> cells);
// Into a new file. The head is left out: programs read the first line as the names of the columns.
Status write_csv(const Sheet& sheet, const RowSource& rows, const std::filesystem::path& file);

}  // namespace nc::documents
