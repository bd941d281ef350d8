// Random power cuts under the real ledger.
//
//   power_cuts SOURCE --cuts N [--seed S]       N cuts; exit 1 at the first loss, with the seed that repeats it
//   power_cuts SOURCE --cuts N --plant WHAT     the disk lies: exit 0 only when the loss is found
#include <charconv>
#include <cstdio>
#include <string_view>

#include "tests/crash/trial_node.h"

namespace {

using nc::store::FaultyDisk;

constexpr int kCutsInALife = 10;

struct Wish {
  std::string source;
  std::int64_t cuts = 100;
  std::uint64_t seed = 1;
  FaultyDisk::Lie lie = FaultyDisk::Lie::kNone;
};

FaultyDisk::Lie lie_of(std::string_view name) {
  if (name == "no-sync") return FaultyDisk::Lie::kEverySync;
  if (name == "no-log-sync") return FaultyDisk::Lie::kLogSync;  // acknowledged before the fsync
  if (name == "no-data-sync") return FaultyDisk::Lie::kDataSync;
  if (name == "no-directory-sync") return FaultyDisk::Lie::kNewNames;
  return FaultyDisk::Lie::kNone;
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
    if (option == "--cuts" && read_number(value, wish.cuts)) continue;
    if (option == "--seed" && read_number(value, wish.seed)) continue;
    if (option == "--plant" && (wish.lie = lie_of(value)) != FaultyDisk::Lie::kNone) continue;
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Wish wish;
  if (!read_arguments(argc, argv, wish)) {
    std::fputs("power_cuts SOURCE [--cuts N] [--seed S] [--plant no-sync|no-log-sync|no-data-sync|no-directory-sync]\n", stderr);
    return 2;
  }
  auto node = nc::crash::TrialNode::make(wish.source);
  if (!node) {
    std::fprintf(stderr, "power_cuts: %s\n", node.error().english().c_str());
    return 2;
  }
  std::string finding;
  for (auto seed = wish.seed; (*node)->tally().cuts < wish.cuts && finding.empty(); ++seed) {
    const auto left = wish.cuts - (*node)->tally().cuts;
    finding = (*node)->live(seed, static_cast<int>(left < kCutsInALife ? left : kCutsInALife), wish.lie);
  }
  std::printf("%s\n", (*node)->tally().text().c_str());
  if (!finding.empty()) std::printf("LOST %s\n", finding.c_str());
  const bool wanted = wish.lie != FaultyDisk::Lie::kNone;
  return finding.empty() == wanted ? 1 : 0;
}
