// The project's own catalogue and the sample of the documentation, as whoever adds a type relies on them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "ledger/catalog/catalog.h"
#include "ledger/catalog/names.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

namespace fs = std::filesystem;

const Catalog& project_catalogue() {
  static const auto kCatalog = Catalog::load(NC_SOURCE_DIR "/catalog");
  if (!kCatalog) throw std::runtime_error(kCatalog.error().english());
  return **kCatalog;
}

std::set<std::string> rules_found(const Type& type, const Json& values) {
  std::set<std::string> out;
  for (const auto& finding : check_record(type, values)) out.insert(finding.rule);
  return out;
}

Json parsed(std::string_view text) {
  auto json = parse_json(text);
  if (!json) throw std::runtime_error(json.error().english());
  return *json;
}

// A record as a form begins it: nothing but the defaults.
Json with_defaults(const Type& type) {
  JsonObject values;
  for (const auto& field : type.fields)
    if (!field.default_value.is_null()) values.emplace(field.id, field.default_value);
  return values;
}

TEST(ProjectCatalogue, EverySystemOfTheWorkHasRecordTypes) {
  std::set<int> served;
  for (const auto& type : project_catalogue().types()) served.insert(type.systems.begin(), type.systems.end());
  for (int system = 1; system <= 27; ++system) EXPECT_TRUE(served.contains(system)) << "system " << system;
}

TEST(ProjectCatalogue, EveryTypeHasTitleListAndSystems) {
  EXPECT_GE(project_catalogue().types().size(), 54U);
  for (const auto& type : project_catalogue().types()) {
    EXPECT_FALSE(type.title.empty()) << type.id;
    EXPECT_FALSE(type.list.empty()) << type.id;
    EXPECT_FALSE(type.systems.empty()) << type.id;
  }
}

TEST(ProjectCatalogue, AnEmptyFormAsksForNothingButRequiredFields) {
  for (const auto& type : project_catalogue().types()) {
    for (const auto& rule : rules_found(type, JsonObject{}))
      EXPECT_TRUE(rule == "required" || rule == "value_or_magnitude") << type.id << ": " << rule;
    for (const auto& finding : check_record(type, with_defaults(type)))
      EXPECT_TRUE(finding.question || finding.rule == "required" || finding.rule == "value_or_magnitude")
          << type.id << ": " << finding.rule;
  }
}

TEST(ProjectCatalogue, DatesTurnedRoundAreRefusedWhereverARangeSaysWhen) {
  const auto turned = parsed(R"({"from":{"day":19510,"precision":"day"},"to":{"day":19500,"precision":"day"}})");
  int seen = 0;
  for (const auto& type : project_catalogue().types()) {
    const auto* when = type.slot("when");
    if (when == nullptr || when->kind != FieldKind::kDateRange) continue;
    ++seen;
    const auto found = rules_found(type, JsonObject{{when->id, turned}});
    EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const std::string& rule) { return rule.ends_with("_in_order"); })) << type.id;
  }
  EXPECT_GE(seen, 20);
}

TEST(ProjectCatalogue, AThingThatEndsBeforeItBeginsIsRefused) {
  const auto later = parsed(R"({"day":19510,"precision":"day"})"), earlier = parsed(R"({"day":19500,"precision":"day"})");
  for (const auto* type : project_catalogue().feeding("standing-thing")) {
    ASSERT_NE(type->slot("until"), nullptr) << type->id;
    const JsonObject values{{type->slot("from")->id, later}, {type->slot("until")->id, earlier}};
    const auto findings = check_record(*type, values);
    EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
      return !f.question && std::find(f.fields.begin(), f.fields.end(), type->slot("until")->id) != f.fields.end() && !f.message.empty();
    })) << type->id;
  }
}

TEST(ProjectCatalogue, NoFieldButASealedOneHoldsAName) {
  for (const auto& type : project_catalogue().types())
    for (const auto& field : type.fields)
      if (field.id.starts_with("person_") && field.id != "person_key") {
        EXPECT_EQ(field.kind, FieldKind::kPersonal) << type.id << "." << field.id;
        EXPECT_EQ(field.handling, Handling::kRestricted) << type.id << "." << field.id;
      }
}

// Ids stay what is written; people read and type names.
TEST(ProjectCatalogue, KindsThatThereWasNothingOfAreNamed) {
  for (const auto* id : {"nil_entry", "period_report"}) {
    const auto& type = *project_catalogue().find(id);
    const auto& field = *type.slot("nil_kinds");
    ASSERT_TRUE(is_list_of_names(field)) << id;
    const auto typed = value_from_typed(field, {{"kind", {"tuan tra", "TALKS", "aid", "patrl"}}});
    ASSERT_TRUE(typed) << typed.error().english();
    EXPECT_EQ(canonical(*typed), R"([{"kind":"patrol"},{"kind":"talks"},{"kind":"aid"},{"kind":"patrl"}])");
    EXPECT_EQ(show_value(field, *typed, "vi", {}).substr(0, 9), project_catalogue().find("patrol")->label.vi.substr(0, 9));
    EXPECT_EQ(show_value(field, *typed, "vi", {}).find("patrol"), std::string::npos);
    EXPECT_NE(show_value(field, *typed, "vi", {}).find("patrl"), std::string::npos) << "what is not known stands as it was written";
    const auto wire = with_ids_for_names(type, parsed(R"({"nil_kinds":["Tuần tra",{"kind":"hội đàm"},{"kind":"aid"},{"kind":"x"},7]})"));
    EXPECT_EQ(canonical(wire["nil_kinds"]), R"([{"kind":"patrol"},{"kind":"talks"},{"kind":"aid"},{"kind":"x"},7])");
    const auto published = canonical(project_catalogue().definition(type)["fields"]);
    EXPECT_EQ(published.find("\"patrol\""), std::string::npos) << "a new kind changes no definition";
  }
}

TEST(ProjectCatalogue, WhoRunsTheNodeReadsNothing) {
  const auto* administrator = project_catalogue().role("administrator");
  ASSERT_NE(administrator, nullptr);
  EXPECT_EQ(administrator->capabilities, (std::vector<std::string>{"administer", "grant"}));
}

// The sample stands beside the project's types, in a folder of its own.
class SampleType : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("nc_sample_catalogue-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::copy(NC_SOURCE_DIR "/catalog", folder_, fs::copy_options::recursive);
    fs::copy_file(NC_SOURCE_DIR "/docs/samples/sample_visit.toml", folder_ / "meetings" / "sample_visit.toml");
    auto loaded = Catalog::load(folder_);
    ASSERT_TRUE(loaded) << loaded.error().english();
    catalog_ = *loaded;
    type_ = catalog_->find("sample_visit");
    ASSERT_NE(type_, nullptr);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  std::shared_ptr<const Catalog> catalog_;
  const Type* type_ = nullptr;
};

TEST_F(SampleType, LoadsBesideTheOthersAndIsCounted) {
  EXPECT_EQ(catalog_->types().size(), project_catalogue().types().size() + 1);
  ASSERT_NE(type_->slot("detail"), nullptr);
  EXPECT_EQ(type_->slot("detail")->id, "sub_kind");
  ASSERT_NE(type_->slot("lead"), nullptr);
  ASSERT_NE(type_->measure("km"), nullptr);
  EXPECT_EQ(type_->initial_state, "recorded");
}

TEST_F(SampleType, ItsRuleItsQuestionAndItsMeasureWork) {
  EXPECT_TRUE(rules_found(*type_, parsed(R"({"sub_kind":"courtesy","status":"held","km":"-1"})")).contains("km_not_negative"));
  const auto crowd =
      parsed(R"({"sub_kind":"courtesy","status":"planned","persons":{"total":101,"basis":"both_sides","counted":"delegates"}})");
  EXPECT_EQ(rules_found(*type_, crowd), std::set<std::string>{"many_visitors"});
  const auto values = parsed(R"({"sub_kind":"working","status":"held","km":"15.8"})");
  EXPECT_EQ(type_->measure("km")->value.number(values, 3), 15800);
  EXPECT_EQ(type_->measure("km")->when->truth(values), true);
}

}  // namespace
}  // namespace nc::catalog
