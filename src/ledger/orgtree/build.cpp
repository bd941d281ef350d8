// From rows to an OrgTree: ordering, stand-ins, timelines.
#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "ledger/orgtree/index.h"

namespace nc::orgtree {
namespace {

std::int32_t first_day(const Link& link) { return link.from.value_or(kDayMin); }
std::int32_t last_day(const Link& link) { return link.until.value_or(kDayMax); }

// Greater wins when several links hold on a day.
auto weight(const Link& link) { return std::tuple(first_day(link), link.depth, link.source, link.parent); }

std::vector<Unit> sorted_units(std::vector<Unit> units, const std::vector<Link>& links, const std::vector<Lineage>& lineage,
                               std::vector<std::string>& problems) {
  const auto order = [](const Unit& a, const Unit& b) {
    return std::tie(a.voided, a.code, a.id, a.name) < std::tie(b.voided, b.code, b.id, b.name);
  };
  std::sort(units.begin(), units.end(), order);
  std::set<UnitId> known;
  std::erase_if(units, [&](const Unit& unit) {
    if (known.insert(unit.id).second) return false;
    problems.push_back("unit " + unit.id.hex() + " is given twice");
    return true;
  });
  std::set<UnitId> missing;
  const auto need = [&](const UnitId& id) {
    if (!known.contains(id)) missing.insert(id);
  };
  for (const auto& link : links) {
    need(link.unit);
    need(link.parent);
  }
  for (const auto& row : lineage) {
    need(row.from);
    need(row.to);
  }
  for (const auto& id : missing) {
    Unit stand_in;
    stand_in.id = id;
    stand_in.code = stand_in.name = id.hex();
    units.push_back(std::move(stand_in));
  }
  std::sort(units.begin(), units.end(), order);
  return units;
}

void index_names(const Unit& unit, UnitNo no, std::map<std::string, std::vector<UnitNo>, std::less<>>& index) {
  std::set<std::string> names{fold(unit.code), fold(unit.name), fold(unit.name_en)};
  for (const auto& alias : unit.aliases) names.insert(fold(alias));
  for (const auto& name : names)
    if (!name.empty()) index[name].push_back(no);
}

// The superior of every day from links of which the heaviest wins.
Timeline timeline_of(std::vector<Link> links, const std::unordered_map<UnitId, UnitNo>& numbers) {
  std::erase_if(links, [](const Link& link) { return first_day(link) > last_day(link); });
  std::set<std::int32_t> edges;
  for (const auto& link : links) {
    edges.insert(first_day(link));
    if (last_day(link) < kDayMax) edges.insert(last_day(link) + 1);
  }
  Timeline line;
  for (auto edge = edges.begin(); edge != edges.end(); ++edge) {
    const Link* best = nullptr;
    for (const auto& link : links)
      if (first_day(link) <= *edge && *edge <= last_day(link) && (best == nullptr || link.outweighs(*best))) best = &link;
    if (best == nullptr) continue;
    const auto next = std::next(edge);
    const DayRange days{*edge, next == edges.end() ? kDayMax : *next - 1};
    const auto parent = numbers.at(best->parent);
    if (!line.empty() && line.back().parent == parent && line.back().days.last + 1 == days.first && line.back().source == best->source)
      line.back().days.last = days.last;
    else line.push_back({days, parent, first_day(*best), best->depth, best->source});
  }
  return line;
}

// `first` where it says something, `then` on the other days.
Timeline with_fallback(const Timeline& first, const Timeline& then) {
  Timeline line = first;
  std::int32_t open = kDayMin;
  const auto fill = [&](std::int32_t from, std::int32_t to) {
    for (auto period : then) {
      period.days = {std::max(period.days.first, from), std::min(period.days.last, to)};
      if (period.days.first <= period.days.last) line.push_back(period);
    }
  };
  for (const auto& period : first) {
    if (period.days.first > open) fill(open, period.days.first - 1);
    open = period.days.last + 1;
  }
  if (open <= kDayMax) fill(open, kDayMax);
  std::sort(line.begin(), line.end(), [](const Period& a, const Period& b) { return a.days < b.days; });
  return line;
}

std::vector<Timeline> timelines(const std::vector<std::vector<Link>>& links, Line line, const std::unordered_map<UnitId, UnitNo>& numbers) {
  std::vector<Timeline> out(links.size());
  for (std::size_t unit = 0; unit < links.size(); ++unit) {
    std::vector<Link> of_line;
    std::copy_if(links[unit].begin(), links[unit].end(), std::back_inserter(of_line), [&](const Link& link) { return link.line == line; });
    out[unit] = timeline_of(std::move(of_line), numbers);
  }
  return out;
}

std::vector<std::vector<UnitNo>> below_ever(const std::vector<Timeline>& timelines) {
  std::vector<std::vector<UnitNo>> below(timelines.size());
  for (UnitNo unit = 0; unit < timelines.size(); ++unit)
    for (const auto& period : timelines[unit])
      if (below[period.parent].empty() || below[period.parent].back() != unit) below[period.parent].push_back(unit);
  return below;
}

}  // namespace

bool Link::outweighs(const Link& other) const { return weight(other) < weight(*this); }

std::shared_ptr<const OrgTree> OrgTree::build(std::vector<Unit> units, std::vector<Link> links, std::vector<Lineage> lineage) {
  auto tree = std::make_shared<OrgTree>();
  auto& index = *tree->index_;
  auto& problems = tree->problems_;
  tree->units_ = sorted_units(std::move(units), links, lineage, problems);
  for (UnitNo no = 0; no < tree->units_.size(); ++no) {
    auto& unit = tree->units_[no];
    index.numbers.emplace(unit.id, no);
    const bool taken = !index.codes.emplace(unit.code, no).second;
    if (unit.voided) {
      if (taken) index.codes.emplace(unit.code = unit.id.hex(), no);
      continue;
    }
    ++tree->in_force_;
    if (taken) problems.push_back("code " + unit.code + " is used by several units");
    index_names(unit, no, index.names);
  }

  index.links.resize(tree->units_.size());
  for (auto& link : links) {
    if (link.unit == link.parent) problems.push_back("unit " + tree->find(link.unit)->code + " is its own superior");
    else index.links[index.numbers.at(link.unit)].push_back(std::move(link));
  }
  for (auto& of_unit : index.links)
    std::sort(of_unit.begin(), of_unit.end(), [](const Link& a, const Link& b) {
      return std::tuple(a.line, weight(a), last_day(a)) < std::tuple(b.line, weight(b), last_day(b));
    });
  auto& command = index.timelines[0] = timelines(index.links, Line::kCommand, index.numbers);
  auto& guidance = index.timelines[1] = timelines(index.links, Line::kGuidance, index.numbers);
  for (std::size_t unit = 0; unit < guidance.size(); ++unit) guidance[unit] = with_fallback(guidance[unit], command[unit]);
  for (const auto line : {Line::kCommand, Line::kGuidance}) index.cut_cycles_through_time(line, tree->units_, problems, tree->circles_);
  for (const std::size_t line : {0U, 1U}) index.below_ever[line] = below_ever(index.timelines[line]);

  index.out.resize(tree->units_.size());
  index.in.resize(tree->units_.size());
  std::sort(lineage.begin(), lineage.end(), [](const Lineage& a, const Lineage& b) {
    return std::tie(a.day, a.from, a.to, a.change, a.default_heir) < std::tie(b.day, b.from, b.to, b.change, b.default_heir);
  });
  for (const auto& row : lineage) {
    if (row.from == row.to) {
      problems.push_back("unit " + tree->find(row.from)->code + " is said to become itself");
      continue;
    }
    const Step step{index.numbers.at(row.from), index.numbers.at(row.to), row.day.value_or(kDayMin), row.day.has_value(), row.change,
                    row.default_heir,           index.lineage.size()};
    index.lineage.push_back(row);
    index.out[step.from].push_back(step);
    index.in[step.to].push_back(step);
  }
  std::sort(problems.begin(), problems.end());
  std::sort(tree->circles_.begin(), tree->circles_.end());
  return tree;
}

}  // namespace nc::orgtree
