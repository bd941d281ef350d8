// Standing in on the pages: handed over with a signature, seen by both, ended by either. And the short-handed post,
// declared and confirmed by the superior on the pages.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"
#include "foundation/i18n/translator.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::shows;
using test::SmallSite;

constexpr const char* kPassphrase = "khoa-ky-rat-dai";

class StandingInPage : public ::testing::Test {
 protected:
  StandingInPage() {
    world_.add_account("deputy", "post_officer", world_.post());
    for (auto* browser : {&officer_, &deputy_, &stranger_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    deputy_.log_in("deputy");
    stranger_.log_in("stranger");
  }
  std::string day(int more) { return i18n::day_text(world_.ledger().today() + more); }
  net::Fields handing(const std::string& to) {
    return {{"to", to},
            {"grant", "0"},
            {"scope", ""},
            {"from", day(0)},
            {"until", day(3)},
            {"reason", "công tác"},
            {"password", SmallSite::kPassword},
            {"passphrase", kPassphrase}};
  }
  net::Response hand_over(net::Fields form) {
    form.set("csrf", Browser::hidden(officer_.get("/account/standing-in/new"), "csrf"));
    return officer_.post("/account/standing-in/new", form);
  }
  net::Response end(Browser& browser, const std::string& record, const std::string& reason) {
    const auto csrf = Browser::hidden(browser.get("/account"), "csrf");
    return browser.post("/account/standing-in/end", {{"csrf", csrf}, {"record", record}, {"reason", reason}});
  }

  SmallSite world_;
  Browser officer_{world_}, deputy_{world_}, stranger_{world_};
};

TEST_F(StandingInPage, WithoutAKeyThePageSaysHowToGetOne) {
  EXPECT_TRUE(shows(officer_.get("/account/standing-in/new"), "no key to sign with"));
}

TEST_F(StandingInPage, HandedOverItIsSeenByBothAndEndedByEither) {
  world_.make_key("officer", kPassphrase);
  ASSERT_EQ(location(hand_over(handing("deputy"))), "/account/standing-in?done=handed-over");
  ASSERT_EQ(world_.ledger().world()->delegations.size(), 1U);
  EXPECT_TRUE(shows(officer_.get("/"), "Chức trách deputy stands in for you"));
  EXPECT_TRUE(shows(deputy_.get("/"), "You stand in for Chức trách officer"));
  EXPECT_TRUE(shows(deputy_.get("/account"), "You stand in for"));
  EXPECT_FALSE(shows(stranger_.get("/"), "stand in for"));
  const auto record = world_.ledger().world()->delegations.front().record.hex();
  EXPECT_TRUE(shows(deputy_.get("/account/standing-in"), record));
  EXPECT_FALSE(shows(stranger_.get("/account/standing-in"), record));
  EXPECT_EQ(end(deputy_, record, " ").status, 422) << "a reason is wanted";
  end(stranger_, record, "tôi muốn thế");
  EXPECT_EQ(world_.ledger().world()->delegations.size(), 1U) << "nobody else ends it";
  EXPECT_EQ(location(end(deputy_, record, "đã về")), "/account/standing-in?done=handed-back");
  EXPECT_TRUE(world_.ledger().world()->delegations.empty());
  EXPECT_FALSE(shows(officer_.get("/"), "stands in for you"));
}

TEST_F(StandingInPage, ALastDayThatIsFarAwayIsAskedAbout) {
  world_.make_key("officer", kPassphrase);
  auto form = handing("deputy");
  form.set("until", day(80 * 365));
  const auto asked = hand_over(form);
  EXPECT_EQ(asked.status, 422);
  EXPECT_TRUE(shows(asked, "name=\"confirm.very_long\"")) << asked.body;
  EXPECT_TRUE(world_.ledger().world()->delegations.empty());
  form.set("confirm.very_long", "biệt phái dài hạn");
  EXPECT_EQ(location(hand_over(form)), "/account/standing-in?done=handed-over");
}

TEST_F(StandingInPage, RefusalsStandBesideWhatIsWrong) {
  world_.make_key("officer", kPassphrase);
  auto odd = handing("khong-co");
  odd.set("grant", "7");
  odd.set("from", "");
  EXPECT_TRUE(shows(hand_over(odd), "f-to-error"));
  EXPECT_TRUE(shows(hand_over(odd), "f-grant-error"));
  EXPECT_TRUE(shows(hand_over(odd), "f-from-error"));
  auto back = handing("deputy");
  back.set("from", day(3));
  back.set("until", day(0));
  EXPECT_TRUE(shows(hand_over(back), "f-until-error"));
  auto wider = handing("deputy");
  wider.set("scope", "vn-post-b");
  const auto refused = hand_over(wider);
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(shows(refused, "Only what you hold yourself can be handed over"));
  auto wrong = handing("deputy");
  wrong.set("passphrase", "không phải");
  EXPECT_TRUE(shows(hand_over(wrong), "f-passphrase-error"));
  EXPECT_TRUE(world_.ledger().world()->delegations.empty());
}

// The post stands under a unit, whose staff declares it short-handed and whose approver confirms.
class ShortHandedPage : public StandingInPage {
 protected:
  ShortHandedPage() {
    Json values;
    values.set("code", "vn-bc-above").set("name", "Ban Chỉ huy").set("own", true).set("country", "VN").set("chain", "VN-defence");
    const auto above = world_.create("unit", values);
    Json row, reorganisation;
    row.set("unit", world_.post().hex()).set("line", "command").set("parent", above.hex()).set("change", "place");
    reorganisation.set("rows", JsonArray{row});
    const auto* type = world_.ledger().world()->catalog->feeding("org-change").front();
    const auto today = catalog::json_from_date({world_.ledger().today(), DatePrecision::kDay, false});
    for (const auto& field : type->fields)
      if (field.required && !reorganisation.has(field.id))
        reorganisation.set(field.id, field.kind == catalog::FieldKind::kDate ? today : Json("x"));
    world_.create(type->id, reorganisation);
    world_.add_account("staff", "provincial_staff", above);
    world_.add_account("superior", "approver", above);
    for (auto* browser : {&staff_, &superior_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    const auto hour = test::must(world_.ledger().subject("officer")).minute / 60;
    world_.clock.now_ms += std::int64_t{23 - hour} * 3'600'000;
    for (const auto& [browser, login] : {std::pair(&staff_, "staff"), std::pair(&superior_, "superior"), std::pair(&officer_, "officer")}) {
      browser->cookies.erase("__Host-nhipcau");
      browser->log_in(login);
      world_.make_key(login, kPassphrase);
    }
  }
  static net::Response sign(Browser& browser, const std::string& record, const std::string& act) {
    const auto page = browser.get(record + "/sign?act=" + act);
    return browser.post(record + "/sign", {{"csrf", Browser::hidden(page, "csrf")},
                                           {"act", act},
                                           {"shown", Browser::hidden(page, "shown")},
                                           {"password", SmallSite::kPassword},
                                           {"passphrase", kPassphrase}});
  }
  Browser staff_{world_}, superior_{world_};
};

TEST_F(ShortHandedPage, DeclaredAndConfirmedByTheSuperior) {
  const auto form = staff_.get("/records/new?type=short_handed_post");
  const auto declared = staff_.post("/records/new?type=short_handed_post", {{"csrf", Browser::hidden(form, "csrf")},
                                                                            {"once", Browser::hidden(form, "once")},
                                                                            {"save", "1"},
                                                                            {"v.unit", "vn-post-a"},
                                                                            {"v.from", day(0)},
                                                                            {"v.until", day(3)},
                                                                            {"v.hour_from", "20"},
                                                                            {"v.hour_until", "6"},
                                                                            {"v.reason", "hai người trực đêm"}});
  ASSERT_EQ(declared.status, 303) << declared.body;
  const auto officer = test::must(world_.ledger().subject("officer"));
  const auto values = test::must(world_.ledger().read(world_.ledger().console(), world_.talks(world_.post()))).values;
  const auto made = world_.ledger().create(officer, {std::nullopt, "talks", values, std::nullopt, std::nullopt});
  ASSERT_TRUE(made) << made.error().error.english();
  ASSERT_TRUE(world_.ledger().transition(officer, {made->id, "submit", ""}));
  const auto record = "/records/" + made->id.hex();
  ASSERT_EQ(location(sign(officer_, record, "approve")), record + "?done=signed");
  EXPECT_TRUE(shows(officer_.get(record), "one person acted alone"));
  EXPECT_TRUE(shows(superior_.get("/"), "To be confirmed by the superior"));
  EXPECT_TRUE(shows(superior_.get(record), record + "/sign?act=confirm"));
  EXPECT_FALSE(shows(officer_.get(record), record + "/sign?act=confirm")) << "not himself";
  ASSERT_EQ(location(sign(superior_, record, "confirm")), record + "?done=signed");
  EXPECT_TRUE(shows(superior_.get(record), "confirmed by the superior"));
  EXPECT_FALSE(shows(superior_.get("/"), "To be confirmed by the superior"));
}

}  // namespace
}  // namespace nc::web
