// simulate SOURCE [--seed S] [--seeds N] [--steps K] [--minutes M] [--plant WHAT]
// Exit 0: nothing was found; with --plant: the planted bug was found. A finding prints its seed and the trace.
#include <charconv>
#include <cstdio>
#include <string_view>

#include "tests/simulation/world.h"

namespace {

using nc::simulation::Plant;

struct Wish {
  std::string source;
  std::uint64_t seed = 1;
  std::int64_t seeds = 1, steps = 120, minutes = 0;
  Plant plant = Plant::kNone;
};

Plant plant_of(std::string_view name) {
  if (name == "lose-entry") return Plant::kLoseEntry;
  if (name == "forget-difference") return Plant::kForgetDifference;
  if (name == "leak") return Plant::kLeak;
  if (name == "wrong-same") return Plant::kWrongSame;
  return Plant::kNone;
}

template <typename Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  return ec == std::errc() && end == text.data() + text.size();
}

bool read_arguments(int argc, char** argv, Wish& wish) {
  if (argc < 2 || argc % 2 != 0) return false;
  wish.source = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string_view option(argv[i]), value(argv[i + 1]);
    if (option == "--seed" && read_number(value, wish.seed)) continue;
    if (option == "--seeds" && read_number(value, wish.seeds)) continue;
    if (option == "--steps" && read_number(value, wish.steps)) continue;
    if (option == "--minutes" && read_number(value, wish.minutes)) continue;
    if (option == "--plant" && (wish.plant = plant_of(value)) != Plant::kNone) continue;
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Wish wish;
  if (!read_arguments(argc, argv, wish)) {
    std::fputs("simulate SOURCE [--seed S] [--seeds N] [--steps K] [--minutes M] [--plant lose-entry|forget-difference|leak|wrong-same]\n",
               stderr);
    return 2;
  }
  nc::simulation::Tally sum;
  std::int64_t done = 0;
  const auto until = nc::system_clock().steady_ms() + wish.minutes * 60'000;
  for (auto seed = wish.seed; wish.minutes > 0 ? nc::system_clock().steady_ms() < until : done < wish.seeds; ++seed, ++done) {
    std::string finding;
    nc::simulation::World world(wish.source, seed, wish.plant);
    try {
      finding = world.run(static_cast<int>(wish.steps));
    } catch (const std::exception& thrown) { finding = thrown.what(); }
    sum.add(world.tally());
    if (finding.empty()) continue;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), finding.c_str());
    if (wish.plant != Plant::kNone) return 0;
    for (const auto& line : world.trace()) std::printf("  %s\n", line.c_str());
    return 1;
  }
  std::printf("%lld seeds: %s\n", static_cast<long long>(done), sum.text().c_str());
  return wish.plant == Plant::kNone ? 0 : 1;
}
