// Tables over so many rows that they are counted in two halves: the same answers as from looking at each row.
#include <gtest/gtest.h>

#include "insight/stats/bench_world.h"

namespace nc::stats {
namespace {

constexpr std::size_t kRows = 200'000;  // a whole force's table has then more than one thread begins at

access::ReadScope reader(const bench::World& world, std::string_view chain, bool all) {
  access::Subject who;
  who.console = all;
  who.grants = {{.role = "other_line_superior", .unit = world.force(), .chain = std::string(chain)}};
  who.today = to_day(2026, 1, 1);
  who.clearance = access::Handling::kInternal;
  return access::ReadScope::resolve(who, access::Action::kCount, *world.world().tree, *world.world().catalog);
}

std::map<std::string, std::size_t> counts(const Pivot& pivot) {
  std::map<std::string, std::size_t> out{{"total", pivot.total.records}, {"undated", pivot.undated_within}, {"announced", pivot.announced}};
  for (const auto& [key, cell] : pivot.cells) out[key.first + "|" + key.second] = cell.records;
  for (const auto& [key, cell] : pivot.row_totals) out["row " + key] = cell.records;
  for (const auto& [key, cell] : pivot.column_totals) out["column " + key] = cell.records;
  return out;
}

TEST(Sweep, TwoHalvesCountWhatLookingAtEachRowCounts) {
  bench::World world(kRows, NC_SOURCE_DIR "/catalog", false);
  const std::pair<const char*, access::ReadScope> readers[] = {{"who sees all", reader(world, "", true)},
                                                               {"of internal clearance", reader(world, "", false)},
                                                               {"of one chain", reader(world, "KH-border", false)}};
  const std::pair<Dimension, Dimension> tables[] = {
      {Dimension::kKind, Dimension::kYear}, {Dimension::kProvince, Dimension::kKind}, {Dimension::kMonth, Dimension::kNone}};
  for (const auto& [who, read] : readers)
    for (const auto& [rows, columns] : tables) {
      Query query;
      query.rows = rows;
      query.columns = columns;
      const auto swept = world.columns().answer(query, read, world.world());
      query.cell_records = true;  // lists what it counts, row by row
      query.records_max = 1;
      const auto looked_at = world.columns().answer(query, read, world.world());
      ASSERT_TRUE(swept.pivot && looked_at.pivot);
      EXPECT_EQ(counts(*swept.pivot), counts(*looked_at.pivot)) << who;
      EXPECT_GT(swept.pivot->total.records, 0U) << who;
      ASSERT_TRUE(looked_at.pivot->cells.begin()->second.record_ids.size() == 1) << "each row was looked at";
    }
}

}  // namespace
}  // namespace nc::stats
