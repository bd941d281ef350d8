// Short codes: what is mistyped is noticed, what was shown is found again, and the page leads back to the question.
#include "face/web/figures/codes.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::must;
using test::shows;
using test::SmallSite;

// Zeros only: the key of the example in docs/formats/figure-code.md.
class Zeros final : public Rng {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = 0;
  }
};

class CodesFile : public ::testing::Test {
 protected:
  CodesFile() : dir_(std::filesystem::temp_directory_path() / ("nc-codes-" + system_rng().make<RecordId>().hex())) {
    std::filesystem::create_directory(dir_);
  }
  ~CodesFile() override { std::filesystem::remove_all(dir_); }
  std::unique_ptr<FigureCodes> open(Rng& rng = system_rng()) { return must(FigureCodes::open(dir_ / FigureCodes::kFile, rng)); }
  std::filesystem::path dir_;
};

TEST(Codes, EveryWrongOrExchangedSymbolIsNoticed) {
  SeededRng rng(7);
  constexpr std::string_view kSymbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (int i = 0; i < 200; ++i) {
    const auto written = make_code(rng.next());
    ASSERT_EQ(written.size(), kCodeSymbols + 1);
    const auto symbols = read_code(written);
    ASSERT_TRUE(symbols) << written;
    EXPECT_EQ(code_text(*symbols), written);
    for (std::size_t at = 0; at < kCodeSymbols; ++at) {
      for (const char other : kSymbols) {
        auto wrong = *symbols;
        wrong[at] = other;
        EXPECT_EQ(read_code(wrong).has_value(), wrong == *symbols) << wrong;
      }
      for (std::size_t with = at + 1; with < kCodeSymbols; ++with) {
        auto wrong = *symbols;
        std::swap(wrong[at], wrong[with]);
        EXPECT_EQ(read_code(wrong).has_value(), wrong == *symbols) << wrong;
      }
    }
  }
}

TEST(Codes, AreReadAsPeopleTypeThem) {
  const auto written = make_code(0x1F0020C0441ULL);
  const auto symbols = read_code(written);
  ASSERT_TRUE(symbols);
  std::string typed = " ";
  for (const char c : *symbols) typed += std::string(1, c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c))) + " ";
  EXPECT_EQ(read_code(typed), symbols) << typed;
  for (const char* bad : {"", "K7Q2M", "K7Q2M-0XD4PU", "K7Q2M 0XD4U", "K7Q2M/0XD4P", "../../../x", "ÀÀÀÀÀÀÀÀÀÀ"})
    EXPECT_FALSE(read_code(bad)) << bad;
}

TEST_F(CodesFile, AQuestionHasOneCodeThatOutlivesTheProgram) {
  const std::string question = "/figures?unit=vn-bg-daklak&from=2013", other = "/figures?unit=vn-bg-daklak&from=2014";
  const auto code = must(open()->code_of(question));
  const auto codes = open();
  EXPECT_EQ(must(codes->code_of(question)), code);
  EXPECT_NE(must(codes->code_of(other)), code);
  EXPECT_EQ(must(codes->question_of(*read_code(code))), question);
  EXPECT_EQ(must(codes->question_of(*read_code(make_code(1)))), std::nullopt);
  EXPECT_FALSE(codes->code_of(std::string(FigureCodes::kQuestionBytesMax + 1, 'x')));
}

TEST_F(CodesFile, NobodyMakesTheCodeOfAnotherNode) {
  const std::string question = "/figures?unit=vn-bg-daklak";
  const auto one = must(open()->code_of(question));
  std::filesystem::remove(dir_ / FigureCodes::kFile);
  EXPECT_NE(must(open()->code_of(question)), one);
}

TEST_F(CodesFile, TheExampleOfTheFormatPageIsRight) {
  Zeros zeros;
  const auto code = must(open(zeros)->code_of("/figures?unit=vn-bg-daklak&from=2013&to=12%2F2022"));
  const auto page = must(read_file(std::filesystem::path(NC_SOURCE_DIR) / "docs" / "formats" / "figure-code.md"));
  EXPECT_NE(page.find("    " + code + "\n"), std::string::npos) << code;
}

class CodePage : public ::testing::Test {
 protected:
  CodePage() {
    for (auto* browser : {&officer_, &admin_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    admin_.log_in("admin");
    world_.talks(world_.post());
  }
  static std::string code_on(const net::Response& page) {
    static const std::regex shown("short-code\">([0-9A-Z]{5}-[0-9A-Z]{5})<");
    std::smatch match;
    return std::regex_search(page.body, match, shown) ? match[1].str() : std::string();
  }
  SmallSite world_;
  Browser officer_{world_}, admin_{world_};
};

TEST_F(CodePage, LeadsBackToExactlyTheQuestion) {
  const std::string question = "/figures?unit=vn-post-a&kind=talks&from=2024&to=12%2F2024&rows=kind";
  const auto code = code_on(officer_.get(question));
  ASSERT_FALSE(code.empty());
  EXPECT_EQ(code_on(officer_.get(question)), code);
  EXPECT_EQ(location(officer_.get("/c/" + code)), question);
  EXPECT_EQ(location(officer_.get("/c?code=" + code.substr(0, 5) + "+" + code.substr(6))), question);
  EXPECT_NE(code_on(officer_.get("/figures?unit=vn-post-a&kind=talks&from=2024&to=11%2F2024&rows=kind")), code);
  EXPECT_TRUE(shows(officer_.get("/search?q=" + code), "href=\"/c/" + *read_code(code) + "\""));
  EXPECT_TRUE(code_on(officer_.get("/figures?unit=no-such-unit")).empty()) << "a question that is not right has none";
}

TEST_F(CodePage, AMistypedCodeIsToldAndKept) {
  auto code = code_on(officer_.get("/figures?unit=vn-post-a"));
  code[0] = code[0] == 'A' ? 'B' : 'A';
  const auto wrong = officer_.get("/c/" + code);
  EXPECT_EQ(wrong.status, 422);
  EXPECT_TRUE(shows(wrong, "Compare it with the paper") && shows(wrong, "value=\"" + code + "\""));
  EXPECT_EQ(officer_.get("/c/" + make_code(1)).status, 404);
  EXPECT_EQ(officer_.get("/c").status, 200);
}

TEST_F(CodePage, WhoCountsNothingLearnsNothing) {
  const auto code = code_on(officer_.get("/figures?unit=vn-post-a"));
  const auto there = admin_.get("/c/" + code), absent = admin_.get("/c/" + make_code(1)), wrong = admin_.get("/c/x");
  EXPECT_EQ(there.status, 404);
  EXPECT_EQ(there.body.size(), absent.body.size());
  EXPECT_EQ(wrong.status, 404);
  Browser nobody(world_);
  EXPECT_EQ(nobody.get("/c/" + code).status, 303) << "to the log-in page";
}

}  // namespace
}  // namespace nc::web
