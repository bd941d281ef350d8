// The project's own public record, imported whole into real nodes.
#include "channels/intake/import_test_node.h"

namespace nc::intake {
namespace {

using testing::Node;
using testing::notes_of;
using testing::project_map;
using testing::row_of;

const std::filesystem::path kRecord = std::filesystem::path(NC_SOURCE_DIR) / "data/public-record";

// Imported once for all tests of this file; they only read.
class PublicRecord : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    node_ = std::make_unique<Node>("record");
    auto imported = node_->import({kRecord});
    ASSERT_TRUE(imported) << imported.error().english();
    report_ = std::make_unique<Report>(std::move(*imported));
  }
  static void TearDownTestSuite() {
    node_.reset();
    report_.reset();
  }

  static Json event(const std::string& key) { return node_->values("events", key); }
  static std::string kind(const std::string& key) { return node_->type("events", key) + ":" + event(key).text("sub_kind"); }
  static Json figure(const std::string& key) { return node_->values("returns", key); }
  static std::string indicator(const std::string& key) {
    const auto id = RecordId::from_hex(figure(key).text("indicator"));
    const auto record = node_->ledger->read(node_->ledger->console(), id.value_or(RecordId{}));
    return record ? record->values.text("code") : std::string();
  }
  static std::string event_id(const std::string& key) { return records::imported_id("public-record/events", key).hex(); }
  static std::string unit_id(const std::string& code) { return records::imported_id("units", code).hex(); }
  static std::string questions(const std::string& table, const std::string& key) { return notes_of(row_of(*report_, table, key)); }

  static inline std::unique_ptr<Node> node_;
  static inline std::unique_ptr<Report> report_;
};

TEST_F(PublicRecord, EveryRowIsCounted) {
  const auto by_table = report_->by_table();
  using Counts = Report::Counts;
  EXPECT_EQ(by_table.at("sources"), (Counts{{Outcome::kTaken, 279}}));
  EXPECT_EQ(by_table.at("units"), (Counts{{Outcome::kTaken, 429}, {Outcome::kAmended, 1}}));  // the node's own unit was there
  EXPECT_EQ(by_table.at("links"), (Counts{{Outcome::kTaken, 513}}));
  EXPECT_EQ(by_table.at("lineage"), (Counts{{Outcome::kTaken, 43}}));
  EXPECT_EQ(by_table.at("indicators"), (Counts{{Outcome::kTaken, 71}}));
  EXPECT_EQ(by_table.at("events"), (Counts{{Outcome::kTaken, 251}, {Outcome::kQuestion, 36}, {Outcome::kRefused, 1}}));
  EXPECT_EQ(by_table.at("same_event"), (Counts{{Outcome::kLinked, 25}, {Outcome::kQuestion, 2}}));
  EXPECT_EQ(by_table.at("returns"), (Counts{{Outcome::kTaken, 141}, {Outcome::kQuestion, 6}}));
  EXPECT_TRUE(report_->passed_over.empty());
}

TEST_F(PublicRecord, OnlyTheReorganisationRowIsRefusedAndSaysWhy) {
  const auto& row = row_of(*report_, "events", "E254");
  EXPECT_EQ(row.outcome, Outcome::kRefused);
  EXPECT_EQ(row.line, 205u);
  EXPECT_NE(notes_of(row).find("events.csv:205  E254  refused\n    Not an activity"), std::string::npos);
  EXPECT_TRUE(event("E254").is_null());
}

TEST_F(PublicRecord, PatrolsHaveTheFormThatTheForcesTell) {
  EXPECT_EQ(kind("E003"), "patrol:bilateral");              // army of China
  EXPECT_EQ(kind("E102"), "patrol:joint_law_enforcement");  // immigration administration
  EXPECT_EQ(kind("E184"), "patrol:joint_law_enforcement");  // its predecessor under the police ministry
  EXPECT_EQ(kind("E007"), "patrol:bilateral");              // Laos, two forces
  EXPECT_EQ(kind("E004"), "patrol:bilateral");              // Cambodia
  EXPECT_EQ(kind("E108"), "patrol:bilateral");              // Laos, counterpart not named
  EXPECT_EQ(kind("E204"), "patrol:at_sea");                 // coast guards
  EXPECT_EQ(kind("E222"), "patrol:at_sea");                 // navies
  EXPECT_EQ(kind("E107"), "patrol:unspecified");            // China, counterpart not named
  EXPECT_NE(questions("events", "E107").find("form of the patrol"), std::string::npos);
  EXPECT_EQ(kind("E311"), "patrol:simultaneous");
  EXPECT_EQ(kind("E361"), "patrol:unspecified");
  EXPECT_NE(questions("events", "E361").find("simultaneous"), std::string::npos);
  EXPECT_EQ(kind("E152"), "patrol:unspecified");
  EXPECT_NE(event("E152").text("remark").find("inspection"), std::string::npos);
}

TEST_F(PublicRecord, ReceptionsAreMeetingsAndOtherRowsGoWhereTheyBelong) {
  EXPECT_EQ(kind("E010"), "meeting:courtesy");
  EXPECT_EQ(kind("E256"), "meeting:courtesy");
  EXPECT_EQ(kind("E116"), "talks:");
  EXPECT_EQ(kind("E013"), "award:order");
  EXPECT_EQ(event("E013").integer("recipients_persons"), 2);
  EXPECT_EQ(event("E265").text("medium"), "hotline");
  EXPECT_EQ(event("E265").integer("networks"), 3);
  EXPECT_EQ(event("E265").text("hours"), "24/24");
  EXPECT_EQ(kind("E171"), "meeting:working");
  EXPECT_EQ(node_->type("events", "E015"), "instrument");
  EXPECT_EQ(event("E015").text("class"), "plan");
  EXPECT_EQ(kind("E001"), "conference:orientation");
  EXPECT_EQ(event("E001").text("scope"), "internal");
  EXPECT_EQ(event("E164").text("scope"), "with_counterpart");
  EXPECT_NE(questions("events", "E351").find("reads like talks"), std::string::npos);
  EXPECT_EQ(event("E200").text("direction"), "out");
  EXPECT_EQ(event("E269").text("flag_state"), "VN");
  EXPECT_EQ(event("E041").text("direction"), "in");
  EXPECT_EQ(event("E041").text("flag_state"), "AU");
  EXPECT_EQ(kind("E312"), "exchange:multilateral");
  EXPECT_EQ(kind("E267"), "conference:multilateral");
  EXPECT_EQ(node_->type("events", "E369"), "pupil");
  EXPECT_EQ(event("E354").integer("grants_count"), 100);
  EXPECT_EQ(event("E085").text("direction"), "theirs");
  EXPECT_EQ(event("E344").text("direction"), "given");
  EXPECT_EQ(event("E062").text("direction"), "received");
}

TEST_F(PublicRecord, DatesKeepTheirPrecision) {
  EXPECT_EQ(canonical(event("E003")["when"]), R"({"from":{"day":18142,"inferred":true,"precision":"day"}})");
  EXPECT_EQ(canonical(event("E004")["when"]), R"({"from":{"day":17167,"precision":"month"}})");
  EXPECT_EQ(canonical(event("E103")["when"]), R"({"from":{"day":18993,"precision":"year"}})");
  EXPECT_EQ(canonical(event("E006")["when"]), R"({"from":{"day":1121,"precision":"month_day"}})");
  EXPECT_EQ(canonical(event("E038")["when"]), R"({"from":{"day":907,"precision":"month_day"},"to":{"day":909,"precision":"month_day"}})");
  EXPECT_EQ(canonical(event("E024")["signed_on"]), R"({"day":918,"precision":"month_day"})");
  EXPECT_TRUE(event("E188")["when"].is_null());
  EXPECT_NE(questions("events", "E188").find("early December"), std::string::npos);
  EXPECT_EQ(canonical(event("E282")["legal_act_on"]), R"({"day":19705,"precision":"day"})");
  EXPECT_EQ(canonical(event("E057")["period_reviewed"]),
            R"({"from":{"day":20362,"precision":"month"},"to":{"day":20423,"precision":"month"}})");
}

TEST_F(PublicRecord, EightRowsHaveADayWithoutAYear) {
  for (const auto* key : {"E006", "E008", "E038", "E114", "E152", "E154", "E348", "E176"})
    EXPECT_EQ(event(key)["when"]["from"].text("precision"), "month_day") << key;
}

TEST_F(PublicRecord, StatusIsAsPrinted) {
  for (const auto* key : {"E028", "E043", "E196", "E202", "E230", "E241", "E242", "E357"})
    EXPECT_EQ(event(key).text("status"), "announced") << key;
  EXPECT_EQ(event("E003").text("status"), "held");
}

TEST_F(PublicRecord, UnitsHaveSidesAndRoles) {
  EXPECT_EQ(event("E003").text("lead_unit"), unit_id("vn-post-phalong"));
  EXPECT_EQ(event("E003").text("host_side"), "theirs");
  EXPECT_NE(questions("events", "E003").find("names no host of our side"), std::string::npos);
  EXPECT_EQ(event("E009").text("lead_unit"), unit_id("vn-bg"));
  EXPECT_EQ(event("E009")["own_units"].as_array().size(), 2u);
  EXPECT_EQ(event("E009")["counterpart_units"].as_array().size(), 3u);
  EXPECT_TRUE(event("E107").boolean("counterpart_unnamed"));
  EXPECT_FALSE(event("E001").boolean("counterpart_unnamed"));  // at home
  EXPECT_EQ(event("E103").text("host_side"), "online");
  EXPECT_EQ(event("E238")["countries"].as_array().size(), 3u);
}

TEST_F(PublicRecord, NumbersOfPersonsSayWhatTheyCount) {
  EXPECT_EQ(canonical(event("E009")["persons"]), R"({"basis":"unknown","counted":"delegates","qualifier":"nearly","total":1000})");
  EXPECT_EQ(canonical(event("E041")["persons"]), R"({"basis":"counterpart_only","counted":"sailors","counterpart":222,"total":222})");
  EXPECT_EQ(canonical(event("E103")["persons"]), R"({"basis":"own_only","counted":"persons","own":11})");
  EXPECT_EQ(canonical(event("E102")["persons"]), R"({"basis":"both_sides","counted":"persons","total":48})");
  EXPECT_EQ(canonical(event("E062")["persons"]), R"({"basis":"unknown","counted":"citizens","qualifier":"over","total":160})");
}

TEST_F(PublicRecord, MoneyLengthsAndMarkers) {
  EXPECT_EQ(canonical(event("E031")["value"]), R"({"amount":"2000000000","currency":"VND"})");
  EXPECT_EQ(event("E031").text("value_qualifier"), "nearly");
  EXPECT_EQ(event("E021").text("value_qualifier"), "about");
  EXPECT_EQ(canonical(event("E022")["includes"]), R"([{"ref":")" + event_id("E021") + R"("}])");
  EXPECT_EQ(event("E003").text("km"), "7");
  EXPECT_EQ(event("E003").text("km_qualifier"), "over");
  EXPECT_EQ(event("E003").text("marker_from"), "165(1)");
  EXPECT_EQ(canonical(event("E180")["sections"]), R"([{"marker_from":"525","marker_to":"526"}])");
  EXPECT_FALSE(event("E113").has("marker_to"));
  EXPECT_NE(event("E113").text("remark").find("giới điểm 62"), std::string::npos);
  EXPECT_NE(questions("events", "E113").find("\n    marker_to: “giới điểm 62”"), std::string::npos);
}

TEST_F(PublicRecord, RelatedRowsAreLinked) {
  EXPECT_EQ(canonical(event("E017")["same_event"]), R"([{"ref":")" + event_id("E019") + R"("}])");
  EXPECT_EQ(canonical(event("E019")["same_event"]), R"([{"ref":")" + event_id("E017") + R"("}])");
  EXPECT_NE(event("E068").text("remark").find("same figures"), std::string::npos);
  EXPECT_EQ(event("E011").text("parent_activity"), event_id("E009"));
  EXPECT_EQ(event("E334").text("parent_activity"), event_id("E009"));
  EXPECT_EQ(event("E357").text("parent_activity"), event_id("E054"));
  EXPECT_EQ(event("E293").text("parent_activity"), event_id("E168"));
  EXPECT_FALSE(event("E353").has("same_event"));
  EXPECT_NE(questions("same_event", "E353|E354").find("nothing was merged"), std::string::npos);
}

TEST_F(PublicRecord, DeclaredFiguresHaveTheirIndicator) {
  EXPECT_EQ(indicator("R006"), "meetings_all");
  EXPECT_EQ(indicator("R007"), "meetings_all");
  EXPECT_EQ(indicator("R009"), "patrols_bilateral");
  EXPECT_EQ(indicator("R010"), "patrols_bilateral_attendances");
  EXPECT_EQ(indicator("R060"), "briefings");
  EXPECT_EQ(indicator("R104"), "briefings");
  EXPECT_EQ(indicator("R075"), "village_meetings");
  EXPECT_EQ(indicator("R152"), indicator("R154"));
  EXPECT_EQ(indicator("R012"), "border_km");
  EXPECT_EQ(indicator("R094"), "border_km");
  EXPECT_EQ(indicator("R018"), "demarcated_km");
  EXPECT_EQ(indicator("R030"), "marker_positions");
  EXPECT_EQ(indicator("R031"), "markers_main");
  EXPECT_EQ(indicator("R040"), "gate_passages");
  EXPECT_EQ(indicator("R097"), "illegal_entry_cases_domestic");
  EXPECT_EQ(indicator("R001"), "instruments_signed");
  EXPECT_EQ(indicator("R003"), "twinned_posts");
  EXPECT_EQ(indicator("R005"), "sponsored_pupils");
}

TEST_F(PublicRecord, DeclaredFiguresKeepPeriodQualifierAndWords) {
  const auto total = figure("R006");
  EXPECT_EQ(total.text("value"), "106");
  EXPECT_EQ(total.text("area"), "Mondulkiri");
  EXPECT_EQ(total.text("unit"), unit_id("vn-bg-daklak"));
  EXPECT_EQ(canonical(total["levels"]), R"(["post","province"])");
  EXPECT_EQ(canonical(total["countries"]), R"(["KH"])");
  EXPECT_EQ(canonical(total["from"]), R"({"day":15706,"precision":"year"})");
  EXPECT_EQ(canonical(total["until"]), R"({"day":19327,"precision":"month"})");
  EXPECT_EQ(total.text("verbatim"), "được 106 lần");
  EXPECT_EQ(figure("R007").text("part_of"), records::imported_id("public-record/returns", "R006").hex());
  EXPECT_EQ(figure("R155").text("part_of"), records::imported_id("public-record/returns", "R153").hex());
  EXPECT_TRUE(figure("R012").boolean("as_of"));
  EXPECT_FALSE(figure("R001").boolean("as_of"));  // signed so far: a flow with an open beginning
  EXPECT_EQ(figure("R001").text("qualifier"), "nearly");
  EXPECT_EQ(figure("R017").text("denominator"), "371");
  EXPECT_EQ(figure("R018").text("denominator"), "1137");
  EXPECT_EQ(figure("R019").text("denominator"), "1512");
  EXPECT_EQ(figure("R029").text("denominator"), "1137");
  EXPECT_EQ(figure("R149").text("denominator"), "109");
  EXPECT_FALSE(figure("R049").has("denominator"));  // 16 patrols, 317 attendances
  EXPECT_FALSE(figure("R162").has("denominator"));  // 14 clusters for 34 of 34 communes
  EXPECT_EQ(figure("R013").text("magnitude"), "hundreds_of_thousands");
  EXPECT_EQ(figure("R013").text("qualifier"), "magnitude");
  EXPECT_FALSE(figure("R013").has("value"));
  EXPECT_NE(questions("returns", "R016").find("315 of 371"), std::string::npos);
  EXPECT_NE(questions("returns", "R092").find("1.7 each"), std::string::npos);
}

TEST_F(PublicRecord, FiguresBelongToTheUnitThatDeclaredThem) {
  const auto record = node_->ledger->read(node_->ledger->console(), records::imported_id("public-record/returns", "R006"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->base_part().key.audience, journal::Audience::own(records::imported_id("units", "vn-bg-daklak")));
}

TEST_F(PublicRecord, UnitsStandInTheTreeWithTheirChains) {
  const auto world = node_->ledger->world();
  const auto chain = [&](const char* code) { return world->tree->by_code(code) ? world->tree->by_code(code)->chain : "none"; };
  EXPECT_EQ(chain("la-mc-huaphan"), "LA-defence");
  EXPECT_EQ(chain("la-sec-huaphan"), "LA-security");
  EXPECT_EQ(chain("kh-pol-mondulkiri"), "KH-police");
  EXPECT_EQ(chain("kh-gd-mondulkiri"), "KH-gendarmerie");
  EXPECT_EQ(chain("cn-pla-mengzi"), "CN-pla");
  EXPECT_EQ(chain("cn-bm-honghe"), "CN-nia");
  EXPECT_EQ(chain("cn-ps-honghe"), "CN-nia");
  EXPECT_EQ(chain("cn-ccg"), "CN-coastguard");
  EXPECT_EQ(chain("la-vil-nongma"), "LA-local");
  EXPECT_EQ(chain("th-navy"), "TH-defence");
  EXPECT_EQ(chain("vn-bg-daklak"), "VN-defence");
  const auto* daklak = world->tree->by_code("vn-bg-daklak");
  const auto* board = world->tree->by_code("vn-bc-daklak");
  const auto* command = world->tree->by_code("vn-bg");
  ASSERT_TRUE(daklak && board && command);
  EXPECT_TRUE(daklak->own);
  EXPECT_EQ(command->name, "Bộ Tư lệnh Bộ đội Biên phòng");
  const auto day = to_day(2025, 8, 1);
  EXPECT_EQ(world->tree->as_of(daklak->id, day), board->id);
  EXPECT_TRUE(world->tree->is_under(board->id, command->id, orgtree::Line::kGuidance, day));
  EXPECT_FALSE(world->tree->is_under(board->id, command->id, orgtree::Line::kCommand, day));
  EXPECT_EQ(world->tree->links_of(board->id).size(), 2u);
}

TEST_F(PublicRecord, EveryRecordNamesItsSource) {
  for (const auto& row : report_->rows) {
    if (row.table != "events" && row.table != "returns") continue;
    if (row.outcome == Outcome::kRefused) continue;
    EXPECT_EQ(node_->values(row.table, row.key)["sources"].as_array().size(), 1u) << row.key;
  }
}

TEST_F(PublicRecord, EveryRemarkHasItsPlace) {
  for (const auto& row : report_->rows) {
    if (row.table == "indicators") continue;
    EXPECT_GT(row.line, 1u);
    EXPECT_TRUE(notes_of(row).starts_with(row.file + ":" + std::to_string(row.line) + "  " + row.key + "  ")) << row.key;
  }
  const auto json = to_json(*report_, "en");
  EXPECT_EQ(json["counts"]["sources"].integer("taken"), 279);
  EXPECT_EQ(json["rows"].as_array().size(), report_->rows.size());
}

TEST_F(PublicRecord, ASecondImportChangesNothingAndASecondNodeIsEqual) {
  const auto before = node_->ledger->digest();
  const auto again = node_->import({kRecord});
  ASSERT_TRUE(again) << again.error().english();
  EXPECT_TRUE(again->changed_nothing());
  EXPECT_EQ(again->count(Outcome::kTaken) + again->count(Outcome::kAmended), 0u);
  EXPECT_EQ(again->by_table().at("events"), (Report::Counts{{Outcome::kUnchanged, 287}, {Outcome::kRefused, 1}}));
  ASSERT_TRUE(before && node_->ledger->digest());
  EXPECT_EQ(*before, *node_->ledger->digest());

  Node other("record-other", "vn-bg-daklak");
  const auto there = other.import({kRecord});
  ASSERT_TRUE(there) << there.error().english();
  std::size_t compared = 0;
  for (const auto& row : there->rows) {
    if (row.outcome == Outcome::kRefused || row.table == "same_event") continue;
    const auto here_record = node_->ledger->read(node_->ledger->console(), row.id),
               there_record = other.ledger->read(other.ledger->console(), row.id);
    ASSERT_TRUE(here_record && there_record) << row.key;
    EXPECT_EQ(here_record->type_id, there_record->type_id);
    EXPECT_EQ(canonical(here_record->values), canonical(there_record->values)) << row.key;
    ASSERT_EQ(here_record->parts.size(), there_record->parts.size());
    for (std::size_t i = 0; i < here_record->parts.size(); ++i) EXPECT_EQ(here_record->parts[i].key, there_record->parts[i].key) << row.key;
    ++compared;
  }
  EXPECT_EQ(compared, 279u + 430 + 513 + 43 + 71 + 287 + 147);
}

}  // namespace
}  // namespace nc::intake
