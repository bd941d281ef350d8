// Random trees and reorganisations against naive recomputation.
#include <gtest/gtest.h>

#include <chrono>

#include "base/rng.h"
#include "ledger/orgtree/test_rows.h"

namespace nc::orgtree {
namespace {

using test::id_of;

struct Rows {
  std::vector<Unit> units;
  std::vector<Link> links;
  std::vector<Lineage> lineage;
  [[nodiscard]] std::shared_ptr<const OrgTree> tree() const { return OrgTree::build(units, links, lineage); }
};

Unit unit(const std::string& code, std::optional<std::int32_t> from = {}) {
  Unit out;
  out.id = id_of(code);
  out.code = out.name = code;
  out.from = from;
  return out;
}

// A world in which every reorganisation happens inside one region, and regions are for ever.
class World {
 public:
  explicit World(std::uint64_t seed) : rng_(seed) {
    add("root", "", 0);
    for (int r = 0; r < 3; ++r) add("region" + std::to_string(r), "root", 0);
    for (int i = 0; i < 12; ++i) regions_[rng_.below(3)].push_back(add("u" + std::to_string(i), "", 0));
    for (int r = 0; r < 3; ++r)
      for (std::size_t i = 0; i < regions_[r].size(); ++i)
        put(regions_[r][i], i > 1 && rng_.below(2) == 0 ? regions_[r][rng_.below(i)] : "region" + std::to_string(r), 0);
    for (int change = 1; change <= 10; ++change) reorganise(change * 100);
  }
  Rows rows;

 private:
  std::string add(const std::string& code, const std::string& above, std::int32_t on) {
    rows.units.push_back(unit(code, on == 0 ? std::nullopt : std::optional(on)));
    if (!above.empty()) put(code, above, on);
    return code;
  }
  void end_link(const std::string& code, std::int32_t on) {
    for (auto& link : rows.links)
      if (link.unit == id_of(code) && !link.until) link.until = on - 1;
  }
  void put(const std::string& code, const std::string& above, std::int32_t on) {
    end_link(code, on);
    rows.links.push_back({id_of(code), id_of(above), Line::kCommand, on == 0 ? std::nullopt : std::optional(on), {}, {}});
    above_[code] = above;
  }
  std::string fresh(const std::string& above, std::int32_t on) { return add("n" + std::to_string(++count_), above, on); }
  void dissolve(const std::string& code, const std::string& heir, std::int32_t on) {
    if (stands_above(code, heir)) put(heir, above_[code], on);
    for (const auto& [below, above] : std::map(above_))
      if (above == code) put(below, heir, on);
    end_link(code, on);
    above_.erase(code);
    for (auto& one : rows.units)
      if (one.code == code && rng_.below(4) != 0) one.until = on - 1;  // some rows forget the end
    for (auto& [region, members] : regions_) std::erase(members, code);
  }
  bool stands_above(const std::string& above, std::string below) {
    while (above_.contains(below) && below != above) below = above_[below];
    return below == above;
  }

  void reorganise(std::int32_t on) {
    auto& members = regions_[rng_.below(3)];
    if (members.size() < 2) return;
    const auto one = members[rng_.below(members.size())], two = members[rng_.below(members.size())];
    switch (rng_.below(5)) {
      case 0: rename(members, one, on); break;
      case 1:
        if (one != two) merge(members, one, two, on);
        break;
      case 2: split(members, one, on, rng_.below(2) == 0); break;
      case 3:
        if (!stands_above(one, two)) put(one, two, on);
        break;
      default:
        if (one != two) {
          become(one, two, on, Change::kMerge);
          dissolve(one, two, on);
        }
        break;
    }
  }
  void become(const std::string& from, const std::string& to, std::int32_t on, Change change, bool heir = false) {
    rows.lineage.push_back({id_of(from), id_of(to), on, change, heir});
  }
  void rename(std::vector<std::string>& members, const std::string& one, std::int32_t on) {
    const auto next = fresh(above_[one], on);
    become(one, next, on, Change::kRename);
    dissolve(one, next, on);
    members.push_back(next);
  }
  void merge(std::vector<std::string>& members, const std::string& one, const std::string& two, std::int32_t on) {
    const auto next = fresh(stands_above(one, two) ? above_[one] : above_[two], on);
    for (const auto& part : {one, two}) {
      if (stands_above(part, next)) put(next, above_[part], on);
      become(part, next, on, Change::kMerge);
      dissolve(part, next, on);
    }
    members.push_back(next);
  }
  void split(std::vector<std::string>& members, const std::string& one, std::int32_t on, bool heir) {
    const auto left = fresh(above_[one], on), right = fresh(above_[one], on);
    become(one, left, on, Change::kSplit, heir);
    become(one, right, on, Change::kSplit);
    dissolve(one, left, on);
    members.push_back(left);
    members.push_back(right);
  }

  SeededRng rng_;
  std::map<int, std::vector<std::string>> regions_;
  std::map<std::string, std::string> above_;
  int count_ = 0;
};

std::int64_t total(const std::set<UnitId>& scope, const std::map<UnitId, std::int64_t>& leads) {
  std::int64_t sum = 0;
  for (const auto& id : scope) sum += leads.at(id);
  return sum;
}

TEST(OrgTreeProperty, TheTotalOfACommonSuperiorIsEqualInEveryTree) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    World world(seed);
    SeededRng rng(seed + 1000);
    const auto tree = world.rows.tree();
    ASSERT_TRUE(tree->problems().empty()) << seed << tree->problems()[0];
    std::map<UnitId, std::int64_t> leads;
    std::int64_t all = 0;
    for (const auto& one : tree->units()) all += leads[one.id] = static_cast<std::int64_t>(rng.below(1000));
    std::map<std::string, std::int64_t> of_region;
    for (std::int32_t on = 50; on < 1200; on += 100) {
      const auto counted = tree->scope_as_of(id_of("root"), Line::kCommand, on);
      std::string missing;
      for (const auto& one : tree->units())
        if (!counted.contains(one.id)) missing += one.code + " ";
      ASSERT_EQ(total(counted, leads), all) << "seed " << seed << " day " << on << " without " << missing;
      for (const std::string region : {"region0", "region1", "region2"}) {
        const auto sum = total(tree->scope_as_of(id_of(region), Line::kGuidance, on), leads);
        const auto first = of_region.emplace(region, sum).first->second;
        ASSERT_EQ(sum, first) << "seed " << seed << " day " << on << " " << region;
      }
    }
  }
}

TEST(OrgTreeProperty, ScopesOfADayAreNestedOrApart) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto tree = World(seed).rows.tree();
    for (std::int32_t on = 50; on < 1200; on += 150) {
      std::vector<std::set<UnitId>> scopes;
      for (const auto& one : tree->units()) scopes.push_back(tree->scope_as_of(one.id, Line::kCommand, on));
      for (const auto& a : scopes)
        for (const auto& b : scopes) {
          std::vector<UnitId> both;
          std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
          ASSERT_TRUE(both.empty() || both.size() == a.size() || both.size() == b.size()) << "seed " << seed << " day " << on;
        }
    }
  }
}

// Wild rows: links, lineage and dates at random, circles included.
Rows wild(std::uint64_t seed, std::size_t units, std::size_t links, std::size_t changes) {
  SeededRng rng(seed);
  Rows rows;
  const auto edge = [&]() -> std::optional<std::int32_t> {
    if (rng.below(3) == 0) return std::nullopt;
    return static_cast<std::int32_t>(rng.below(100));
  };
  const auto any = [&] { return id_of("w" + std::to_string(rng.below(units))); };
  for (std::size_t i = 0; i < units; ++i) {
    auto one = unit("w" + std::to_string(i), edge());
    one.until = edge();
    rows.units.push_back(one);
  }
  for (std::size_t i = 0; i < links; ++i)
    rows.links.push_back({any(), any(), rng.below(3) == 0 ? Line::kGuidance : Line::kCommand, edge(), edge(),
                          id_of("s" + std::to_string(rng.below(9))), static_cast<std::uint32_t>(rng.below(3))});
  for (std::size_t i = 0; i < changes; ++i)
    rows.lineage.push_back({any(), any(), edge(), static_cast<Change>(rng.below(4)), rng.below(2) == 0});
  return rows;
}

std::optional<UnitId> naive_link(const Rows& rows, const UnitId& unit, Line line, std::int32_t on) {
  const Link* best = nullptr;
  for (const auto& link : rows.links) {
    if (link.unit != unit || link.parent == unit || link.line != line || link.from.value_or(kDayMin) > on ||
        link.until.value_or(kDayMax) < on)
      continue;
    const auto weight = [](const Link& l) { return std::tuple(l.from.value_or(kDayMin), l.depth, l.source, l.parent); };
    if (best == nullptr || weight(*best) < weight(link)) best = &link;
  }
  if (best == nullptr) return std::nullopt;
  return best->parent;
}

std::optional<UnitId> naive_parent(const Rows& rows, const UnitId& unit, Line line, std::int32_t on) {
  if (line == Line::kGuidance)
    if (const auto guided = naive_link(rows, unit, Line::kGuidance, on)) return guided;
  return naive_link(rows, unit, Line::kCommand, on);
}

bool naive_circle(const Rows& rows, const UnitId& unit, Line line, std::int32_t on) {
  std::set<UnitId> seen;
  auto at = naive_parent(rows, unit, line, on);
  while (at && *at != unit && seen.insert(*at).second) at = naive_parent(rows, *at, line, on);
  return at == unit;
}

TEST(OrgTreeProperty, ParentsAndSubtreesEqualANaiveRecomputation) {
  std::size_t circles = 0;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    const auto rows = wild(seed, 14, 8 + seed % 14, 0);
    const auto tree = rows.tree();
    for (const auto line : {Line::kCommand, Line::kGuidance})
      for (std::int32_t on = -1; on < 102; on += 7) {
        std::map<UnitId, std::optional<UnitId>> parents;
        for (const auto& one : rows.units) {
          const auto expected = naive_parent(rows, one.id, line, on);
          parents[one.id] = tree->parent(one.id, line, on);
          if (parents[one.id] != expected) {  // only a link of a circle may be left out
            ASSERT_EQ(parents[one.id], std::nullopt);
            ASSERT_TRUE(naive_circle(rows, one.id, line, on)) << seed << " " << one.code << " " << on;
            ASSERT_FALSE(tree->problems().empty());
            ++circles;
          }
        }
        for (const auto& top : rows.units) {
          std::set<UnitId> below, children;
          for (const auto& one : rows.units) {
            std::optional<UnitId> at = one.id;
            std::size_t steps = 0;
            while (at && *at != top.id && ++steps <= rows.units.size()) at = parents[*at];
            ASSERT_LE(steps, rows.units.size()) << "a circle is left";
            if (at) below.insert(one.id);
            if (parents[one.id] == top.id) children.insert(one.id);
            ASSERT_EQ(tree->is_under(one.id, top.id, line, on), at.has_value());
          }
          ASSERT_EQ(tree->subtree(top.id, line, on), below);
          const auto listed = tree->children(top.id, line, on);
          ASSERT_EQ(std::set(listed.begin(), listed.end()), children);
        }
      }
  }
  EXPECT_GT(circles, 0U);
}

TEST(OrgTreeProperty, AsRecordedEqualsAskingEveryDay) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto rows = wild(seed, 12, 24, 0);
    const auto tree = rows.tree();
    for (const auto line : {Line::kCommand, Line::kGuidance})
      for (const auto& top : rows.units) {
        std::map<UnitId, std::vector<DayRange>> spans;
        for (auto& span : tree->scope_as_recorded(top.id, line)) spans[span.unit] = span.days;
        for (std::int32_t on = -2; on < 104; on += 3)
          for (const auto& one : rows.units) {
            const auto& days = spans[one.id];
            const auto hits = std::count_if(days.begin(), days.end(), [&](const DayRange& d) { return d.first <= on && on <= d.last; });
            ASSERT_EQ(hits, tree->is_under(one.id, top.id, line, on) ? 1 : 0) << "seed " << seed << " day " << on;
          }
      }
  }
}

TEST(OrgTreeProperty, AsOfAnswersItselfAndNeverHangs) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto rows = wild(seed, 10, 12, seed % 25);
    const auto tree = rows.tree();
    for (std::int32_t on = -1; on < 102; on += 6)
      for (const auto& one : rows.units) {
        const auto then = tree->as_of(one.id, on);
        ASSERT_EQ(tree->as_of(then, on), then) << "seed " << seed << " day " << on << " " << one.code;
        ASSERT_EQ(tree->renamed_as_of(tree->renamed_as_of(one.id, on), on), tree->renamed_as_of(one.id, on));
        ASSERT_TRUE(tree->predecessors(one.id).contains(one.id));
      }
  }
}

// Whatever the rows, every unit that the day's tree knows counts in the scope of what stands for it.
TEST(OrgTreeProperty, EveryUnitCountsWithWhatStandsForIt) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const auto rows = wild(seed, 12, 14, seed % 20);
    const auto tree = rows.tree();
    for (std::int32_t on = -1; on < 102; on += 20)
      for (const auto& one : rows.units) {
        const auto then = tree->as_of(one.id, on);
        ASSERT_TRUE(tree->scope_as_of(then, Line::kCommand, on).contains(one.id));
        const auto scope = tree->scope_as_of(one.id, Line::kCommand, on);
        ASSERT_EQ(scope.empty(), then != one.id);
        for (const auto& other : rows.units) ASSERT_EQ(tree->counts_under(other.id, one.id, Line::kCommand, on), scope.contains(other.id));
      }
  }
}

TEST(OrgTreeProperty, TheOrderOfRowsDoesNotMatter) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    auto rows = wild(seed, 12, 30, 12);
    const auto one = rows.tree();
    std::reverse(rows.units.begin(), rows.units.end());
    std::reverse(rows.links.begin(), rows.links.end());
    std::reverse(rows.lineage.begin(), rows.lineage.end());
    const auto two = rows.tree();
    ASSERT_EQ(one->problems(), two->problems());
    for (const auto& each : rows.units)
      for (std::int32_t on = -1; on < 102; on += 9) {
        ASSERT_EQ(one->parent(each.id, Line::kGuidance, on), two->parent(each.id, Line::kGuidance, on));
        ASSERT_EQ(one->as_of(each.id, on), two->as_of(each.id, on));
        ASSERT_EQ(one->scope_as_of(each.id, Line::kCommand, on), two->scope_as_of(each.id, Line::kCommand, on));
      }
  }
}

// Twenty thousand units with a reorganisation of every third. The bounds are generous: a quadratic
// index would miss them by orders of magnitude.
TEST(OrgTreeProperty, TwentyThousandUnitsAreQuick) {
  Rows rows;
  SeededRng rng(7);
  constexpr std::size_t kUnits = 20'000;
  for (std::size_t i = 0; i < kUnits; ++i) {
    const auto code = "u" + std::to_string(i);
    rows.units.push_back(unit(code));
    if (i == 0) continue;
    const auto above = [&] { return id_of("u" + std::to_string(i < 40 ? 0 : rng.below(i / 10))); };
    if (i % 3 == 0) {
      const auto on = static_cast<std::int32_t>(rng.below(2000));
      rows.links.push_back({id_of(code), above(), Line::kCommand, {}, on, {}});
      rows.links.push_back({id_of(code), above(), Line::kCommand, on + 1, {}, {}});
    } else {
      rows.links.push_back({id_of(code), above(), Line::kCommand, {}, {}, {}});
    }
  }
  const auto start = std::chrono::steady_clock::now();
  const auto tree = rows.tree();
  EXPECT_EQ(tree->subtree(id_of("u0"), Line::kCommand, 500).size(), kUnits);
  for (std::int32_t on = 0; on < 10; ++on) EXPECT_EQ(tree->scope_as_of(id_of("u0"), Line::kGuidance, on).size(), kUnits);
  EXPECT_EQ(tree->scope_as_recorded(id_of("u0"), Line::kCommand).size(), kUnits);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  EXPECT_LT(took.count(), 20'000);
}

}  // namespace
}  // namespace nc::orgtree
