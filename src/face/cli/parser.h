// What the option parser says, in the user's language: its help and its errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "face/cli/commands.h"

namespace nc::cli {

// Columns on a terminal: Vietnamese letters take one, combining marks none, Han two.
std::size_t display_width(std::string_view text);

// Headings, labels and columns of the help, for `app` and every command below it. Call it last.
void translate_help(CLI::App& app, const Context& context);
// The help of the innermost command named in the arguments, also when a data directory was left out
// before it: `nhipcau record show --help`.
std::string help_for(const CLI::App& app, int argc, const char* const* argv);
// The first option or argument that is given with nothing in it: it would be taken for one that is not given.
std::optional<Error> empty_value(const CLI::App& app);
// The parser's error as ours: what is missing, unknown, too much or no number, and where to look.
Error usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace nc::cli
