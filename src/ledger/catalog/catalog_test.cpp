// The loader: the good sample, every broken one with its place and reason, and the real catalogue.
#include "ledger/catalog/catalog.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/civil.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/rng.h"
#include "ledger/catalog/loader.h"
#include "ledger/catalog/purposes.h"

namespace nc::catalog {
namespace {

namespace fs = std::filesystem;

const std::string kTestdata = NC_SOURCE_DIR "/src/ledger/catalog/testdata";

std::string text_of(const fs::path& path) {
  const auto text = read_file(path);
  return text ? *text : "";
}

SharedBlock good_shared() {
  const auto path = kTestdata + "/good/shared/activity.toml";
  const auto block = parse_shared(text_of(path), path);
  EXPECT_TRUE(block) << block.error().english();
  return block ? *block : SharedBlock{};
}

std::shared_ptr<const Catalog> good() {
  const auto catalog = Catalog::load(kTestdata + "/good");
  EXPECT_TRUE(catalog) << catalog.error().english();
  return catalog ? *catalog : nullptr;
}

TEST(Catalog, ProjectCatalogueLoads) {
  const auto loaded = Catalog::load(NC_SOURCE_DIR "/catalog");
  ASSERT_TRUE(loaded) << loaded.error().english();
  const auto& catalog = **loaded;
  EXPECT_GE(catalog.types().size(), 50u);
  EXPECT_FALSE(catalog.feeding("counted-activity").empty());
  EXPECT_EQ(catalog.feeding("org-unit").size(), 1u);
  EXPECT_EQ(catalog.feeding("figure-declared").size(), 1u);
  EXPECT_FALSE(catalog.roles().empty());
  for (const auto& type : catalog.types()) {
    const auto definition = catalog.definition(type);
    const auto again = parse_canonical(canonical(definition));
    ASSERT_TRUE(again) << type.id << ": " << again.error().english();
    EXPECT_LE(canonical(definition).size(), limits::kBodyBytesMax) << type.id << " is too long to be published in one entry";
    EXPECT_TRUE(check_additive(definition, definition));
  }
}

TEST(Catalog, GoodSampleIsReadWhole) {
  const auto catalog = good();
  ASSERT_TRUE(catalog);
  ASSERT_EQ(catalog->types().size(), 2u);
  const auto* type = catalog->find("sample_visit");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->version, 2);
  EXPECT_EQ(type->group, "meetings");
  EXPECT_TRUE(type->urgent);
  EXPECT_EQ(type->handling, Handling::kOpen);
  EXPECT_EQ(type->systems, (std::vector<int>{3, 27}));
  ASSERT_GE(type->fields.size(), 6u);
  EXPECT_EQ(type->fields[0].id, "when") << "the shared block comes first";
  EXPECT_EQ(type->fields[5].id, "sub_kind");
  ASSERT_TRUE(type->slot("detail"));
  EXPECT_EQ(type->slot("detail")->id, "sub_kind");
  EXPECT_EQ(type->slot("lead")->id, "lead_unit");
  EXPECT_EQ(type->slot("place"), nullptr);
  EXPECT_EQ(type->field("status")->default_value, Json("held"));
  EXPECT_EQ(type->field("parent_activity")->to, (std::vector<std::string>{"sample_visit"})) << "feeds: is expanded";
  EXPECT_TRUE(type->field("sub_kind")->option("old")->retired);
  EXPECT_EQ(type->initial_state, "draft");
  ASSERT_TRUE(type->transition("approve"));
  EXPECT_TRUE(type->transition("approve")->binding);
  EXPECT_FALSE(type->state("approved")->editable);
  EXPECT_EQ(type->rules.size(), 1u);
  EXPECT_EQ(type->questions.size(), 1u) << "the question of the shared block";
  EXPECT_EQ(type->measure("km")->scale, 3);
  EXPECT_EQ(type->label.in("en"), "Sample visit");
  EXPECT_EQ(type->label.in("vi"), "Thăm mẫu");
  EXPECT_EQ(catalog->find("sample_unit")->initial_state, "recorded");
  EXPECT_EQ(catalog->role("reader")->help.en, "Reads only.");
  EXPECT_EQ(catalog->find("no_such"), nullptr);
}

struct Broken {
  const char* folder;
  const char* place;   // line:column
  const char* reason;  // what the message begins with
};

const Broken kBroken[] = {
    {"bad_id", "8:6", "“Tên” is not an id: small letters"},
    {"choice_without_options", "12:1", "The key “options” is missing"},
    {"control_character", "4:28", "The text holds the control character U+0007"},
    {"decimal_without_scale", "12:1", "The key “scale” is missing"},
    {"duplicate_key", "3:11", "The file is not TOML; its reader says: “"},
    {"field_of_shared", "13:1", "The field “when” is already in the shared block"},
    {"field_twice", "13:6", "The field “name” stands twice"},
    {"float_bound", "16:7", "“min” must be text in quotes"},
    {"label_without_english", "4:9", "The key “en” is missing"},
    {"lines_in_lines", "17:22", "A column cannot be of the kind “lines”"},
    {"measure_named_count", "12:1", "“count” is the name of a measure of the program"},
    {"missing_quote", "10:9", "The file is not TOML; its reader says: “"},
    {"no_such_block", "5:11", "There is no shared block “activities”"},
    {"no_version", "1:1", "The key “version” is missing"},
    {"not_toml", "2:11", "The file is not TOML; its reader says: “"},
    {"option_twice", "17:2", "The option “a” stands twice"},
    {"other_group", "3:9", "The group “places” is not the folder's name “meetings”"},
    {"other_id", "1:6", "The id “simple” is not the file's name “sample”"},
    {"personal_in_list", "5:9", "Personal data cannot stand in titles and lists: “secret”"},
    {"reserved_id", "8:6", "“not” is a word of the expression language"},
    {"rule_does_not_parse", "14:9", "The expression is wrong at its column 13: The expression ends too early"},
    {"rule_field", "16:19", "There is no field “x”"},
    {"rule_twice", "12:1", "The rule or question “r” stands twice"},
    {"rule_unknown_field", "14:9", "The expression mentions “nome”, which is not a field of the type"},
    {"rule_unknown_member", "14:9", "The expression mentions “total”, which “name” does not have"},
    {"rule_unknown_option", "31:9", "“doen” is not an option of “state”"},
    {"slot_missing", "5:9", "A type that feeds “org-unit” must fill the slot “code”"},
    {"slot_without_field", "6:33", "The slot “code” names “cod”, which is not a field of the type"},
    {"slot_wrong_kind", "6:47", "The slot “own” takes a field of the kind flag, and “name” is text"},
    {"status_option", "6:49", "The program does not know the option “done” of the slot “status”"},
    {"title_without_field", "5:18", "There is no field “nome”"},
    {"unknown_feed", "5:9", "The program knows nothing that feeds “activity”"},
    {"unknown_field_key", "11:1", "The key “lenght_max” is unknown here"},
    {"unknown_key", "5:1", "The key “colour” is unknown here"},
    {"unknown_kind", "9:8", "“string” is not a kind of field"},
    {"unknown_slot", "6:50", "“colour” is not a slot of what this type feeds"},
    {"workflow_initial", "13:11", "There is no state “begun”"},
    {"workflow_transition", "21:6", "There is no state “done”"},
    {"wrong_default", "16:11", "The number is more than 5"},
};

TEST(Catalog, BrokenFilesAreRefusedWithPlaceAndReason) {
  const auto shared = good_shared();
  for (const auto& broken : kBroken) {
    const auto path = kTestdata + "/broken/" + broken.folder + "/meetings/sample.toml";
    const auto type = parse_type(text_of(path), path, &shared);
    ASSERT_FALSE(type) << broken.folder;
    EXPECT_EQ(type.error().where, path + ":" + broken.place) << broken.folder;
    EXPECT_TRUE(fill_in(type.error().message, type.error().args).starts_with(broken.reason))
        << broken.folder << ": " << type.error().english();
  }
}

TEST(Catalog, EveryBrokenFileIsInTheTable) {
  for (const auto& entry : fs::directory_iterator(kTestdata + "/broken")) {
    const auto name = entry.path().filename().string();
    EXPECT_TRUE(std::any_of(std::begin(kBroken), std::end(kBroken), [&](const Broken& b) { return name == b.folder; })) << name;
  }
}

// A copy of the good sample that a test may break.
class CopiedCatalog : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("nc-catalog-" + system_rng().make<RecordId>().hex());
    fs::copy(kTestdata + "/good", dir_, fs::copy_options::recursive);
  }
  void TearDown() override { fs::remove_all(dir_); }

  void put(const std::string& file, const std::string& text) const {
    fs::create_directories((dir_ / file).parent_path());
    ASSERT_TRUE(write_file_durably(dir_ / file, text));
  }
  void replace(const std::string& file, const std::string& what, const std::string& with) const {
    auto text = text_of(dir_ / file);
    const auto at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    put(file, text.replace(at, what.size(), with));
  }
  [[nodiscard]] std::string refusal() const {
    const auto loaded = Catalog::load(dir_);
    return loaded ? "fine" : loaded.error().english();
  }
  [[nodiscard]] std::string at(const std::string& place) const { return (dir_ / place).string() + ": "; }

  fs::path dir_;
};

TEST_F(CopiedCatalog, ReferenceToNoTypeIsRefusedWhereItStands) {
  replace("shared/activity.toml", "to = [\"sample_unit\"]", "to = [\"sample_unit\", \"squadron\"]");
  EXPECT_EQ(refusal(), at("shared/activity.toml:22:22") + "There is no type “squadron” in the catalogue");
}

TEST_F(CopiedCatalog, TypeInTwoGroupsIsRefused) {
  auto text = text_of(dir_ / "places/sample_unit.toml");
  text.replace(text.find("\"places\""), 8, "\"works\"");
  put("works/sample_unit.toml", text);
  EXPECT_TRUE(refusal().starts_with(at("works/sample_unit.toml:1:1") + "The type “sample_unit” stands in ")) << refusal();
}

TEST_F(CopiedCatalog, FileInTheWrongPlaceIsRefused) {
  put("stray.toml", "id = \"stray\"\n");
  EXPECT_TRUE(refusal().starts_with(at("stray.toml:1:1") + "The file is neither")) << refusal();
}

TEST_F(CopiedCatalog, RolesAreChecked) {
  replace("roles.toml", "groups = [\"meetings\"]", "groups = [\"meetings\", \"metings\"]");
  EXPECT_EQ(refusal(), at("roles.toml:5:23") + "No type is in the group “metings”");
}

TEST_F(CopiedCatalog, CapabilityThatTheProgramDoesNotKnowIsRefusedWithTheNearest) {
  replace("roles.toml", "[\"read\", \"create\"]", "[\"read\", \"raed_personal\"]");
  EXPECT_TRUE(
      refusal().starts_with(at("roles.toml:4:25") + "There is no capability “raed_personal”. The nearest that there are: read_personal, "))
      << refusal();
}

TEST_F(CopiedCatalog, UnknownKeyOfARoleIsRefusedWithTheNearest) {
  replace("roles.toml", "groups = ", "grups = ");
  EXPECT_TRUE(refusal().starts_with(at("roles.toml:5:1") + "The key “grups” is unknown here. The nearest that there are: groups, "))
      << refusal();
}

TEST_F(CopiedCatalog, StepThatAsksForAnUnknownCapabilityIsRefused) {
  replace("shared/activity.toml", "capability = \"approve\"", "capability = \"aprove\"");
  EXPECT_NE(refusal().find("There is no capability “aprove”. The nearest that there are: approve, "), std::string::npos) << refusal();
}

TEST_F(CopiedCatalog, PurposesAreDataWithDaysAndAreChecked) {
  const std::string one = "[[purpose]]\nid = \"order\"\nlabel = { vi = \"theo lệnh\", en = \"by order\" }\n";
  put("purposes.toml", one + "from = \"2026-01-01\"\nuntil = \"2026-12-31\"\n[[purpose]]\nid = \"free\"\nin_words = true\n" +
                           "label = { vi = \"khác\", en = \"other\" }\n");
  const auto catalog = Catalog::load(dir_);
  ASSERT_TRUE(catalog) << catalog.error().english();
  const auto kept = [&](std::string_view stated, std::int32_t day) {
    const auto out = kept_purpose(**catalog, stated, day);
    return out ? *out : "refused: " + out.error().english();
  };
  const auto before = to_day(2025, 12, 31), first = to_day(2026, 1, 1), last = to_day(2026, 12, 31), after = to_day(2027, 1, 1);
  for (const auto day : {first, last}) EXPECT_EQ(kept("order", day), "@order");
  for (const auto day : {before, after})
    EXPECT_NE(kept("order", day).find("“order” is no purpose"), std::string::npos) << kept("order", day);
  EXPECT_NE(kept("order", before).find("There are: free;"), std::string::npos) << kept("order", before);
  EXPECT_EQ(kept(" order :  số 12: a ", first), "@order: số 12: a");
  EXPECT_EQ(kept("free: thăm hỏi", before), "@free: thăm hỏi");
  for (const char* nothing : {"", "free", "free: ", "thăm hỏi", "@order"})
    EXPECT_TRUE(kept(nothing, first).starts_with("refused")) << nothing;
  // Read well later, in both languages, also after its last day; what was kept as words before stays as it is.
  EXPECT_EQ(purpose_words(**catalog, "@order: số 12", "vi"), "theo lệnh: số 12");
  EXPECT_EQ(purpose_words(**catalog, "@order", "en"), "by order");
  EXPECT_EQ(purpose_words(**catalog, "@free: thăm hỏi", "vi"), "thăm hỏi");
  EXPECT_EQ(purpose_words(**catalog, "@gone: x", "vi"), "gone: x");
  EXPECT_EQ(purpose_words(**catalog, "order: lập danh sách", "vi"), "order: lập danh sách");
  put("purposes.toml", one + one);
  EXPECT_EQ(refusal(), at("purposes.toml:4:1") + "The purpose “order” stands twice");
  put("purposes.toml", one + "from = \"2026-02-01\"\nuntil = \"2026-01-01\"\n");
  EXPECT_EQ(refusal(), at("purposes.toml:5:9") + "The purpose “order” ends before it begins");
  for (const char* day : {"2026", "31/01/2026", "2026-02-30"}) {
    put("purposes.toml", one + "until = \"" + day + "\"\n");
    EXPECT_TRUE(refusal().starts_with(at("purposes.toml:4:9") + "“until” must be a day in quotes")) << refusal();
  }
  put("purposes.toml", one + "untill = \"2026-12-31\"\n");
  EXPECT_NE(refusal().find("The key “untill” is unknown here"), std::string::npos) << refusal();
}

TEST_F(CopiedCatalog, WithoutPurposesTheyAreStatedInWords) {
  const auto catalog = Catalog::load(dir_);
  ASSERT_TRUE(catalog) << catalog.error().english();
  ASSERT_TRUE((*catalog)->purposes().empty());
  EXPECT_EQ(kept_purpose(**catalog, " thăm hỏi ", 0).value(), "thăm hỏi");
  EXPECT_FALSE(kept_purpose(**catalog, " ", 0));
}

TEST_F(CopiedCatalog, RoleTwiceIsRefused) {
  replace("roles.toml", "id = \"reader\"", "id = \"officer\"");
  EXPECT_EQ(refusal(), at("roles.toml:7:1") + "The role “officer” stands twice");
}

TEST_F(CopiedCatalog, FileOverTheLimitIsRefused) {
  put("places/sample_unit.toml", std::string(limits::kCatalogFileBytesMax + 1, '#'));
  EXPECT_NE(refusal(), "fine");
}

TEST_F(CopiedCatalog, BlockMayNotFillASlotWithNothing) {
  replace("shared/activity.toml", "when = \"when\"", "when = \"wen\"");
  EXPECT_EQ(refusal(), at("shared/activity.toml:2:18") + "The slot “when” names “wen”, which is not a field of the type");
}

TEST_F(CopiedCatalog, OwnWorkflowReplacesTheSharedOne) {
  replace(
      "meetings/sample_visit.toml", "[[rule]]",
      "[workflow]\ninitial = \"open\"\n[[workflow.state]]\nid = \"open\"\nrank = 1\nlabel = { vi = \"mở\", en = \"open\" }\n\n[[rule]]");
  const auto loaded = Catalog::load(dir_);
  ASSERT_TRUE(loaded) << loaded.error().english();
  const auto* type = (*loaded)->find("sample_visit");
  EXPECT_EQ(type->initial_state, "open");
  EXPECT_EQ(type->states.size(), 1u);
  EXPECT_TRUE(type->transitions.empty());
}

TEST_F(CopiedCatalog, NewTypeOfAFeedChangesNoOlderDefinition) {
  const auto before = good();
  auto text = text_of(dir_ / "meetings/sample_visit.toml");
  text.replace(text.find("sample_visit"), 12, "other_visit0");
  put("meetings/other_visit0.toml", text);
  const auto after = Catalog::load(dir_);
  ASSERT_TRUE(after) << after.error().english();
  EXPECT_EQ((*after)->find("sample_visit")->field("parent_activity")->to.size(), 2u);
  EXPECT_EQ(canonical((*after)->definition(*(*after)->find("sample_visit"))), canonical(before->definition(*before->find("sample_visit"))));
}

// toml++ alone has no defined behaviour for a "đ" where it looks for white space (toml_tree.cpp).
TEST(Catalog, LettersAfterALineJoinInLongTextAreRead) {
  const auto path = kTestdata + "/good/places/sample_unit.toml";
  auto text = text_of(path);
  const std::string help = "feeds =";
  text.replace(text.find(help), help.size(), "help = { vi = \"\"\"\\\n  đồn\n😀 会\"\"\", en = '''đ''' }\nfeeds =");
  const auto type = parse_type("\xef\xbb\xbf" + text, path, nullptr);
  ASSERT_TRUE(type) << type.error().english();
  EXPECT_EQ(type->help.vi, "đồn\n😀 会");
  EXPECT_EQ(type->help.en, "đ");
}

TEST(Catalog, DeepAndLongInputIsRefusedNotCrashed) {
  const std::string name = "meetings/sample.toml";
  for (const auto& text :
       {"a = " + std::string(100'000, '['), std::string(100'000, 'a') + ".b = 1",
        "a" +
            [] {
              std::string dots;
              for (int i = 0; i < 100'000; ++i) dots += ".a";
              return dots;
            }() +
            " = 1",
        std::string("\xff\xfe"), std::string("id = \"\xf3\xb0\x84\x91\""), std::string("id = \"\xc3\x28\""), std::string(1, '\0')})
    EXPECT_FALSE(parse_type(text, name, nullptr));
}

class Additive : public testing::Test {
 protected:
  void SetUp() override {
    catalog_ = good();
    before_ = catalog_->definition(*catalog_->find("sample_visit"));
    next_ = before_;
    next_.set("version", 3);
  }
  [[nodiscard]] static Json* find(Json& list, const std::string& id) {
    for (auto& item : list.as_array())
      if (item.text("id") == id) return &item;
    return nullptr;
  }
  Json& fields() { return next_.as_object().find("fields")->second; }
  [[nodiscard]] std::string refusal() const {
    const auto status = check_additive(before_, next_);
    return status ? "fine" : fill_in(status.error().message, status.error().args);
  }

  std::shared_ptr<const Catalog> catalog_;
  Json before_, next_;
};

TEST_F(Additive, MoreIsFine) {
  fields().push(Json().set("id", "extra").set("kind", "flag"));
  find(fields(), "sub_kind")->as_object().find("options")->second.push(Json().set("id", "new"));
  find(fields(), "km")->set("retired", true);
  EXPECT_EQ(refusal(), "fine");
}

TEST_F(Additive, ChangeNeedsAGreaterVersion) {
  next_.set("version", 2);
  next_.set("label", Json().set("vi", "Khác").set("en", "Other"));
  EXPECT_EQ(refusal(), "The type “sample_visit” changed and its version did not grow from 2");
}

TEST_F(Additive, NothingDisappears) {
  auto& list = fields().as_array();
  std::erase_if(list, [](const Json& field) { return field.text("id") == "km"; });
  EXPECT_EQ(refusal(), "The field “km” was there before and is gone");
}

TEST_F(Additive, KindsOptionsColumnsAndStatesStay) {
  find(fields(), "km")->set("kind", "integer");
  EXPECT_EQ(refusal(), "The field “km” was decimal before and is now integer");
  find(fields(), "km")->set("kind", "decimal").set("scale", 2);
  EXPECT_EQ(refusal(), "The field “km” holds less than before");
  find(fields(), "km")->set("scale", 3);
  Json* sub_kind = find(fields(), "sub_kind");
  const Json options = (*sub_kind)["options"];
  sub_kind->as_object().find("options")->second.as_array().pop_back();
  EXPECT_EQ(refusal(), "“old” of sub_kind was there before and is gone");
  sub_kind->set("options", options);
  find(fields(), "gifts")->as_object().find("columns")->second.as_array().pop_back();
  EXPECT_EQ(refusal(), "The field “given” was there before and is gone");
  next_.set("fields", before_["fields"]);
  next_.as_object().find("states")->second.as_array().pop_back();
  EXPECT_EQ(refusal(), "“approved” of sample_visit was there before and is gone");
}

}  // namespace
}  // namespace nc::catalog
