// What became of whom.
//
// Every walk is memoryless (the next step depends on the unit and the day alone) and a circle of names
// (renamed there and back) ends at the name of the day; so as_of answers itself (is idempotent) for any
// rows, sensible or not.
#include <algorithm>

#include "ledger/orgtree/index.h"

namespace nc::orgtree {
namespace {

// Follows `next` to the end. In a circle the answer is the end of the step that `later` puts last.
template <typename Next, typename End, typename Later>
UnitNo walk(UnitNo unit, Next next, End end, Later later) {
  std::set<UnitNo> seen;
  const Step* step = next(unit);
  while (step != nullptr && seen.insert(unit).second) {
    unit = end(*step);
    step = next(unit);
  }
  if (step == nullptr) return unit;
  const Step* last = step;
  for (UnitNo at = end(*step); at != unit; at = end(*step)) {
    step = next(at);
    if (later(*last, *step)) last = step;
  }
  return end(*last);
}

}  // namespace

// The change that ended `unit` on or before the day: the latest, undated ones only without a dated one.
const Step* OrgTree::Index::next_step(UnitNo unit, std::int32_t day, bool renames_only) const {
  const Step* best = nullptr;
  for (const auto& step : out[unit]) {
    const bool whole =
        step.change == Change::kRename || step.change == Change::kMerge || (step.change == Change::kSplit && step.default_heir);
    if (!whole || step.day > day || (renames_only && step.change != Change::kRename)) continue;
    if (best == nullptr || best->day < step.day) best = &step;
  }
  return best;
}

// The change after the day by which another unit became this one: the first rename, else a merge whose
// default heir is named. Nothing if the unit stood already, if two units are said to have been renamed
// to it on one day, or if the other did not stand on the day either.
const Step* OrgTree::Index::step_back(UnitNo unit, std::int32_t day, const std::vector<Unit>& units) const {
  if (units[unit].from && *units[unit].from <= day) return nullptr;
  const Step* best = nullptr;
  bool ambiguous = false;
  const auto better = [](const Step& a, const Step& b) {  // renames before merges, then by day
    return std::tuple(a.change != Change::kRename, a.day) <=> std::tuple(b.change != Change::kRename, b.day);
  };
  for (const auto& step : in[unit]) {
    const bool undoable = step.change == Change::kRename || (step.change == Change::kMerge && step.default_heir);
    if (!undoable || !step.dated || step.day <= day) continue;
    if (best == nullptr || better(step, *best) < 0) {
      best = &step;
      ambiguous = false;
    } else if (better(step, *best) == 0 && step.from != best->from) ambiguous = true;
  }
  if (best == nullptr || ambiguous || next_step(best->from, day, false) != nullptr) return nullptr;
  return best;
}

UnitNo OrgTree::Index::forward(UnitNo unit, std::int32_t day, bool renames_only) const {
  return walk(
      unit, [&](UnitNo at) { return next_step(at, day, renames_only); }, [](const Step& step) { return step.to; },
      [](const Step& a, const Step& b) { return std::tie(a.day, a.to) < std::tie(b.day, b.to); });
}

UnitNo OrgTree::Index::stands_as(UnitNo unit, std::int32_t day, const std::vector<Unit>& units) const {
  return walk(
      forward(unit, day, false), [&](UnitNo at) { return step_back(at, day, units); }, [](const Step& step) { return step.from; },
      [](const Step& a, const Step& b) { return std::tie(a.day, a.from) > std::tie(b.day, b.from); });
}

UnitId OrgTree::as_of(const UnitId& unit, std::int32_t day) const {
  const auto no = index_->number(unit);
  return no == kNoUnit ? unit : units_[index_->stands_as(no, day, units_)].id;
}

UnitId OrgTree::renamed_as_of(const UnitId& unit, std::int32_t day) const {
  const auto no = index_->number(unit);
  return no == kNoUnit ? unit : units_[index_->forward(no, day, true)].id;
}

std::set<UnitId> OrgTree::predecessors(const UnitId& unit) const {
  std::set<UnitId> out{unit};
  const auto no = index_->number(unit);
  std::vector<UnitNo> open;
  if (no != kNoUnit) open.push_back(no);
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    for (const auto& step : index_->in[at]) {
      if (step.change == Change::kTransfer || (step.change == Change::kSplit && !step.default_heir)) continue;
      if (out.insert(units_[step.from].id).second) open.push_back(step.from);
    }
  }
  return out;
}

std::vector<Lineage> OrgTree::lineage_of(const UnitId& unit) const {
  const auto no = index_->number(unit);
  if (no == kNoUnit) return {};
  std::set<std::size_t> rows;
  for (const auto& step : index_->out[no]) rows.insert(step.row);
  for (const auto& step : index_->in[no]) rows.insert(step.row);
  std::vector<Lineage> found;
  for (const auto row : rows) found.push_back(index_->lineage[row]);
  return found;
}

}  // namespace nc::orgtree
