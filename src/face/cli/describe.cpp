#include "face/cli/describe.h"

#include <ranges>

#include "base/text.h"
#include "face/cli/choices.h"

namespace nc::cli {
namespace {

// Walks the typed words as the parser does: an option's value is no command, and the arguments of an outer
// command stand before its inner ones. Options of outer commands are taken everywhere. bash splits words at
// "=" and ":", which belong to the value of an option.
constexpr std::string_view kCompletionCode = R"bash(
  local current=${COMP_WORDS[COMP_CWORD]} path= option= word i seen=0 level offered=
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -n $option ]]; then
      [[ $word == = || ${COMP_WORDS[i + 1]:-} == : || $word == : ]] || option=
    elif [[ $word == -* ]]; then
      for level in "$path" "${path%% *}" ""; do
        if [[ " ${valued[$level.]} " == *" $word "* ]]; then option=$level.$word; fi
      done
    elif [[ " ${commands[$path.]} " == *" $word "* ]]; then
      path=${path:+$path }$word seen=0
    else
      seen=$((seen + 1))
    fi
  done
  [[ $current != = ]] || current=
  COMPREPLY=()
  if [[ -n $option ]]; then offered=${words[$option]:-}
  elif [[ $current == -* ]]; then
    for level in "$path" "${path%% *}" ""; do offered+=" ${options[$level.]}"; done
  elif [[ $seen -ge ${arguments[$path.]} ]]; then offered=${commands[$path.]}
  else offered=${words[$path.$seen]:-}
  fi
  mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current" | sort -u)
}
complete -o default -F _nhipcau nhipcau
)bash";

constexpr int kArgumentsMax = 9;  // of a command that takes as many as are given

struct Table {
  std::string commands, options, valued, words, arguments;
};

void add_row(std::string& rows, const std::string& key, const std::vector<std::string>& words) {
  rows += " [\"" + key + "\"]=\"" + join(words, " ") + "\"";
}

void add_options(Table& table, const std::string& path, const CLI::App& command) {
  std::vector<std::string> all{"--help"}, valued;
  for (const auto* option : options_of(command)) {
    const auto name = "--" + option->get_lnames().front();
    all.push_back(name);
    if (!takes_value(*option)) continue;
    valued.push_back(name);
    if (const auto words = fixed_words(*option); !words.empty()) add_row(table.words, path + "." + name, words);
  }
  add_row(table.options, path + ".", all);
  add_row(table.valued, path + ".", valued);
}

void add_arguments(Table& table, const std::string& path, const CLI::App& command) {
  int number = 0;
  for (const auto* argument : arguments_of(command)) {
    if (const auto words = fixed_words(*argument); !words.empty()) add_row(table.words, path + "." + std::to_string(number), words);
    number = argument->get_items_expected_max() > 1 ? kArgumentsMax : number + 1;
  }
  add_row(table.arguments, path + ".", {std::to_string(number)});
}

}  // namespace

std::vector<NamedCommand> all_commands(const CLI::App& app) {
  std::vector<NamedCommand> out{{"", &app, nullptr}};
  const auto add = [&out](const auto& self, const CLI::App& outer, const std::string& path) -> void {
    for (const auto* command : outer.get_subcommands([](const CLI::App*) { return true; })) {
      const auto here = path.empty() ? command->get_name() : path + " " + command->get_name();
      out.push_back({here, command, &outer});
      self(self, *command, here);
    }
  };
  add(add, app, {});
  return out;
}

std::vector<const CLI::Option*> arguments_of(const CLI::App& command) {
  return command.get_options([](const CLI::Option* option) { return !option->nonpositional(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  return command.get_options([](const CLI::Option* option) {
    return option->nonpositional() && !option->get_lnames().empty() && option->get_lnames().front() != "help";
  });
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::vector<std::string> fixed_words(const CLI::Option& option) {
  const auto type = option.get_type_name();
  std::vector<std::string> out;
  if (type.find('|') == std::string::npos) return out;
  for (const auto word : std::views::split(type, '|')) out.emplace_back(word.begin(), word.end());
  return out;
}

void print_completion(std::ostream& out, const CLI::App& app) {
  Table table;
  for (const auto& [path, command, outer] : all_commands(app)) {
    std::vector<std::string> inner;
    for (const auto* one : command->get_subcommands([](const CLI::App*) { return true; })) inner.push_back(one->get_name());
    add_row(table.commands, path + ".", inner);
    add_options(table, path, *command);
    add_arguments(table, path, *command);
  }
  out << "# bash completion of nhipcau. Made from the program's own commands by: nhipcau describe completion\n_nhipcau() {\n"
      << "  local -A commands=(" << table.commands << " )\n  local -A options=(" << table.options << " )\n  local -A valued=("
      << table.valued << " )\n  local -A words=(" << table.words << " )\n  local -A arguments=(" << table.arguments << " )"
      << kCompletionCode;
}

void add_describe(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("describe", context.tr(NC_MSG("Print this program's manual pages and its completion for bash")));
  auto what = std::make_shared<std::string>();
  add_choice(*command, "what", *what, context.tr(NC_MSG("What to print")), {"completion", "manual", "settings"}, context)->required();
  command->callback([&app, &context, what] {
    context.chosen = [&app, &context, what]() -> Status {
      if (*what == "completion") print_completion(context.out(), app);
      else if (*what == "manual") print_manual(context, app);
      else print_settings_manual(context);
      return {};
    };
  });
}

}  // namespace nc::cli
