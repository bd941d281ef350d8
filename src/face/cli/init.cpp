#include "face/cli/choices.h"
#include "face/cli/commands.h"

namespace nc::cli {

void add_init(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("init", context.tr(NC_MSG("Make a new node: data directory, keys, catalogue")));
  const auto dir = dir_argument(*command, context);
  auto unit = std::make_shared<std::string>();
  auto catalog = std::make_shared<std::string>();
  command->add_option("--unit", *unit, context.tr(NC_MSG("Code of the unit whose node this is")));
  command->add_option("--catalog", *catalog, context.tr(NC_MSG("Folder of record types (default: those that come with the program)")));
  command->callback([=, &context] {
    context.chosen = [=, &context]() -> Status {
      if (!unit->empty()) NC_TRY(must_be_code("--unit", *unit));
      const auto files = catalog->empty() ? context.environment.share / "catalog" : std::filesystem::path(*catalog);
      NC_TRY(records::Ledger::found(*dir, files, *unit));
      context.out() << context.tr(NC_MSG("The node is made in {1}"), *dir) << '\n'
                    << context.tr(NC_MSG("Next: nhipcau account {1} create LOGIN --unit CODE --role administrator, then nhipcau serve {1}"),
                                  *dir)
                    << '\n';
      return {};
    };
  });
}

}  // namespace nc::cli
