#include "face/cli/choices.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/text.h"

namespace nc::cli {
namespace {

constexpr std::size_t kAllShownMax = 14, kNearestShown = 8;

}  // namespace

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
