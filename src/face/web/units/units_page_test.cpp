// Units and counterparts over the real public record.
#include <regex>

#include "face/web/figures/imported_site_test.h"

namespace nc::web::test {
namespace {

class UnitsPage : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!made_) imported_site().account("units", "national_staff", "vn-gov", "restricted");
    made_ = true;
  }
  static std::string page(const std::string& target, int status = 200, const std::string& lang = "vi") {
    const auto response = imported_site().get("units", target, lang);
    EXPECT_EQ(response.status, status) << target;
    return response.body;
  }
  static bool has(const std::string& html, std::string_view part) { return html.find(part) != std::string::npos; }
  static std::string link_to(const std::string& code) { return "/units/" + imported_site().unit(code).hex(); }

 private:
  static inline bool made_ = false;
};

TEST_F(UnitsPage, TheTreeIsOfTheDay) {
  const auto gone = link_to("vn-bg-daklak"), present = link_to("vn-bc-daklak");
  const auto before = page("/units?day=2024"), now = page("/units?day=2026");
  const auto tree_of = [](const std::string& html) { return html.substr(0, html.find("<details class=\"more\"")); };
  EXPECT_TRUE(has(tree_of(before), gone));
  EXPECT_FALSE(has(tree_of(now), gone));
  EXPECT_TRUE(has(tree_of(now), present));
  EXPECT_TRUE(has(now, gone)) << "folded below, to be found";
}

TEST_F(UnitsPage, SearchForgivesMissingMarks) {
  const auto html = page("/units?q=dak+lak");
  EXPECT_TRUE(has(html, link_to("vn-bc-daklak")));
  EXPECT_FALSE(has(html, link_to("vn-navy")));
  EXPECT_TRUE(has(page("/units?q=zzzz", 200, "en"), "No unit fits"));
}

TEST_F(UnitsPage, CounterpartsStandByCountryAndChain) {
  const auto html = page("/counterparts");
  for (const auto* text : {"Campuchia", "Lào", "Trung Quốc", "Campuchia: công an, cảnh sát"}) EXPECT_TRUE(has(html, text)) << text;
  EXPECT_FALSE(has(html, link_to("vn-bg-daklak"))) << "none of ours";
}

TEST_F(UnitsPage, AUnitKnowsWhatItWasAndWhatItBecame) {
  const auto old_page = page("/units/vn-bg-daklak"), new_page = page("/units/vn-bc-daklak");
  EXPECT_TRUE(has(old_page, link_to("vn-bc-daklak")));
  EXPECT_TRUE(has(new_page, link_to("vn-bg-daklak")));
  EXPECT_TRUE(has(page("/units/vn-bc-daklak", 200, "en"), "History through every reorganisation"));
}

TEST_F(UnitsPage, EveryLinkOfAUnitLeadsSomewhere) {
  std::set<std::string> seen;
  for (const auto* code : {"vn-bc-daklak", "kh-pol-mondulkiri"})
    for (const auto& link : links_of(page(std::string("/units/") + code))) {
      if (link.starts_with("/assets/") || link.find("lang=") != std::string::npos || !seen.insert(link).second) continue;
      EXPECT_EQ(imported_site().get("units", link).status, 200) << link;
    }
  EXPECT_GT(seen.size(), 20U);
}

TEST_F(UnitsPage, WrongInputIsRefusedBesideItsField) {
  page("/units?day=31/02/2024", 400);
  page("/units?day=21/11", 400);
  page("/units?line=sideways", 400);
  page("/units/no-such-unit", 404);
  page("/units/00000000000000000000000000000000", 404);
}

}  // namespace
}  // namespace nc::web::test
