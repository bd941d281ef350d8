#include "base/words.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace nc {
namespace {

// Of which kind a character is: 0 none of a word, 1 of a word that stands apart, else characters in a piece.
int kind_of(UChar32 c) {
  constexpr int kHan = 2, kUnspaced = 3;
  if (c < 0) return 0;
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 1 : 0;
  const auto type = u_charType(c);
  const bool mark = type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK || type == U_ENCLOSING_MARK;
  if (!mark && u_isalnum(c) == 0) return 0;
  if (c < 0x0e00) return 1;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA: return kHan;
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_THAI:
    case USCRIPT_MYANMAR: return kUnspaced;
    default: return 1;
  }
}

bool is_mark(UChar32 c) { return c >= 0x300 && u_charType(c) == U_NON_SPACING_MARK; }

UChar32 next_of(std::string_view text, std::size_t& at) {
  UChar32 c = 0;
  auto i = static_cast<std::int32_t>(at);
  U8_NEXT(text.data(), i, static_cast<std::int32_t>(text.size()), c);  // a broken byte: negative
  at = static_cast<std::size_t>(i);
  return c;
}

}  // namespace

std::vector<WordAt> words_in(std::string_view utf8) {
  std::vector<WordAt> out;
  int kind = 0;  // of the word that is open
  for (std::size_t at = 0; at < utf8.size();) {
    const auto begin = at;
    const auto c = next_of(utf8, at);
    int now = kind_of(c);
    if (now != 0 && kind != 0 && is_mark(c)) now = kind;  // belongs to what it stands on
    if (now != 0 && now == kind) {
      out.back().end = at;
      continue;
    }
    kind = now;
    if (kind != 0) out.push_back({begin, at, kind == 1 ? 0 : kind});
  }
  return out;
}

std::string_view index_term(std::string_view folded_word) {
  if (folded_word.size() <= kTermBytesMax) return folded_word;
  auto end = kTermBytesMax;
  while (end > 0 && (static_cast<unsigned char>(folded_word[end]) & 0xc0) == 0x80) --end;
  return folded_word.substr(0, end);
}

std::vector<std::string_view> pieces_of(std::string_view folded_run, int piece) {
  std::vector<std::size_t> begins;
  for (std::size_t at = 0; at < folded_run.size();) {
    begins.push_back(at);
    next_of(folded_run, at);
  }
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const auto last = i + static_cast<std::size_t>(piece);
    const auto end = last < begins.size() ? begins[last] : folded_run.size();
    out.push_back(folded_run.substr(begins[i], end - begins[i]));
  }
  return out;
}

namespace {

std::vector<std::string_view> signed_numbers_among(std::string_view folded, const std::vector<WordAt>& all) {
  constexpr std::string_view kSigns = "/-+().";
  std::vector<std::string_view> out;
  WordAt whole;
  std::size_t words = 0;
  bool digit = false;
  const auto close = [&] {
    if (words > 1 && digit) out.push_back(folded.substr(whole.begin, whole.end - whole.begin));
    words = 0;
    digit = false;
  };
  for (const auto& word : all) {
    const auto between = words == 0 ? std::string_view() : folded.substr(whole.end, word.begin - whole.end);
    if (word.piece != 0 || (words > 0 && (between.empty() || between.find_first_not_of(kSigns) != std::string_view::npos))) close();
    if (word.piece != 0) continue;
    if (words == 0) whole.begin = word.begin;
    whole.end = word.end;
    ++words;
    digit = digit || folded.substr(word.begin, word.end - word.begin).find_first_of("0123456789") != std::string_view::npos;
  }
  close();
  return out;
}

}  // namespace

std::vector<std::string_view> signed_numbers(std::string_view folded) { return signed_numbers_among(folded, words_in(folded)); }

std::vector<std::string_view> term_places(std::string_view folded) {
  const auto words = words_in(folded);
  std::vector<std::string_view> out;
  out.reserve(words.size());
  for (const auto& word : words) {
    const auto text = folded.substr(word.begin, word.end - word.begin);
    if (word.piece == 0) out.push_back(index_term(text));
    else
      for (const auto piece : pieces_of(text, word.piece)) out.push_back(index_term(piece));
  }
  for (const auto number : signed_numbers_among(folded, words)) out.push_back(index_term(number));
  return out;
}

std::vector<std::string> terms_of(std::string_view folded) {
  auto places = term_places(folded);
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return {places.begin(), places.end()};
}

bool stands_in(std::string_view folded, std::string_view wanted) {
  if (wanted.empty()) return true;
  const auto kind_at = [&](std::size_t at) { return at < folded.size() ? kind_of(next_of(folded, at)) : 0; };
  // Of the character that ends there, or of what its marks stand on.
  const auto kind_before = [&](std::size_t at) {
    int kind = 0;
    while (at > 0) {
      do --at;
      while (at > 0 && (static_cast<unsigned char>(folded[at]) & 0xc0) == 0x80);
      auto after = at;
      const auto c = next_of(folded, after);
      const auto now = kind_of(c);
      if (now != 0) kind = now;
      if (now == 0 || !is_mark(c)) break;
    }
    return kind;
  };
  for (auto at = folded.find(wanted); at != std::string_view::npos; at = folded.find(wanted, at + 1)) {
    const auto end = at + wanted.size();
    const bool within_before = kind_before(at) == 1 && kind_at(at) == 1;
    const bool within_after = kind_before(end) == 1 && kind_at(end) == 1;
    if (!within_before && !within_after) return true;
  }
  return false;
}

}  // namespace nc
