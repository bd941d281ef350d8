// Metrics: how the process does, for Prometheus (text format 0.0.4), at /metrics; and /health, /ready.
//
// Nothing of what the ledger holds: no numbers of records, no types, units or accounts. /metrics wants a token whose
// account administers this node, also from the machine itself: behind a proxy every request comes from there.
// Threads: count() from any; numbers that grow only, without locks.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "foundation/net/message.h"

namespace nc::web {

class Metrics {
 public:
  explicit Metrics(std::int64_t started_ms) : started_ms_(started_ms) {}
  // What kind of address was asked; fixed, so that no path becomes a label.
  enum class Area : std::uint8_t { kPages, kApi, kAssets, kFeeds, kCare };
  static constexpr std::size_t kAreas = 5;
  [[nodiscard]] static Area area_of(std::string_view path);
  void count(Area area, int status, std::int64_t ms);
  [[nodiscard]] std::string text(std::int64_t now_ms) const;

 private:
  static constexpr std::array<std::int64_t, 9> kBounds{1, 2, 5, 10, 25, 100, 500, 2500, 10'000};
  struct Row {
    std::array<std::atomic<std::int64_t>, 6> by_class{};  // index: status / 100
    std::array<std::atomic<std::int64_t>, kBounds.size() + 1> by_time{};
    std::atomic<std::int64_t> ms{0};
  };
  std::int64_t started_ms_;
  std::array<Row, kAreas> rows_;
};

}  // namespace nc::web
