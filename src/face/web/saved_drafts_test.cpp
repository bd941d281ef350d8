// Drafts: kept for their person through everything but saving and throwing away, and nothing in them that may
// not lie on the disk.
#include <gtest/gtest.h>

#include "base/files.h"
#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::must;
using test::shows;
using test::SmallSite;

constexpr const char* kForm = "/records/new?type=talks";
constexpr const char* kTyped = "Cửa khẩu đang gõ dở";
constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;

PersonId person(std::uint8_t number) {
  PersonId out;
  out.bytes[0] = number;
  return out;
}

class SavedDraftsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("nc-drafts-" + system_rng().make<RecordId>().hex());
    std::filesystem::create_directories(folder_);
    open();
  }
  void TearDown() override {
    drafts_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    drafts_.reset();
    drafts_ = must(SavedDrafts::open(folder_ / "drafts.db"));
  }
  std::filesystem::path folder_;
  std::unique_ptr<SavedDrafts> drafts_;
};

TEST_F(SavedDraftsTest, AreKeptAFormAndAPersonThroughReopening) {
  must(drafts_->keep(person(1), kForm, {{"v.place.text", "cũ"}}, 1'000));
  must(drafts_->keep(person(1), kForm, {{"v.place.text", kTyped}, {"v.x", "1"}, {"v.x", "2"}, {"password", "p"}, {"csrf", "c"}}, 2'000));
  must(drafts_->keep(person(1), "/records/new?type=patrol", {{"v.km", "6,5"}}, 3'000));
  open();
  const auto found = must(drafts_->find(person(1), kForm, 5'000));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->form, (net::Fields{{"v.place.text", kTyped}, {"v.x", "1"}, {"v.x", "2"}}));
  EXPECT_EQ(found->saved_ms, 2'000);
  EXPECT_EQ(must(drafts_->of(person(1), 5'000)).front().target, "/records/new?type=patrol") << "the newest first";
  EXPECT_FALSE(must(drafts_->find(person(2), kForm, 5'000)));
  EXPECT_TRUE(must(drafts_->of(person(2), 5'000)).empty());
  must(drafts_->forget(person(1), kForm));
  EXPECT_FALSE(must(drafts_->find(person(1), kForm, 5'000)));
  EXPECT_EQ(must(drafts_->of(person(1), 5'000)).size(), 1U);
}

TEST_F(SavedDraftsTest, AreBounded) {
  const auto too_much = drafts_->keep(person(1), kForm, {{"v.x", std::string(SavedDrafts::kBytesMax, 'x')}}, 1);
  ASSERT_FALSE(too_much);
  EXPECT_EQ(too_much.error().code, ErrorCode::kLimit);
  for (int i = 0; i < 60; ++i) must(drafts_->keep(person(1), "/records/new?type=t" + std::to_string(i), {{"v.x", "1"}}, 1'000 + i));
  const auto all = must(drafts_->of(person(1), 5'000));
  EXPECT_EQ(all.size(), static_cast<std::size_t>(SavedDrafts::kAPersonMax));
  EXPECT_EQ(all.back().target, "/records/new?type=t10");
  must(drafts_->keep(person(2), kForm, {{"v.x", "1"}}, SavedDrafts::kKeptMs + 1'040));
  EXPECT_EQ(must(drafts_->of(person(1), 5'000)).size(), 20U) << "those of long ago are gone";
  EXPECT_TRUE(must(drafts_->of(person(1), SavedDrafts::kKeptMs + 5'000)).empty()) << "and not shown though nobody keeps another";
}

class DraftPages : public ::testing::Test {
 protected:
  void SetUp() override {
    browser_.cookies["__Host-nhipcau-lang"] = "en";
    ASSERT_EQ(browser_.log_in("officer").status, 303);
  }
  net::Fields form_of(const net::Response& page) {
    return {{"csrf", Browser::hidden(page, "csrf")}, {"once", Browser::hidden(page, "once")}, {"v.place.text", kTyped}};
  }
  SmallSite world_;
  Browser browser_{world_};
};

TEST_F(DraftPages, ComeBackInANewSessionOfTheSamePersonAloneUntilSaved) {
  auto form = form_of(browser_.get(kForm));
  form.add("draft", "1");
  const auto kept = browser_.post(kForm, form);
  ASSERT_EQ(kept.status, 303);
  EXPECT_TRUE(shows(browser_.get(location(kept)), "The draft is kept"));
  world_.clock.now_ms += kDay;
  Browser later(world_), other(world_);
  later.cookies["__Host-nhipcau-lang"] = "en";
  later.log_in("officer");
  other.log_in("stranger");
  EXPECT_TRUE(shows(later.get("/"), "Your drafts"));
  const auto again = later.get(kForm);
  EXPECT_TRUE(shows(again, kTyped));
  EXPECT_TRUE(shows(again, "This is your draft"));
  EXPECT_EQ(Browser::hidden(again, "once"), form.get("once")) << "the record that the draft would have made";
  EXPECT_FALSE(shows(other.get(kForm), kTyped));
  EXPECT_FALSE(shows(other.get("/"), "Your drafts"));
  net::Fields save = {{"csrf", Browser::hidden(again, "csrf")},
                      {"once", Browser::hidden(again, "once")},
                      {"save", "1"},
                      {"v.when.from", "06/05/2024"},
                      {"v.status", "held"},
                      {"v.level", "post"},
                      {"v.sub_kind", "periodic"},
                      {"v.lead_unit", "vn-post-a"},
                      {"v.place.text", kTyped},
                      {"v.counterpart_units.0.ref", "nam lia"}};
  ASSERT_EQ(later.post(kForm, save).status, 303);
  EXPECT_FALSE(shows(later.get(kForm), "This is your draft"));
  EXPECT_FALSE(shows(later.get("/"), "Your drafts"));
}

TEST_F(DraftPages, APageThatKeepsThemByItselfGetsTheTimeAlone) {
  auto form = form_of(browser_.get(kForm));
  form.add("draft", "1");
  net::Headers by_script;
  by_script.set("HX-Request", "true");
  const auto kept = browser_.send("POST", kForm, form, by_script);
  EXPECT_EQ(kept.status, 200);
  EXPECT_TRUE(kept.body.starts_with("<span id=\"draft-state\"")) << kept.body;
  EXPECT_TRUE(shows(browser_.get(kForm), kTyped));
  const auto dropped = browser_.post(kForm, {{"csrf", std::string(form.get("csrf"))}, {"no-draft", "1"}});
  EXPECT_EQ(dropped.status, 303);
  EXPECT_FALSE(shows(browser_.get(kForm), kTyped));
}

TEST_F(DraftPages, AnAmendmentGoesOnFromWhatItWasMadeFrom) {
  const auto id = world_.talks(world_.post(), "Nơi cũ");
  const auto edit = "/records/" + id.hex() + "/edit";
  const auto page = browser_.get(edit);
  net::Fields form = {{"csrf", Browser::hidden(page, "csrf")},
                      {"seen", Browser::hidden(page, "seen")},
                      {"base", Browser::hidden(page, "base")},
                      {"v.place.text", kTyped},
                      {"draft", "1"}};
  const auto unescaped = [](std::string text) {
    for (std::size_t at = 0; (at = text.find("&quot;", at)) != std::string::npos;) text.replace(at, 6, "\"");
    return text;
  };
  form.set("base", unescaped(std::string(form.get("base"))));
  ASSERT_EQ(browser_.post(edit, form).status, 303);
  const auto again = browser_.get(edit);
  EXPECT_TRUE(shows(again, kTyped));
  EXPECT_EQ(Browser::hidden(again, "seen"), form.get("seen"));
}

// A draft shows nothing that its person did not type himself, whatever the form had before him.
TEST_F(DraftPages, HoldNothingRestrictedAndNothingThatStoodThereBefore) {
  constexpr const char* kStood = "chuyện chỉ trưởng đồn biết";
  const auto id = world_.talks(world_.post(), "Nơi bí mật cũ");
  const auto edit = "/records/" + id.hex() + "/edit";
  const auto page = browser_.get(edit);
  EXPECT_EQ(browser_
                .post(edit, {{"csrf", Browser::hidden(page, "csrf")},
                             {"seen", Browser::hidden(page, "seen")},
                             {"base", R"({"place":{"text":"Nơi bí mật cũ"}})"},
                             {"v.place.text", "Nơi bí mật cũ"},
                             {"v.summary", kTyped},
                             {"v.no_such_field", kStood},
                             {"kept.v.summary", kStood},
                             {"draft", "1"}})
                .status,
            303);
  EXPECT_TRUE(shows(browser_.get(edit), kTyped));
  int restricted = 0;
  for (const auto& type : world_.ledger().world()->catalog->types())
    for (const auto& field : type.fields) {
      if (field.handling.value_or(type.handling) != catalog::Handling::kRestricted) continue;
      const auto path = "/records/new?type=" + type.id;
      const auto form = browser_.get(path);
      if (form.status != 200) continue;
      ++restricted;
      browser_.post(
          path,
          {{"csrf", Browser::hidden(form, "csrf")}, {"once", Browser::hidden(form, "once")}, {"v." + field.id, kStood}, {"draft", "1"}});
      EXPECT_FALSE(shows(browser_.get(path), kStood)) << type.id << "." << field.id;
    }
  ASSERT_GT(restricted, 0);
  for (const auto* name : {"drafts.db", "drafts.db-wal"}) {
    const auto bytes = read_file(world_.ledger().dir() / name).value_or("");
    EXPECT_EQ(bytes.find("m%E1%BA%ADt%20c%C5%A9"), std::string::npos) << "what stood there: " << name;
    EXPECT_EQ(bytes.find("tr%C6%B0%E1%BB%9Fng"), std::string::npos) << "what is restricted: " << name;
  }
}

TEST_F(DraftPages, APageLeftOpenAfterSavingKeepsNothing) {
  auto form = form_of(browser_.get(kForm));
  net::Fields save = form;
  for (const auto& [name, value] : net::Fields{{"save", "1"},
                                               {"v.when.from", "06/05/2024"},
                                               {"v.status", "held"},
                                               {"v.level", "post"},
                                               {"v.sub_kind", "periodic"},
                                               {"v.lead_unit", "vn-post-a"},
                                               {"v.counterpart_units.0.ref", "nam lia"}})
    save.add(name, value);
  ASSERT_EQ(browser_.post(kForm, save).status, 303);
  form.add("draft", "1");
  browser_.post(kForm, form);
  EXPECT_FALSE(shows(browser_.get(kForm), "This is your draft"));
}

// What is typed into a sealed field is in no file of the node, drafts included.
TEST_F(DraftPages, HoldNothingThatMustBeSealed) {
  constexpr const char* kSecret = "0912-345-678-bi-mat";
  const auto& types = world_.ledger().world()->catalog->types();
  int tried = 0;
  for (const auto& type : types)
    for (const auto& field : type.fields) {
      if (field.kind != catalog::FieldKind::kPersonal) continue;
      const auto path = "/records/new?type=" + type.id;
      const auto page = browser_.get(path);
      if (page.status != 200) continue;
      ++tried;
      EXPECT_EQ(browser_
                    .post(path, {{"csrf", Browser::hidden(page, "csrf")},
                                 {"once", Browser::hidden(page, "once")},
                                 {"v." + field.id, kSecret},
                                 {"draft", "1"}})
                    .status,
                303);
      EXPECT_FALSE(shows(browser_.get(path), kSecret)) << type.id << "." << field.id;
    }
  ASSERT_GT(tried, 0);
  for (const auto* name : {"drafts.db", "drafts.db-wal"}) {
    const auto bytes = read_file(world_.ledger().dir() / name);
    EXPECT_TRUE(!bytes || bytes->find(kSecret) == std::string::npos) << name;
  }
}

}  // namespace
}  // namespace nc::web
