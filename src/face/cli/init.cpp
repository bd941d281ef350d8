#include "base/files.h"
#include "channels/sync/card.h"
#include "face/cli/choices.h"
#include "face/cli/commands.h"

namespace nc::cli {
namespace {

// A node that joins the tree of the parent who made the card.
Status join(const Context& context, const std::string& dir, const std::filesystem::path& catalog, const std::string& card,
            const std::string& request) {
  NC_ASSIGN(const auto text, read_file(card, 64 * 1024));
  NC_ASSIGN(const auto joined, sync::join_by_card(dir, catalog, text));
  if (!request.empty()) NC_TRY(write_file_durably(request, joined.request, 0600));
  NC_ASSIGN(const auto parent, sync::known_parent(dir));
  context.out() << context.tr(NC_MSG("The node is made in {1}"), dir) << '\n';
  if (request.empty() && parent && !parent->at.empty()) {
    context.out() << context.tr(NC_MSG("Its words: {1}. Next: nhipcau sync {2}, then compare the words with the parent's"), joined.words,
                                dir)
                  << '\n';
    return {};
  }
  const auto file = request.empty() ? sync::request_file(dir).string() : request;
  context.out() << context.tr(NC_MSG("Its words: {1}. Bring {2} to the parent, and compare the words there"), joined.words, file) << '\n';
  return {};
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("init", context.tr(NC_MSG("Make a new node: data directory, keys, catalogue")));
  const auto dir = dir_argument(*command, context);
  auto unit = std::make_shared<std::string>();
  auto catalog = std::make_shared<std::string>();
  command->add_option("--unit", *unit, context.tr(NC_MSG("Code of the unit whose node this is")));
  command->add_option("--catalog", *catalog, context.tr(NC_MSG("Folder of record types (default: those that come with the program)")));
  auto card = std::make_shared<std::string>();
  auto request = std::make_shared<std::string>();
  command->add_option("--card", *card, context.tr(NC_MSG("The card of the parent, for a node that joins a tree")));
  command->add_option("--request", *request, context.tr(NC_MSG("With --card: the file for the request to the parent")));
  command->callback([=, &context] {
    context.chosen = [=, &context]() -> Status {
      if (!unit->empty()) NC_TRY(must_be_code("--unit", *unit));
      const auto files = catalog->empty() ? context.environment.share / "catalog" : std::filesystem::path(*catalog);
      if (!card->empty()) return join(context, *dir, files, *card, *request);
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
