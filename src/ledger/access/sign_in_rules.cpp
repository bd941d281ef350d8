#include "ledger/access/sign_in_rules.h"

#include <algorithm>
#include <array>

#include "base/files.h"
#include "base/json.h"

namespace nc::access {
namespace {

constexpr std::int64_t kMinuteMs = 60'000, kDayMs = 24 * 60 * kMinuteMs;

struct Rule {
  std::string_view member;
  std::int64_t Credentials::Options::* number;
  std::int64_t unit, most;
};

constexpr std::array kRules = {Rule{"lock_after_minutes", &Credentials::Options::lock_ms, kMinuteMs, 240},
                               Rule{"end_after_minutes", &Credentials::Options::idle_ms, kMinuteMs, 720},
                               Rule{"pin_tries", &Credentials::Options::pin_tries_max, 1, 20},
                               Rule{"one_time_days", &Credentials::Options::once_ms, kDayMs, 90}};

Error misread(const std::string& where, std::string_view member) {
  return Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not understood in the rules of signing in"), {std::string(member)})
      .at(where)
      .then(NC_MSG("See docs/operations/people.md"));
}

}  // namespace

Result<Credentials::Options> parse_sign_in_rules(std::string_view text, const std::string& where) {
  Credentials::Options options;
  auto parsed = parse_json(text);
  if (!parsed) return fail(std::move(parsed).error().at(where));
  if (!parsed->is_object()) return fail(misread(where, "{"));
  for (const auto& [member, value] : parsed->as_object()) {
    const auto* rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& one) { return one.member == member; });
    if (rule == kRules.end() || !value.is_int() || value.as_int() < 1 || value.as_int() > rule->most) return fail(misread(where, member));
    options.*(rule->number) = value.as_int() * rule->unit;
  }
  // What is over cannot be unlocked.
  if (options.idle_ms < options.lock_ms) return fail(misread(where, "end_after_minutes"));
  return options;
}

Result<Credentials::Options> read_sign_in_rules(const std::filesystem::path& file) {
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) return Credentials::Options{};
  NC_ASSIGN(const auto text, read_file(file, 64 * 1024));
  return parse_sign_in_rules(text, file.string());
}

}  // namespace nc::access
