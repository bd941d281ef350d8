#include "base/instant.h"

#include <cstdio>
#include <ctime>

namespace nc {

std::string instant_text(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char out[64];
  const auto n = std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                               parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(wall_ms % 1000));
  return {out, static_cast<std::size_t>(n)};
}

}  // namespace nc
