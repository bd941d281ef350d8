#include "face/web/sheet_file.h"

#include "base/civil.h"
#include "base/destroy.h"
#include "base/files.h"
#include "face/web/site.h"
#include "ledger/access/capability_words.h"

namespace nc::web {

std::string_view sheet_media(SheetKind kind) {
  return kind == SheetKind::kXlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
}

std::string sheet_file_name(const Visit& visit, SheetKind kind) {
  return "nhip-cau-" + iso_date({visit.who.today, DatePrecision::kDay, false}) + (kind == SheetKind::kXlsx ? ".xlsx" : ".csv");
}

documents::Sheet sheet_head(const Visit& visit, std::string title, std::optional<catalog::Handling> handling) {
  documents::Sheet sheet;
  sheet.name = title;
  sheet.title = std::move(title);
  sheet.made_ms = visit.ledger().now_ms();
  if (handling) sheet.head.push_back({visit.tr("Handling"), visit.tr(access::handling_words(*handling))});
  sheet.head.push_back({visit.tr("Made"), visit.tr("{1} by {2}, {3}. It is written down.", visit.ui.datetime(sheet.made_ms),
                                                   visit.site.account_name(visit.who.person), visit.site.node_name(visit.ui.lang()))});
  return sheet;
}

Status write_sheet(SheetKind kind, const documents::Sheet& sheet, const std::filesystem::path& file, const documents::RowSource& rows) {
  if (kind == SheetKind::kCsv) return documents::write_csv(sheet, rows, file);
  return documents::write_xlsx(sheet, rows, file, file.parent_path());
}

SheetPlace::SheetPlace(const Visit& visit) : file_(visit.site.works().folder() / (visit.site.rng().make<RecordId>().hex() + ".now")) {}

SheetPlace::~SheetPlace() { static_cast<void>(destroy_file(file_)); }

net::Response sheet_response(const Visit& visit, SheetKind kind, const std::filesystem::path& file) {
  auto bytes = read_file(file);
  if (!bytes) return visit.refuse(bytes.error());
  auto response = net::Response::bytes(std::move(*bytes), std::string(sheet_media(kind)));
  response.headers.set("Content-Disposition", "attachment; filename=\"" + sheet_file_name(visit, kind) + "\"");
  return response;
}

}  // namespace nc::web
