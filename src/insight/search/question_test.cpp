#include "insight/search/question.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/rng.h"
#include "base/text.h"

namespace nc::search {
namespace {

Question parsed(std::string_view typed) {
  auto question = parse_question(typed);
  if (!question) throw std::runtime_error(question.error().english());
  return std::move(*question);
}

std::string words(std::string_view typed) {
  std::vector<std::string> out;
  for (const auto& word : parsed(typed).words) out.push_back(word.term + (word.beginning ? "*" : ""));
  return join(out, " ");
}

using Texts = std::vector<std::string>;

TEST(Question, WordsAreFoldedAndEachOnce) {
  EXPECT_EQ(words("Hội đàm ở Đắk Ruê "), "hoi dam o dak rue");
  EXPECT_EQ(words("hoi dam dak rue"), "hoi dam dak rue*");
  EXPECT_EQ(words("đồn ĐỒN Đon "), "don");
  EXPECT_EQ(words("Ho\xcc\xa3\xcc\x82i \xc4\x91\x61\xcc\x80m "), "hoi dam");  // composed or not
}

// The last word may still be being typed; a number is whole.
TEST(Question, TheLastWordMayBeABeginning) {
  EXPECT_EQ(words("tuần tr"), "tuan tr*");
  EXPECT_EQ(words("tuần tra "), "tuan tra");
  EXPECT_EQ(words("mốc 16"), "moc 16");
  EXPECT_EQ(words("a"), "a");
  EXPECT_EQ(words("tra tuần tra"), "tra tuan");  // asked for as a whole word, too
}

TEST(Question, ANumberWithSignsIsOneWord) {
  EXPECT_EQ(words("số 15/BB-ĐBP"), "15/bb-dbp so");
  EXPECT_EQ(words("mốc 165(1)"), "165(1 moc");
  EXPECT_EQ(parsed("15/BB-ĐBP").marks.size(), 3U);
}

TEST(Question, PhrasesAreWhatStandsInQuotes) {
  EXPECT_EQ(parsed("\"hội đàm\" quý").phrases, Texts{"hoi dam"});
  EXPECT_EQ(parsed("“hội đàm” «thường niên»").phrases, (Texts{"hoi dam", "thuong nien"}));
  EXPECT_EQ(parsed("hội \"đàm phán").phrases, Texts{});  // a quote that does not end
  EXPECT_EQ(parsed("Cảng-Sài Gòn").phrases, Texts{});
  EXPECT_EQ(parsed("\"hội\"").phrases, Texts{});
}

TEST(Question, ScriptsWithoutSpaces) {
  EXPECT_EQ(words("边防站"), "边防 防站");
  EXPECT_EQ(parsed("边防站").phrases, Texts{"边防站"});
  EXPECT_EQ(words("边"), "边*");
  EXPECT_EQ(words("边防"), "边防");
  EXPECT_EQ(parsed("边防").phrases, Texts{});
  EXPECT_EQ(parsed("ຊາຍແດນ").runs, Texts{fold("ຊາຍແດນ")});
  EXPECT_EQ(parsed("ຊາຍແດນ").words.size(), 4U);
}

TEST(Question, WhatIsNoQuestionSaysWhy) {
  const auto code = [](std::string_view typed) {
    const auto question = parse_question(typed);
    if (question) return std::string("a question");
    EXPECT_EQ(question.error().where, "q");
    EXPECT_FALSE(question.error().next.empty());
    return question.error().message;
  };
  EXPECT_EQ(code(""), "There are no words to look for");
  EXPECT_EQ(code("  \"\" -- !"), "There are no words to look for");
  EXPECT_EQ(code("\xff\xfe"), "This is not text");
  EXPECT_EQ(code(std::string("a\0b", 3)), "This is not text");
  EXPECT_EQ(code(std::string(1'000'000, 'a')), "The question is longer than {1} bytes");
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "w" + std::to_string(i) + " ";
  EXPECT_EQ(code(many), "The question is longer than {1} bytes");
  EXPECT_EQ(code(many.substr(0, 900)), "The question has more than {1} words");
  EXPECT_EQ(code("NOT OR AND NEAR(a, b) c* ^d -e {f} : g"), "a question");
  EXPECT_EQ(code("'; DROP TABLE record; --"), "a question");
}

std::string marked(const std::vector<Piece>& pieces) {
  std::string out;
  for (const auto& piece : pieces) out += piece.marked ? "[" + piece.text + "]" : piece.text;
  return out;
}

TEST(Marks, StandWhereTheWordsStand) {
  const auto question = parsed("hoi dam dak ru");
  EXPECT_EQ(marked(mark_words("Hội đàm tại Đắk Ruê, hội nghị", question)), "[Hội] [đàm] tại [Đắk] [Ruê], [hội] nghị");
  EXPECT_EQ(marked(mark_words("Ho\xcc\xa3\xcc\x82i", question)), "[Ho\xcc\xa3\xcc\x82i]");
  EXPECT_EQ(marked(mark_words("云南边防站长", parsed("边防站"))), "云南[边防站]长");
  EXPECT_EQ(marked(mark_words("ທະຫານຊາຍແດນ", parsed("ຊາຍແດນ"))), "ທະຫານ[ຊາຍແດນ]");
  EXPECT_EQ(words_found("Hội đàm hội", question), 2U);
  EXPECT_EQ(words_found("", question), 0U);
}

TEST(Marks, ALongTextIsCutAroundTheFirstWord) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "chữ ";
  const auto question = parsed("giữa ");
  const auto cut = marked(cut_around(text + "giữa " + text, question, 40));
  EXPECT_TRUE(cut.starts_with("…chữ")) << cut;
  EXPECT_TRUE(cut.ends_with("chữ…")) << cut;
  EXPECT_NE(cut.find("[giữa]"), std::string::npos);
  EXPECT_LT(cut.size(), 120U);
  EXPECT_EQ(marked(cut_around("Một chỗ giữa bản", question, 40)), "Một chỗ [giữa] bản");
  EXPECT_EQ(marked(cut_around("", question, 40)), "");
  EXPECT_TRUE(is_utf8(marked(cut_around(std::string(400, 'a') + "đ giữa", question, 10))));
}

// Any bytes: a question within its limits or an error that says what to do; marks leave a text as it is.
TEST(Question, AnyBytes) {
  SeededRng rng(8);
  static const Texts kBits = {"hội", " ", "\"", "“", "165(1)", "边防", "ຊາຍ", "\xcc\xa3", "\xff", "đ", "/", std::string(1, '\0'),
                              "ABC", "-", "\n"};
  std::size_t questions = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string typed, text;
    for (auto n = rng.below(30); n > 0; --n) typed += kBits[rng.below(kBits.size())];
    for (auto n = rng.below(30); n > 0; --n) text += kBits[rng.below(kBits.size())];
    const auto question = parse_question(typed);
    if (!question) continue;
    ++questions;
    ASSERT_LE(question->words.size(), kQuestionWordsMax);
    std::string whole;
    for (const auto& piece : mark_words(text, *question)) whole += piece.text;
    ASSERT_EQ(whole, text);
    if (!is_utf8(text)) continue;
    for (const auto& piece : cut_around(text, *question, rng.below(50))) ASSERT_TRUE(is_utf8(piece.text));
  }
  EXPECT_GT(questions, 500U);
}

}  // namespace
}  // namespace nc::search
