// The counting of selected rows: flows summed, stocks taken as of the last day.
#include <algorithm>
#include <limits>

#include "insight/stats/scan.h"

namespace nc::stats {
namespace {

Amount scaled(Amount amount, int scale) {
  for (; amount.scale < scale; ++amount.scale)
    if (__builtin_mul_overflow(amount.value, 10, &amount.value))
      amount.value = amount.value < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  return amount;
}

// A stock that activities report (markers done so far): of each lead unit, kind and level the latest counts.
std::vector<RowNo> latest_of_each(const View& view, const std::vector<RowNo>& rows, const std::string& measure) {
  std::map<std::tuple<UnitId, std::string, std::string>, RowNo> latest;
  const auto day = [&](RowNo row) { return view.store().undated(row) ? kDayMin : view.store().first[row]; };
  std::vector<RowNo> out;
  for (const auto row : rows) {
    if (view.store().standing[row]) {
      out.push_back(row);
      continue;
    }
    if (!view.value(row, measure)) continue;
    const auto [at, made] = latest.try_emplace({view.own(row).lead, view.kind(row), view.level(row)}, row);
    if (made) continue;
    const auto mine = std::pair(day(row), view.id(row)), other = std::pair(day(at->second), view.id(at->second));
    if (other < mine) at->second = row;
  }
  for (const auto& [key, row] : latest) out.push_back(row);
  return out;
}

std::vector<RecordId> ids_of(const View& view, const std::vector<RowNo>& rows, std::size_t records_max) {
  std::vector<RecordId> out;
  for (const auto row : rows) out.push_back(view.id(row));
  std::sort(out.begin(), out.end());
  if (out.size() > records_max) out.resize(records_max);
  return out;
}

bool one_level(const View& view, const std::vector<RowNo>& rows) {
  return std::all_of(rows.begin(), rows.end(), [&](RowNo row) { return view.store().level[row] == view.store().level[rows.front()]; });
}

}  // namespace

Amount plus(Amount a, Amount b) {
  const int scale = std::max(a.scale, b.scale);
  a = scaled(a, scale);
  b = scaled(b, scale);
  Amount sum{0, scale};
  if (__builtin_add_overflow(a.value, b.value, &sum.value))
    sum.value = a.value < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  return sum;
}

std::vector<RowNo> without_parts(const View& view, const std::vector<RowNo>& selected, std::size_t& left_out, std::size_t& within) {
  const bool parts = std::any_of(selected.begin(), selected.end(), [&](RowNo row) { return !view.store().cold[row].parent.is_zero(); });
  if (!parts) return selected;
  const std::unordered_set<RowNo> set(selected.begin(), selected.end());
  std::vector<RowNo> out;
  for (const auto row : selected) {
    const auto above = view.above(row);
    if (std::any_of(above.begin(), above.end(), [&](RowNo at) { return set.contains(at); })) {
      ++left_out;
      continue;
    }
    if (!above.empty()) ++within;
    out.push_back(row);
  }
  return out;
}

Recorded count(View& view, const Bounds& bounds, const Spec& spec, std::size_t records_max, std::vector<RecordId>* sources) {
  Recorded out;
  std::vector<RowNo> held, maybe, announced;
  for (const auto row : view.narrowed(view.rows(bounds), spec)) {
    const auto status = view.store().status[row];
    if (status == Status::kOther) continue;
    const auto in = view.in_period(row, spec);
    if (in == InPeriod::kNo) continue;
    if (status == Status::kAnnounced) announced.push_back(row);
    else if (in == InPeriod::kMaybe) maybe.push_back(row);
    else held.push_back(row);
  }
  auto counted = without_parts(view, held, out.parts_left_out, out.within);
  if (spec.nature == Nature::kStock && spec.measure != "count") counted = latest_of_each(view, counted, spec.measure);
  out.records = counted.size();
  for (const auto row : counted) {
    const auto value = view.value(row, spec.measure);
    if (!value) continue;
    ++out.with_value;
    out.value = out.value ? plus(*out.value, *value) : *value;
  }
  if (spec.nature == Nature::kStock && !one_level(view, counted)) out.value.reset();
  out.undated_within = maybe.size();
  out.announced = announced.size();
  out.record_ids = ids_of(view, counted, records_max);
  out.undated_ids = ids_of(view, maybe, records_max);
  out.announced_ids = ids_of(view, announced, records_max);
  if (!sources) return out;
  std::set<RecordId> seen;
  for (const auto row : counted)
    for (const auto& id : view.store().id_lists.at(view.store().cold[row].sources))
      if (view.seen(view.store().sources, id)) seen.insert(id);
  sources->assign(seen.begin(), seen.end());
  return out;
}

}  // namespace nc::stats
