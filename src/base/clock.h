// Clock: the only door to time. Instants are UTC; trade dates are civil days (civil.h).
#pragma once

#include <cstdint>

namespace nc {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970-01-01T00:00:00Z. May jump either way: nothing that merges uses it.
  [[nodiscard]] virtual std::int64_t wall_ms() const = 0;
  // Milliseconds that never go back, for time-outs.
  [[nodiscard]] virtual std::int64_t steady_ms() const = 0;
};

// The clock of the machine; a stateless singleton, safe from any thread.
const Clock& system_clock();

// A clock that a test sets.
class ManualClock final : public Clock {
 public:
  std::int64_t now_ms = 1'700'000'000'000;
  [[nodiscard]] std::int64_t wall_ms() const override { return now_ms; }
  [[nodiscard]] std::int64_t steady_ms() const override { return now_ms; }
};

}  // namespace nc
