// Words in text: where they stand, and the terms under which an index keeps them.
//
// A word is a run of letters, digits and marks. Lao, Khmer, Thai, Burmese, Han and kana are written without spaces
// between words: a run of such a script is one word here, and its terms are the pieces of few characters that begin at
// each of its characters, so that any part of it can be found.
// Text is UTF-8; terms are made of folded text (base/text.h). Values, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nc {

struct WordAt {
  std::size_t begin = 0, end = 0;  // bytes
  int piece = 0;                   // of a script without spaces: characters in a piece; 0: words stand apart
};
[[nodiscard]] std::vector<WordAt> words_in(std::string_view utf8);

// A term is at most so many bytes; of a longer word its beginning counts.
inline constexpr std::size_t kTermBytesMax = 48;
[[nodiscard]] std::string_view index_term(std::string_view folded_word);
// The pieces of a run, in order: of `piece` characters, and fewer at its end.
[[nodiscard]] std::vector<std::string_view> pieces_of(std::string_view folded_run, int piece);
// Numbers with signs in them, which people know as one thing: 15/BB-ĐBP, 165(1), 1088/3, 260+500, 22/11/2026. Without the
// sign at their end.
[[nodiscard]] std::vector<std::string_view> signed_numbers(std::string_view folded);
// All terms of a folded text, sorted, each once: words, pieces of runs, numbers with signs.
[[nodiscard]] std::vector<std::string> terms_of(std::string_view folded);
// The same where they stand in it, in no order, and as often as they stand there: for who puts them in order himself.
[[nodiscard]] std::vector<std::string_view> term_places(std::string_view folded);

// Whether `wanted` (folded) stands in `folded` as it is: where words stand apart, not within a longer word.
[[nodiscard]] bool stands_in(std::string_view folded, std::string_view wanted);

}  // namespace nc
