// The figures pages over the real public record: what shows, what never shows, where links lead.
#include "face/web/figures/imported_site_test.h"

#include <fstream>
#include <regex>

#include "base/json.h"
#include "base/url_text.h"
#include "insight/stats/closing.h"

namespace nc::web::test {
namespace {

constexpr const char* kMondulkiri = "/figures?unit=vn-bg-daklak&counterpart=Mondulkiri&from=2013&to=2022-12";

class FiguresPage : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (made_) return;
    made_ = true;
    imported_site().account("national", "national_staff", "vn-gov", "restricted");
    imported_site().account("daklak", "provincial_staff", "vn-bc-daklak", "internal");
    imported_site().account("guides", "national_staff", "vn-gov", "restricted", "vn-bg");
    imported_site().account("runs", "administrator", "vn-bg", "open");
  }
  static net::Response get(const std::string& target, const std::string& login = "national", const std::string& lang = "vi") {
    return imported_site().get(login, target, lang);
  }
  static std::string page(const std::string& target, const std::string& login = "national", const std::string& lang = "vi") {
    const auto response = get(target, login, lang);
    EXPECT_EQ(response.status, 200) << target;
    return response.body;
  }

 private:
  static inline bool made_ = false;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
// A number as text between tags, not a part of another number.
bool shows_number(const std::string& html, const std::string& number) {
  return std::regex_search(html, std::regex(">[^<]*\\b" + number + "\\b(?![.,]\\d)[^<]*<"));
}

TEST_F(FiguresPage, A106ShowsWithItsPartsAnd212Never) {
  const auto html = page(kMondulkiri);
  EXPECT_TRUE(shows_number(html, "106"));
  EXPECT_TRUE(std::regex_search(html, std::regex("cấp tỉnh <a[^>]*>8</a>")));
  EXPECT_TRUE(std::regex_search(html, std::regex("cấp đồn <a[^>]*>98</a>")));
  EXPECT_FALSE(shows_number(html, "212"));
  EXPECT_TRUE(shows_number(html, "73"));
  EXPECT_TRUE(has(html, ">1.384</a>"));
  const auto english = page(kMondulkiri, "national", "en");
  EXPECT_TRUE(std::regex_search(english, std::regex("Declared 106 \\(exact\\), recorded [0-9]+ in single reports")));
  EXPECT_TRUE(has(english, ">1,384</a>"));
}

TEST_F(FiguresPage, QualifiersStandAsPrinted) {
  const auto html = page("/figures?unit=vn-bg&line=guidance&to=2023-01");
  for (const auto* text : {">gần 60</a>", ">18</a>", ">gần 200</a>", ">hơn 200</a>"}) EXPECT_TRUE(has(html, text)) << text;
}

// Its line of command ended on 30/06/2025; what happens under it since stands on the line of guidance.
TEST_F(FiguresPage, WithoutAQuestionTheOwnUnitOpensOnItsLineOfTodayAndItsLatestYear) {
  const auto now = page("/figures?unit=vn-bg&line=guidance&from=2026&to=2026&rows=kind", "guides", "en");
  ASSERT_TRUE(has(now, "/figures/records?")) << "the public record has reports of 2026";
  for (const auto* target : {"/figures", "/period"}) {
    const auto html = page(target, "guides", "en");
    for (const auto* text :
         {"value=\"vn-bg\"", "<option value=\"guidance\" selected", "name=\"from\" value=\"2026\"", "name=\"to\" value=\"2026\""})
      EXPECT_TRUE(has(html, text)) << target << ": " << text;
    EXPECT_FALSE(has(html, "Nothing is recorded for 2026")) << target;
  }
  EXPECT_TRUE(has(page("/period", "guides", "en"), "What each unit that owes a report has said"));
  // A unit that commands keeps to the usual line; an empty question of one's own stays empty.
  EXPECT_FALSE(has(page("/figures", "daklak", "en"), "<option value=\"guidance\" selected"));
  EXPECT_FALSE(has(page("/period?unit=", "guides", "en"), "What each unit that owes a report has said"));
}

// Đắk Lắk reported under its former name until 30/06/2025.
TEST_F(FiguresPage, AUnitThatOnlyReportedUnderItsFormerNameOpensOnThat) {
  const auto html = page("/figures", "daklak", "en");
  EXPECT_TRUE(has(html, "value=\"vn-bc-daklak\""));
  EXPECT_FALSE(has(html, "No report yet for this question"));
  EXPECT_TRUE(has(html, "the latest year with reports. They were reported by the units that it came from."));
  EXPECT_TRUE(has(html, "/figures/records?"));
}

// What a period of a unit holds is what stood under its name then, on both pages; what it was before is one link away.
TEST_F(FiguresPage, APeriodIsReadAsRecordedAndNamesThePeriodOfTheFormerUnit) {
  const auto fresh = page("/period", "daklak", "en");
  EXPECT_TRUE(has(fresh, "value=\"vn-bc-daklak\""));
  EXPECT_FALSE(has(fresh, "Nothing is recorded for"));
  EXPECT_TRUE(std::regex_search(
      fresh, std::regex("href=\"/period\\?unit=vn-bg-daklak&amp;from=20\\d\\d&amp;to=20\\d\\d\">[^<]*</a>: latest records in 20\\d\\d")))
      << fresh;
  EXPECT_TRUE(has(fresh, "There is nothing to close"));
  EXPECT_FALSE(has(fresh, "Prepare the closing"));
  const std::string asked = "?unit=vn-bc-daklak&from=2023&to=2023";
  const auto period = page("/period" + asked, "daklak", "en"), figures = page("/figures" + asked, "daklak", "en");
  EXPECT_TRUE(has(period, "The unit did not stand in this period, and owes nothing for it."));
  const std::regex former("href=\"/(period|figures)\\?from=2023&amp;to=2023&amp;unit=vn-bg-daklak\">[^<]*</a>: ([0-9]+) record");
  std::smatch on_period, on_figures;
  ASSERT_TRUE(std::regex_search(period, on_period, former)) << period;
  ASSERT_TRUE(std::regex_search(figures, on_figures, former)) << figures;
  EXPECT_EQ(on_period[2], on_figures[2]);
  const auto before = page("/period?unit=vn-bg-daklak&from=2023&to=2023", "daklak", "en");
  EXPECT_TRUE(has(before, "Prepare the closing")) << before;
}

// Since 7/2025 the boards stand under the command by guidance alone: the figures count them, so they are asked.
TEST_F(FiguresPage, WhoReportedIsAskedOnTheLineThatTheFiguresFollow) {
  const auto html = page("/overview", "guides", "en");
  std::smatch said;
  ASSERT_TRUE(std::regex_search(html, said, std::regex("0 of ([0-9]+) units reported, as of [0-9/]+; line of professional guidance")))
      << html;
  EXPECT_GT(std::stoi(said[1]), 25);
  EXPECT_TRUE(has(html, "line=guidance"));
}

// Whoever signs a closing reads it in words; what only programs check is folded away, and not on paper.
TEST_F(FiguresPage, AClosingIsReadableWhereItIsSigned) {
  auto& ledger = imported_site().ledger();
  const auto who = ledger.subject("national").value();
  const auto world = ledger.world();
  const auto* type = world->catalog->find("period_closing");
  ASSERT_TRUE(type);
  stats::Query query;
  query.unit = imported_site().unit("vn-bg-daklak");
  query.from = to_day(2013, 1, 1);
  query.to = to_day(2022, 12, 31);
  const auto read = access::ReadScope::resolve(stats::closing_reader(who, *type), access::Action::kCount, *world->tree, *world->catalog);
  const auto made = stats::new_closing(*type, query, imported_site().columns(), read, *world, who.today);
  ASSERT_TRUE(made) << made.error().english();
  const auto written = ledger.create_closing(who, *made);
  ASSERT_TRUE(written) << written.error().error.english();
  const auto record = "/records/" + written->id.hex();
  for (const auto& target : {record, std::string(record + "/print")}) {
    const auto html = page(target);
    EXPECT_TRUE(has(html, "Chốt kỳ: ")) << target;
    const auto table = html.substr(html.find("Số liệu như khi chốt"), html.find("</table>") - html.find("Số liệu như khi chốt"));
    EXPECT_TRUE(has(table, "Tuần tra song phương")) << target << table;
    for (const auto* code : {"kh-", "_all", "post;"}) EXPECT_FALSE(has(table, code)) << code << " " << table;
    EXPECT_TRUE(has(html, "Cách tính")) << target;
    EXPECT_TRUE(has(html, "01/01/2013 – 31/12/2022; đến thời điểm ")) << target;
    EXPECT_TRUE(std::regex_search(html, std::regex("<strong class=\"short-code\">[0-9A-Z]{5}-[0-9A-Z]{5}</strong>"))) << target;
    EXPECT_TRUE(has(html, "/figures?unit=vn-bg-daklak&amp;line=command&amp;from=01%2F01%2F2013&amp;to=31%2F12%2F2022</code>")) << target;
    const auto checking = html.find("Để kiểm tra");
    EXPECT_EQ(checking == std::string::npos, target != record);
    EXPECT_GE(html.find("&quot;handling&quot;"), checking) << target;
  }
}

TEST_F(FiguresPage, ATotalIsNotAddedToItsPartAndWhatWasReceivedNotToWhatWasGiven) {
  const auto values = [](const std::string& asked, const std::string& measure) {
    const auto json = parse_json(page("/figures.json?kind=aid&" + asked), {16 * 1024 * 1024, false});
    std::vector<std::string> out;
    for (const auto& figure : (*json)["figures"].as_array())
      if (figure.text("measure") == measure && figure["declared"].is_null()) out.push_back(canonical(figure["recorded"]));
    return out;
  };
  const std::vector<std::string> gifts{"700000000"}, supplies{"3000000000"};
  EXPECT_EQ(values("from=2023-11&to=2023-11", "value_vnd"), gifts) << "E022 says that it holds the 250 million of E021";
  EXPECT_EQ(values("from=2023-01&to=2023-01", "value_vnd_received"), supplies) << "E035 came from China";
  EXPECT_TRUE(values("from=2023-01&to=2023-01", "value_vnd").empty());
  EXPECT_TRUE(has(page("/figures?kind=aid&from=2023&to=2023"), "đồng (bạn sang ta)"));
  const auto table = page("/figures?kind=aid&measure=value_vnd&rows=month&from=2023-11&to=2023-11");
  EXPECT_TRUE(has(table, ">700.000.000</a>"));
  EXPECT_FALSE(has(table, "950.000.000"));
  EXPECT_TRUE(
      has(page("/figures/records?kind=aid&measure=value_vnd&rows=month&from=2023-11&to=2023-11&row=2023-11&cell=1"), "list-total\">1 "));
}

TEST_F(FiguresPage, EachIndicatorIsCountedInItsOwnUnit) {
  const auto html = page("/figures?line=guidance");
  for (const auto* terms : {"\">viên · ", "\">lượt phương tiện · ", "\">công trình (ta sang bạn) · ", "\">cái, vật, việc · "})
    EXPECT_TRUE(has(html, terms)) << terms;
  for (const auto* name : {"Viên ma túy thu giữ", "Lượt phương tiện qua cửa khẩu", "Công trình viện trợ", "Vật tư, hàng hóa viện trợ"}) {
    const auto at = html.find(name);
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_FALSE(has(html.substr(at, 200), "\">tin · ")) << name;
  }
}

TEST_F(FiguresPage, StocksOfSeveralLevelsSayWhichLevel) {
  const auto html = page("/figures?kind=twinning&measure=pairs");
  for (const auto* name : {">Kết nghĩa, cấp huyện<", ">Kết nghĩa, cấp đồn<", ">Kết nghĩa, thôn, bản, cụm dân cư<"})
    EXPECT_TRUE(has(html, name)) << name;
}

TEST_F(FiguresPage, TheSummarySaysWhereFiguresDiffer) {
  const auto html = page("/summary", "national", "en");
  EXPECT_TRUE(std::regex_search(html, std::regex("Declared 106 \\(exact\\), recorded [0-9]+ in single reports")));
  EXPECT_FALSE(has(page("/figures?unit=vn-bg&line=guidance&kind=pupil", "national", "en"), "Sources differ: 1,000 (S280) and 16 (S280)"))
      << "one article, two groups";
}

TEST_F(FiguresPage, TheOwnCountryIsNoPartner) {
  for (const auto* target :
       {"/figures?unit=vn-bg&line=guidance&to=2023-01", "/figures?unit=vn-bg&line=guidance&from=2025&to=2025", "/summary"}) {
    const auto html = page(target);
    EXPECT_FALSE(has(html, "với Việt Nam")) << target;
    EXPECT_FALSE(has(html, "Việt Nam, Lào")) << target;
  }
  EXPECT_TRUE(has(page("/figures?counterpart=VN&from=2025&to=2025"), "với Việt Nam")) << "who asks for it is told so";
}

TEST_F(FiguresPage, TheOverviewBeginsWithTheSummary) {
  const auto html = page("/overview");
  for (const auto* text : {"Đắk Lắk với Mondulkiri", ">106<", ">1.384<", ">gần 60<", "href=\"/summary\""})
    EXPECT_TRUE(has(html, text)) << text;
}

TEST_F(FiguresPage, EveryLinkOfTheAnswerLeadsSomewhere) {
  std::set<std::string> seen;
  for (const auto* start :
       {kMondulkiri, "/figures?unit=vn-bg&line=guidance&rows=kind&columns=year&from=2024&to=2026", "/summary", "/overview", "/"})
    for (const auto& link : links_of(page(start))) {
      if (link.starts_with("/assets/") || link.find("lang=") != std::string::npos || !seen.insert(link).second) continue;
      EXPECT_EQ(get(link).status, 200) << link;
    }
  EXPECT_GT(seen.size(), 40U);
}

TEST_F(FiguresPage, ANumberOpensAsManyRecordsAsItSays) {
  const auto html = page("/figures?from=2024&to=2024&rows=kind");
  const std::regex cell("href=\"(/figures/records[^\"]*)\">([0-9.]+)</a>");
  std::size_t looked = 0;
  for (std::sregex_iterator at(html.begin(), html.end(), cell), end; at != end; ++at, ++looked) {
    auto link = (*at)[1].str();
    for (auto amp = link.find("&amp;"); amp != std::string::npos; amp = link.find("&amp;")) link.replace(amp, 5, "&");
    const auto behind = page(link);
    EXPECT_TRUE(has(behind, "list-total\">" + (*at)[2].str() + " ")) << link;
  }
  EXPECT_GT(looked, 2U);
}

TEST_F(FiguresPage, WhatNobodyReportedIsNotZero) {
  const auto html = page("/figures?unit=vn-bc-daklak&kind=talks&from=1990&to=1991", "national", "en");
  EXPECT_TRUE(has(html, "no report yet"));
  EXPECT_FALSE(std::regex_search(html, std::regex(">\\s*0\\s*</a>")));
}

TEST_F(FiguresPage, TheQuestionStaysInTheAddressAndInTheForm) {
  const auto html = page(kMondulkiri);
  EXPECT_TRUE(has(html, "value=\"vn-bg-daklak\""));
  EXPECT_TRUE(has(html, "value=\"Mondulkiri\""));
  EXPECT_TRUE(has(html, "/figures.csv?unit=vn-bg-daklak&amp;counterpart=Mondulkiri&amp;from=2013&amp;to=2022-12"));
}

TEST_F(FiguresPage, WrongInputIsRefusedBesideItsFieldAndKept) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"unit", "vn-nowhere"}, {"line", "sideways"},   {"kind", "no_such_kind"}, {"detail", "no_such_detail"},
      {"level", "galactic"},  {"measure", "parsecs"}, {"from", "31/02/2024"},   {"to", "21/11"},
      {"as", "someday"},      {"rows", "colour"},     {"columns", "x<script>"}, {"unit", "Đồn Biên phòng"}};
  for (const auto& [name, value] : cases) {
    const auto target = "/figures?" + name + "=" + url_encode(value);
    const auto response = get(target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_TRUE(has(response.body, "href=\"#f-" + name + "\"")) << target;
    EXPECT_FALSE(has(response.body, "<script>")) << target;
    if (name == "unit" || name == "from" || name == "to" || name == "as") {
      EXPECT_TRUE(has(response.body, "value=\"" + value + "\"")) << target;
    }
    EXPECT_EQ(get("/figures.csv?" + name + "=" + url_encode(value)).status, 400);
    EXPECT_EQ(get("/figures.json?" + name + "=" + url_encode(value)).status, 400);
    EXPECT_EQ(get("/figures/records?" + name + "=" + url_encode(value)).status, 400);
  }
  EXPECT_EQ(get("/figures?columns=year").status, 400) << "columns without rows";
  EXPECT_EQ(get("/figures?rows=year&columns=year").status, 400);
  EXPECT_EQ(get("/figures?from=2024&to=2023").status, 400);
  EXPECT_EQ(get("/figures/records?from=2024&figure=nothing").status, 404);
  EXPECT_EQ(get("/figures/records?from=2024&rows=kind&cell=1&row=nothing").status, 404);
}

TEST_F(FiguresPage, ExportsSayTheSameAsThePage) {
  const auto json =
      parse_json(page("/figures.json?unit=vn-bg-daklak&counterpart=Mondulkiri&from=2013&to=2022-12"), {16 * 1024 * 1024, false});
  ASSERT_TRUE(json);
  const auto& figures = (*json)["figures"].as_array();
  EXPECT_TRUE(std::ranges::any_of(
      figures, [](const Json& figure) { return figure["declared"] == Json(106) && figure["parts"].as_array().size() == 2; }));
  EXPECT_TRUE(std::ranges::none_of(figures, [](const Json& figure) { return figure["declared"] == Json(212); }));
  EXPECT_TRUE(std::ranges::any_of(figures, [](const Json& figure) {
    return std::ranges::any_of(figure["differences"].as_array(),
                               [](const Json& difference) { return has(difference.text("text"), "106"); });
  }));
  EXPECT_TRUE((*json)["nodes_below"].is_object()) << "as `nhipcau figures` and /api/v1";
  const auto csv = get("/figures.csv?from=2024&to=2024&rows=kind");
  EXPECT_EQ(csv.headers.get("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_TRUE(csv.body.starts_with("\xEF\xBB\xBFkind,"));
  EXPECT_TRUE(has(csv.body.substr(0, csv.body.find('\n')), ",rule,question"));
  EXPECT_TRUE(has(csv.body, "trong phạm vi") && has(csv.body, "rows=kind")) << csv.body;
}

TEST_F(FiguresPage, WhoReadsNothingFindsNothing) {
  for (const auto* path : {"/figures", "/figures.csv", "/figures.json", "/figures/records", "/summary", "/units", "/counterparts"}) {
    EXPECT_EQ(get(path, "runs").status, 404) << path;
    EXPECT_EQ(get(path, "nobody").status, 303) << path;
  }
}

TEST_F(FiguresPage, HiddenRecordsChangeNoByteForALowerReader) {
  const std::vector<std::string> targets = {
      kMondulkiri, "/figures?from=2024&to=2026",      "/figures?from=2024&to=2026&rows=kind&columns=level",
      "/summary",  "/figures.json?from=2024&to=2026", "/units/vn-bc-daklak"};
  // Each form has a number of its own against a second click.
  const auto seen = [&](const std::string& target) {
    static const std::regex once("name=\"once\" value=\"[0-9a-f]{32}\"");
    return std::regex_replace(page(target, "daklak"), once, "");
  };
  std::vector<std::string> before;
  for (const auto& target : targets) before.push_back(seen(target));
  const auto upper = page("/figures?from=2024&to=2026&rows=kind");
  auto& site = imported_site();
  Json values;
  values.set("sub_kind", "periodic")
      .set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 5, 6), DatePrecision::kDay, false})}}));
  values.set("status", "held").set("level", "post").set("lead_unit", site.unit("vn-bg-daklak").hex()).set("counterpart_unnamed", true);
  values.set("countries", JsonArray{Json("KH"), Json("VN")});
  const auto written =
      site.ledger().create(site.ledger().console(), {std::nullopt, "talks", values, catalog::Handling::kRestricted, std::nullopt});
  ASSERT_TRUE(written) << written.error().error.english();
  for (std::size_t i = 0; i < targets.size(); ++i) EXPECT_EQ(seen(targets[i]), before[i]) << targets[i];
  EXPECT_NE(page("/figures?from=2024&to=2026&rows=kind"), upper) << "who may see it counts it";
}

// Pages to be looked at, beside the assets: <build>/samples.
TEST_F(FiguresPage, LeavesPagesToLookAt) {
  const auto dir = fs::path(NC_BINARY_DIR) / "samples";
  fs::create_directories(dir);
  const std::vector<std::pair<std::string, std::string>> all = {{"figures", kMondulkiri},
                                                                {"figures-national", "/figures?unit=vn-bg&line=guidance&to=2023-01"},
                                                                {"figures-year", "/figures?from=2025&to=2025"},
                                                                {"figures-pivot", "/figures?from=2020&to=2026&rows=kind&columns=year"},
                                                                {"figures-behind", "/figures/records?from=2024&to=2026&figure=%3Acount%3A"},
                                                                {"summary", "/summary"},
                                                                {"overview", "/overview"},
                                                                {"units", "/units"},
                                                                {"units-search", "/units?q=dak+lak"},
                                                                {"counterparts", "/counterparts"},
                                                                {"unit", "/units/vn-bc-daklak"},
                                                                {"unit-foreign", "/units/kh-pol-mondulkiri"}};
  for (const auto& [name, target] : all) {
    const auto response = get(target);
    std::ofstream(dir / ("web-" + name + ".html")) << response.body;
    EXPECT_TRUE(has(response.body, "</html>")) << target;
  }
  EXPECT_EQ(get("/figures?unit=vn-nowhere&from=31/02/2024").status, 400);
  std::ofstream(dir / "web-figures-wrong.html") << get("/figures?unit=vn-nowhere&from=31/02/2024").body;
}

// Bars say nothing that the table does not say in words and numbers; the address leads back to the question.
TEST_F(FiguresPage, ATableStandsAsBarsTooWithItsAddressAndCode) {
  const auto html = page("/figures?unit=vn-bg-daklak&rows=kind&columns=year");
  EXPECT_TRUE(has(html, "<figure class=\"chart\">"));
  EXPECT_TRUE(std::regex_search(html, std::regex("<rect class=\"bar-fill\" width=\"1000\" height=\"10\">"))) << "the longest is full";
  EXPECT_FALSE(std::regex_search(html, std::regex("bar-fill\" width=\"(-|1[0-9]{4}|[2-9][0-9]{3})"))) << "none is longer";
  EXPECT_TRUE(has(html, "/figures?unit=vn-bg-daklak&amp;rows=kind&amp;columns=year</code>"));
  EXPECT_TRUE(has(html, "<svg class=\"qr\""));
  EXPECT_FALSE(has(page("/figures?unit=vn-bg-daklak"), "class=\"chart\"")) << "without a table there are no bars";
}

}  // namespace
}  // namespace nc::web::test
