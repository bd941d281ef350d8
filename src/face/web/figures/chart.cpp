#include "face/web/figures/chart.h"

#include <algorithm>

#include "face/web/figures/code_page.h"
#include "face/web/figures/words.h"
#include "face/web/qr.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

constexpr std::size_t kBarsMax = 30;  // more are read in the table
constexpr std::int64_t kFull = 1000;  // of the longest bar

struct Bar {
  std::string label;
  std::optional<stats::Amount> value;  // none: there are records, but their numbers cannot be added
};

std::int64_t power_of_ten(int exponent) {
  std::int64_t out = 1;
  while (exponent-- > 0) out *= 10;
  return out;
}

// For lengths only: numbers stand beside the bars as they are.
double size_of(const stats::Amount& amount) { return static_cast<double>(amount.value) / static_cast<double>(power_of_ten(amount.scale)); }

Html bar_item(const Visit& visit, const Bar& bar, double longest) {
  const auto share = bar.value && longest > 0 ? size_of(*bar.value) / longest : 0;
  const auto width = std::to_string(static_cast<std::int64_t>(share * kFull));
  // The reader of HTML writes viewbox and preserveaspectratio as SVG wants them.
  const auto drawn = el("svg", {{"class", "bar"}, {"aria-hidden", "true"}, {"viewbox", "0 0 1000 10"}, {"preserveaspectratio", "none"}},
                        el("rect", {{"class", "bar-fill"}, {"width", width}, {"height", "10"}}));
  return el("li", {}, el("span", {{"class", "bar-label"}}, bar.label), drawn,
            el("span", {{"class", "bar-value"}}, bar.value ? amount_text(visit, *bar.value) : visit.tr("not added")));
}

Html chart(const Visit& visit, const std::string& heading, const std::vector<Bar>& bars) {
  double longest = 0;
  std::size_t known = 0;
  for (const auto& bar : bars) {
    if (!bar.value || bar.value->value < 0) continue;
    longest = std::max(longest, size_of(*bar.value));
    ++known;
  }
  const bool negative = std::ranges::any_of(bars, [](const Bar& bar) { return bar.value && bar.value->value < 0; });
  if (known < 2 || longest <= 0 || negative) return {};
  Html items;
  for (std::size_t i = 0; i < std::min(kBarsMax, bars.size()); ++i) items.add(bar_item(visit, bars[i], longest));
  Html out = el("figure", {{"class", "chart"}}, el("figcaption", {}, heading), el("ul", {}, items));
  if (bars.size() > kBarsMax)
    out.add(hint(visit.tr("The first {1} of {2}; all of them stand in the table.", static_cast<std::int64_t>(kBarsMax),
                          static_cast<std::int64_t>(bars.size()))));
  return out;
}

std::vector<Bar> bars_of(const Visit& visit, stats::Dimension dimension, const std::vector<std::string>& keys,
                         const std::map<std::string, stats::Cell>& totals) {
  std::vector<Bar> out;
  for (const auto& key : keys) {
    const auto at = totals.find(key);
    if (at != totals.end() && at->second.records > 0) out.push_back({key_text(visit, dimension, key), at->second.value});
  }
  return out;
}

}  // namespace

Html pivot_charts(const Visit& visit, const stats::Pivot& table) {
  const auto drawn = [&](stats::Dimension dimension, const auto& keys, const auto& totals) {
    return chart(visit, visit.tr("By {1}", dimension_text(visit, dimension)), bars_of(visit, dimension, keys, totals));
  };
  Html out = drawn(table.rows, table.row_keys, table.row_totals);
  if (table.columns != stats::Dimension::kNone) out.add(drawn(table.columns, table.column_keys, table.column_totals));
  return out.empty() ? out : section(visit.tr("The same as bars"), el("div", {{"class", "charts"}}, out));
}

Html way_back(const Visit& visit, const Asked& asked) {
  const auto address = visit.site.own_address(visit.request) + asked.at("/figures").text();
  const auto picture = qr_code(address, visit.tr("Code that leads back to this figure"));
  const auto code = code_of(visit, asked);
  const auto where = visit.site.own_address(visit.request) + "/c";
  const auto typed = code ? join(el("p", {}, visit.tr("Code to type:"), " ", el("strong", {{"class", "short-code"}}, *code)),
                                 hint(visit.tr("It is typed at {1} or into the box for searching.", where)))
                          : Html();
  return section(
      visit.tr("Permanent address"),
      el("div", {{"class", "way-back"}}, picture,
         el("div", {}, el("p", {}, el("code", {}, address)), typed,
            hint(visit.tr("The address is the question. Asked again it is answered from what is recorded then, for whoever asks.")))));
}

}  // namespace nc::web
