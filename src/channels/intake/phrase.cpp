#include "channels/intake/phrase.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace nc::intake {
namespace {

constexpr std::array<std::string_view, 7> kSlots = {"int", "num", "day", "month", "year", "quarter", "marker_number"};
constexpr std::array<std::string_view, 12> kMonths = {"january", "february", "march",     "april",   "may",      "june",
                                                      "july",    "august",   "september", "october", "november", "december"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Letters beyond ASCII count as letters, so that a word is never cut.
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

std::string_view digits_at(std::string_view text, std::size_t at, std::size_t most) {
  std::size_t end = at;
  while (end < text.size() && end - at < most && is_digit(text[end])) ++end;
  return text.substr(at, end - at);
}

// Digits with single marks between them: "1.137", "932,7", "10,000".
std::string_view number_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size()) {
    const bool mark = (text[end] == '.' || text[end] == ',') && end > at && end + 1 < text.size() && is_digit(text[end + 1]);
    if (!is_digit(text[end]) && !mark) break;
    ++end;
  }
  return text.substr(at, end - at);
}

std::string without_marks(std::string_view number) {
  std::string out;
  for (const char c : number)
    if (is_digit(c)) out += c;
  return out;
}

// The last mark is the decimal mark; trailing zeros say nothing.
std::string as_decimal(std::string_view number) {
  const auto mark = number.find_last_of(".,");
  if (mark == std::string_view::npos) return std::string(number);
  std::string out = without_marks(number.substr(0, mark)) + "." + std::string(number.substr(mark + 1));
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

// Reads one slot; nothing when it does not fit. `length` is what it takes up.
std::optional<std::string> read_slot(std::string_view slot, std::string_view text, std::size_t at, std::size_t& length) {
  const auto take = [&](std::string_view raw) {
    length = raw.size();
    return std::string(raw);
  };
  if (slot == "month") {
    for (std::size_t i = 0; i < kMonths.size(); ++i)
      if (text.substr(at).starts_with(kMonths[i])) {
        length = kMonths[i].size();
        return std::to_string(i + 1);
      }
    return std::nullopt;
  }
  if (slot == "marker_number") {
    std::size_t end = at;
    while (end < text.size() && (is_digit(text[end]) || std::string_view("()/+").find(text[end]) != std::string_view::npos)) ++end;
    if (end == at || !is_digit(text[at])) return std::nullopt;
    return take(text.substr(at, end - at));
  }
  if (slot == "int" || slot == "num") {
    const auto raw = number_at(text, at);
    if (raw.empty()) return std::nullopt;
    length = raw.size();
    return slot == "int" ? without_marks(raw) : plain_number(raw);
  }
  const auto raw = digits_at(text, at, slot == "year" ? 4 : slot == "day" ? 2 : 1);
  const std::size_t least = slot == "year" ? 4 : 1;
  if (raw.size() < least) return std::nullopt;
  if (slot == "quarter" && (raw[0] < '1' || raw[0] > '4')) return std::nullopt;
  return take(raw);
}

}  // namespace

std::string plain_number(std::string_view printed) {
  const auto mark = printed.find_last_of(".,");
  const bool grouped = mark != std::string_view::npos && printed.size() - mark == 4 && printed.front() != '0';
  return grouped ? without_marks(printed) : as_decimal(printed);
}

bool can_mean(std::string_view printed, std::string_view value) {
  const auto wanted = as_decimal(value);
  return as_decimal(printed) == wanted || without_marks(printed) == wanted;
}

Result<Phrase> Phrase::parse(std::string_view pattern) {
  Phrase phrase;
  const auto broken = [&](std::string message) { return fail(ErrorCode::kInvalid, std::move(message), {std::string(pattern)}); };
  std::size_t at = 0;
  while (at < pattern.size()) {
    const auto open = pattern.find('{', at);
    if (const auto literal = pattern.substr(at, open - at); !literal.empty()) {
      // Folding trims, but the blanks beside a slot count.
      std::string text = fold(literal);
      if (literal.front() == ' ') text.insert(0, " ");
      if (literal.back() == ' ' && text != " ") text += ' ';
      phrase.tokens_.push_back({"", text});
    }
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    if (close == std::string_view::npos) return broken(NC_MSG("The phrase “{1}” opens a slot and does not close it"));
    const auto slot = pattern.substr(open + 1, close - open - 1);
    if (std::find(kSlots.begin(), kSlots.end(), slot) == kSlots.end())
      return broken(NC_MSG("The phrase “{1}” has a slot that does not exist"));
    phrase.tokens_.push_back({std::string(slot), ""});
    at = close + 1;
  }
  if (phrase.tokens_.empty()) return broken(NC_MSG("The phrase “{1}” is empty"));
  return phrase;
}

std::size_t Phrase::slots() const {
  return static_cast<std::size_t>(std::count_if(tokens_.begin(), tokens_.end(), [](const Token& token) { return !token.slot.empty(); }));
}

bool Phrase::match(std::string_view folded, std::size_t at, std::vector<std::string>& parts) const {
  const auto inside = [&](std::size_t i) { return i > 0 && i < folded.size() && is_word(folded[i - 1]) && is_word(folded[i]); };
  // A number is never begun in its middle: not the "7" of "932,7".
  if (inside(at)) return false;
  if (at > 1 && is_digit(folded[at]) && (folded[at - 1] == ',' || folded[at - 1] == '.') && is_digit(folded[at - 2])) return false;
  parts.clear();
  for (const auto& token : tokens_) {
    std::size_t length = token.text.size();
    if (token.slot.empty()) {
      if (!folded.substr(at).starts_with(token.text)) return false;
    } else {
      if (at >= folded.size()) return false;
      auto part = read_slot(token.slot, folded, at, length);
      if (!part) return false;
      parts.push_back(std::move(*part));
    }
    at += length;
  }
  return !inside(at);
}

std::optional<std::vector<std::string>> Phrase::find(std::string_view text) const {
  const auto folded = fold(shorten(text, kPhraseTextBytesMax));
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < folded.size(); ++at)
    if (match(folded, at, parts)) return parts;
  return std::nullopt;
}

std::optional<std::string> qualifier_of(std::string_view text, std::string_view value, const std::vector<QualifierWord>& words,
                                        const std::vector<ScaleWord>& scales) {
  const auto folded = fold(shorten(text, kPhraseTextBytesMax));
  std::optional<std::string> found;
  for (std::size_t at = 0; at < folded.size(); ++at) {
    if (!is_digit(folded[at]) || (at > 0 && (is_word(folded[at - 1]) || folded[at - 1] == ',' || folded[at - 1] == '.'))) continue;
    const auto raw = number_at(folded, at);
    const auto after = trim(std::string_view(folded).substr(at + raw.size()));
    bool means = can_mean(raw, value);
    for (const auto& scale : scales) {
      if (means || !after.starts_with(scale.word)) continue;
      // 4.3 billion: move the point, then compare.
      auto number = as_decimal(raw);
      const auto point = number.find('.');
      const auto decimals = point == std::string::npos ? 0 : static_cast<int>(number.size() - point - 1);
      if (decimals > scale.zeros) continue;
      number = without_marks(number) + std::string(static_cast<std::size_t>(scale.zeros - decimals), '0');
      means = number == value;
    }
    if (!means) continue;
    const auto before = trim(std::string_view(folded).substr(0, at));
    for (const auto& word : words)
      if (before.ends_with(word.word) && (before.size() == word.word.size() || !is_word(before[before.size() - word.word.size() - 1])))
        return word.value;
    found = std::string();
    at += raw.size();
  }
  return found;
}

}  // namespace nc::intake
