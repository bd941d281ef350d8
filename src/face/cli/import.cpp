// import: CSV files of the public record, by the import map.
#include <array>

#include "channels/intake/intake.h"
#include "face/cli/choices.h"
#include "face/cli/importing.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, login, map, format = "table";
  std::vector<std::string> paths;
  bool all = false;
};

void print_counts(const Context& context, const intake::Report& report) {
  using intake::Outcome;
  constexpr std::array kOutcomes = {Outcome::kTaken,   Outcome::kLinked,    Outcome::kQuestion,
                                    Outcome::kAmended, Outcome::kUnchanged, Outcome::kRefused};
  std::vector<std::vector<std::string>> rows{{context.tr(NC_MSG("Table"))}};
  for (const auto outcome : kOutcomes) rows[0].push_back(context.tr(intake::outcome_message(outcome)));
  for (const auto& [table, counts] : report.by_table()) {
    std::vector<std::string> row{table};
    for (const auto outcome : kOutcomes) {
      const auto it = counts.find(outcome);
      row.push_back(context.words.number(it == counts.end() ? 0 : static_cast<std::int64_t>(it->second)));
    }
    rows.push_back(std::move(row));
  }
  print_table(context.out(), rows);
}

// Rows refused for what they say are in the report; a disk that failed, or not one row taken, is a failure.
Status outcome_of(const intake::Report& report) {
  for (const auto& row : report.rows)
    for (const auto& note : row.notes)
      if (note.error.code == ErrorCode::kFull || note.error.code == ErrorCode::kIo) return fail(note.error);
  const auto refused = report.count(intake::Outcome::kRefused);
  if (refused == 0 || refused != report.rows.size()) return {};
  return fail(Error(ErrorCode::kInvalid, NC_MSG("Every row was refused")).then(NC_MSG("See the remarks above")));
}

}  // namespace

Status import_paths(const Context& context, records::Ledger& ledger, const access::Subject& who, const std::vector<std::string>& paths,
                    const std::string& map_file, ImportOutput output) {
  const auto path = map_file.empty() ? context.environment.share / "import" / "public-record.json" : std::filesystem::path(map_file);
  NC_ASSIGN(const auto map, intake::ImportMap::load(path));
  const bool quiet = output == ImportOutput::kJson;
  std::string last;
  const auto progress = [&](std::string_view table, std::size_t done, std::size_t total) {
    if (quiet || (done != 0 && done != total) || table == last) return true;
    last = table;
    context.out() << context.tr(NC_MSG("Importing {1} ({2} rows) ..."), table, static_cast<std::int64_t>(total)) << std::endl;
    return true;
  };
  NC_ASSIGN(const auto report, intake::import_folder(ledger, who, {paths.begin(), paths.end()}, map, progress));
  const auto translate = [&](const Error& message) { return context.words.error_text(message); };
  if (quiet) {
    context.out() << pretty(intake::to_json(report, context.lang(), translate));
    return outcome_of(report);
  }
  if (output != ImportOutput::kCounts)
    context.out() << intake::to_text(report, context.lang(), output == ImportOutput::kAllRows, translate);
  print_counts(context, report);
  if (output == ImportOutput::kRows)
    context.out() << context.tr(NC_MSG("Rows without a question or a refusal: --all lists them too")) << '\n';
  for (const auto& file : report.passed_over) context.out() << context.tr(NC_MSG("Not read, no table of the map: {1}"), file) << '\n';
  return outcome_of(report);
}

void add_import(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("import", context.tr(NC_MSG("Import CSV files; importing twice changes nothing")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->add_option("paths", asked->paths, context.tr(NC_MSG("Files or folders")))->required();
  command->add_option("--map", asked->map, context.tr(NC_MSG("Another import map")));
  command->add_option("--login", asked->login, context.tr(NC_MSG("Act with the rights of this account")));
  add_choice(*command, "--format", asked->format, context.tr(NC_MSG("table or json")), {"table", "json"}, context);
  command->add_flag("--all", asked->all, context.tr(NC_MSG("Report every row, not only those with a question or a refusal")));
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [=, &context]() -> Status {
      NC_ASSIGN(const auto ledger, records::Ledger::open(asked->dir));
      NC_ASSIGN(const auto who, acting_subject(*ledger, asked->login));
      return import_paths(context, *ledger, who, asked->paths, asked->map,
                          asked->format == "json" ? ImportOutput::kJson
                          : asked->all            ? ImportOutput::kAllRows
                                                  : ImportOutput::kRows);
    };
  });
}

}  // namespace nc::cli
