// backup and restore.
#include "ledger/records/backup.h"
#include "face/cli/commands.h"

namespace nc::cli {

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
