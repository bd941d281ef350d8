// The merge against the oracle, over histories made from the input; also with a part of the entries
// missing, so that others park.
#include "base/check.h"
#include "ledger/journal/history.h"
#include "ledger/journal/merge_oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc::journal;
  constexpr std::size_t kBytesMax = 240;  // the oracle is slow for long histories
  if (size > kBytesMax) return 0;
  const auto choose = [&, at = std::size_t{0}](unsigned bound) mutable { return at < size ? data[at++] % bound : 0u; };
  const testing::History history(choose, static_cast<unsigned>(size / 8));
  auto entries = history.entries();
  for (int without = 0; without < 2 && !entries.empty(); ++without) {
    const auto meant = oracle::render(oracle::Oracle::of(entries), testing::history_rank);
    NC_CHECK(oracle::render(merge_record(entries, testing::history_rank)) == meant);
    std::reverse(entries.begin(), entries.end());
    NC_CHECK(oracle::render(merge_record(entries, testing::history_rank)) == meant);
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(data[0] % entries.size()));
  }
  return 0;
}
