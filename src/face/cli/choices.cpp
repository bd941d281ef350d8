#include "face/cli/choices.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace nc::cli {
namespace {

constexpr std::size_t kAllShownMax = 14, kNearestShown = 8;

// Edits between two folded words; a beginning that is the same weighs less than a strange word.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::size_t strangeness(std::string_view typed, std::string_view valid) {
  if (!typed.empty() && valid.find(typed) != std::string_view::npos) return 0;
  return distance(typed, valid);
}

}  // namespace

std::vector<std::string> nearest_first(std::string_view typed, std::vector<std::string> valid) {
  const auto wanted = fold(typed.substr(0, 64));
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (auto& word : valid) ranked.emplace_back(strangeness(wanted, fold(word)), std::move(word));
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> out;
  for (auto& [rank, word] : ranked) out.push_back(std::move(word));
  return out;
}

Error not_among(ErrorCode code, const std::string& option, const std::string& typed, std::vector<std::string> valid) {
  auto shown = nearest_first(typed, std::move(valid));
  const bool all = shown.size() <= kAllShownMax;
  if (!all) shown.resize(kNearestShown);
  return Error(code, NC_MSG("“{1}” is not possible here"), {typed, join(shown, ", ")})
      .at(option)
      .then(all ? NC_MSG("Choose one of: {2}") : NC_MSG("The nearest that there are: {2}"));
}

Status must_be_one(const std::string& option, const std::string& typed, std::vector<std::string> valid) {
  if (typed.empty() || std::find(valid.begin(), valid.end(), typed) != valid.end()) return {};
  return fail(not_among(ErrorCode::kNotFound, option, typed, std::move(valid)));
}

std::vector<std::string> kinds_of(const catalog::Catalog& catalog) {
  std::vector<std::string> out;
  for (const auto& type : catalog.types()) out.push_back(type.id);
  return out;
}

CLI::Option* add_choice(CLI::App& command, const std::string& name, std::string& target, const std::string& help,
                        const std::vector<std::string>& valid, const Context& context) {
  const auto check = [&context, valid](const std::string& typed) -> std::string {
    if (std::find(valid.begin(), valid.end(), typed) != valid.end()) return {};
    return context.words.error_text(not_among(ErrorCode::kUsage, {}, typed, valid));
  };
  return command.add_option(name, target, help)->type_name(join(valid, "|"))->check(CLI::Validator(check, ""));
}

}  // namespace nc::cli
