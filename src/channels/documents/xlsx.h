// A table as XLSX (ISO/IEC 29500): title and head, then the labels, frozen and filtered, and the rows with typed cells.
#pragma once

#include <filesystem>

#include "channels/documents/sheet.h"

namespace nc::documents {

// What the format holds: rows of a sheet with the head, and bytes of one cell, which are cut with a mark at the end.
inline constexpr std::int64_t kXlsxRowsMax = 1'048'000;
inline constexpr std::size_t kXlsxTextMax = 32'000;

// Into a new file; temporary files lie in `folder`. In constant memory. kLimit: too many rows; kFull, kIo.
Status write_xlsx(const Sheet& sheet, const RowSource& rows, const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace nc::documents
