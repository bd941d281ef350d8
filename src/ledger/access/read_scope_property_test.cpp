// decide, ReadScope and its SQL say the same on random worlds.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/rng.h"
#include "foundation/store/database.h"
#include "ledger/access/test_world.h"

namespace nc::access {
namespace {

using orgtree::Line;
using test::id;

constexpr std::uint8_t kUnits = 12;
constexpr Action kReading[] = {Action::kKnow, Action::kRead, Action::kCount, Action::kExport};
const std::vector<std::string> kGroups{"alpha", "beta", "gamma"};
const std::vector<std::string> kChains{"KH-police", "LA-army"};
const std::vector<std::string> kCapabilities{"read", "count", "count_sensitive", "export", "amend", "administer"};

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : rng_(seed) {
    make_tree();
    std::vector<test::RoleText> roles;
    for (int i = 0; i < 6; ++i) roles.push_back({"role" + std::to_string(i), some(kCapabilities, i < 2 ? 9 : 5), some(kGroups, 4)});
    catalog = test::make_catalog(roles);
  }

  Subject subject() {
    Subject out;
    out.person = id(200);
    out.today = today;
    out.live = rng_.below(10) != 0;
    out.console = rng_.below(20) == 0;
    out.clearance = static_cast<Handling>(rng_.below(3));
    out.strength = static_cast<Strength>(rng_.below(4));
    for (std::uint64_t i = rng_.below(4); i > 0; --i) {
      Grant grant{"role" + std::to_string(rng_.below(7)), {}, static_cast<Line>(rng_.below(2)), "", day(), day()};
      if (rng_.below(5) != 0) grant.unit = unit();
      if (rng_.below(4) == 0) grant.chain = kChains[rng_.below(kChains.size())];
      out.grants.push_back(std::move(grant));
    }
    return out;
  }

  ReadScope::InternedAudience audience(std::int64_t number) {
    ReadScope::InternedAudience out{number, rng_.below(6) == 0, {}, some(kChains, 3)};
    for (std::uint64_t i = out.for_all ? 0 : 1 + rng_.below(2); i > 0; --i) out.owners.push_back(unit());
    return out;
  }

  Object object(const ReadScope::InternedAudience& audience) {
    Object out;
    out.group = kGroups[rng_.below(kGroups.size())];
    out.sensitive = out.group == "beta";
    out.handling = static_cast<Handling>(rng_.below(3));
    out.for_all = audience.for_all;
    out.owners = audience.owners;
    out.chains = audience.chains;
    return out;
  }

  UnitId unit() { return id(static_cast<std::uint8_t>(1 + rng_.below(kUnits))); }

  static constexpr std::int32_t today = 50;
  std::shared_ptr<const orgtree::OrgTree> tree;
  std::shared_ptr<const catalog::Catalog> catalog;

 private:
  std::optional<std::int32_t> day() {
    if (rng_.below(3) != 0) return std::nullopt;
    return static_cast<std::int32_t>(rng_.below(100));
  }
  // Each with a chance of `tenths`.
  std::vector<std::string> some(const std::vector<std::string>& all, std::uint64_t tenths) {
    std::vector<std::string> out;
    for (const auto& one : all)
      if (rng_.below(10) < tenths) out.push_back(one);
    return out;
  }
  void make_tree() {
    std::vector<orgtree::Unit> units;
    std::vector<orgtree::Link> links;
    std::vector<orgtree::Lineage> lineage;
    for (std::uint8_t no = 1; no <= kUnits; ++no) {
      orgtree::Unit one;
      one.id = id(no);
      one.code = "u" + std::to_string(no);
      one.from = day();
      one.until = day();
      units.push_back(std::move(one));
      if (no > 1) links.push_back({id(no), id(static_cast<std::uint8_t>(1 + rng_.below(no - 1U))), Line::kCommand, day(), day(), {}});
      if (rng_.below(3) == 0) links.push_back({id(no), unit(), Line::kGuidance, day(), day(), {}});
    }
    for (std::uint64_t i = rng_.below(6); i > 0; --i)
      lineage.push_back({unit(), unit(), day(), static_cast<orgtree::Change>(rng_.below(4)), rng_.below(2) == 0});
    tree = orgtree::OrgTree::build(std::move(units), std::move(links), std::move(lineage));
  }

  SeededRng rng_;
};

TEST(ReadScopeProperty, AdmitsExactlyWhatDecideAllows) {
  std::size_t allowed = 0, refused = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    RandomWorld world(seed);
    for (int s = 0; s < 6; ++s) {
      const auto subject = world.subject();
      for (const auto action : kReading) {
        const auto scope = ReadScope::resolve(subject, action, *world.tree, *world.catalog);
        for (int o = 0; o < 25; ++o) {
          const auto object = world.object(world.audience(o));
          const bool expected = decide(subject, action, object, *world.tree, *world.catalog).allow;
          ASSERT_EQ(scope.admits(object.group, object.handling, object.for_all, object.owners, object.chains, object.sensitive), expected)
              << "seed " << seed << " " << action_name(action) << " group " << object.group;
          if (expected) {
            ASSERT_FALSE(scope.nothing());
            ASSERT_LE(object.handling, scope.clearance());
          }
          ++(expected ? allowed : refused);
        }
      }
    }
  }
  EXPECT_GT(allowed, 5000U);
  EXPECT_GT(refused, 5000U);
}

TEST(ReadScopeProperty, TheSqlPredicateSelectsExactlyWhatIsAdmitted) {
  const test::Folder folder;
  auto database = store::Database::open(folder.path() / "index.db", {.create = true, .fullsync = false});
  ASSERT_TRUE(database) << database.error().english();
  ASSERT_TRUE(database->exec(
      "CREATE TABLE part_index(no INTEGER PRIMARY KEY, grp TEXT NOT NULL, handling INTEGER NOT NULL, audience INTEGER NOT NULL)"));
  std::size_t selected = 0, rows_asked = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    RandomWorld world(seed);
    std::vector<ReadScope::InternedAudience> audiences;
    for (std::int64_t number = 1; number <= 15; ++number) audiences.push_back(world.audience(number));
    std::vector<Object> objects;
    ASSERT_TRUE(database->exec("BEGIN; DELETE FROM part_index"));
    for (const auto& audience : audiences)
      for (int i = 0; i < 6; ++i) {
        objects.push_back(world.object(audience));
        ASSERT_TRUE(database->run("INSERT INTO part_index VALUES(?1, ?2, ?3, ?4)", objects.size() - 1, objects.back().group,
                                  static_cast<int>(objects.back().handling), audience.id));
      }
    ASSERT_TRUE(database->exec("COMMIT"));
    for (int s = 0; s < 8; ++s) {
      const auto subject = world.subject();
      for (const auto action : kReading) {
        const auto scope = ReadScope::resolve(subject, action, *world.tree, *world.catalog);
        std::vector<std::size_t> expected, found;
        for (std::size_t i = 0; i < objects.size(); ++i)
          if (scope.admits(objects[i].group, objects[i].handling, objects[i].for_all, objects[i].owners, objects[i].chains,
                           objects[i].sensitive))
            expected.push_back(i);
        const auto predicate = scope.sql(audiences, *world.catalog);
        auto rows = database->prepare("SELECT no FROM part_index WHERE " + predicate + " ORDER BY no");
        ASSERT_TRUE(rows) << predicate;
        while (rows->step().value()) found.push_back(static_cast<std::size_t>(rows->integer(0)));
        ASSERT_EQ(found, expected) << "seed " << seed << " " << action_name(action) << ": " << predicate;
        ASSERT_TRUE(!scope.nothing() || predicate == "0");
        selected += found.size();
        rows_asked += objects.size();
      }
    }
  }
  EXPECT_GT(selected, rows_asked / 20);
  EXPECT_LT(selected, rows_asked);
}

TEST(ReadScope, OtherActionsAdmitNothing) {
  RandomWorld world(1);
  Subject console;
  console.console = true;
  const auto scope = ReadScope::resolve(console, Action::kAmend, *world.tree, *world.catalog);
  EXPECT_TRUE(scope.nothing());
  EXPECT_EQ(scope.sql({}, *world.catalog), "0");
  EXPECT_FALSE(scope.admits("alpha", Handling::kOpen, true, {}, {}, false));
}

TEST(ReadScope, SqlHoldsOnlyIntegersAndQuotedGroupsOfTheCatalogue) {
  const auto catalog = test::make_catalog({{"reader", {"read"}, {"alpha"}}});
  orgtree::Unit one;
  one.id = id(1);
  one.code = "u1";
  const auto tree = orgtree::OrgTree::build({one}, {}, {});
  Subject reader;
  reader.grants = {{"reader", id(1), Line::kCommand, "", {}, {}}};
  const auto scope = ReadScope::resolve(reader, Action::kRead, *tree, *catalog);
  EXPECT_EQ(scope.sql({{7, false, {id(1)}, {}}, {8, true, {}, {}}, {9, false, {id(2)}, {}}}, *catalog),
            "(handling <= 1 AND (audience IN (8) OR (grp IN ('alpha') AND audience IN (7))))");
  EXPECT_EQ(scope.sql({{9, false, {id(2)}, {}}}, *catalog), "0");
}

}  // namespace
}  // namespace nc::access
