#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/civil.h"
#include "base/destroy.h"
#include "base/error_json.h"
#include "base/files.h"
#include "base/id.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/system_message.h"
#include "base/text.h"

namespace nc {
namespace {

TEST(Json, CanonicalOrderIsByUtf16) {
  // RFC 8785 section 3.2.3: a supplementary character sorts before U+FB33.
  const auto value = parse_json("{\"\xef\xac\xb3\":1,\"\xf0\x9f\x98\x80\":2,\"1\":3,\"\xe2\x82\xac\":4}", {.require_nfc = false});
  ASSERT_TRUE(value);
  EXPECT_EQ(canonical(*value), "{\"1\":3,\"\xe2\x82\xac\":4,\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}");
}

TEST(Files, SystemErrorsAreMessagesWithANextStep) {
  const auto error = io_error("/nowhere/x", ENOENT);
  EXPECT_EQ(error.message, "No such file or directory");  // an id of its own, not the argument of another
  EXPECT_EQ(error.english(), "/nowhere/x: No such file or directory. Check the path");
  for (const int code : {ENOENT, EISDIR, ENOTEMPTY, EACCES, EROFS, EADDRINUSE}) {
    EXPECT_EQ(system_message(code), std::strerror(code));  // what operators search for
    EXPECT_FALSE(io_error("x", code).next.empty()) << code;
  }
  EXPECT_EQ(io_error("x", EPROTO).english(), "x: System error " + std::to_string(EPROTO) + ": Protocol error");
  EXPECT_EQ(io_error("x", ENOSPC).code, ErrorCode::kFull);
}

TEST(Json, RefusalSaysWhatIsWrongAndWhere) {
  using namespace std::string_literals;
  const auto said = [](const std::string& text) {
    const auto parsed = parse_json(text);
    return parsed ? "fine" : parsed.error().english();
  };
  EXPECT_EQ(said("{\"a\":\"\xc4\x90\xff\"}"), "byte 9: This is not UTF-8 text: byte 9 belongs to no character. Save the file as UTF-8");
  EXPECT_EQ(said("\xff\xfe{\0}\0"s), "byte 1: This is not UTF-8 text: byte 1 belongs to no character. Save the file as UTF-8");
  EXPECT_TRUE(said("{\"a\":\"x\\u0000\"}").contains("The text holds the control character U+0000. Remove")) << said("{\"a\":\"x\\u0000\"}");
  EXPECT_TRUE(said("{\"a\":\"x\0\"}"s).contains("The text holds the control character U+0000. Remove")) << said("{\"a\":\"x\0\"}"s);
  EXPECT_TRUE(said("{\"a\":\"x\x07\"}").contains("The text holds the control character U+0007. Remove")) << said("{\"a\":\"x\x07\"}");
  for (const auto* text : {"", "{\"a\":", "{\"a\":\"x", "[1,2", "{\"a\":1"})
    EXPECT_TRUE(said(text).contains("The JSON text ends too early. Send all of it")) << text << said(text);
  EXPECT_EQ(said("{\"a\":1,}"), "byte 8: This is not JSON. Look at the quotes, commas and brackets there");
}

TEST(Json, RefusesWhatCannotBeSigned) {
  const char* bad[] = {
      "{\"a\":1,\"a\":2}", "1.5", "1e3", "9007199254740993", "-9007199254740993", "[1,]", "{", "\"\\ud800\"", "\xff", "", "nul", "1 2",
      "\"e\\u0301\""};
  for (const auto* text : bad) EXPECT_FALSE(parse_json(text)) << text;
  std::string deep(40, '[');
  EXPECT_FALSE(parse_json(deep + std::string(40, ']')));
}

TEST(Json, CanonicalRoundTrip) {
  const std::string text = R"({"a":[1,-2,true,null,"x\ny\"\\"],"b":{"c":"Đồn"}})";
  const auto value = parse_canonical(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(canonical(*value), text);
  EXPECT_FALSE(parse_canonical("{\"b\":1, \"a\":2}"));
  EXPECT_FALSE(parse_canonical("\"\\u0041\""));
}

TEST(Json, MembersStandOnceAndInOrder) {
  JsonObject object{{"b", 2}, {"a", 1}, {"b", 3}};
  EXPECT_EQ(canonical(object), R"({"a":1,"b":2})");
  EXPECT_FALSE(object.emplace("a", 5).second);
  EXPECT_FALSE(object.insert_or_assign("a", 5).second);
  object["c"] = 7;
  object["Z"] = 8;
  EXPECT_EQ(canonical(object), R"({"Z":8,"a":5,"b":2,"c":7})");
  object.erase("b");
  object.erase("absent");
  EXPECT_FALSE(object.contains("b"));
  EXPECT_EQ(object.at("c").as_int(), 7);
  // More than are looked at one by one; from either end.
  JsonObject up, down;
  const auto name = [](int i) { return "m" + std::to_string(i); };
  for (int i = 0; i < 100; ++i) {
    up.emplace(name(i), i);
    down.emplace(name(99 - i), 99 - i);
  }
  EXPECT_EQ(up, down);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(up.at(name(i)).as_int(), i);
  EXPECT_EQ(up.find("m100"), up.end());
  EXPECT_EQ(*parse_canonical(canonical(up)), Json(up));
  EXPECT_FALSE(parse_json(R"({"x":{"m":1,"a":1,"m":2}})"));
}

// The common letters go by a table, anything else by ICU: the Lao letter at the end makes the difference.
TEST(Text, TheShortWaySaysTheSame) {
  const std::string lao = "ກ";
  std::string all;
  for (char32_t c = 1; c < 0x3000; ++c) {
    std::string text;
    if (c < 0x80) text = static_cast<char>(c);
    else if (c < 0x800) text = {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    else text = {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
    EXPECT_EQ(fold("a " + text + "b") + lao, fold("a " + text + "b" + lao)) << "character " << static_cast<unsigned>(c);
    EXPECT_EQ(is_nfc(text), is_nfc(text + lao)) << "character " << static_cast<unsigned>(c);
    EXPECT_EQ(is_nfc(text), to_nfc(text) == text) << "character " << static_cast<unsigned>(c);
    if (is_nfc(text) && (c < 0x250 || (c >= 0x1e00 && c < 0x1f00) || (c >= 0x2010 && c < 0x2028))) all += text;
  }
  EXPECT_TRUE(is_nfc(all));
  EXPECT_EQ(to_nfc(all), all);
}

TEST(Text, FoldForgivesMarksAndBarredD) {
  EXPECT_EQ(fold("Hội đàm  tại Đắk Ruê "), "hoi dam tai dak rue");
  EXPECT_EQ(fold("ĐỒN"), "don");
  EXPECT_EQ(fold("H\x6f\xcc\x82\xcc\xa3i"), "hoi");  // NFD input
  EXPECT_EQ(fold("ກອງ"), "ກອງ");
}

TEST(Text, Utf8) {
  EXPECT_TRUE(is_utf8("Đồn 会谈 😀"));
  for (const auto* bad : {"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xc3"}) EXPECT_FALSE(is_utf8(bad));
  EXPECT_FALSE(is_utf8(std::string_view("a\0b", 3)));
}

TEST(Civil, ParsesEveryPrecision) {
  EXPECT_EQ(iso_date(*parse_iso_date("2019-09-03")), "2019-09-03");
  EXPECT_EQ(iso_date(*parse_iso_date("2019-09")), "2019-09");
  EXPECT_EQ(iso_date(*parse_iso_date("2019")), "2019");
  EXPECT_EQ(iso_date(*parse_iso_date("--11-21")), "--11-21");
  EXPECT_EQ(iso_date(*parse_typed_date("31/12/2024")), "2024-12-31");
  EXPECT_EQ(iso_date(*parse_typed_date("21/11")), "--11-21");
  for (const auto* bad : {"31/02/2024", "29/02/2023", "2019-13", "2019-9-3", "abc", "", "1/1/1/1", "0000", "--02-30", "99/99"})
    EXPECT_FALSE(parse_typed_date(bad)) << bad;
}

TEST(Civil, DaysRoundTrip) {
  for (std::int32_t day = kDayMin; day <= kDayMax; day += 37) {
    const auto ymd = from_day(day);
    ASSERT_EQ(to_day(ymd.year, ymd.month, ymd.dom), day);
  }
  EXPECT_EQ(to_day(1970, 1, 1), 0);
  EXPECT_EQ(extent(*parse_iso_date("2024-02"))->last, to_day(2024, 2, 29));
}

TEST(Id, HexIsStrict) {
  SeededRng rng(1);
  const auto id = make_uuid7(1'700'000'000'000, rng);
  EXPECT_EQ(RecordId::from_hex(id.hex()), id);
  EXPECT_EQ(id.bytes[6] >> 4, 7);
  EXPECT_FALSE(RecordId::from_hex("ABCDEF00ABCDEF00ABCDEF00ABCDEF00"));
  EXPECT_FALSE(RecordId::from_hex("ab"));
}

// Another name of the same bytes shows what lies on the disk after the file is gone.
TEST(Files, ADestroyedFileIsOverwrittenBeforeItGoes) {
  const auto dir = std::filesystem::temp_directory_path() / ("nc-destroy-" + system_rng().make<RecordId>().hex());
  std::filesystem::create_directories(dir);
  const auto file = dir / "keys", other = dir / "other name";
  ASSERT_TRUE(write_file_durably(file, std::string(200'000, 'k') + "end"));
  std::filesystem::create_hard_link(file, other);
  ASSERT_TRUE(destroy_file(file));
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(read_file(other).value(), std::string(200'003, '\0'));
  EXPECT_TRUE(destroy_file(file)) << "none there";
  std::filesystem::create_symlink(other, file);
  EXPECT_FALSE(destroy_file(file)) << "what a link points to is another's";
  std::filesystem::remove_all(dir);
}

TEST(ErrorJson, AKeptErrorIsReadAsItWasWhateverItsArgumentsAre) {
  const auto error = Error(ErrorCode::kFull, "{1} of {2} are missing", {"3\x1f", "a\xff\"b"}).at("here").then("Try {1} again");
  const auto read = kept_error(kept_text(error));
  EXPECT_EQ(read.code, ErrorCode::kFull);
  EXPECT_EQ(read.message, error.message);
  EXPECT_EQ(read.args, (std::vector<std::string>{"3\x1f", "a\"b"})) << "what is no text is left out";
  EXPECT_EQ(read.where, "here");
  EXPECT_EQ(read.next, error.next);
}

TEST(ErrorJson, WhatIsNoKeptErrorIsTheMessage) {
  for (const auto* text : {"The line is down", "", "{", "{\"args\":[]}", "[1]"}) EXPECT_EQ(kept_error(text).message, text);
}

TEST(Files, LockIsExclusive) {
  const auto path = std::filesystem::temp_directory_path() / ("nc-lock-" + system_rng().make<RecordId>().hex());
  auto first = FileLock::take(path);
  ASSERT_TRUE(first);
  const auto second = FileLock::take(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kBusy);
  EXPECT_NE(second.error().english().find("process " + std::to_string(::getpid()) + " on "), std::string::npos);
  EXPECT_EQ(FileLock::share(path).error().code, ErrorCode::kBusy);
  { const auto gone = std::move(*first); }
  {
    const auto reader = FileLock::share(path), other = FileLock::share(path);
    ASSERT_TRUE(reader && other);
    EXPECT_EQ(FileLock::take(path).error().english().find(": process "), std::string::npos);  // readers leave no name
  }
  EXPECT_TRUE(FileLock::take(path));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace nc
