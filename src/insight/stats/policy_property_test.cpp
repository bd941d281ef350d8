// On random worlds the decision, the predicate over columns and the SQL predicate count the same.
#include <gtest/gtest.h>

#include "foundation/store/database.h"
#include "insight/stats/scan.h"
#include "ledger/access/random_world_test.h"

namespace nc::stats {
namespace {

using access::Object;
using access::ReadScope;
using access::test::RandomWorld;

struct Row {
  Object object;
  Wall wall;
  ReadScope::InternedAudience audience;
};

// One part of a record, as each of the three is told of it.
Row random_row(RandomWorld& world, SeededRng& rng, std::int64_t number) {
  Row row;
  row.audience = world.audience(number);
  row.audience.chains.clear();
  for (const auto& unit : world.tree->units()) {
    if (unit.chain.empty() || rng.below(3) != 0) continue;
    row.wall.counterparts.push_back(unit.id);
    row.audience.chains.push_back(unit.chain);
  }
  std::sort(row.wall.counterparts.begin(), row.wall.counterparts.end());
  row.object = world.object(row.audience);
  row.wall.type = row.object.group + "_thing";
  Atom atom;
  atom.handling = static_cast<journal::HandlingLevel>(row.object.handling);
  atom.audience = row.audience.for_all ? journal::Audience::all() : journal::Audience{journal::Audience::Kind::kWith, row.audience.owners};
  row.wall.need = {atom};
  return row;
}

bool lets_through(const Sight& sight, std::uint32_t kind, std::uint32_t lock) {
  const auto type_class = sight.class_of_kind[kind];
  return type_class != kNoNumber && (sight.locks[lock * sight.stride + type_class / 64] >> (type_class % 64) & 1) != 0;
}

std::vector<bool> by_sql(store::Database& database, const ReadScope& scope, const std::vector<Row>& rows, const catalog::Catalog& catalog) {
  std::vector<ReadScope::InternedAudience> audiences;
  for (const auto& row : rows) audiences.push_back(row.audience);
  std::vector<bool> out(rows.size(), false);
  auto found = database.prepare("SELECT audience FROM part_index WHERE " + scope.sql(audiences, catalog));
  EXPECT_TRUE(found);
  while (found && found->step().value()) out[static_cast<std::size_t>(found->integer(0))] = true;
  return out;
}

TEST(PolicyProperty, DecisionColumnsAndSqlCountTheSameOnRandomWorlds) {
  const access::test::Folder folder;
  auto database = store::Database::open(folder.path() / "index.db", {.create = true, .fullsync = false});
  ASSERT_TRUE(database) << database.error().english();
  ASSERT_TRUE(database->exec("CREATE TABLE part_index(grp TEXT NOT NULL, handling INTEGER NOT NULL, audience INTEGER NOT NULL)"));
  std::size_t counted = 0, asked = 0;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    RandomWorld random(seed);
    SeededRng rng(seed + 1'000);
    Columns::Store store;
    records::World world;
    world.tree = random.tree;
    world.catalog = random.catalog;
    std::vector<Row> rows;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> columns;  // word of the kind, lock
    ASSERT_TRUE(database->exec("BEGIN; DELETE FROM part_index"));
    for (std::int64_t number = 0; number < 40; ++number) {
      rows.push_back(random_row(random, rng, number));
      Shape shape;
      shape.kind = store.words.of(rows.back().wall.type);
      store.shapes.of(shape);
      columns.emplace_back(shape.kind, store.locks.of({rows.back().wall.need, {}, rows.back().wall.counterparts}));
      ASSERT_TRUE(database->run("INSERT INTO part_index VALUES(?1, ?2, ?3)", rows.back().object.group,
                                static_cast<int>(rows.back().object.handling), number));
    }
    ASSERT_TRUE(database->exec("COMMIT"));
    for (int s = 0; s < 6; ++s) {
      const auto subject = s % 2 == 0 ? random.subject() : random.deputy();
      const auto scope = ReadScope::resolve(subject, access::Action::kCount, *world.tree, *world.catalog);
      Sight sight;
      sight.resolve(store, scope, world);
      const auto selected = by_sql(*database, scope, rows, *world.catalog);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool decided = access::decide(subject, access::Action::kCount, rows[i].object, *world.tree, *world.catalog).allow;
        ASSERT_EQ(lets_through(sight, columns[i].first, columns[i].second), decided) << "columns: seed " << seed << " row " << i;
        ASSERT_EQ(passes(rows[i].wall, scope, world), decided) << "registers: seed " << seed << " row " << i;
        ASSERT_EQ(selected[i], decided) << "SQL: seed " << seed << " row " << i;
        counted += decided ? 1 : 0;
        ++asked;
      }
    }
  }
  EXPECT_GT(counted, asked / 20);
  EXPECT_LT(counted, asked / 2);
}

}  // namespace
}  // namespace nc::stats
