// What somebody typed into the search box, understood: words and phrases of any bytes, or an error by name.
//
// Words are folded, so that marks and đ may be left out and composed and decomposed letters are the same. All must be
// found. What stands in quotes must stand there as it is; a number with signs in it (15/BB-ĐBP, 165(1)) is one word. The last
// word may be the beginning of a longer one.
// Values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "ledger/records/word_search.h"

namespace nc::search {

inline constexpr std::size_t kQuestionBytesMax = 1000;
inline constexpr std::size_t kQuestionWordsMax = 20;

struct Question {
  std::vector<records::WordQuestion::Word> words;  // what the index is asked for; each once
  std::vector<std::string> phrases;                // folded
  // What is marked where it stands: words as above, and runs of scripts without spaces as they were typed.
  std::vector<records::WordQuestion::Word> marks;
  std::vector<std::string> runs;
};
// Errors: kLimit (too long, too many words), kInvalid (not text), kUsage (no word in it); where is "q".
Result<Question> parse_question(std::string_view typed);

// A text with the places of the question's words in it.
struct Piece {
  std::string text;
  bool marked = false;
  bool operator==(const Piece&) const = default;
};
std::vector<Piece> mark_words(std::string_view text, const Question& question);
// The same cut to about `characters_max` around the first word that is found, at spaces, with an ellipsis where cut.
std::vector<Piece> cut_around(std::string_view text, const Question& question, std::size_t characters_max);
// How many different words and runs of the question stand in the text.
std::size_t words_found(std::string_view text, const Question& question);

}  // namespace nc::search
