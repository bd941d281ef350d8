#include "base/rng.h"

#include <sys/random.h>

#include <cerrno>

#include "base/check.h"

namespace nc {
namespace {

class SystemRng final : public Rng {
 public:
  void fill(std::span<std::uint8_t> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = getrandom(out.data() + done, out.size() - done, 0);
      if (got < 0 && errno == EINTR) continue;
      NC_CHECK(got > 0);  // without randomness no key may be made
      done += static_cast<std::size_t>(got);
    }
  }
};

void set_version(RecordId& id, std::uint8_t version) {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | (version << 4));
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
}

}  // namespace

Rng& system_rng() {
  static SystemRng rng;
  return rng;
}

std::uint64_t SeededRng::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

void SeededRng::fill(std::span<std::uint8_t> out) {
  for (auto& byte : out) byte = static_cast<std::uint8_t>(next());
}

RecordId make_uuid7(std::int64_t wall_ms, Rng& rng) {
  auto id = rng.make<RecordId>();
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(wall_ms >> (8 * (5 - i)));
  set_version(id, 7);
  return id;
}

RecordId make_uuid8(const Digest& digest) {
  RecordId id;
  std::copy_n(digest.bytes.begin(), id.bytes.size(), id.bytes.begin());
  set_version(id, 8);
  return id;
}

}  // namespace nc
