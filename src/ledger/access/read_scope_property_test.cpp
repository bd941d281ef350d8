// decide, ReadScope and its SQL say the same on random worlds.
#include <gtest/gtest.h>

#include <algorithm>

#include "foundation/store/database.h"
#include "ledger/access/random_world_test.h"

namespace nc::access {
namespace {

using orgtree::Line;
using test::id;
using test::kReading;
using test::RandomWorld;

TEST(ReadScopeProperty, AdmitsExactlyWhatDecideAllows) {
  std::size_t allowed = 0, refused = 0, deputies = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    RandomWorld world(seed);
    for (int s = 0; s < 6; ++s) {
      const auto subject = s % 2 == 0 ? world.subject() : world.deputy();
      deputies +=
          std::any_of(subject.grants.begin(), subject.grants.end(), [](const Grant& grant) { return grant.for_person.has_value(); });
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
  EXPECT_GT(deputies, 50U);
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
      const auto subject = s % 2 == 0 ? world.subject() : world.deputy();
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
