#include "base/nearest.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace nc {
namespace {

// Edits between two folded words; a beginning that is the same weighs less than a strange word.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::size_t strangeness(std::string_view typed, std::string_view valid) {
  if (!typed.empty() && valid.find(typed) != std::string_view::npos) return 0;
  return distance(typed, valid);
}

}  // namespace

std::vector<std::string> nearest_first(std::string_view typed, std::vector<std::string> valid) {
  const auto wanted = fold(typed.substr(0, 64));
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (auto& word : valid) ranked.emplace_back(strangeness(wanted, fold(word)), std::move(word));
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> out;
  for (auto& [rank, word] : ranked) out.push_back(std::move(word));
  return out;
}

}  // namespace nc
