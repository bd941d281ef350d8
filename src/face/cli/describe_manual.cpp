#include <algorithm>

#include "base/text.h"
#include "face/cli/describe.h"
#include "face/cli/serve_settings.h"

namespace nc::cli {
namespace {

// Text as roff prints it: a hyphen that may be copied, and no line that is taken for a request.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if (c == '\n') out += "\n.br\n";
    else out += c;
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
// One of several words; a line may break between them.
std::string choice(const std::vector<std::string>& words) {
  std::vector<std::string> shown;
  for (const auto& word : words) shown.push_back(bold(word));
  return join(shown, "|\\:");
}
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

// Text with other letters than those of ASCII stays as it is.
std::string in_capitals(std::string text) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; })) return text;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

class Page {
 public:
  Page(const Context& context, std::string_view title, std::string_view section, const std::string& name, const std::string& what)
      : out_(context.out()) {
    out_ << "'\\\" -*- coding: UTF-8 -*-\n.TH " << title << ' ' << section << " \"\" \"nhipcau " << context.environment.version
         << "\" \"Nhịp Cầu\"\n.ad l\n";
    heading(context.tr(NC_MSG("Name")));
    out_ << name << " \\- " << roff(what) << '\n';
  }
  void heading(const std::string& words) { out_ << ".SH " << in_capitals(words) << '\n'; }
  void part(const std::string& words) { out_ << ".SS " << words << '\n'; }
  void line(const std::string& words) { out_ << words << '\n'; }
  void paragraph(const std::string& words) { out_ << ".PP\n" << roff(words) << '\n'; }
  void item(const std::string& term, const std::string& meaning) { out_ << ".TP\n" << term << '\n' << roff(meaning) << '\n'; }
  void example(const std::vector<std::string>& lines) {
    out_ << ".PP\n.nf\n.RS\n";
    for (const auto& one : lines) out_ << roff(one) << '\n';
    out_ << ".RE\n.fi\n";
  }

 private:
  std::ostream& out_;
};

std::string arguments(const CLI::App& command) {
  std::string out;
  for (const auto* argument : arguments_of(command)) {
    const auto words = fixed_words(*argument);
    out += " ";
    if (!argument->get_required()) out += "[";
    out += words.empty() ? italic(in_capitals(argument->get_name())) : choice(words);
    if (argument->get_items_expected_max() > 1) out += "...";
    if (!argument->get_required()) out += "]";
  }
  return out;
}

std::string option_term(const CLI::Option& option, const Context& context) {
  auto out = bold("--" + option.get_lnames().front());
  if (!takes_value(option)) return out;
  const auto words = fixed_words(option);
  if (!words.empty()) return out + " " + choice(words);
  return out + " " + italic(option.get_type_name() == "INT" ? context.tr(NC_MSG("NUMBER")) : context.tr(NC_MSG("TEXT")));
}

void add_commands(Page& page, const Context& context, const CLI::App& app) {
  page.heading(context.tr(NC_MSG("Commands")));
  for (const auto& [path, command, outer] : all_commands(app)) {
    if (outer == nullptr) continue;
    const bool inner = outer != &app;
    page.part((inner ? bold(outer->get_name()) + arguments(*outer) + " " : "") + bold(command->get_name()) + arguments(*command));
    page.line(roff(command->get_description()));
    for (const auto* option : options_of(*command)) page.item(option_term(*option, context), option->get_description());
  }
}

void add_running(Page& page, const Context& context) {
  page.heading(context.tr(NC_MSG("Examples")));
  page.paragraph(context.tr(NC_MSG("A node that the system serves, of the unit vn-post-a, with its first administrator:")));
  page.example({"runuser -u nhipcau -- nhipcau init /var/lib/nhipcau/node --unit vn-post-a",
                "runuser -u nhipcau -- nhipcau account /var/lib/nhipcau/node create quan-tri --unit vn-post-a --role administrator",
                "systemctl start nhipcau"});
  page.paragraph(context.tr(NC_MSG("Whether it is in order, and whether every hash and every seal is:")));
  page.example(
      {"runuser -u nhipcau -- nhipcau doctor /var/lib/nhipcau/node", "runuser -u nhipcau -- nhipcau verify /var/lib/nhipcau/node"});
  page.heading(context.tr(NC_MSG("Files")));
  page.item("/var/lib/nhipcau/node", context.tr(NC_MSG("The node's data directory; never deleted by the package, not even by a purge")));
  page.item("/var/backups/nhipcau", context.tr(NC_MSG("For backups, best another disk; to be named in backup.json of the data directory")));
  page.item("/etc/nhipcau/nhipcau.toml", context.tr(NC_MSG("Settings of the node that the system serves")));
  page.item("/usr/share/nhipcau", context.tr(NC_MSG("Record types for new nodes, and what the pages need")));
  page.heading(context.tr(NC_MSG("Environment")));
  page.item(bold("NHIPCAU_LANG"), context.tr(NC_MSG("Language of the words: vi or en")));
  page.heading(context.tr(NC_MSG("Exit status")));
  page.item("0", context.tr(NC_MSG("Done")));
  page.item("1", context.tr(NC_MSG("Refused, with the reason")));
  page.item("2", context.tr(NC_MSG("The command line is wrong")));
}

}  // namespace

void print_manual(const Context& context, const CLI::App& app) {
  Page page(context, "NHIPCAU", "1", "nhipcau", context.tr(NC_MSG("the working system of border-defence diplomacy")));
  page.heading(context.tr(NC_MSG("Synopsis")));
  page.line(bold("nhipcau") + " " + italic(context.tr(NC_MSG("COMMAND"))) + " ...");
  page.heading(context.tr(NC_MSG("Description")));
  page.line(
      roff(context.tr(NC_MSG("Records, counts and proves talks and meetings with the forces of neighbouring countries, patrols, "
                             "twinnings, aid and visits. One program for every level: a node is a data directory, and this "
                             "command is all that works on it."))));
  page.heading(context.tr(NC_MSG("Options")));
  page.item(bold("-h") + ", " + bold("--help"), context.tr(NC_MSG("Show this help")));
  for (const auto* option : options_of(app)) page.item(option_term(*option, context), option->get_description());
  add_commands(page, context, app);
  add_running(page, context);
  page.heading(context.tr(NC_MSG("See also")));
  page.line(bold("nhipcau.toml") + "(5), /usr/share/doc/nhipcau/operations");
}

void print_settings_manual(const Context& context) {
  Page page(context, "NHIPCAU.TOML", "5", "nhipcau.toml", context.tr(NC_MSG("settings of the node that the system serves")));
  page.heading(context.tr(NC_MSG("Description")));
  page.line(
      roff(context.tr(NC_MSG("/etc/nhipcau/nhipcau.toml is read by “nhipcau serve --config” when it starts. It is TOML; every key "
                             "may be left out, and an option of the command line wins over the file. A key that is not known is "
                             "refused by name. A path that does not begin with / is looked for beside the file."))));
  page.heading(context.tr(NC_MSG("Keys")));
  for (const auto& setting : known_settings()) page.item(bold(setting.key) + " = " + roff(setting.value), context.tr(setting.meaning));
  page.heading(context.tr(NC_MSG("See also")));
  page.line(bold("nhipcau") + "(1)");
}

}  // namespace nc::cli
