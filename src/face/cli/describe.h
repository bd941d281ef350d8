// What the program knows about its own commands, written down for others: the completion of bash and the
// manual pages. All of it is read from the parser, so that none of it can drift from what the parser takes.
#pragma once

#include <string>
#include <vector>

#include "face/cli/commands.h"

namespace nc::cli {

struct NamedCommand {
  std::string path;  // the words that lead to it, "record show"; empty: the program itself
  const CLI::App* command;
  const CLI::App* outer;  // null for the program itself
};
// In the order of the help, each before those within it.
std::vector<NamedCommand> all_commands(const CLI::App& app);
std::vector<const CLI::Option*> arguments_of(const CLI::App& command);  // in their order
std::vector<const CLI::Option*> options_of(const CLI::App& command);    // without --help
bool takes_value(const CLI::Option& option);
std::vector<std::string> fixed_words(const CLI::Option& option);  // add_choice; empty: any

void print_completion(std::ostream& out, const CLI::App& app);
// nhipcau(1) and nhipcau.toml(5) as roff, in the language of the context.
void print_manual(const Context& context, const CLI::App& app);
void print_settings_manual(const Context& context);

}  // namespace nc::cli
