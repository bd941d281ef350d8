#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "base/files.h"
#include "face/web/sample_pages_test.h"

namespace nc::web {
namespace {

const i18n::Translator& ui(i18n::Lang lang = i18n::Lang::vi) {
  static const auto vi = i18n::Translator::load(NC_BINARY_DIR "/share/locale", i18n::Lang::vi);
  static const auto en = i18n::Translator::load(NC_BINARY_DIR "/share/locale", i18n::Lang::en);
  return lang == i18n::Lang::vi ? vi.value() : en.value();
}

// What stands after each `begin`, up to `end`.
std::vector<std::string> all_between(const std::string& text, const std::string& begin, const std::string& end) {
  std::vector<std::string> out;
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    at += begin.size();
    out.push_back(text.substr(at, text.find(end, at) - at));
  }
  return out;
}

std::vector<std::string> tags(const std::string& document) {
  std::vector<std::string> out;
  for (const auto& inside : all_between(document, "<", ">"))
    if (!inside.starts_with('!')) out.push_back(inside.substr(0, inside.find(' ')));
  return out;
}

bool has_script_or_style(const std::string& document) {
  for (const auto* word : {"<style", " style=", "javascript:"})
    if (document.find(word) != std::string::npos) return true;
  for (const auto& attributes : all_between(document, "<script", ">"))
    if (!attributes.starts_with(" defer src=\"/assets/")) return true;
  for (const auto& inside : all_between(document, "<", ">"))
    for (const auto& name : all_between(inside, " on", "=\""))
      if (!name.empty() && name.find(' ') == std::string::npos && name.find('"') == std::string::npos) return true;
  return false;
}

// The first thing wrong with the document's structure, or empty.
std::string first_fault(const std::string& document) {
  std::vector<std::string> open;
  const std::set<std::string> empty = {"br", "hr", "img", "input", "link", "meta", "wbr", "col"};
  for (const auto& tag : tags(document)) {
    if (tag.front() != '/') {
      if (!empty.contains(tag)) open.push_back(tag);
    } else if (open.empty() || open.back() != tag.substr(1)) {
      return "unbalanced " + tag;
    } else {
      open.pop_back();
    }
  }
  if (!open.empty()) return "left open: " + open.back();
  std::set<std::string> ids;
  for (const auto& id : all_between(document, " id=\"", "\""))
    if (!ids.insert(id).second) return "id twice: " + id;
  for (const auto& attribute : {"for", "aria-describedby", "aria-labelledby", "list", "href"}) {
    const auto begin = std::string(" ") + attribute + (std::string_view(attribute) == "href" ? "=\"#" : "=\"");
    for (const auto& value : all_between(document, begin, "\"")) {
      std::istringstream words(value);
      for (std::string word; words >> word;)
        if (!ids.contains(word)) return std::string(attribute) + " points to nothing: " + word;
    }
  }
  if (has_script_or_style(document)) return "script or style";
  return {};
}

// Checks the page and leaves it in <build>/samples to be looked at.
void expect_good(const std::string& name, const std::string& document) {
  EXPECT_EQ(first_fault(document), "") << name;
  const auto dir = std::filesystem::path(NC_BINARY_DIR) / "samples";
  std::filesystem::create_directories(dir);
  EXPECT_TRUE(write_file_durably(dir / (name + ".html"), document));
}

TEST(Checker, SeesFaults) {
  EXPECT_NE(first_fault("<p><b></p></b>"), "");
  EXPECT_NE(first_fault("<p>"), "");
  EXPECT_NE(first_fault("<p id=\"a\"></p><p id=\"a\"></p>"), "");
  EXPECT_NE(first_fault("<label for=\"b\"></label>"), "");
  EXPECT_NE(first_fault("<a href=\"#c\"></a>"), "");
  EXPECT_NE(first_fault("<p style=\"x\"></p>"), "");
  EXPECT_NE(first_fault("<p onclick=\"x\"></p>"), "");
  EXPECT_EQ(first_fault("<p title=\"a on b\">on x=</p>"), "");
  EXPECT_EQ(first_fault("<p id=\"a\"><br><a href=\"#a\">x</a></p>"), "");
}

TEST(Components, ListPage) {
  auto page = sample::page("Hoạt động đối ngoại", render(sample::activity_list(true), ui()));
  page.actions = button_link("Nhập hoạt động", Url::to("/activities/new"), true);
  page.flashes = {{Tone::kGood, "Đã lưu hội đàm ngày 21/11/2019.", ""}};
  const auto document = render(page, ui());
  expect_good("list", document);
  EXPECT_NE(document.find("1.384 bản ghi"), std::string::npos);
  EXPECT_NE(document.find("aria-sort=\"descending\""), std::string::npos);
  EXPECT_NE(document.find("value=\"dak rue\""), std::string::npos);
}

TEST(Components, EmptyListSaysHowToBegin) {
  const auto document = render(sample::page("Hoạt động đối ngoại", render(sample::activity_list(false), ui())), ui());
  expect_good("empty", document);
  EXPECT_EQ(document.find("<table"), std::string::npos);
  EXPECT_NE(document.find("nhập hoạt động đầu tiên"), std::string::npos);
}

TEST(Components, FormKeepsWhatWasTypedAndPointsToErrors) {
  const auto document = render(sample::page("Nhập hội đàm", render(sample::entry_form(), ui())), ui());
  expect_good("form", document);
  EXPECT_NE(document.find("value=\"31/02/2024\""), std::string::npos);
  EXPECT_NE(document.find("\n1. Duy trì tuần tra song phương.\n2. Trao đổi thông tin &lt;kịp thời&gt;.</textarea>"), std::string::npos);
  EXPECT_NE(document.find("<a href=\"#f-held_on\">Ngày tổ chức</a>"), std::string::npos);
  EXPECT_NE(document.find("<a href=\"#f-persons-theirs\">Thành phần tham dự: Bên bạn</a>"), std::string::npos);
  EXPECT_NE(document.find("aria-describedby=\"f-held_on-error f-held_on-help\""), std::string::npos);
  EXPECT_NE(document.find("name=\"csrf\" value=\"csrf-token\""), std::string::npos);
  EXPECT_NE(document.find("name=\"once\" value=\"once-token\""), std::string::npos);
}

TEST(Components, RecordPage) {
  auto page = sample::page("Hội đàm thường niên Đắk Lắk – Mondulkiri", sample::record_view(ui()));
  page.actions = join(button_link("Sửa", Url::to("/edit"), true), post_button("Hủy hồ sơ", Url::to("/void"), "t", {}, "danger"));
  page.flashes = {{Tone::kWarn, "Hai người sửa cùng một ô: Số người bên ta.", "Chọn giá trị đúng ở phần Lịch sử."}};
  const auto document = render(page, ui());
  expect_good("record", document);
  EXPECT_NE(document.find("rel=\"noreferrer noopener external\""), std::string::npos);
}

TEST(Components, FiguresPage) {
  const auto document = render(sample::page("Số liệu", sample::figures_view(ui())), ui());
  expect_good("figures", document);
  EXPECT_NE(document.find("<td class=\"number none\">"), std::string::npos);  // no report is not 0
  EXPECT_NE(document.find("<td class=\"number\">0</td>"), std::string::npos);
}

TEST(Components, LogInPageHasNoRail) {
  const auto document = render(sample::log_in_page(ui()), ui());
  expect_good("login", document);
  EXPECT_EQ(document.find("class=\"rail\""), std::string::npos);
}

TEST(Components, EnglishFrame) {
  const auto document = render(sample::page("Talks", render(sample::activity_list(true), ui(i18n::Lang::en))), ui(i18n::Lang::en));
  expect_good("english", document);
  EXPECT_NE(document.find("<html lang=\"en\">"), std::string::npos);
  EXPECT_NE(document.find("Tiếng Việt"), std::string::npos);
  EXPECT_NE(document.find("1,384 records"), std::string::npos);
}

TEST(Frame, ResponseCarriesTheSecurityHeaders) {
  const auto response = respond(sample::page("x", "y"), ui(), 404);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(
      response.headers.get("Content-Security-Policy"),
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
      "base-uri 'none'; frame-ancestors 'none'");
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
}

}  // namespace
}  // namespace nc::web
