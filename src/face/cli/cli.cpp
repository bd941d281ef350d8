#include "face/cli/cli.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

#include "base/file_stream.h"
#include "base/files.h"
#include "base/text.h"
#include "face/cli/choices.h"
#include "face/cli/parser.h"
#include "face/cli/room.h"
#include "insight/stats/start.h"
#include "ledger/records/data_dir.h"

namespace nc::cli {
namespace {

i18n::Lang wanted_language(int argc, const char* const* argv) {
  std::string lang;
  if (const char* env = std::getenv("NHIPCAU_LANG")) lang = env;
  const auto take = [&lang](std::string_view wanted) {
    if (wanted == "vi" || wanted == "en") lang = wanted;  // the parser refuses others, in the language so far
  };
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg(argv[i]);
    if (arg == "--lang" && i + 1 < argc) take(argv[i + 1]);
    if (arg.starts_with("--lang=")) take(arg.substr(7));
  }
  return lang == "en" ? i18n::Lang::en : i18n::Lang::vi;
}

}  // namespace

std::shared_ptr<std::string> dir_argument(CLI::App& command, const Context& context) {
  auto dir = std::make_shared<std::string>();
  command.add_option("dir", *dir, context.tr(NC_MSG("The node's data directory")))->required();
  return dir;
}

bool has_no_room(const std::filesystem::path& dir) {
  constexpr std::int64_t kRoomToOpen = 1024 * 1024;
  return may_write_in(dir) && !could_write(dir, kRoomToOpen);
}

Result<std::unique_ptr<records::Ledger>> open_for_reading(const std::filesystem::path& dir) {
  records::OpenOptions options;
  options.read_only = !may_write_in(dir) || has_no_room(dir);
  auto ledger = records::Ledger::open(dir, options);
  const bool reading_helps = !ledger && (ledger.error().code == ErrorCode::kBusy || ledger.error().code == ErrorCode::kFull);
  if (options.read_only || !reading_helps) return ledger;
  options.read_only = true;
  return records::Ledger::open(dir, options);
}

Result<access::Subject> acting_subject(const records::Ledger& ledger, const std::string& login) {
  if (login.empty()) return ledger.console();
  return ledger.subject(login);
}

Result<std::unique_ptr<stats::Columns>> load_columns(const records::Ledger& ledger) {
  auto columns = std::make_unique<stats::Columns>();
  NC_TRY(stats::fill_from_records(*columns, ledger));
  return columns;
}

Result<records::RecordView> find_record(const records::Ledger& ledger, const access::Subject& who, const std::string& id_or_code) {
  if (const auto id = RecordId::from_hex(id_or_code)) return ledger.read(who, *id);
  std::optional<records::RecordView> match;
  std::set<std::string> feeds;
  for (const auto& type : ledger.world()->catalog->types()) feeds.insert(type.feeds);
  for (const auto& feed : feeds) {
    auto found = ledger.by_code(who, feed, id_or_code);
    if (!found) continue;
    if (match)
      return fail(Error(ErrorCode::kInvalid, NC_MSG("The code “{1}” stands for several records"), {id_or_code})
                      .then(NC_MSG("Use the record's id")));
    match = std::move(*found);
  }
  if (!match)
    return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no record “{1}”, or it is not for you"), {id_or_code})
                    .then(NC_MSG("Find it with: nhipcau record DIR list")));
  return std::move(*match);
}

stats::NameOf namer(const records::Ledger& ledger, const access::Subject& who, const std::string& lang) {
  return [&ledger, who, lang](const RecordId& id) { return ledger.title(who, id, lang); };
}

Error error_of(const records::Refusal& refusal, const Context& context) {
  Error error = refusal.error;
  std::vector<std::string> lines;
  for (const auto& finding : refusal.findings) {
    const auto text = finding.message.empty() ? context.words.error_text(finding.error) : finding.message.in(context.lang());
    lines.push_back("  " + join(finding.fields, ", ") + ": " + text + (finding.question ? " [" + finding.rule + "]" : ""));
  }
  if (lines.empty()) return error;
  return Error(error.code, "{1}\n{2}", {context.words.located_text(error), join(lines, "\n")});
}

void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      if (i + 1 < row.size()) out << std::string(widths[i] - display_width(row[i]) + 2, ' ');
    }
    out << '\n';
  }
}

// --- the audit trail: one place for all commands ---

namespace {

struct AuditedCommand {
  std::string_view command;
  std::string_view action;
  bool first;  // shows what is not for everybody: refused when the row cannot be written
};

// What the ledger itself writes down (accounts made, keys, voids, restricted reads) is not here, nor doctor,
// which writes to see whether it can.
constexpr std::array kAudited = {
    AuditedCommand{"verify", access::audited::kCheck, false},
    AuditedCommand{"rebuild", access::audited::kCheck, false},
    AuditedCommand{"digest", access::audited::kCheck, false},
    AuditedCommand{"export", access::audited::kExport, true},
    AuditedCommand{"inspect", access::audited::kInspect, true},
    AuditedCommand{"backup", access::audited::kBackup, false},
    AuditedCommand{"restore", access::audited::kRestoreBackup, false},
    AuditedCommand{"account password", access::audited::kAccount, false},
    AuditedCommand{"audit list", access::audited::kReadAudit, true},
    AuditedCommand{"audit verify", access::audited::kCheck, false},
    AuditedCommand{"audit keep", access::audited::kSetting, false},
    AuditedCommand{"personal backup", access::audited::kBackup, true},
    AuditedCommand{"personal restore", access::audited::kRestoreBackup, false},
};

Status run_audited(const CLI::App& app, const Context& context) {
  std::string name, dir;
  for (const auto* command = &app; !command->get_subcommands().empty();) {
    command = command->get_subcommands().front();
    name += (name.empty() ? "" : " ") + command->get_name();
    if (const auto* option = command->get_option_no_throw("dir"); option && !option->empty()) dir = option->as<std::string>();
  }
  const auto* row = std::find_if(kAudited.begin(), kAudited.end(), [&](const auto& one) { return one.command == name; });
  if (row == kAudited.end()) return context.chosen();
  const auto write = [&](access::AuditOutcome outcome) -> Status {
    const auto config = records::read_config(records::DataDir{dir});
    if (!config) return {};  // no data directory: the command says so
    return audit_trail_of(dir)->write({config->node_record, row->action, {}, {}, outcome});
  };
  if (row->first) {
    // Where nothing at all can be written, what lies there is read as it lies.
    const auto written = write(access::AuditOutcome::kDone);
    if (!written && may_write_in(dir)) return written;
    return context.chosen();
  }
  const Status status = context.chosen();
  static_cast<void>(write(status ? access::AuditOutcome::kDone : access::AuditOutcome::kFailed));
  return status;
}

}  // namespace

int run(int argc, const char* const* argv, const Environment& environment) {
  auto words = i18n::Translator::load(environment.share / "locale", wanted_language(argc, argv));
  if (!words) {
    environment.err << "nhipcau: " << words.error().english() << '\n';
    return 1;
  }
  Context context{environment, std::move(*words), {}};
  CLI::App app(context.tr(NC_MSG("Nhịp Cầu: the working system of border-defence diplomacy")), "nhipcau");
  app.set_help_flag("-h,--help", context.tr(NC_MSG("Show this help")));
  std::string lang;  // read before parsing, because the help is already in it
  add_choice(app, "--lang", lang, context.tr(NC_MSG("Language of the words: vi or en")), {"vi", "en"}, context);
  app.set_version_flag("--version", "nhipcau " + environment.version, context.tr(NC_MSG("Show the version")));
  app.require_subcommand(1);
  app.fallthrough();
  add_init(app, context);
  add_import(app, context);
  add_figures(app, context);
  add_record(app, context);
  add_search(app, context);
  add_period(app, context);
  add_personal(app, context);
  add_erase(app, context);
  add_purge(app, context);
  add_account(app, context);
  add_serve(app, context);
  add_verify(app, context);
  add_rebuild(app, context);
  add_digest(app, context);
  add_export(app, context);
  add_enrol(app, context);
  add_bundle(app, context);
  add_sync(app, context);
  add_node(app, context);
  add_renew(app, context);
  add_backup(app, context);
  add_restore(app, context);
  add_inspect(app, context);
  add_doctor(app, context);
  add_audit(app, context);
  add_handling(app, context);
  add_demo(app, context);
  add_describe(app, context);
  translate_help(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      if (dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr) environment.out << error.what() << '\n';
      else environment.out << help_for(app, argc, argv);
      environment.out.flush();
      return 0;
    }
    environment.err << "nhipcau: " << context.words.located_text(usage_error(app, error)) << '\n';
    return 2;
  }
  if (const auto empty = empty_value(app)) {
    environment.err << "nhipcau: " << context.words.located_text(*empty) << '\n';
    return 2;
  }
  if (!context.chosen) return 2;
  const Status status = run_audited(app, context);
  environment.out.flush();
  if (status) return 0;
  environment.err << "nhipcau: " << context.words.located_text(status.error()) << '\n';
  return status.error().code == ErrorCode::kUsage ? 2 : 1;
}

}  // namespace nc::cli
