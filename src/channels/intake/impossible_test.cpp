// Rows that cannot be: each is refused or asked about by name, and changes nothing.
#include "channels/intake/import_test_node.h"

namespace nc::intake {
namespace {

using testing::Folder;
using testing::Node;
using testing::notes_of;
using testing::row_of;

std::string event(const std::string& key, const std::string& own = "vn-post-a") {
  return "event_id=" + key + " | date_start=2024-05-06 | kind=joint_patrol | status=held | level=post | vn_unit_ids=" + own +
         " | counterpart_unit_ids=la-co-1 | countries=VN;LA | outcome=markers intact | source_id=S1";
}

std::string figure(const std::string& key, const std::string& part_of) {
  return "return_id=" + key +
         " | reporting_unit_id=vn-bg | partner=LA | period_from=2020 | period_to=2020 | kind=joint_patrol | level=post" +
         " | measure=count | value=5 | qualifier=exact | source_id=S1 | part_of=" + part_of;
}

struct Imported {
  explicit Imported(const std::string& name) : node(name), folder(name + "-folder") { folder.write_base(); }
  void run() {
    auto read = node.import({folder.path()});
    ASSERT_TRUE(read) << read.error().english();
    report = std::move(*read);
  }
  std::string says(const std::string& table, const std::string& key) { return notes_of(row_of(report, table, key)); }
  Outcome outcome(const std::string& table, const std::string& key) { return row_of(report, table, key).outcome; }
  Node node;
  Folder folder;
  Report report;
};

TEST(ImpossibleRows, AReturnThatIsPartOfItselfOrOfItsOwnPart) {
  Imported one("parts");
  one.folder.write("returns", {figure("R1", "R1"), figure("R2", "R3"), figure("R3", "R2"), figure("R4", "R2"), figure("R5", "")});
  one.run();
  for (const auto* key : {"R1", "R2", "R3"}) {
    EXPECT_EQ(one.outcome("returns", key), Outcome::kRefused) << one.says("returns", key);
    EXPECT_TRUE(one.node.values("returns", key).is_null());
  }
  EXPECT_NE(one.says("returns", "R1").find("    part_of: "), std::string::npos) << one.says("returns", "R1");
  EXPECT_NE(one.says("returns", "R3").find("    part_of: "), std::string::npos) << one.says("returns", "R3");
  EXPECT_EQ(one.outcome("returns", "R4"), Outcome::kQuestion);  // taken without the refused total
  EXPECT_EQ(one.outcome("returns", "R5"), Outcome::kTaken);
  // The same against what is there already.
  one.folder.write("returns", {figure("R5", "R4")});
  one.run();
  one.folder.write("returns", {figure("R4", "R5")});
  one.run();
  EXPECT_EQ(one.outcome("returns", "R4"), Outcome::kRefused);
}

TEST(ImpossibleRows, MutualPartLinksAndASecondWhole) {
  Imported one("mutual");
  one.folder.write("events", {event("E1"), event("E2"), event("E3")});
  one.folder.write("same_event", {"event_id_a=E1 | event_id_b=E2 | relation=part", "event_id_a=E2 | event_id_b=E1 | relation=part",
                                  "event_id_a=E3 | event_id_b=E2 | relation=part", "event_id_a=E2 | event_id_b=E3 | relation=part",
                                  "event_id_a=E3 | event_id_b=E1 | relation=part"});
  one.run();
  EXPECT_EQ(one.outcome("same_event", "E1|E2"), Outcome::kLinked);
  EXPECT_EQ(one.outcome("same_event", "E2|E1"), Outcome::kRefused);
  EXPECT_NE(one.says("same_event", "E2|E1").find("    event_id_b: "), std::string::npos) << one.says("same_event", "E2|E1");
  EXPECT_EQ(one.outcome("same_event", "E3|E2"), Outcome::kRefused);
  EXPECT_EQ(one.outcome("same_event", "E2|E3"), Outcome::kLinked);
  EXPECT_EQ(one.outcome("same_event", "E3|E1"), Outcome::kRefused);
  EXPECT_FALSE(one.node.values("events", "E1").has("parent_activity"));
}

TEST(ImpossibleRows, AForeignUnitAmongOurs) {
  Imported one("foreign");
  one.folder.write("events", {event("E1", "la-co-1"), event("E2", "vn-post-a;la-co-1"), event("E3")});
  one.run();
  EXPECT_EQ(one.outcome("events", "E1"), Outcome::kRefused);
  EXPECT_NE(one.says("events", "E1").find("    vn_unit_ids: "), std::string::npos) << one.says("events", "E1");
  EXPECT_EQ(one.outcome("events", "E2"), Outcome::kRefused);
  EXPECT_EQ(one.outcome("events", "E3"), Outcome::kTaken);
  EXPECT_TRUE(one.node.values("events", "E2").is_null());
}

TEST(ImpossibleRows, SuperiorsThatAreNobodyTheUnitItselfOrACircle) {
  Imported one("superiors");
  one.folder.write("units", {"id=vn-bg | name_vi=Command | country=VN | force=border guard | level=command",
                             "id=vn-post-a | name_vi=Post A | country=VN | force=border guard | level=post | parent_id=vn-nobody",
                             "id=vn-post-b | name_vi=Post B | country=VN | force=border guard | level=post | parent_id=vn-post-b",
                             "id=vn-post-c | name_vi=Post C | country=VN | force=border guard | level=post | parent_id=vn-post-d",
                             "id=vn-post-d | name_vi=Post D | country=VN | force=border guard | level=post | parent_id=vn-post-c",
                             "id=vn-post-e | name_vi=Post E | country=VN | force=border guard | level=post | parent_id=vn-bg",
                             "id=vn-post-f | name_vi=Post F | country=VN | force=border guard | level=post | parent_id=vn-bg"});
  one.folder.write("links", {"unit_id=vn-post-f | parent_id=vn-bg | line=command"});
  one.run();
  EXPECT_EQ(one.outcome("units", "vn-post-a"), Outcome::kQuestion);
  EXPECT_NE(one.says("units", "vn-post-a").find("    parent_id: "), std::string::npos) << one.says("units", "vn-post-a");
  for (const auto* key : {"vn-post-b", "vn-post-c", "vn-post-d"}) EXPECT_EQ(one.outcome("units", key), Outcome::kRefused) << key;
  EXPECT_EQ(one.outcome("units", "vn-post-e"), Outcome::kQuestion);
  EXPECT_NE(one.says("units", "vn-post-e").find("No reorganisation puts this unit under “vn-bg”"), std::string::npos);
  EXPECT_EQ(one.outcome("units", "vn-post-f"), Outcome::kTaken);
}

TEST(ImpossibleRows, LinksThatPutUnitsUnderEachOther) {
  Imported one("circles");
  one.folder.write("links",
                   {"unit_id=vn-post-a | parent_id=vn-bg | line=command", "unit_id=vn-bg | parent_id=vn-post-a | line=command",
                    "unit_id=vn-post-a | parent_id=vn-post-a | line=guidance", "unit_id=vn-post-a | parent_id=vn-no | line=guidance"});
  one.run();
  EXPECT_EQ(one.outcome("links", "vn-post-a|vn-bg|command|"), Outcome::kTaken);
  EXPECT_EQ(one.outcome("links", "vn-bg|vn-post-a|command|"), Outcome::kRefused);
  EXPECT_NE(one.says("links", "vn-bg|vn-post-a|command|").find("links.csv:3"), std::string::npos);
  EXPECT_EQ(one.outcome("links", "vn-post-a|vn-post-a|guidance|"), Outcome::kRefused);
  EXPECT_NE(one.says("links", "vn-post-a|vn-post-a|guidance|").find("    parent_id: "), std::string::npos)
      << one.says("links", "vn-post-a|vn-post-a|guidance|");
  EXPECT_EQ(one.outcome("links", "vn-post-a|vn-no|guidance|"), Outcome::kQuestion);
  EXPECT_TRUE(one.node.ledger->world()->tree->circles().empty());
}

}  // namespace
}  // namespace nc::intake
