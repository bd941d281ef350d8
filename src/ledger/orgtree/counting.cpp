// Where records count: in the tree of a day, or as recorded.
#include <algorithm>
#include <unordered_set>

#include "ledger/orgtree/index.h"

namespace nc::orgtree {
namespace {

constexpr std::size_t kDayTreesMax = 32;

// The period nearest to a day on which there is none: the last before it, else the first after it.
const Period* nearest(const Timeline& line, std::int32_t day) {
  const Period* found = nullptr;
  for (const auto& period : line)
    if (found == nullptr || period.days.last < day) found = &period;
  return found;
}

// The lowest unit that is, or stands above, every one of `units`; kNoUnit if there is none.
UnitNo common_superior(const std::vector<UnitNo>& units, const std::vector<UnitNo>& place) {
  std::vector<UnitNo> common;
  for (const auto unit : units) {
    std::vector<UnitNo> chain;
    for (auto at = unit; at != kNoUnit; at = place[at]) chain.push_back(at);
    if (unit == units.front()) {
      common = std::move(chain);
      continue;
    }
    const std::unordered_set<UnitNo> here(chain.begin(), chain.end());
    std::erase_if(common, [&](UnitNo at) { return !here.contains(at); });
  }
  return common.empty() ? kNoUnit : common.front();
}

std::vector<DayRange> merged(std::vector<DayRange> days) {
  std::sort(days.begin(), days.end());
  std::vector<DayRange> out;
  for (const auto& range : days) {
    if (!out.empty() && range.first <= out.back().last + 1) out.back().last = std::max(out.back().last, range.last);
    else out.push_back(range);
  }
  return out;
}

}  // namespace

// By the link of the day; outside the unit's own dates by the nearest link. The superior is read as what
// stands for him on the day; where that is the unit itself, his superior takes his place.
void OrgTree::Index::place_by_links(DayTree& tree, Line line, std::int32_t day, const std::vector<Unit>& units) const {
  const auto& lines = timelines[static_cast<std::size_t>(line)];
  constexpr int kStepsMax = 64;
  for (UnitNo unit = 0; unit < units.size(); ++unit) {
    if (tree.stands_as[unit] != unit) continue;
    const bool outside = units[unit].from.value_or(kDayMin) > day || units[unit].until.value_or(kDayMax) < day;
    const auto* link = period(unit, line, day);
    if (link == nullptr && outside && standing_kin(tree, unit, day).empty()) link = nearest(lines[unit], day);
    auto up = link == nullptr ? kNoUnit : link->parent;
    for (int steps = 0; up != kNoUnit && tree.stands_as[up] == unit; ++steps) up = steps < kStepsMax ? parent(up, line, day) : kNoUnit;
    if (up != kNoUnit) tree.place[unit] = tree.stands_as[up];
  }
  cut_cycles(tree.place);
}

// Units between which the records of `unit` cannot be divided: the heirs of a split without default
// heir on or before the day, or the parts of a merge after it, each as it stands on the day.
std::vector<UnitNo> OrgTree::Index::standing_kin(const DayTree& tree, UnitNo unit, std::int32_t day) const {
  std::set<UnitNo> kin;
  for (const auto& step : out[unit])
    if (step.change == Change::kSplit && step.day <= day) kin.insert(tree.stands_as[step.to]);
  if (kin.empty())
    for (const auto& step : in[unit])
      if ((step.change != Change::kTransfer) && step.dated && step.day > day) kin.insert(tree.stands_as[step.from]);
  kin.erase(unit);
  return {kin.begin(), kin.end()};
}

// A unit that stands on the day without a superior (a ministry that gave a part away) is left alone.
// Kin that are undivided themselves are replaced by their own kin, so that the order does not matter.
void OrgTree::Index::place_undivided(DayTree& tree, Line line, std::int32_t day, const std::vector<Unit>& units) const {
  std::map<UnitNo, std::vector<UnitNo>> undivided;
  for (UnitNo unit = 0; unit < units.size(); ++unit) {
    if (tree.stands_as[unit] != unit || tree.place[unit] != kNoUnit) continue;
    const bool outside = units[unit].from.value_or(kDayMin) > day || units[unit].until.value_or(kDayMax) < day;
    if (!outside && timelines[static_cast<std::size_t>(line)][unit].empty()) continue;
    auto kin = standing_kin(tree, unit, day);
    if (!kin.empty()) undivided.emplace(unit, std::move(kin));
  }
  for (const auto& [unit, kin] : undivided) {
    std::set<UnitNo> seen{unit};
    std::vector<UnitNo> open = kin, placed;
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      if (!seen.insert(at).second) continue;
      const auto more = undivided.find(at);
      if (more == undivided.end()) placed.push_back(at);
      else open.insert(open.end(), more->second.begin(), more->second.end());
    }
    const auto up = common_superior(placed, tree.place);
    bool circle = false;
    for (auto at = up; at != kNoUnit; at = tree.place[at]) circle = circle || at == unit;
    if (!circle) tree.place[unit] = up;
  }
}

DayTree OrgTree::Index::make_day_tree(Line line, std::int32_t day, const std::vector<Unit>& units) const {
  DayTree tree;
  tree.stands_as.resize(units.size());
  tree.place.assign(units.size(), kNoUnit);
  tree.below.resize(units.size());
  tree.counted.resize(units.size());
  for (UnitNo unit = 0; unit < units.size(); ++unit) {
    tree.stands_as[unit] = stands_as(unit, day, units);
    tree.counted[tree.stands_as[unit]].push_back(unit);
  }
  place_by_links(tree, line, day, units);
  place_undivided(tree, line, day, units);
  for (UnitNo unit = 0; unit < units.size(); ++unit)
    if (tree.place[unit] != kNoUnit) tree.below[tree.place[unit]].push_back(unit);
  return tree;
}

std::shared_ptr<const DayTree> OrgTree::Index::day_tree(Line line, std::int32_t day, const std::vector<Unit>& units) const {
  const std::lock_guard lock(mutex_);
  const auto at = std::find_if(remembered_.begin(), remembered_.end(), [&](const Remembered& r) { return r.line == line && r.day == day; });
  if (at != remembered_.end()) {
    remembered_.splice(remembered_.begin(), remembered_, at);
  } else {
    remembered_.push_front({line, day, std::make_shared<const DayTree>(make_day_tree(line, day, units))});
    if (remembered_.size() > kDayTreesMax) remembered_.pop_back();
  }
  return remembered_.front().tree;
}

std::set<UnitId> OrgTree::scope_as_of(const UnitId& unit, Line line, std::int32_t day) const {
  std::set<UnitId> scope;
  const auto no = index_->number(unit);
  if (no == kNoUnit) return scope;
  const auto tree = index_->day_tree(line, day, units_);
  if (tree->stands_as[no] != no) return scope;
  std::vector<UnitNo> open{no};
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    for (const auto counted : tree->counted[at]) scope.insert(units_[counted].id);
    open.insert(open.end(), tree->below[at].begin(), tree->below[at].end());
  }
  return scope;
}

bool OrgTree::counts_under(const UnitId& unit, const UnitId& above, Line line, std::int32_t day) const {
  const auto no = index_->number(unit), wanted = index_->number(above);
  if (no == kNoUnit || wanted == kNoUnit) return false;
  const auto tree = index_->day_tree(line, day, units_);
  for (auto at = tree->stands_as[no]; at != kNoUnit; at = tree->place[at])
    if (at == wanted) return true;
  return false;
}

// Each unit has one superior a day and no circles, so every day of a unit is reached once at most.
std::vector<OrgTree::Span> OrgTree::scope_as_recorded(const UnitId& unit, Line line) const {
  const auto start = index_->number(unit);
  if (start == kNoUnit) return {};
  const auto& lines = index_->timelines[static_cast<std::size_t>(line)];
  const auto& below_ever = index_->below_ever[static_cast<std::size_t>(line)];
  std::map<UnitNo, std::vector<DayRange>> found;
  struct Reach {
    UnitNo unit;
    DayRange days;
  };
  std::vector<Reach> open{{start, {kDayMin, kDayMax}}};
  while (!open.empty()) {
    const auto reach = open.back();
    open.pop_back();
    found[reach.unit].push_back(reach.days);
    for (const auto below : below_ever[reach.unit])
      for (const auto& period : lines[below]) {
        const DayRange days{std::max(period.days.first, reach.days.first), std::min(period.days.last, reach.days.last)};
        if (period.parent == reach.unit && days.first <= days.last) open.push_back({below, days});
      }
  }
  std::vector<Span> spans;
  for (auto& [no, days] : found) spans.push_back({units_[no].id, merged(std::move(days))});
  return spans;
}

}  // namespace nc::orgtree
