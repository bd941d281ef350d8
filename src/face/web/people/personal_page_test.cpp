// Personal data on the pages: entered, read for a purpose that is written down, erased by two, and who read them.
#include <gtest/gtest.h>

#include <filesystem>

#include "face/web/small_site_test.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

constexpr const char* kPassphrase = "khoa-ky-rat-dai";
constexpr const char* kName = "Trần Thị Thử Nghiệm";

class PersonalPage : public ::testing::Test {
 protected:
  PersonalPage() {
    records::test::allow_restricted(world_.ledger());
    world_.add_account("custodian", "pupil_custodian", world_.post(), "restricted");
    world_.add_account("approver", "approver", world_.post(), "restricted");
    world_.add_account("inspector", "inspector", world_.post(), "restricted");
    for (auto* browser : {&custodian_, &approver_, &inspector_, &officer_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    custodian_.log_in("custodian");
    approver_.log_in("approver");
    inspector_.log_in("inspector");
    officer_.log_in("officer");
  }
  net::Response send(Browser& browser, const std::string& page, const net::Fields& fields) {
    auto form = fields;
    form.set("csrf", Browser::hidden(browser.get("/account"), "csrf"));
    return browser.post(page, form);
  }
  // Entered on the form, as its custodian does.
  std::string enter() {
    const auto form = custodian_.get("/records/new?type=pupil");
    EXPECT_TRUE(shows(form, "name=\"v.person_name\""));
    const auto saved = custodian_.post("/records/new?type=pupil", {{"csrf", Browser::hidden(form, "csrf")},
                                                                   {"once", Browser::hidden(form, "once")},
                                                                   {"save", "1"},
                                                                   {"v.code", "HS-01"},
                                                                   {"v.programme", "steps"},
                                                                   {"v.side", "domestic"},
                                                                   {"v.lead_unit", "vn-post-a"},
                                                                   {"v.status", "held"},
                                                                   {"v.consent_support", "both"},
                                                                   {"v.started_on", "05/09/2024"},
                                                                   {"v.person_name", kName},
                                                                   {"v.persons.total", "1"}});
    EXPECT_EQ(saved.status, 303) << saved.body;
    return location(saved).substr(0, location(saved).find('?'));
  }
  std::size_t readings() {
    return test::must(world_.ledger().audit().list(
                          {.action = std::string(access::audited::kReadPersonal), .outcome = access::AuditOutcome::kDone}))
        .rows.size();
  }
  net::Response sign(Browser& browser, const std::string& record) {
    return send(browser, record + "/erase", {{"reason", "hết thời hạn"}, {"password", SmallSite::kPassword}, {"passphrase", kPassphrase}});
  }

  SmallSite world_;
  Browser custodian_{world_}, approver_{world_}, inspector_{world_}, officer_{world_};
};

TEST_F(PersonalPage, ReadForAPurposeByTheCustodianAloneAndWrittenDown) {
  const auto record = enter();
  for (auto* browser : {&custodian_, &approver_, &inspector_}) EXPECT_FALSE(shows(browser->get(record), kName));
  EXPECT_TRUE(shows(custodian_.get(record), "Read for this purpose"));
  EXPECT_FALSE(shows(approver_.get(record), "Read for this purpose"));
  EXPECT_TRUE(shows(send(custodian_, record + "/personal", {{"purpose", ""}}), "f-purpose-error"));
  EXPECT_TRUE(shows(send(custodian_, record + "/personal", {{"purpose", "other"}, {"more", " "}}), "f-more-error"));
  EXPECT_EQ(readings(), 0U);
  EXPECT_TRUE(shows(send(custodian_, record + "/personal", {{"purpose", "curiosity"}, {"more", "x"}}), "f-purpose-error"));
  const auto read = send(custodian_, record + "/personal", {{"purpose", "visit"}, {"more", "kế hoạch 12"}});
  EXPECT_TRUE(shows(read, kName)) << read.body;
  EXPECT_EQ(readings(), 1U);
  const auto refused = send(approver_, record + "/personal", {{"purpose", "check"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(shows(refused, "only to their custodian"));
  EXPECT_FALSE(shows(refused, kName));
  EXPECT_EQ(send(officer_, record + "/personal", {{"purpose", "check"}}).status, 404) << "below its handling";
  EXPECT_EQ(readings(), 1U);
}

TEST_F(PersonalPage, TheInspectorSeesWhoReadThemWhenAndForWhat) {
  const auto record = enter();
  send(custodian_, record + "/personal", {{"purpose", "visit"}, {"more", "kế hoạch 12"}});
  const auto page = inspector_.get(record);
  const auto target = "/audit?record=" + record.substr(record.rfind('/') + 1) + "&amp;action=read-personal";
  EXPECT_TRUE(shows(page, target)) << page.body;
  const auto trail = inspector_.get("/audit?action=read-personal&record=" + record.substr(record.rfind('/') + 1));
  EXPECT_TRUE(shows(trail, ": kế hoạch 12")) << "in words, not by its id";
  EXPECT_FALSE(shows(trail, "@visit"));
  EXPECT_TRUE(shows(trail, "Chức trách custodian"));
  EXPECT_FALSE(shows(trail, kName));
  EXPECT_FALSE(shows(custodian_.get(record), "/audit?record="));
}

TEST_F(PersonalPage, NotShownWhileItCannotBeWrittenDown) {
  const auto record = enter();
  const auto file = world_.ledger().audit().file();
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  Browser fresh(world_);
  const auto read = send(custodian_, record + "/personal", {{"purpose", "visit"}});
  EXPECT_NE(read.status, 200);
  EXPECT_FALSE(shows(read, kName));
}

TEST_F(PersonalPage, AmendedInTheFormWithoutBeingShownThere) {
  const auto record = enter();
  const auto form = custodian_.get(record + "/edit");
  EXPECT_FALSE(shows(form, kName));
  net::Fields fields{{"csrf", Browser::hidden(form, "csrf")},
                     {"seen", Browser::hidden(form, "seen")},
                     {"save", "1"},
                     {"v.code", "HS-01"},
                     {"v.programme", "steps"},
                     {"v.side", "domestic"},
                     {"v.lead_unit", "vn-post-a"},
                     {"v.status", "held"},
                     {"v.consent_support", "both"},
                     {"v.started_on", "05/09/2024"},
                     {"v.person_school", "Trường A, lớp 3"},
                     {"v.person_name", ""},
                     {"v.persons.total", "1"}};
  const auto id = RecordId::from_hex(record.substr(record.rfind('/') + 1)).value();
  auto base = test::must(world_.ledger().read(world_.ledger().console(), id)).values;
  base.erase("person_name");
  fields.set("base", canonical(base));
  const auto saved = custodian_.post(record + "/edit", fields);
  EXPECT_EQ(location(saved), record + "?done=amended") << saved.body;
  const auto read = send(custodian_, record + "/personal", {{"purpose", "correction"}});
  EXPECT_TRUE(shows(read, "Trường A, lớp 3"));
  EXPECT_TRUE(shows(read, kName)) << "left empty it stays";
}

// What is closed to somebody is not offered to him to write, and refused when it is sent all the same.
TEST_F(PersonalPage, TheFormOffersNobodyWhatHeMayNotRead) {
  const auto form = officer_.get("/records/new?type=pupil&whole=1");
  ASSERT_TRUE(shows(form, "name=\"v.code\""));
  for (const auto* field : {"person_name", "person_school", "consent_paper"})
    EXPECT_FALSE(shows(form, std::string("name=\"v.") + field)) << field;
  const auto saved = officer_.post("/records/new?type=pupil", {{"csrf", Browser::hidden(form, "csrf")},
                                                               {"once", Browser::hidden(form, "once")},
                                                               {"save", "1"},
                                                               {"v.code", "HS-02"},
                                                               {"v.programme", "steps"},
                                                               {"v.side", "domestic"},
                                                               {"v.lead_unit", "vn-post-a"},
                                                               {"v.status", "held"},
                                                               {"v.consent_support", "both"},
                                                               {"v.started_on", "05/09/2024"},
                                                               {"v.person_name", kName},
                                                               {"v.persons.total", "1"}});
  EXPECT_EQ(saved.status, 403);
  EXPECT_TRUE(shows(saved, "above what you may read")) << saved.body;
  const auto record = enter();
  EXPECT_FALSE(shows(officer_.get(record + "/edit"), "name=\"v.person_"));
  EXPECT_TRUE(shows(custodian_.get(record + "/edit"), "name=\"v.person_"));
}

TEST_F(PersonalPage, TheHistorySaysThatASealedValueChangedAndLaterThatItIsErased) {
  const auto record = enter();
  const auto id = RecordId::from_hex(record.substr(record.rfind('/') + 1)).value();
  const auto custodian = test::must(world_.ledger().subject("custodian"));
  ASSERT_TRUE(world_.ledger().amend(custodian, {id, {}, Json(JsonObject{{"person_name", Json("Tên khác")}}), {}}));
  const auto page = custodian_.get(record);
  EXPECT_TRUE(shows(page, "<del>•••</del>")) << page.body;
  EXPECT_TRUE(shows(page, "<ins>•••</ins>"));
  EXPECT_FALSE(shows(page, kName));
  world_.make_key("custodian", kPassphrase);
  world_.make_key("approver", kPassphrase);
  sign(custodian_, record);
  EXPECT_TRUE(shows(custodian_.get(record), "<ins>•••</ins>")) << "one person asks";
  ASSERT_EQ(location(sign(approver_, record)), record + "?done=erased");
  for (auto* browser : {&custodian_, &approver_}) {
    const auto after = browser->get(record);
    EXPECT_TRUE(shows(after, "<del>erased</del>")) << after.body;
    EXPECT_TRUE(shows(after, "<ins>erased</ins>"));
    EXPECT_FALSE(shows(after, "•••"));
  }
}

TEST_F(PersonalPage, ErasedByTwoForEver) {
  const auto record = enter();
  EXPECT_TRUE(shows(custodian_.get(record + "/erase"), "no key to sign with"));
  world_.make_key("custodian", kPassphrase);
  world_.make_key("approver", kPassphrase);
  EXPECT_EQ(officer_.get(record + "/erase").status, 404);
  EXPECT_EQ(inspector_.get(record + "/erase").status, 404);
  EXPECT_TRUE(shows(send(custodian_, record + "/erase", {{"reason", " "}, {"password", SmallSite::kPassword}}), "f-reason-error"));
  EXPECT_EQ(location(sign(custodian_, record)), record + "?done=erase-asked");
  EXPECT_TRUE(shows(custodian_.get(record + "/erase"), "You have signed"));
  EXPECT_EQ(location(sign(custodian_, record)), record + "/erase?done=same") << "one person signs once";
  EXPECT_TRUE(shows(send(custodian_, record + "/personal", {{"purpose", "visit"}}), kName)) << "not yet";
  const auto asked = approver_.get(record);
  EXPECT_TRUE(shows(asked, "a second one is needed"));
  EXPECT_TRUE(shows(asked, "hết thời hạn"));
  EXPECT_EQ(location(sign(approver_, record)), record + "?done=erased");
  const auto read = send(custodian_, record + "/personal", {{"purpose", "visit"}});
  EXPECT_FALSE(shows(read, kName));
  EXPECT_TRUE(shows(read, "erased for ever"));
  EXPECT_TRUE(shows(custodian_.get(record), "erased at 1 of 1 holders"));
  EXPECT_EQ(approver_.get(record + "/erase").status, 404);
}

}  // namespace
}  // namespace nc::web
