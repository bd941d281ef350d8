// backup and restore.
#include "ledger/records/backup.h"

#include <set>

#include "face/cli/commands.h"
#include "ledger/records/data_dir.h"

namespace nc::cli {
namespace {

constexpr std::size_t kRecordsWrittenDownMax = 100;  // of one backup; verify names all

void name_left_out(const Context& context, const std::vector<records::LeftOut>& left_out, const std::string& head) {
  if (left_out.empty()) return;
  context.out() << head << '\n';
  for (const auto& one : left_out)
    context.out() << "  " << one.record.hex() << " " << one.name << ": "
                  << (one.missing ? context.tr(NC_MSG("its bytes are not on this node"))
                                  : context.tr(NC_MSG("its bytes are not those that were attached")))
                  << '\n';
}

// A row for each record that is not whole in the copy, beside the row of the backup itself.
void write_left_out(const std::string& dir, const std::vector<records::LeftOut>& left_out) {
  const auto config = records::read_config(records::DataDir{dir});
  std::set<RecordId> concerned;
  for (const auto& one : left_out)
    if (concerned.size() < kRecordsWrittenDownMax) concerned.insert(one.record);
  if (!config || concerned.empty()) return;
  const auto trail = audit_trail_of(dir);
  for (const auto& record : concerned)
    static_cast<void>(trail->write({config->node_record, access::audited::kBackup, record, {}, access::AuditOutcome::kFailed}));
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("backup", context.tr(NC_MSG("Write one file with the whole ledger; the node may be serving")));
  const auto dir = dir_argument(*command, context);
  auto file = std::make_shared<std::string>();
  command->add_option("file", *file, context.tr(NC_MSG("The file to write")))->required();
  command->callback([=, &context] {
    context.chosen = [=, &context]() -> Status {
      NC_ASSIGN(const auto report, records::backup_directory(*dir, *file));
      context.out() << context.tr(NC_MSG("{1}: {2} entries, {3} bytes. Keys and passwords are not in it"), *file, report.entries,
                                  report.bytes)
                    << '\n';
      name_left_out(context, report.left_out,
                    context.tr(NC_MSG("{1} attached files could not be taken; the backup holds everything else. Attach them again:"),
                               static_cast<std::int64_t>(report.left_out.size())));
      write_left_out(*dir, report.left_out);
      for (const auto& name : report.damaged)
        context.out() << context.tr(NC_MSG("{1} is damaged and not in the backup. Move it away: it is made anew, empty"), name) << '\n';
      return {};
    };
  });
}

void add_restore(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("restore", context.tr(NC_MSG("Make a data directory from a backup, as a new incarnation")));
  auto file = std::make_shared<std::string>();
  auto dir = std::make_shared<std::string>();
  auto key = std::make_shared<std::string>();
  command->add_option("file", *file, context.tr(NC_MSG("The backup file")))->required();
  command->add_option("dir", *dir, context.tr(NC_MSG("A new or empty directory")))->required();
  command->add_option("--recovery-key", *key,
                      context.tr(NC_MSG("The recovery key that init wrote; without it the node can be read, but not written")));
  command->callback([=, &context] {
    context.chosen = [=, &context]() -> Status {
      NC_ASSIGN(const auto report, records::restore_backup(*file, *dir, *key));
      context.out() << context.tr(NC_MSG("{1} entries restored, as they were on {2}"), report.entries,
                                  context.words.datetime(report.made_ms))
                    << '\n';
      name_left_out(context, report.left_out,
                    context.tr(NC_MSG("{1} attached files did not come with it. Take them from an older backup, or attach them again:"),
                               static_cast<std::int64_t>(report.left_out.size())));
      if (!report.certified)
        context.out() << context.tr(
                             NC_MSG("It can be read. To write, restore with --recovery-key, or have the superior certify its new key"))
                      << '\n';
      context.out() << context.tr(NC_MSG("Passwords are not in backups. Set them with: nhipcau account {1} password LOGIN"), *dir) << '\n';
      return {};
    };
  });
}

}  // namespace nc::cli
