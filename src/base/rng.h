// Rng: the only door to randomness. The system one is the kernel's generator and is fit for
// keys; a seeded one repeats a test or a simulation from one number and is never fit for keys.
#pragma once

#include <cstdint>
#include <span>

#include "base/id.h"

namespace nc {

class Rng {
 public:
  virtual ~Rng() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  template <typename SomeId>
  SomeId make() {
    SomeId id;
    fill(id.bytes);
    return id;
  }
};

// getrandom(2); safe from any thread.
Rng& system_rng();

// SplitMix64 stream from one seed; one thread.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;
  std::uint64_t next();
  // Uniform enough for tests: 0 <= result < bound, bound > 0.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

// RFC 9562 version 7: 48 bits of milliseconds, then random.
RecordId make_uuid7(std::int64_t wall_ms, Rng& rng);
// RFC 9562 version 8 from the first 16 bytes of a digest: the id of an imported row.
RecordId make_uuid8(const Digest& digest);

}  // namespace nc
