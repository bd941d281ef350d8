#include "base/words.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/rng.h"
#include "base/text.h"

namespace nc {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& word : words_in(text)) out.emplace_back(text.substr(word.begin, word.end - word.begin));
  return out;
}

using Words = std::vector<std::string>;

TEST(WordsIn, LettersDigitsAndMarksBelongToAWord) {
  EXPECT_EQ(words("Hội đàm, số 15/BB-ĐBP (lần 2)."), (Words{"Hội", "đàm", "số", "15", "BB", "ĐBP", "lần", "2"}));
  EXPECT_EQ(words("165(1), 1088/3; 260+500"), (Words{"165", "1", "1088", "3", "260", "500"}));
  EXPECT_EQ(words("  …–  "), Words{});
  EXPECT_EQ(words(""), Words{});
}

// Composed or not: the marks stay with their letter.
TEST(WordsIn, MarksThatStandApartBelongToTheirLetter) {
  EXPECT_EQ(words("Ho\xcc\xa3\xcc\x82i da\xcc\x80m"), (Words{"Ho\xcc\xa3\xcc\x82i", "da\xcc\x80m"}));
}

TEST(WordsIn, ScriptsWithoutSpacesAreRuns) {
  EXPECT_EQ(words("đồn 边防站 ABC"), (Words{"đồn", "边防站", "ABC"}));
  EXPECT_EQ(words("ABC边防"), (Words{"ABC", "边防"}));
  EXPECT_EQ(words_in("边防站")[0].piece, 2);
  EXPECT_EQ(words_in("ທະຫານຊາຍແດນ")[0].piece, 3);
  EXPECT_EQ(words_in("ព្រំដែន")[0].piece, 3);
  EXPECT_EQ(words("ທະຫານຊາຍແດນ").size(), 1U);
  EXPECT_EQ(words("ព្រំដែន").size(), 1U);
  EXPECT_EQ(words_in("đồn")[0].piece, 0);
}

TEST(Terms, OfARunAreItsPieces) {
  EXPECT_EQ(terms_of("边防站"), (Words{"站", "边防", "防站"}));
  const auto lao = terms_of(fold("ຊາຍແດນ"));
  EXPECT_EQ(lao.size(), 6U);
  EXPECT_NE(std::find(lao.begin(), lao.end(), "ຊາຍ"), lao.end());
}

TEST(Terms, AreFoldedSortedAndEachOnce) {
  EXPECT_EQ(terms_of(fold("Đồn Đắk Ruê, đồn")), (Words{"dak", "don", "rue"}));
  EXPECT_EQ(terms_of(std::string(1000, 'a')), Words{std::string(kTermBytesMax, 'a')});
}

TEST(Terms, StandInTheTextAsOftenAsTheyDo) {
  using Views = std::vector<std::string_view>;
  EXPECT_EQ(term_places("moc 165(1), moc"), (Views{"moc", "165", "1", "moc", "165(1"}));
  EXPECT_TRUE(term_places("").empty());
}

TEST(SignedNumbers, AreOneThing) {
  using Views = std::vector<std::string_view>;
  EXPECT_EQ(signed_numbers("so 15/bb-dbp, moc 165(1); (1088/3) 260+500. ngay 22/11/2026"),
            (Views{"15/bb-dbp", "165(1", "1088/3", "260+500", "22/11/2026"}));
  EXPECT_EQ(signed_numbers("cang-sai gon 15 bb"), Views{});
  EXPECT_EQ(signed_numbers("so:15/bb"), Views{"15/bb"});
  EXPECT_EQ(signed_numbers(""), Views{});
  EXPECT_EQ(terms_of("moc 165(1)"), (Words{"1", "165", "165(1", "moc"}));
}

TEST(Terms, ALongWordIsCutAtACharacter) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "ж";
  EXPECT_TRUE(is_utf8(index_term(text + "a")));
  EXPECT_TRUE(is_utf8(index_term("a" + text)));
}

TEST(StandsIn, NotWithinALongerWord) {
  EXPECT_TRUE(stands_in("cuoc hoi dam lan hai", "hoi dam"));
  EXPECT_FALSE(stands_in("cuoc choi dam lan hai", "hoi dam"));
  EXPECT_FALSE(stands_in("cuoc hoi dams", "hoi dam"));
  EXPECT_TRUE(stands_in("so 15/bb-dbp", "15/bb-dbp"));
  EXPECT_FALSE(stands_in("so 115/bb-dbp", "15/bb-dbp"));
  EXPECT_TRUE(stands_in("choi dam, hoi dam", "hoi dam"));
  EXPECT_TRUE(stands_in("云南边防站长", "边防站"));
  EXPECT_TRUE(stands_in("abc", ""));
}

// Whatever the bytes are: words lie within the text, in order, and each of a folded text gives its term.
TEST(WordsIn, AnyBytes) {
  SeededRng rng(5);
  static const Words kBits = {"a", " ", "đ", "\xcc\xa3", "边", "ຊ", "ក", "្", "\xff", "\xe1", "1", "/", std::string(1, '\0'), "𐐷", "ế"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (auto n = rng.below(20); n > 0; --n) text += kBits[rng.below(kBits.size())];
    std::size_t last = 0;
    for (const auto& word : words_in(text)) {
      ASSERT_LE(last, word.begin);
      ASSERT_LT(word.begin, word.end);
      ASSERT_LE(word.end, text.size());
      last = word.end;
    }
    const auto terms = terms_of(text);
    for (const auto& word : words_in(text)) {
      const auto piece = std::string_view(text).substr(word.begin, word.end - word.begin);
      if (word.piece == 0) { ASSERT_TRUE(std::binary_search(terms.begin(), terms.end(), std::string(index_term(piece)))); }
      ASSERT_TRUE(stands_in(text, piece));
    }
  }
}

}  // namespace
}  // namespace nc
