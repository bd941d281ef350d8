#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "base/term.h"
#include "foundation/i18n/translator.h"

namespace nc::i18n {
namespace {

const std::filesystem::path kLocaleDir = NC_BINARY_DIR "/share/locale";

Translator load(Lang lang) {
  auto translator = Translator::load(kLocaleDir, lang);
  EXPECT_TRUE(translator) << translator.error().english();
  return *translator;
}

TEST(Translator, VietnameseFromTheMessageFileEnglishFromTheSource) {
  EXPECT_EQ(load(Lang::vi).tr("The disk is full"), "Đĩa đã đầy");
  EXPECT_EQ(load(Lang::en).tr("The disk is full"), "The disk is full");
  EXPECT_EQ(load(Lang::vi).tr("no such message {1}", "x"), "no such message x");
  EXPECT_EQ(load(Lang::vi).tr(""), "");  // not the header of the message file
}

TEST(Translator, IdsThatAreNotAsciiAreFound) {
  EXPECT_EQ(load(Lang::vi).tr("“{1}” is not a date", "31/02/2024"), "“31/02/2024” không phải là ngày tháng");
}

TEST(Translator, ArgumentsAreWrittenInTheLanguage) {
  EXPECT_EQ(load(Lang::vi).tr("The file is larger than {1} bytes", 1384), "Tệp lớn hơn 1.384 byte");
  EXPECT_EQ(load(Lang::en).tr("The file is larger than {1} bytes", 1384), "The file is larger than 1,384 bytes");
}

TEST(Translator, PluralForms) {
  const auto en = load(Lang::en);
  EXPECT_EQ(en.trn("{1} record", "{1} records", 1), "1 record");
  EXPECT_EQ(en.trn("{1} record", "{1} records", 0), "0 records");
  EXPECT_EQ(en.trn("{1} record of {2}", "{1} records of {2}", 5000, 9000), "5,000 records of 9,000");
  const auto vi = load(Lang::vi);
  EXPECT_EQ(vi.trn("{1} record", "{1} records", 1), "1 bản ghi");
  EXPECT_EQ(vi.trn("{1} record", "{1} records", 5'000'000'000), "5.000.000.000 bản ghi");
}

TEST(Translator, ErrorsSayWhatAndWhatNext) {
  const auto error = Error(ErrorCode::kInvalid, NC_MSG("There is no day {1}/{2}/{3}"), {"31", "2", "2024"})
                         .at("held_on")
                         .then(NC_MSG("Check the day and the month"));
  EXPECT_EQ(load(Lang::vi).error_text(error), "Không có ngày 31/2/2024. Hãy kiểm tra lại ngày và tháng.");
  EXPECT_EQ(load(Lang::en).located_text(error), "held_on: There is no day 31/2/2024. Check the day and the month.");
}

TEST(Translator, TermsOfErrorsAreWrittenInTheLanguage) {
  const Error error(ErrorCode::kDenied, NC_MSG("Your grants do not include “{1}” here"), {term(NC_MSG("approve records"))});
  EXPECT_EQ(load(Lang::vi).error_text(error), "Quyền được giao không gồm “duyệt bản ghi” ở đây");
  EXPECT_EQ(error.english(), "Your grants do not include “approve records” here");
  const Error step(ErrorCode::kConflict, NC_MSG("The step “{1}” is not possible from the state “{2}”"),
                   {term("Return", "Trả lại"), "draft"});
  EXPECT_EQ(load(Lang::vi).error_text(step), "Không thực hiện được bước “Trả lại” từ trạng thái “draft”");
  EXPECT_EQ(load(Lang::en).error_text(step), "The step “Return” is not possible from the state “draft”");
}

TEST(Translator, MissingOrBrokenFilesAreRefused) {
  const auto missing = Translator::load("/nonexistent", Lang::vi);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
  EXPECT_EQ(missing.error().where, "/nonexistent/vi/nhipcau.mo");
  const auto dir = std::filesystem::temp_directory_path() / ("nc-i18n-" + std::to_string(::getpid()));
  std::filesystem::create_directories(dir / "vi");
  const auto whole = read_file(kLocaleDir / "vi" / "nhipcau.mo");
  ASSERT_TRUE(whole);
  for (const auto& bytes : {std::string("not a message file"), std::string("\xde\x12\x04\x95", 4), whole->substr(0, 100)}) {
    ASSERT_TRUE(write_file_durably(dir / "vi" / "nhipcau.mo", bytes));
    const auto broken = Translator::load(dir, Lang::vi);
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::kCorrupt);
  }
  std::filesystem::remove_all(dir);
}

TEST(Dates, ShowTheirPrecision) {
  const auto vi = load(Lang::vi), en = load(Lang::en);
  const auto show = [&](const char* iso) { return vi.date(*parse_iso_date(iso)); };
  EXPECT_EQ(show("2019-09-03"), "03/09/2019");
  EXPECT_EQ(show("2019-09"), "09/2019");
  EXPECT_EQ(show("2019"), "2019");
  EXPECT_EQ(show("--11-21"), "21/11 (không rõ năm)");
  EXPECT_EQ(en.date(*parse_iso_date("--11-21")), "21/11 (year unknown)");
  EXPECT_EQ(en.date(*parse_iso_date("2019-09-03")), "03/09/2019");
}

TEST(Dates, Ranges) {
  const auto vi = load(Lang::vi);
  const auto first = to_day(2013, 1, 1), last = to_day(2022, 12, 31);
  EXPECT_EQ(vi.days({first, last}), "01/01/2013 – 31/12/2022");
  EXPECT_EQ(vi.days({first, first}), "01/01/2013");
  EXPECT_EQ(vi.days({kDayMin, last}), "đến 31/12/2022");
  EXPECT_EQ(vi.days({first, kDayMax}), "từ 01/01/2013");
  EXPECT_EQ(vi.days({kDayMin, kDayMax}), "từ trước đến nay");
}

TEST(Dates, InstantsInTheZoneOfTheReader) {
  const auto vi = load(Lang::vi);
  EXPECT_EQ(vi.datetime(0), "01/01/1970 07:00");
  EXPECT_EQ(vi.datetime(0, 0), "01/01/1970 00:00");
  EXPECT_EQ(vi.datetime(-1, 0), "31/12/1969 23:59");
  EXPECT_EQ(vi.datetime(1'795'312'260'000), "22/11/2026 08:51");
  EXPECT_EQ(vi.datetime(1LL << 62), "—");
}

TEST(Numbers, Show) {
  EXPECT_EQ(number_text(0, Lang::vi), "0");
  EXPECT_EQ(number_text(999, Lang::vi), "999");
  EXPECT_EQ(number_text(1384, Lang::vi), "1.384");
  EXPECT_EQ(number_text(-1384000, Lang::en), "-1,384,000");
  EXPECT_EQ(number_text(INT64_MIN, Lang::en), "-9,223,372,036,854,775,808");
  EXPECT_EQ(decimal_text("15.3", Lang::vi), "15,3");
  EXPECT_EQ(decimal_text("-1234567.50", Lang::vi), "-1.234.567,50");
  EXPECT_EQ(decimal_text("1234.5", Lang::en), "1,234.5");
  for (const auto* odd : {"", "-", "abc", "1.", ".5", "1.2.3"}) EXPECT_EQ(decimal_text(odd, Lang::vi), odd);
}

}  // namespace
}  // namespace nc::i18n
