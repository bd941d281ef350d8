#include "face/cli/choices.h"

#include <algorithm>

#include "base/civil.h"
#include "base/nearest.h"
#include "base/text.h"
#include "ledger/access/login_name.h"

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

namespace {

bool is_code(std::string_view typed, std::size_t length_max) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (typed.empty() || typed.size() > length_max || !letter(typed.front())) return false;
  return std::all_of(typed.begin(), typed.end(), [&](char c) { return letter(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace

Status must_be_code(const std::string& option, const std::string& typed) {
  if (is_code(typed, 80)) return {};
  return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is not the code of a unit"), {shorten(typed, 80)})
                  .at(option)
                  .then(NC_MSG("Write small letters a to z, digits, and . _ - between them, such as vn-post-boheng")));
}

Status must_be_login(const std::string& option, const std::string& typed) {
  auto right = access::check_login_name(typed);
  if (right) return {};
  auto error = std::move(right).error();
  error.code = ErrorCode::kUsage;
  return fail(std::move(error).at(option));
}

Result<const orgtree::Unit*> unit_of_code(const std::string& option, const std::string& code, const orgtree::OrgTree& tree) {
  if (const auto* unit = tree.by_code(code)) return unit;
  std::vector<std::string> codes;
  for (const auto& one : tree.units()) codes.push_back(one.code);
  return fail(not_among(ErrorCode::kNotFound, option, code, std::move(codes)));
}

Status read_period(const std::string& from, const std::string& to, std::optional<std::int32_t>& first, std::optional<std::int32_t>& last) {
  if (!from.empty()) {
    NC_ASSIGN(const auto days, parse_period_edge(from));
    first = days.first;
  }
  if (!to.empty()) {
    NC_ASSIGN(const auto days, parse_period_edge(to));
    last = days.last;
  }
  return {};
}

records::Confirmed confirmed_of(const std::vector<std::string>& pairs) {
  records::Confirmed out;
  for (const auto& pair : pairs) {
    const auto at = pair.find('=');
    if (at != std::string::npos) out[pair.substr(0, at)] = pair.substr(at + 1);
  }
  return out;
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
