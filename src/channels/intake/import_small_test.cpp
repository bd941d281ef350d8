// Small folders: what is refused, and what happens to a row that changes.
#include <algorithm>

#include "channels/intake/import_test_node.h"

namespace nc::intake {
namespace {

using testing::Folder;
using testing::Node;
using testing::notes_of;
using testing::project_map;
using testing::row_of;

const std::string kEvent =
    "event_id=E1 | date_start=2024-05-06 | kind=joint_patrol | status=held | level=post | vn_unit_ids=vn-post-a | "
    "counterpart_unit_ids=la-co-1 | "
    "countries=VN;LA | outcome=markers intact | source_id=S1";

std::string changed(std::string row, const std::string& from, const std::string& to) {
  const auto at = row.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return row.replace(at, from.size(), to);
}

// Files that are not read at all: one node for all, and after each it is as before.
class BadFiles : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { node_ = std::make_unique<Node>("bad"); }
  static void TearDownTestSuite() { node_.reset(); }

  // Imports a good base with this file beside it; the error, in English.
  static std::string refused(const std::string& file, const std::string& text) {
    const Folder folder("bad-folder");
    folder.write_base();
    folder.raw(file, text);
    const auto before = node_->ledger->digest();
    const auto report = node_->import({folder.path()});
    EXPECT_FALSE(report) << "was imported";
    EXPECT_TRUE(before && *before == *node_->ledger->digest()) << "something was written";
    return report ? std::string() : report.error().english();
  }
  static std::string header(const std::string& table) { return join(project_map().table(table)->columns, ","); }

  static inline std::unique_ptr<Node> node_;
};

TEST_F(BadFiles, AreRefusedWithPlaceAndReasonAndNothingIsWritten) {
  const auto head = header("events");
  const auto row = "E1" + std::string(21, ',') + "\n";
  const struct {
    std::string text, where, says;
  } cases[] = {
      {"", "events.csv", "empty"},
      {"id;a\n1;2\n", "events.csv:1", "separated by"},
      {changed(head, ",place", "") + "\n", "events.csv:1", "“place” is missing"},
      {head + ",full_name\n", "events.csv:1", "“full_name” is not known"},
      {changed(head, "outcome", "result") + "\n", "events.csv:1", "“outcome” is missing"},
      {head + "\n" + row + "E2,2024\n", "events.csv:3", "2 cells"},
      {head + "\n" + row + row, "events.csv:3:event_id", "also that of line 2"},
      {head + "\n" + std::string(21, ',') + "\n", "events.csv:2:event_id", "no key"},
      {head + "\nE1,\"" + std::string(1'000'000, 'x') + "\"" + std::string(20, ',') + "\n", "events.csv:2:date_start", "longer than"},
      {head + "\nE1,\xFF\n", "events.csv:2", "not UTF-8"},
      {head + "\nE1,\"2024\n", "events.csv:2:date_start", "never closed"},
      {head + "\n" + std::string("E1,\0", 4) + std::string(20, ',') + "\n", "events.csv:2", "NUL"},
  };
  for (const auto& one : cases) {
    const auto error = refused("events.csv", one.text);
    EXPECT_TRUE(error.starts_with(one.where + ": ")) << error << "\nwanted " << one.where;
    EXPECT_NE(error.find(one.says), std::string::npos) << error;
  }
}

TEST_F(BadFiles, AGoodFileIsNotTakenWhenAnotherIsBad) {
  refused("returns.csv", "return_id\tvalue\n");
  EXPECT_TRUE(node_->values("sources", "S1").is_null());
}

TEST_F(BadFiles, AFileOfNoKnownHeaderAndAFolderWithoutFilesAreRefused) {
  const Folder folder("unknown");
  folder.raw("people.csv", "name,phone\nx,1\n");
  const auto single = node_->import({folder.path() / "people.csv"});
  ASSERT_FALSE(single);
  EXPECT_NE(single.error().english().find("No file of the import map has this header"), std::string::npos);
  EXPECT_FALSE(node_->import({folder.path()}));
  EXPECT_FALSE(node_->import({folder.path() / "absent.csv"}));
  EXPECT_FALSE(node_->import({}));
}

TEST(SmallImport, RowsThatBreakARuleAreRefusedAndTheOthersTaken) {
  Node node("rows");
  const Folder folder("rows-folder");
  folder.write_base();
  const auto variant = [](const std::string& key, const std::string& from, const std::string& to) {
    return changed(changed(kEvent, "event_id=E1 ", "event_id=" + key + " "), from, to);
  };
  folder.write(
      "events",
      {kEvent, variant("E2", "2024-05-06", "31/02/2024"), variant("E3", "2024-05-06", "2024-02-31"),
       variant("E4", "joint_patrol", "parade"), variant("E5", "status=held", "status=maybe"), variant("E6", "la-co-1", "la-co-9"),
       variant("E7", "VN;LA", "VN;LAO"), variant("E8", "outcome=", "marker_from=mốc lớn | outcome="),
       variant("E9", "outcome=", "participants_total=many | outcome="), variant("E10", "outcome=", "date_end=2024-05-01 | outcome="),
       variant("E11", "la-co-1", "cn-bm-x"), variant("E12", "outcome=", "series_number=0 | outcome="),
       variant("E13", "outcome=", "participants_vn=3 | participants_total=-4 | outcome="),
       variant("E14", "vn-post-a", "vn-post-a;vn-nowhere")});
  const auto report = node.import({folder.path()});
  ASSERT_TRUE(report) << report.error().english();
  const auto outcome = [&](const std::string& key) { return row_of(*report, "events", key).outcome; };
  const auto says = [&](const std::string& key) { return notes_of(row_of(*report, "events", key)); };
  EXPECT_EQ(outcome("E1"), Outcome::kTaken) << says("E1");
  EXPECT_EQ(outcome("E2"), Outcome::kRefused);
  EXPECT_NE(says("E2").find("events.csv:3  E2  refused\n    date_start: "), std::string::npos) << says("E2");
  EXPECT_EQ(outcome("E3"), Outcome::kRefused);
  EXPECT_EQ(outcome("E4"), Outcome::kRefused);
  EXPECT_NE(says("E4").find("\n    kind: The import map does not know the value “parade”. The nearest that there are: "), std::string::npos)
      << says("E4");
  EXPECT_EQ(outcome("E5"), Outcome::kRefused);
  EXPECT_NE(says("E5").find("events.csv:6  E5  refused\n    status: "), std::string::npos);
  EXPECT_EQ(outcome("E6"), Outcome::kQuestion);  // taken without the unknown unit, which is kept as text
  EXPECT_NE(says("E6").find("“la-co-9” is not known"), std::string::npos);
  EXPECT_NE(node.values("events", "E6").text("remark").find("la-co-9"), std::string::npos);
  EXPECT_FALSE(node.values("events", "E6").has("counterpart_units"));
  EXPECT_EQ(outcome("E7"), Outcome::kRefused);
  EXPECT_EQ(outcome("E8"), Outcome::kQuestion);
  EXPECT_EQ(node.values("events", "E8").text("remark"), "marker_from: mốc lớn");
  EXPECT_EQ(outcome("E9"), Outcome::kRefused);
  EXPECT_EQ(outcome("E10"), Outcome::kRefused);
  EXPECT_NE(says("E10").find("range ends before it begins"), std::string::npos) << says("E10");
  EXPECT_EQ(node.values("events", "E11").text("sub_kind"), "joint_law_enforcement");
  EXPECT_EQ(outcome("E12"), Outcome::kRefused);
  EXPECT_EQ(outcome("E13"), Outcome::kRefused);
  EXPECT_NE(says("E13").find("\n    participants_total: "), std::string::npos) << says("E13");
  EXPECT_EQ(says("E13").find("participants_vn: "), std::string::npos) << says("E13");
  const auto twice = says("E14");
  EXPECT_NE(twice.find("“vn-nowhere” is not known"), std::string::npos) << twice;
  EXPECT_EQ(twice.find("“vn-nowhere” is not known"), twice.rfind("“vn-nowhere” is not known")) << twice;
  EXPECT_EQ(report->count(Outcome::kRefused), 9u);
}

TEST(SmallImport, ARowThatChangedIsAmendedAndAPersonsChangeIsAskedAbout) {
  Node node("amend");
  const Folder folder("amend-folder");
  folder.write_base();
  folder.write("events", {kEvent, changed(kEvent, "event_id=E1 ", "event_id=E2 ")});
  ASSERT_TRUE(node.import({folder.path()}));
  const auto id = records::imported_id("public-record/events", "E2");
  Json values;
  values.set("result_note", "good");
  ASSERT_TRUE(node.ledger->amend(node.ledger->console(), {id, {}, values, {}}));

  const auto reworded = changed(kEvent, "markers intact", "record signed");
  folder.write("events", {reworded, changed(reworded, "event_id=E1 ", "event_id=E2 ")});
  const auto report = node.import({folder.path()});
  ASSERT_TRUE(report) << report.error().english();
  EXPECT_EQ(row_of(*report, "events", "E1").outcome, Outcome::kAmended);
  EXPECT_EQ(node.values("events", "E1").text("summary"), "record signed");
  EXPECT_FALSE(node.values("events", "E1").has("boundary_state"));  // the row says it no longer
  EXPECT_EQ(row_of(*report, "events", "E2").outcome, Outcome::kQuestion);
  EXPECT_EQ(node.values("events", "E2").text("result_note"), "good");  // what the person wrote stays
  EXPECT_EQ(row_of(*report, "units", "vn-bg").outcome, Outcome::kUnchanged);
}

TEST(SmallImport, ASingleFileBringsTheLinksBesideIt) {
  Node node("single");
  const Folder folder("single-folder");
  folder.write_base();
  folder.write("events", {kEvent, changed(kEvent, "event_id=E1 ", "event_id=E2 ")});
  folder.write("same_event", {"event_id_a=E1 | event_id_b=E2 | relation=duplicate | difference=spelling"});
  ASSERT_TRUE(node.import({folder.path() / "sources.csv", folder.path() / "units.csv"}));
  const auto report = node.import({folder.path() / "events.csv"});
  ASSERT_TRUE(report) << report.error().english();
  EXPECT_EQ(row_of(*report, "same_event", "E1|E2").outcome, Outcome::kLinked);
  EXPECT_EQ(node.values("events", "E1")["same_event"].as_array().size(), 1u);
  EXPECT_EQ(node.values("events", "E2")["same_event"].as_array().size(), 1u);
  const auto again = node.import({folder.path() / "events.csv"});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->changed_nothing());
}

TEST(SmallImport, LinksToRowsThatAreNotThereAreRefused) {
  Node node("links");
  const Folder folder("links-folder");
  folder.write_base();
  folder.write("events", {kEvent});
  folder.write("same_event", {"event_id_a=E1 | event_id_b=E9 | relation=duplicate", "event_id_a=E1 | event_id_b=E1 | relation=duplicate"});
  const auto report = node.import({folder.path()});
  ASSERT_TRUE(report);
  EXPECT_EQ(row_of(*report, "same_event", "E1|E9").outcome, Outcome::kRefused);
  EXPECT_EQ(row_of(*report, "same_event", "E1|E1").outcome, Outcome::kRefused);
  EXPECT_EQ(row_of(*report, "events", "E1").outcome, Outcome::kTaken);
}

TEST(SmallImport, AUnitThatWasMadeByHandIsLinkedByItsCode) {
  Node node("by-hand");
  Json values;
  values.set("code", "la-co-1").set("name", "Company One").set("country", "LA").set("level", "post").set("chain", "LA-defence");
  const auto made = node.ledger->create(node.ledger->console(), {std::nullopt, "unit", values, std::nullopt, std::nullopt});
  ASSERT_TRUE(made) << made.error().error.english();
  const Folder folder("by-hand-folder");
  folder.write_base();
  folder.write("events", {kEvent});
  const auto report = node.import({folder.path()});
  ASSERT_TRUE(report) << report.error().english();
  EXPECT_EQ(row_of(*report, "units", "la-co-1").outcome, Outcome::kLinked);
  EXPECT_TRUE(node.values("units", "la-co-1").is_null());
  EXPECT_EQ(node.values("events", "E1")["counterpart_units"].as_array().front().text("ref"), made->id.hex());
}

TEST(SmallImport, TextThatNoRuleHasAPlaceForIsKeptWithAQuestion) {
  Node node("leftover");
  const Folder folder("leftover-folder");
  folder.write_base();
  folder.write("events", {changed(kEvent, "outcome=", "value_vnd=5000000 | outcome=")});
  const auto report = node.import({folder.path()});
  ASSERT_TRUE(report);
  EXPECT_EQ(row_of(*report, "events", "E1").outcome, Outcome::kQuestion);
  EXPECT_EQ(node.values("events", "E1").text("remark"), "value_vnd: 5000000");
}

TEST(SmallImport, ReportsSpeakTheLanguageAsked) {
  Node node("language");
  const Folder folder("language-folder");
  folder.write_base();
  folder.write("events", {changed(kEvent, "event_id=E1 ", "event_id=E254 "),
                          changed(changed(kEvent, "event_id=E1 ", "event_id=E2 "), "outcome=", "marker_from=mốc lớn | outcome=")});
  const auto report = node.import({folder.path()});
  ASSERT_TRUE(report);
  EXPECT_NE(to_text(*report, "vi", false).find("Không phải hoạt động đối ngoại"), std::string::npos);
  EXPECT_NE(to_text(*report, "en", false).find("Not an activity"), std::string::npos);
  const auto into = [](const Error& message) { return message.message == "taken" ? "đã nhận" : message.english(); };
  const auto translated = to_text(*report, "vi", false, into);
  EXPECT_EQ(translated.find("sources.csv"), std::string::npos) << translated;  // rows without a question
  const auto all = to_text(*report, "vi", true, into);
  EXPECT_NE(all.find("sources.csv:2  S1  đã nhận\n"), std::string::npos) << all;
  // Arguments go through the translation, and the place is said once.
  const auto parts = [](const Error& message) { return message.where + message.message + "/" + join(message.args, ","); };
  const auto place = to_text(*report, "vi", false, parts)
                         .find(
                             "events.csv:3  E2  taken with a question/\n    marker_from: “{1}” is not a marker notation such as 165(1), "
                             "1088/3 or 260+500/mốc lớn\n");
  EXPECT_NE(place, std::string::npos);
}

}  // namespace
}  // namespace nc::intake
