// columns.bin: what is written is read back; whatever is wrong with it, the columns are empty and say why.
#include "insight/stats/saved.h"

#include "base/files.h"
#include "insight/stats/test_world.h"

namespace nc::stats::test {
namespace {

class Saved : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(dir);
    r.source("S1");
    r.indicator("games", "game", "count");
    r.declared("R1", "games", "top", "2021", "2021", "7");
    r.put("game", "g1", "n1", held("n1", "2021-03-01").set("heads", 12).set("source", refs({"S1"})));
    r.put("game", "g2", "n1", held("n1", "2021-03").set("parent", id_of("g1").hex()));
    r.put("game", "g3", "n2", held("n2", "2021-04-01").set("same_event", refs({"g1"})).set("includes", refs({"g2"})).set("km", "3.125"));
    r.put("pair", "p1", "n1", Json(JsonObject{{"status", Json("held")}, {"lead", Json(id_of("n1").hex())}, {"from", date("2019")}}));
  }
  void TearDown() override { std::filesystem::remove_all(dir); }

  static std::shared_ptr<const orgtree::OrgTree> tree() {
    std::vector<orgtree::Unit> units;
    for (const auto* code : {"top", "n1", "n2"}) {
      orgtree::Unit unit;
      unit.id = id_of(code);
      unit.code = unit.name = code;
      unit.country = "VN";
      unit.own = true;
      units.push_back(unit);
    }
    using orgtree::Line;
    return orgtree::OrgTree::build(
        units, {{id_of("n1"), id_of("top"), Line::kCommand, {}, {}, {}}, {id_of("n2"), id_of("top"), Line::kCommand, {}, {}, {}}}, {});
  }
  static Digest stamp(int number) {
    Digest out;
    out.bytes[0] = static_cast<std::uint8_t>(number);
    return out;
  }

  const std::filesystem::path dir = std::filesystem::temp_directory_path() / ("nc-columns-" + system_rng().make<RecordId>().hex());
  const std::filesystem::path file = dir / "columns.bin";
  Records r{tree()};
};

TEST_F(Saved, AFileGivesBackEverything) {
  const auto before = r.columns.digest();
  const auto bytes = r.columns.bytes();
  ASSERT_TRUE(r.columns.save(file, stamp(1)).has_value());
  EXPECT_EQ(r.columns.digest(), before) << "saving changes nothing";
  Columns again;
  ASSERT_TRUE(again.load(file, stamp(1)).has_value());
  EXPECT_EQ(again.digest(), before);
  EXPECT_EQ(again.rows(), r.columns.rows());
  EXPECT_GT(bytes, 0u);
  Query query;
  query.unit = id_of("top");
  const auto told = [&](const Columns& columns) { return canonical(to_json(columns.answer(query, r.reader(), r.world), r.world, {})); };
  EXPECT_EQ(told(again), told(r.columns));
}

TEST_F(Saved, AnotherStateAnotherVersionAndDamageAreToldApart) {
  ASSERT_TRUE(r.columns.save(file, stamp(1)).has_value());
  const auto bytes = read_file(file).value();
  Columns again;
  const auto refused = [&](const nc::Status& status) {
    EXPECT_EQ(again.rows(), 0u);
    return status ? ErrorCode::kUsage : status.error().code;
  };
  EXPECT_EQ(refused(again.load(file, stamp(2))), ErrorCode::kConflict);
  EXPECT_EQ(refused(again.load(dir / "absent", stamp(1))), ErrorCode::kIo);
  auto other = bytes;
  other[8] = static_cast<char>(kSavedVersion + 1);
  EXPECT_EQ(refused(read_saved(other, stamp(1), again.store())), ErrorCode::kUnsupported);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    other = bytes;
    other[at] = static_cast<char>(other[at] ^ 4);
    EXPECT_FALSE(read_saved(other, stamp(1), again.store()).has_value()) << "byte " << at;
    EXPECT_FALSE(read_saved(bytes.substr(0, at), stamp(1), again.store()).has_value()) << "cut at " << at;
  }
  EXPECT_EQ(again.rows(), 0u);
  EXPECT_TRUE(read_saved(bytes, stamp(1), again.store()).has_value()) << "a refused file leaves columns that can be filled";
}

// Without the checksum every byte may be anything: it is refused, or gives columns that answer.
TEST_F(Saved, NoByteOfTheBodyDoesHarm) {
  r.columns.settle();
  r.columns.store().refresh();
  const auto bytes = saved_bytes(r.columns.store(), stamp(1));
  const auto body = bytes.substr(44, bytes.size() - 44 - 32);
  Columns again;
  Query query;
  query.rows = Dimension::kKind;
  query.columns = Dimension::kYear;
  int taken = 0;
  for (std::size_t at = 0; at < body.size(); ++at)
    for (const int change : {1, 0x80, 0xff}) {
      auto other = body;
      other[at] = static_cast<char>(other[at] ^ change);
      if (!read_saved_body(other, again.store())) {
        EXPECT_EQ(again.rows(), 0u);
        continue;
      }
      ++taken;
      EXPECT_LE(again.answer(query, r.reader(), r.world).pivot->total.records, again.rows());
    }
  EXPECT_GT(taken, 0) << "ids and days may be any";
}

}  // namespace
}  // namespace nc::stats::test
