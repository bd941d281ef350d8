// Rates: how many requests a program may make, by name, so that one that has gone wild keeps nobody waiting.
//
// Each name is a bucket per token (or, where no token is known, per network address) that holds what a minute
// allows and fills up again evenly. In memory, gone with the process. Threads: any, behind a mutex.
// Not here: what is too large (foundation/net), wrong passwords (access/credentials.h).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.h"

namespace nc::web {

enum class Rate : std::uint8_t { kReads, kFigures, kChanges, kFailures };
inline constexpr std::size_t kRates = 4;
[[nodiscard]] std::string_view rate_name(Rate rate);  // reads, figures, changes, failures

// Requests a minute; the node's own numbers stand in api.json of its data directory (docs/formats/api.md).
struct RateRules {
  std::array<std::int64_t, kRates> per_minute{6000, 1200, 1200, 60};
};
// Members, all optional: reads_per_minute, figures_per_minute, changes_per_minute, failures_per_minute, each 1 to
// 10,000,000. kInvalid for any other member or number: a node does not start on a rule it misreads.
Result<RateRules> parse_rate_rules(std::string_view text, const std::string& where);
Result<RateRules> read_rate_rules(const std::filesystem::path& file);  // the defaults when there is none

class Rates {
 public:
  explicit Rates(const RateRules& rules) : rules_(rules) {}
  // Takes one. 0: it was there; else seconds until there is one again, and nothing is taken.
  [[nodiscard]] std::int64_t take(Rate rate, const std::string& who, std::int64_t now_ms);
  // Whether there is one, without taking it.
  [[nodiscard]] std::int64_t wait(Rate rate, const std::string& who, std::int64_t now_ms);
  [[nodiscard]] std::int64_t per_minute(Rate rate) const { return rules_.per_minute[static_cast<std::size_t>(rate)]; }

 private:
  struct Bucket {
    std::int64_t milli = 0;  // thousandths of a request that are left
    std::int64_t at_ms = 0;
  };
  std::int64_t look(Rate rate, const std::string& who, std::int64_t now_ms, bool take_one);

  RateRules rules_;
  std::mutex mutex_;
  std::map<std::pair<Rate, std::string>, Bucket, std::less<>> buckets_;
};

}  // namespace nc::web
