// simulate SOURCE [--seed S] [--seeds N] [--nodes N] [--steps K] [--minutes M] [--plant WHAT] [--again 1] [--trace 1]
// Without --nodes each world has 2 to 5. Of every fifth seed a twin world is run twice, once with hidden activity, and the bytes
// that were sent are compared. --again runs each seed twice: the same must happen. Exit 0: nothing was found; with --plant: the planted
// bug was found. A finding prints its seed and the trace, and ends the run; not one of --minutes, which goes on with the next seed, and
// of an hour or more prints lines for docs/measurements.md. --photograph: one file of 5 MB at the true speed of a slow line.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "base/bench.h"
#include "tests/simulation/photograph.h"
#include "tests/simulation/twins.h"
#include "tests/simulation/world.h"

namespace {

using nc::simulation::Finding;
using nc::simulation::Plant;
using nc::simulation::Tally;
using nc::simulation::Wish;
using nc::simulation::World;

constexpr std::uint64_t kTwinEach = 5;
constexpr std::uint64_t kNodesMost = 50;

struct Asked {
  Wish wish;
  std::int64_t seeds = 1, minutes = 0, again = 0, trace = 0, photograph = 0;
};

template <typename Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  return ec == std::errc() && end == text.data() + text.size();
}

bool read_arguments(int argc, char** argv, Asked& asked) {
  if (argc < 2 || argc % 2 != 0) return false;
  auto& wish = asked.wish;
  wish.source = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string_view option(argv[i]), value(argv[i + 1]);
    if (option == "--seed" && read_number(value, wish.seed)) continue;
    if (option == "--seeds" && read_number(value, asked.seeds)) continue;
    if (option == "--steps" && read_number(value, wish.steps)) continue;
    if (option == "--minutes" && read_number(value, asked.minutes)) continue;
    if (option == "--again" && read_number(value, asked.again)) continue;
    if (option == "--trace" && read_number(value, asked.trace)) continue;
    if (option == "--photograph" && read_number(value, asked.photograph)) continue;
    if (option == "--nodes" && read_number(value, wish.nodes_min) && wish.nodes_min >= 2 && wish.nodes_min <= kNodesMost) {
      wish.nodes_max = wish.nodes_min;
      continue;
    }
    if (option == "--plant") {
      const auto plant = nc::simulation::plant_named(value);
      wish.plant = plant.value_or(Plant::kNone);
      if (plant) continue;
    }
    return false;
  }
  return true;
}

struct Ran {
  Finding finding;
  std::vector<std::string> trace;
  nc::simulation::Sent sent;
};

Ran run(const Wish& wish, Tally& sum) {
  Ran out;
  World world(wish);
  try {
    out.finding = world.run();
  } catch (const std::exception& thrown) { out.finding = std::string("stopped: ") + thrown.what(); }
  out.trace = world.trace();
  out.sent = world.sent();
  sum.add(world.tally());
  return out;
}

// What was sent to those who may not read what the second world has besides.
Ran run_twins(Wish wish, Tally& sum) {
  wish.twin = true;
  wish.steps = std::max(1, wish.steps / 2);
  auto bare = run(wish, sum);
  if (!bare.finding.empty()) return bare;
  wish.hidden = true;
  auto full = run(wish, sum);
  if (!full.finding.empty()) return full;
  full.finding = nc::simulation::tell_apart(bare.sent, full.sent, full.trace);
  return full;
}

Ran one_seed(const Asked& asked, const Wish& wish, Tally& sum) {
  const bool twin_only = wish.plant == Plant::kHiddenBytes;
  if (twin_only) return run_twins(wish, sum);
  auto ran = run(wish, sum);
  if (ran.finding.empty() && asked.again != 0) {
    Tally ignored;
    const auto again = run(wish, ignored);
    if (again.trace != ran.trace) {
      const auto [at, other] = std::mismatch(ran.trace.begin(), ran.trace.end(), again.trace.begin(), again.trace.end());
      ran.finding = "the same seed gave another run: “" + (at == ran.trace.end() ? "nothing" : *at) + "” and “" +
                    (other == again.trace.end() ? "nothing" : *other) + "”";
    }
  }
  if (ran.finding.empty() && wish.plant == Plant::kNone && wish.seed % kTwinEach == 0) return run_twins(wish, sum);
  return ran;
}

void print_measured(const Asked& asked, std::int64_t seeds, std::int64_t found, const Tally& sum) {
  const auto worlds = asked.wish.nodes_min == asked.wish.nodes_max ? std::to_string(asked.wish.nodes_min) : std::string("2 to 5");
  const auto line = [&](const std::string& what, std::int64_t value) {
    const nc::bench::Line out{"simulation",
                              what + ", " + std::to_string(asked.minutes) + " minutes, worlds of " + worlds + " nodes",
                              "",
                              "stated",
                              {static_cast<double>(value)},
                              {}};
    std::printf("NC_BENCH %s\n", nc::bench::text(out).c_str());
  };
  line("seeds from " + std::to_string(asked.wish.seed), seeds);
  line("seeds with a finding", found);
  line("simulated node-days", sum.days);
  for (const auto& [what, how_many] : sum.counts) line(what, how_many);
}

}  // namespace

int main(int argc, char** argv) {
  Asked asked;
  if (!read_arguments(argc, argv, asked)) {
    std::fputs(
        "simulate SOURCE [--seed S] [--seeds N] [--nodes 2..50] [--steps K] [--minutes M] [--again 1] [--trace 1] [--plant WHAT]\n"
        "simulate SOURCE --photograph 1\n",
        stderr);
    for (const auto& name : nc::simulation::plant_names()) std::fprintf(stderr, "  --plant %s\n", name.c_str());
    return 2;
  }
  if (asked.photograph != 0) {
    std::string told;
    const auto finding = nc::simulation::photograph(asked.wish.source, asked.wish.seed, told);
    std::printf("%s\n", finding.empty() ? told.c_str() : finding.c_str());
    return finding.empty() ? 0 : 1;
  }
  Tally sum;
  std::int64_t done = 0, found = 0;
  const auto until = nc::system_clock().steady_ms() + asked.minutes * 60'000;
  auto wish = asked.wish;
  for (; asked.minutes > 0 ? nc::system_clock().steady_ms() < until : done < asked.seeds; ++wish.seed, ++done) {
    const auto ran = one_seed(asked, wish, sum);
    if (asked.trace != 0 || (!ran.finding.empty() && wish.plant == Plant::kNone))
      for (const auto& line : ran.trace) std::printf("  %s\n", line.c_str());
    if (ran.finding.empty()) continue;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(wish.seed), ran.finding.c_str());
    std::fflush(stdout);
    if (wish.plant != Plant::kNone) return 0;
    ++found;
    if (asked.minutes == 0) return 1;
  }
  std::printf("%lld seeds: %s\n", static_cast<long long>(done), sum.text().c_str());
  constexpr std::int64_t kAnHour = 60;
  if (asked.minutes >= kAnHour) print_measured(asked, done, found, sum);
  return asked.wish.plant == Plant::kNone && found == 0 ? 0 : 1;
}
