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
  const auto day = [&](RowNo row) { return view.store().undated(row) ? kDayMin : view.store().when(row).first; };
  std::vector<RowNo> out;
  for (const auto row : rows) {
    if (view.store().shape(row).standing) {
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
  out.reserve(rows.size());
  for (const auto row : rows) out.push_back(view.id(row));
  const auto listed = out.begin() + static_cast<std::ptrdiff_t>(std::min(out.size(), records_max));
  std::partial_sort(out.begin(), listed, out.end());
  out.erase(listed, out.end());
  return out;
}

bool one_level(const View& view, const std::vector<RowNo>& rows) {
  return std::all_of(rows.begin(), rows.end(),
                     [&](RowNo row) { return view.store().shape(row).level == view.store().shape(rows.front()).level; });
}

}  // namespace

bool is_stock(const records::World& world, const std::string& kind, const std::string& measure) {
  const auto* type = world.catalog->find(kind);
  const auto* known = type ? type->measure(measure) : nullptr;
  return known ? known->nature == Nature::kStock : type && type->feeds == "standing-thing";
}

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
  std::vector<RowNo> out;
  out.reserve(selected.size());
  View::Above above;
  for (const auto row : selected) {
    if (view.store().shape(row).part) {
      view.above(row, above);
      if (std::any_of(above.begin(), above.end(), [&](RowNo at) { return std::binary_search(selected.begin(), selected.end(), at); })) {
        ++left_out;
        continue;
      }
      if (above.count > 0) ++within;
    }
    out.push_back(row);
  }
  return out;
}

std::vector<RowNo> without_included(const View& view, std::vector<RowNo> counted, const std::vector<RowNo>& selected,
                                    const std::string& measure, std::size_t& left_out) {
  std::vector<RowNo> wholes;
  left_out += std::erase_if(counted, [&](RowNo row) {
    view.wholes(row, wholes);
    if (wholes.empty() || !view.value(row, measure)) return false;
    return std::any_of(wholes.begin(), wholes.end(), [&](RowNo whole) {
      return std::binary_search(selected.begin(), selected.end(), whole) && view.value(whole, measure).has_value();
    });
  });
  return counted;
}

Recorded count(View& view, const std::vector<RowNo>& rows, const Spec& spec, std::size_t records_max, std::vector<RecordId>* sources) {
  Recorded out;
  std::vector<RowNo> held, maybe, announced;
  const auto asked = view.asked_shapes(spec);
  for (const auto row : rows) {
    const auto status = view.store().shape(row).status;
    if (asked[view.store().shape_no(row)] == 0 || status == Status::kOther) continue;
    const auto in = view.in_period(row, spec);
    if (in == InPeriod::kNo) continue;
    if (status == Status::kAnnounced) announced.push_back(row);
    else if (in == InPeriod::kMaybe) maybe.push_back(row);
    else held.push_back(row);
  }
  auto counted = without_parts(view, held, out.parts_left_out, out.within);
  if (spec.measure != "count") counted = without_included(view, std::move(counted), held, spec.measure, out.parts_left_out);
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
    for (const auto& id : view.store().sources_of(row))
      if (view.seen(view.store().sources, id)) seen.insert(id);
  sources->assign(seen.begin(), seen.end());
  return out;
}

}  // namespace nc::stats
