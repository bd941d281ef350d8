// Cycles: a reorganisation entered wrongly, or two that met in a merge, can put two units under each
// other. One link of the circle is left out on the days on which it closes, the same on every node:
// the one that began last, then the deepest, then the greatest source, then the greatest unit.
#include <algorithm>

#include "base/civil.h"
#include "ledger/orgtree/index.h"

namespace nc::orgtree {
namespace {

// Strongly connected components over "was ever a superior of" (Tarjan, without recursion).
class Components {
 public:
  explicit Components(const std::vector<Timeline>& timelines)
      : timelines_(timelines), order_(timelines.size(), 0), low_(timelines.size(), 0), open_(timelines.size(), false) {
    for (UnitNo unit = 0; unit < timelines.size(); ++unit)
      if (order_[unit] == 0) visit(unit);
  }
  std::vector<std::vector<UnitNo>> several;  // components of more than one unit

 private:
  struct Frame {
    UnitNo unit;
    std::size_t next;
  };

  void enter(UnitNo unit) {
    order_[unit] = low_[unit] = ++counter_;
    open_[unit] = true;
    stack_.push_back(unit);
    frames_.push_back({unit, 0});
  }

  void visit(UnitNo root) {
    enter(root);
    while (!frames_.empty()) {
      const UnitNo unit = frames_.back().unit;
      if (frames_.back().next < timelines_[unit].size()) {
        const UnitNo parent = timelines_[unit][frames_.back().next++].parent;
        if (order_[parent] == 0) enter(parent);
        else if (open_[parent]) low_[unit] = std::min(low_[unit], order_[parent]);
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) low_[frames_.back().unit] = std::min(low_[frames_.back().unit], low_[unit]);
      if (low_[unit] == order_[unit]) close(unit);
    }
  }

  void close(UnitNo unit) {
    const auto at = std::find(stack_.begin(), stack_.end(), unit);
    std::vector<UnitNo> members(at, stack_.end());
    stack_.erase(at, stack_.end());
    for (const auto member : members) open_[member] = false;
    std::sort(members.begin(), members.end());
    if (members.size() > 1) several.push_back(std::move(members));
  }

  const std::vector<Timeline>& timelines_;
  std::vector<std::size_t> order_, low_;
  std::vector<bool> open_;
  std::vector<UnitNo> stack_;
  std::vector<Frame> frames_;
  std::size_t counter_ = 0;
};

std::vector<std::int32_t> edges_of(const std::vector<UnitNo>& members, const std::vector<Timeline>& timelines) {
  std::set<std::int32_t> edges;
  for (const auto unit : members)
    for (const auto& period : timelines[unit]) {
      edges.insert(period.days.first);
      if (period.days.last < kDayMax) edges.insert(period.days.last + 1);
    }
  return {edges.begin(), edges.end()};
}

void leave_out(Timeline& line, const DayRange& days) {
  Timeline kept;
  for (const auto& period : line) {
    auto before = period, after = period;
    before.days.last = std::min(period.days.last, days.first - 1);
    after.days.first = std::max(period.days.first, days.last + 1);
    if (before.days.first <= before.days.last) kept.push_back(before);
    if (after.days.first <= after.days.last) kept.push_back(after);
  }
  line = std::move(kept);
}

}  // namespace

void OrgTree::Index::cut_cycles_through_time(Line line, const std::vector<Unit>& units, std::vector<std::string>& problems,
                                             std::vector<Circle>& circles) {
  auto& lines = timelines[static_cast<std::size_t>(line)];
  for (const auto& members : Components(lines).several) {
    const auto edges = edges_of(members, lines);
    std::set<std::pair<UnitNo, RecordId>> told;
    std::set<std::pair<std::vector<UnitId>, std::vector<RecordId>>> found;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const DayRange days{edges[i], i + 1 < edges.size() ? edges[i + 1] - 1 : kDayMax};
      std::unordered_map<UnitNo, UnitNo> seen_from;  // unit -> the walk that saw it first
      for (const auto start : members) {
        UnitNo at = start;
        while (at != kNoUnit && !seen_from.contains(at)) {
          seen_from[at] = start;
          at = parent(at, line, days.first);
        }
        if (at == kNoUnit || seen_from[at] != start) continue;
        UnitNo worst = at;
        Circle circle{line, days.first, {units[at].id}, {period(at, line, days.first)->source}};
        for (UnitNo on = parent(at, line, days.first); on != at; on = parent(on, line, days.first)) {
          circle.units.push_back(units[on].id);
          circle.sources.push_back(period(on, line, days.first)->source);
          const auto *a = period(worst, line, days.first), *b = period(on, line, days.first);
          if (std::tie(a->since, a->depth, a->source, worst) < std::tie(b->since, b->depth, b->source, on)) worst = on;
        }
        std::sort(circle.sources.begin(), circle.sources.end());
        if (found.emplace(circle.units, circle.sources).second) circles.push_back(std::move(circle));
        const auto cut = *period(worst, line, days.first);
        if (told.insert({worst, cut.source}).second)
          problems.push_back("circle along the " + std::string(line_name(line)) + " line on " + iso_date({days.first}) + ": " +
                             units[worst].code + " under " + units[cut.parent].code + " is left out");
        leave_out(lines[worst], days);
      }
    }
  }
}

void cut_cycles(std::vector<UnitNo>& places) {
  std::vector<UnitNo> seen_from(places.size(), kNoUnit);
  for (UnitNo start = 0; start < places.size(); ++start) {
    UnitNo at = start;
    while (at != kNoUnit && seen_from[at] == kNoUnit) {
      seen_from[at] = start;
      at = places[at];
    }
    if (at == kNoUnit || seen_from[at] != start) continue;
    UnitNo greatest = at;
    for (UnitNo on = places[at]; on != at; on = places[on]) greatest = std::max(greatest, on);
    places[greatest] = kNoUnit;
  }
}

}  // namespace nc::orgtree
