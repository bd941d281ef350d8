// Inside the room: a table as a file for a spreadsheet (channels/documents), with the head that every one has.
#pragma once

#include "channels/documents/csv.h"
#include "channels/documents/row_spool.h"
#include "channels/documents/xlsx.h"
#include "face/web/visit.h"

namespace nc::web {

enum class SheetKind { kCsv, kXlsx };
[[nodiscard]] std::string_view sheet_media(SheetKind kind);
[[nodiscard]] std::string sheet_file_name(const Visit& visit, SheetKind kind);  // "nhip-cau-2026-11-22.xlsx"

// Title, handling (none: of numbers that are counted), who made it, when and where.
[[nodiscard]] documents::Sheet sheet_head(const Visit& visit, std::string title, std::optional<catalog::Handling> handling);
Status write_sheet(SheetKind kind, const documents::Sheet& sheet, const std::filesystem::path& file, const documents::RowSource& rows);

// Where a file that is given at once is made; what lies there is destroyed with it.
class SheetPlace {
 public:
  explicit SheetPlace(const Visit& visit);
  SheetPlace(const SheetPlace&) = delete;
  ~SheetPlace();
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
};
[[nodiscard]] net::Response sheet_response(const Visit& visit, SheetKind kind, const std::filesystem::path& file);

}  // namespace nc::web
