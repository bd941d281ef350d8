// Files of rows that become records, as long work: what may be sent, and the order. Each row is written with the rights
// of its person, as if he had typed it; importing twice changes nothing, so that a broken one is begun again (intake.h).
#include <algorithm>
#include <array>

#include "base/files.h"
#include "channels/intake/intake.h"
#include "face/web/change_form.h"
#include "face/web/works/import_files.h"
#include "face/web/works/work_pages.h"

namespace nc::web {
namespace {

constexpr const char* kStays = NC_MSG("What was imported until then stays. Import the same files again for the rest: nothing is doubled.");
constexpr const char* kReportName = "import.txt";

bool may_import(const Visit& visit) { return visit.reads() && !new_record_button(visit).empty(); }

Result<intake::ImportMap> map_of(const Site& site) { return intake::ImportMap::load(site.share() / "import" / "public-record.json"); }

// Which files are known: by their name or their first line.
Html known_files(const Visit& visit, const intake::ImportMap& map) {
  Html rows;
  for (const auto& table : map.tables()) {
    if (table.file.empty()) continue;
    std::string columns;
    for (const auto& column : table.columns) columns += (columns.empty() ? "" : ", ") + column;
    rows.add(el("tr", {}, el("th", {{"scope", "row"}}, table.file), el("td", {}, el("code", {}, columns))));
  }
  const auto head =
      el("tr", {}, el("th", {{"scope", "col"}}, visit.tr("File")), el("th", {{"scope", "col"}}, visit.tr("Columns of its first line")));
  const auto label = visit.tr("Files that are known");
  return el("details", {}, el("summary", {}, label),
            el("div", {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", label}},
               el("table", {{"class", "small"}}, el("thead", {}, head), el("tbody", {}, rows))));
}

net::Response import_page(const Visit& visit, const std::string& error = {}, int status = 200) {
  const auto map = map_of(visit.site);
  if (!map) return visit.refuse(map.error());
  auto page = visit.frame(visit.tr("Import of files"), Place::kActivities);
  page.crumbs = {{visit.tr("External activities"), Url::to("/activities")}, {page.title, {}}};
  auto form = file_form(visit, {Url::to(kImportPath), "", "", "files", visit.tr("CSV files"),
                                visit.tr("At most {1} files and {2} MiB together, in UTF-8.", static_cast<std::int64_t>(kImportFilesMax),
                                         kImportBytesMax / (1024 * 1024)),
                                ".csv", true, visit.tr("Import"), error});
  form.cancel = Url::to("/activities");
  page.main = join(el("p", {},
                      visit.tr("Every row becomes a record with its source, in your name and with your rights; a row that cannot be read "
                               "is told with its file, line and column. Importing the same file again changes nothing.")),
                   hint(visit.tr("It goes on while you do something else, can be cancelled, and leaves a report.")), render(form, visit.ui),
                   section(visit.tr("Which files"), known_files(visit, *map)));
  return visit.show(page, status);
}

// One line a table: how many rows became what.
Said line_of(const std::string& table, const intake::Report::Counts& counts) {
  using intake::Outcome;
  const auto number = [&](Outcome outcome) {
    const auto at = counts.find(outcome);
    return std::to_string(at == counts.end() ? 0 : at->second);
  };
  const bool bad = counts.contains(Outcome::kRefused);
  return {NC_MSG("{1}: {2} taken, {3} taken with a question, {4} changed, {5} linked, {6} unchanged, {7} refused"),
          {table, number(Outcome::kTaken), number(Outcome::kQuestion), number(Outcome::kAmended), number(Outcome::kLinked),
           number(Outcome::kUnchanged), number(Outcome::kRefused)},
          bad};
}

Result<WorkResult> result_of(const Visit& visit, const intake::Report& report, const std::filesystem::path& file) {
  WorkResult out;
  for (const auto& [table, counts] : report.by_table()) out.lines.push_back(line_of(table, counts));
  const auto text = intake::to_text(report, visit.lang(), false, [&](const Error& message) { return visit.ui.error_text(message); });
  if (text.empty()) return out;
  NC_ASSIGN(auto to, OutputFile::create(file));
  NC_TRY(to.write(text));
  NC_TRY(to.sync());
  out.lines.push_back({NC_MSG("What was asked or refused stands in the report, row by row."), {}});
  out.file_name = kReportName;
  out.media = "text/plain";
  return out;
}

Result<WorkResult> run_import(const LastingVisit& lasting, const ImportFolder& folder, const Progress& progress,
                              const std::filesystem::path& file) {
  const auto& visit = lasting.visit();
  NC_TRY(step(progress, NC_MSG("Reading the files"), 0, 0));
  NC_ASSIGN(const auto map, map_of(visit.site));
  const auto told = [&](std::string_view, std::size_t done, std::size_t total) {
    return progress(NC_MSG("Importing the rows of a file"), static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
  };
  NC_ASSIGN(const auto report, intake::import_folder(visit.ledger(), visit.who, folder.files, map, told));
  if (report.stopped) return fail(given_up());
  return result_of(visit, report, file);
}

net::Response order_import(Visit& visit, const net::Params&, const net::Fields& form) {
  if (!may_import(visit)) return visit.not_found();
  auto sent = ImportFiles::of(visit.request);
  if (!sent) return import_page(visit, visit.ui.error_text(sent.error()), sent.error().code == ErrorCode::kLimit ? 413 : 422);
  if (!*sent || (*sent)->files.empty()) return import_page(visit, visit.tr("Choose a file"), 422);
  WorkOrder order;
  order.lane = WorkOrder::Lane::kImport;
  order.title = NC_MSG("Import of files");
  order.if_cut_short = kStays;
  for (const auto& file : (*sent)->files) order.about += (order.about.empty() ? "" : ", ") + file.filename().string();
  order.run = [lasting = std::make_shared<LastingVisit>(visit), folder = std::move(*sent)](
                  const Progress& progress, const std::filesystem::path& file) { return run_import(*lasting, *folder, progress, file); };
  return order_work(visit, std::move(order), form);
}

}  // namespace

Html import_button(const Visit& visit) {
  return may_import(visit) ? join(button_link(visit.tr("Import files"), Url::to(kImportPath)), " ") : Html();
}

void add_import_pages(net::Router& router, Site& site) {
  site.add_page(router, kImportPath,
                [](Visit& visit, const net::Params&) { return may_import(visit) ? import_page(visit) : visit.not_found(); });
  site.add_change(router, kImportPath, order_import);
}

}  // namespace nc::web
