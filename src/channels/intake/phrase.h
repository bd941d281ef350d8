// Phrases of the import map: a tiny pattern that always ends, for what sources print in words.
//
// A pattern is text with slots. Text and pattern are compared folded (case and Vietnamese marks do not
// count), at word boundaries. Slots: {int} 10,000 or 4200; {num} 932,7 or 1.137; {day} {month} {year}
// {quarter}; {marker_number} 1088/3. See docs/formats/import-map.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace nc::intake {

// Longer texts are searched in their first bytes only.
inline constexpr std::size_t kPhraseTextBytesMax = 4096;

class Phrase {
 public:
  static Result<Phrase> parse(std::string_view pattern);

  // What the slots hold, in order; nothing when the phrase does not occur. Numbers are without grouping
  // and with a point; months are numbers.
  [[nodiscard]] std::optional<std::vector<std::string>> find(std::string_view text) const;
  [[nodiscard]] std::size_t slots() const;

 private:
  struct Token {
    std::string slot;  // empty: literal
    std::string text;
  };
  [[nodiscard]] bool match(std::string_view folded, std::size_t at, std::vector<std::string>& parts) const;
  std::vector<Token> tokens_;
};

// A number as printed: a mark followed by exactly three digits groups thousands, else it is the decimal mark.
std::string plain_number(std::string_view printed);
// Whether the printed number can be read as `value` (both readings are tried).
bool can_mean(std::string_view printed, std::string_view value);

// The word before the number that says how exact it is ("nearly 2 billion" for 2000000000): the value of
// the matching qualifier. Nothing when the number does not stand in the text; empty when it stands alone.
struct QualifierWord {
  std::string word;  // folded
  std::string value;
};
struct ScaleWord {
  std::string word;  // folded
  int zeros = 0;
};
std::optional<std::string> qualifier_of(std::string_view text, std::string_view value, const std::vector<QualifierWord>& words,
                                        const std::vector<ScaleWord>& scales);

}  // namespace nc::intake
