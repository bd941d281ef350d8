#include "face/cli/parser.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/text.h"
#include "face/cli/choices.h"

namespace nc::cli {
namespace {

constexpr std::size_t kHelpColumn = 34;

// The library pads by bytes, which shifts every line that has Vietnamese letters.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    return line(make_option_name(option, is_positional) + make_option_opts(option), make_option_desc(option));
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return line(command->get_display_name(true), command->get_description());
  }

 private:
  static std::string line(const std::string& name, const std::string& text) {
    std::string out = "  " + name;
    if (text.empty()) return out + "\n";
    const auto width = display_width(out);
    out += width + 1 < kHelpColumn ? std::string(kHelpColumn - width, ' ') : "\n" + std::string(kHelpColumn, ' ');
    return out + text + "\n";
  }
};

void translate_groups(CLI::App& app, const Context& context) {
  for (auto* option : app.get_options({}))
    if (option->get_group() == "Options") option->group(context.tr(NC_MSG("Options")));
  for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) {
    command->group(context.tr(NC_MSG("Commands")));
    translate_groups(*command, context);
  }
}

// The parser's own texts, as CLI11 2.x writes them, are taken apart here; tests/program/cli_test.py holds them.
std::string_view cut_end(std::string_view text, std::string_view end) {
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}
std::string_view before(std::string_view text, std::string_view mark) { return text.substr(0, text.find(mark)); }
std::string_view after(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + mark.size());
}

Error missing(std::string_view what) {
  if (what == "A subcommand")
    return Error(ErrorCode::kUsage, NC_MSG("A command is missing")).then(NC_MSG("The commands are listed by --help"));
  return Error(ErrorCode::kUsage, NC_MSG("“{1}” is missing"), {std::string(what)}).then(NC_MSG("What it is stands in --help"));
}

void names_below(const CLI::App& app, bool options, std::vector<std::string>& out) {
  for (const auto* option : app.get_options({}))
    if (options && option->nonpositional() && !option->get_lnames().empty()) out.push_back("--" + option->get_lnames().front());
  const auto commands = app.get_subcommands([&](const CLI::App* command) { return !options || command->parsed(); });
  for (const auto* command : commands) {
    if (!options) out.push_back(command->get_name());
    if (command->parsed()) names_below(*command, options, out);
  }
}

// Among which commands a strange one was looked for: those of the innermost command that has any.
const CLI::App& innermost(const CLI::App& app) {
  for (const auto* command : app.get_subcommands())
    if (!command->get_subcommands([](const CLI::App*) { return true; }).empty()) return innermost(*command);
  return app;
}

// Of several words that no command takes, an option says most about what was meant.
Error not_known(const CLI::App& app, const std::vector<std::string>& words) {
  const auto option = std::find_if(words.begin(), words.end(), [](const auto& word) { return word.starts_with('-'); });
  const auto& first = option == words.end() ? words.front() : *option;
  std::vector<std::string> known;
  const bool is_option = first.starts_with('-');
  names_below(is_option ? app : innermost(app), is_option, known);
  known = nearest_first(first, std::move(known));
  known.resize(std::min<std::size_t>(known.size(), 4));
  return Error(ErrorCode::kUsage, NC_MSG("“{1}” is not known here"), {first, join(known, ", ")})
      .then(NC_MSG("The nearest that there are: {2}"));
}

Error wrong_number(std::string_view text) {
  const bool too_many = text.find("At Most") != std::string_view::npos || text.find("too many") != std::string_view::npos;
  auto name = before(text, ":");
  if (const auto named = after(text, "arguments to "); !named.empty()) name = before(named, ",");
  if (too_many) return Error(ErrorCode::kUsage, NC_MSG("“{1}” is given more than once"), {std::string(name)}).then(NC_MSG("Give it once"));
  return Error(ErrorCode::kUsage, NC_MSG("“{1}” has no value"), {std::string(name)}).then(NC_MSG("Write the value after it"));
}

Error not_converted(std::string_view text) {
  const auto pair = after(text, "Could not convert: ");
  if (pair.empty()) return wrong_number(text);
  return Error(ErrorCode::kUsage, NC_MSG("“{1}” is not a number that is possible here"), {std::string(after(pair, " = "))})
      .at(std::string(before(pair, " = ")))
      .then(NC_MSG("Write a whole number, such as 50"));
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if ((lead & 0xc0) == 0x80) continue;
    if (lead == 0xcc || lead == 0xcd) continue;  // U+0300 to U+036F
    width += lead >= 0xe3 && lead <= 0xe9 ? 2 : 1;
  }
  return width;
}

void translate_help(CLI::App& app, const Context& context) {
  auto formatter = std::make_shared<HelpFormatter>();
  formatter->label("Usage", context.tr(NC_MSG("Usage")));
  formatter->label("OPTIONS", context.tr(NC_MSG("OPTIONS")));
  formatter->label("SUBCOMMAND", context.tr(NC_MSG("COMMAND")));
  formatter->label("SUBCOMMANDS", context.tr(NC_MSG("COMMANDS")));
  formatter->label("Positionals", context.tr(NC_MSG("Positionals")));
  formatter->label("REQUIRED", context.tr(NC_MSG("REQUIRED")));
  formatter->label("TEXT", context.tr(NC_MSG("TEXT")));
  formatter->label("INT", context.tr(NC_MSG("NUMBER")));
  const auto give = [&formatter](const auto& self, CLI::App& command) -> void {
    command.formatter(formatter);
    for (auto* sub : command.get_subcommands([](CLI::App*) { return true; })) self(self, *sub);
  };
  give(give, app);
  translate_groups(app, context);
}

std::string help_for(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* current = &app;
  std::string name = app.get_name();
  for (int i = 1; i < argc; ++i) {
    const auto subs = current->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == argv[i]; });
    if (subs.empty()) continue;
    if (current != &app) name += " dir";  // stands before the inner command
    current = subs.front();
    name += " " + current->get_name();
  }
  return current->get_formatter()->make_help(current, name, CLI::AppFormatMode::Normal);
}

std::optional<Error> empty_value(const CLI::App& app) {
  for (const auto* option : app.get_options({})) {
    const auto& given = option->results();
    if (std::none_of(given.begin(), given.end(), [](const auto& value) { return trim(value).empty(); })) continue;
    const auto name = option->nonpositional() ? "--" + option->get_lnames().front() : option->get_name();
    return Error(ErrorCode::kUsage, NC_MSG("“{1}” is given with nothing in it"), {name}).then(NC_MSG("Leave it out, or write a value"));
  }
  for (const auto* command : app.get_subcommands())
    if (auto found = empty_value(*command)) return found;
  return std::nullopt;
}

Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const std::string text = error.what();
  const auto strange = app.remaining(true);
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::RequiredError:
    case CLI::ExitCodes::ExtrasError: return strange.empty() ? missing(cut_end(text, " is required")) : not_known(app, strange);
    case CLI::ExitCodes::ArgumentMismatch: return wrong_number(text);
    case CLI::ExitCodes::ConversionError: return not_converted(text);
    case CLI::ExitCodes::ValidationError: return Error(ErrorCode::kUsage, "{1}", {text});  // our own words: add_choice
    case CLI::ExitCodes::RequiresError:
      return Error(ErrorCode::kUsage, NC_MSG("“{1}” is possible only together with “{2}”"),
                   {std::string(before(text, " requires ")), std::string(after(text, " requires "))})
          .then(NC_MSG("Give both"));
    case CLI::ExitCodes::ExcludesError:
      return Error(ErrorCode::kUsage, NC_MSG("“{1}” and “{2}” exclude each other"),
                   {std::string(before(text, " excludes ")), std::string(after(text, " excludes "))})
          .then(NC_MSG("Give one of them"));
    default: return Error(ErrorCode::kUsage, NC_MSG("The command line is not understood: {1}"), {text});
  }
}

}  // namespace nc::cli
