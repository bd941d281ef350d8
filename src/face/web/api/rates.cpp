#include "face/web/api/rates.h"

#include <algorithm>

#include "base/files.h"
#include "base/json.h"

namespace nc::web {
namespace {

constexpr std::array<std::string_view, kRates> kNames{"reads", "figures", "changes", "failures"};
constexpr std::int64_t kMost = 10'000'000;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::size_t kBucketsMax = 10'000;

Error misread(const std::string& where, std::string_view member) {
  return Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not understood in the rates of the interface for programs"), {std::string(member)})
      .at(where)
      .then(NC_MSG("See docs/formats/api.md"));
}

}  // namespace

std::string_view rate_name(Rate rate) { return kNames[static_cast<std::size_t>(rate)]; }

Result<RateRules> parse_rate_rules(std::string_view text, const std::string& where) {
  RateRules rules;
  auto parsed = parse_json(text);
  if (!parsed) return fail(std::move(parsed).error().at(where));
  if (!parsed->is_object()) return fail(misread(where, "{"));
  for (const auto& [member, value] : parsed->as_object()) {
    const auto rate = std::ranges::find_if(kNames, [&](std::string_view name) { return member == std::string(name) + "_per_minute"; });
    if (rate == kNames.end() || !value.is_int() || value.as_int() < 1 || value.as_int() > kMost) return fail(misread(where, member));
    rules.per_minute[static_cast<std::size_t>(rate - kNames.begin())] = value.as_int();
  }
  return rules;
}

Result<RateRules> read_rate_rules(const std::filesystem::path& file) {
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) return RateRules{};
  NC_ASSIGN(const auto text, read_file(file, 64 * 1024));
  return parse_rate_rules(text, file.string());
}

std::int64_t Rates::look(Rate rate, const std::string& who, std::int64_t now_ms, bool take_one) {
  constexpr std::int64_t kOne = 1000;
  const auto a_minute = per_minute(rate);
  const std::lock_guard lock(mutex_);
  // Whoever has not asked for a minute has a full bucket again, and needs none.
  if (buckets_.size() >= kBucketsMax) std::erase_if(buckets_, [&](const auto& entry) { return now_ms - entry.second.at_ms > kMinuteMs; });
  if (buckets_.size() >= kBucketsMax && !buckets_.contains(std::pair(rate, who))) return 1;
  auto& bucket = buckets_.try_emplace({rate, who}, Bucket{a_minute * kOne, now_ms}).first->second;
  const auto passed = std::clamp<std::int64_t>(now_ms - bucket.at_ms, 0, kMinuteMs);  // a clock that goes back fills nothing
  bucket.milli = std::min(a_minute * kOne, bucket.milli + a_minute * kOne * passed / kMinuteMs);
  bucket.at_ms = now_ms;
  if (bucket.milli >= kOne) {
    if (take_one) bucket.milli -= kOne;
    return 0;
  }
  const auto ms = (kOne - bucket.milli) * kMinuteMs / (a_minute * kOne);
  return ms / 1000 + 1;
}

std::int64_t Rates::take(Rate rate, const std::string& who, std::int64_t now_ms) { return look(rate, who, now_ms, true); }
std::int64_t Rates::wait(Rate rate, const std::string& who, std::int64_t now_ms) { return look(rate, who, now_ms, false); }

}  // namespace nc::web
