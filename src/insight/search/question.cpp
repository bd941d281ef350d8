#include "insight/search/question.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/words.h"

namespace nc::search {
namespace {

using Word = records::WordQuestion::Word;

Error bad(ErrorCode code, const char* message, std::vector<std::string> args, const char* next) {
  return Error(code, message, std::move(args)).at("q").then(next);
}

bool is_number(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// `asked`: of the index, too, and not only marked.
void add_word(Question& question, const Word& word, bool asked) {
  const auto same = [&](const Word& other) { return other.term == word.term; };
  for (auto* list : {&question.words, &question.marks}) {
    if (list == &question.words && !asked) continue;
    const auto at = std::find_if(list->begin(), list->end(), same);
    if (at == list->end()) list->push_back(word);
    else at->beginning = at->beginning && word.beginning;  // as a whole word it is asked for more exactly
  }
}

void ask_for(Question& question, std::string_view term, bool beginning) {
  const Word word{std::string(index_term(term)), beginning};
  if (std::none_of(question.words.begin(), question.words.end(), [&](const Word& other) { return other.term == word.term; }))
    question.words.push_back(word);
}

void add_run(Question& question, std::string_view run, int piece) {
  const auto pieces = pieces_of(run, piece);
  question.runs.emplace_back(run);
  const auto whole = static_cast<std::size_t>(piece);
  if (pieces.size() < whole) return ask_for(question, run, true);
  for (std::size_t i = 0; i + whole <= pieces.size(); ++i) ask_for(question, pieces[i], false);
  if (pieces.size() > whole) question.phrases.emplace_back(run);
}

// `last`: nothing comes after it, so that its last word may be a beginning. Numbers with signs are asked for as a whole.
void add_text(Question& question, std::string_view folded, bool last) {
  const auto numbers = signed_numbers(folded);
  for (const auto number : numbers) ask_for(question, number, false);
  for (const auto& at : words_in(folded)) {
    const auto text = folded.substr(at.begin, at.end - at.begin);
    if (at.piece != 0) {
      add_run(question, text, at.piece);
      continue;
    }
    const bool open = last && at.end == folded.size() && text.size() > 1 && !is_number(text);
    const bool within = std::any_of(numbers.begin(), numbers.end(), [&](std::string_view number) {
      return number.data() <= text.data() && text.data() + text.size() <= number.data() + number.size();
    });
    add_word(question, {std::string(index_term(text)), open && !within}, !within);
  }
}

void add_phrase(Question& question, std::string_view folded) {
  const auto words = words_in(folded);
  if (words.empty()) return;
  const auto text = folded.substr(words.front().begin, words.back().end - words.front().begin);
  if (words.size() > 1) question.phrases.emplace_back(text);
}

// The quotes that people and word processors use, as one of them.
std::string with_plain_quotes(std::string_view typed) {
  std::string out;
  for (std::size_t at = 0; at < typed.size();) {
    const auto rest = typed.substr(at);
    std::size_t quote = 0;
    for (const std::string_view mark : {"“", "”", "„", "«", "»", "＂"})
      if (rest.starts_with(mark)) quote = mark.size();
    out += quote == 0 ? rest.front() : '"';
    at += std::max<std::size_t>(quote, 1);
  }
  return out;
}

bool is_found(std::string_view folded, const Word& word) { return word.beginning ? folded.starts_with(word.term) : folded == word.term; }

// Where runs of the question stand in a run of the text; all of it when folding changed its bytes.
void mark_run(std::string_view text, const Question& question, std::vector<std::pair<std::size_t, std::size_t>>& out, std::size_t offset) {
  const auto folded = fold(text);
  for (const auto& run : question.runs)
    for (auto at = folded.find(run); at != std::string::npos; at = folded.find(run, at + run.size())) {
      if (folded.size() == text.size()) out.emplace_back(offset + at, offset + at + run.size());
      else out.emplace_back(offset, offset + text.size());
    }
}

using Places = std::vector<std::pair<std::size_t, std::size_t>>;  // from, to; rising, apart from each other

Places places_of(std::string_view text, const Question& question) {
  Places found;
  for (const auto& at : words_in(text)) {
    const auto word = text.substr(at.begin, at.end - at.begin);
    if (at.piece != 0) {
      mark_run(word, question, found, at.begin);
      continue;
    }
    const auto folded = fold(word);
    const auto term = index_term(folded);
    if (std::any_of(question.marks.begin(), question.marks.end(), [&](const Word& wanted) { return is_found(term, wanted); }))
      found.emplace_back(at.begin, at.end);
  }
  std::sort(found.begin(), found.end());
  Places out;
  for (const auto& place : found) {
    if (!out.empty() && place.first < out.back().second) out.back().second = std::max(out.back().second, place.second);
    else out.push_back(place);
  }
  return out;
}

std::vector<Piece> pieces_between(std::string_view text, std::size_t from, std::size_t to, const Places& places) {
  std::vector<Piece> out;
  const auto add = [&](std::size_t begin, std::size_t end, bool marked) {
    if (begin < end) out.push_back({std::string(text.substr(begin, end - begin)), marked});
  };
  auto at = from;
  for (const auto& [begin, end] : places) {
    if (end <= from || begin >= to) continue;
    add(at, std::max(begin, from), false);
    add(std::max(begin, from), std::min(end, to), true);
    at = std::min(end, to);
  }
  add(at, to, false);
  return out;
}

bool continues(std::string_view text, std::size_t at) { return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; }

// `characters` to the left or right of `at`, then on to a space if one is near.
std::size_t stepped(std::string_view text, std::size_t at, std::size_t characters, bool forward) {
  constexpr std::size_t kNear = 12;
  const auto step = [&] {
    if (forward) {
      do ++at;
      while (continues(text, at));
    } else {
      do --at;
      while (continues(text, at));
    }
  };
  const auto end = forward ? text.size() : 0;
  for (; characters > 0 && at != end; --characters) step();
  const auto stop = at;
  for (std::size_t i = 0; i < kNear && at != end; ++i) {
    if (text[forward ? at : at - 1] == ' ') return at;
    step();
  }
  return at == end ? end : stop;
}

}  // namespace

Result<Question> parse_question(std::string_view typed) {
  if (typed.size() > kQuestionBytesMax)
    return fail(bad(ErrorCode::kLimit, NC_MSG("The question is longer than {1} bytes"), {std::to_string(kQuestionBytesMax)},
                    NC_MSG("Write the few words that matter most")));
  if (!is_utf8(typed)) return fail(bad(ErrorCode::kInvalid, NC_MSG("This is not text"), {}, NC_MSG("Write it anew")));
  const auto text = with_plain_quotes(typed);
  Question out;
  bool quoted = false;
  for (std::string_view rest = text;;) {
    const auto quote = rest.find('"');
    const auto part = rest.substr(0, quote);
    const bool open = quoted && quote == std::string_view::npos;  // a quote that does not end
    const bool last = quote == std::string_view::npos && !part.ends_with(' ');
    const auto folded = fold(part);
    add_text(out, folded, last && !open);
    if (quoted && !open) add_phrase(out, folded);
    if (quote == std::string_view::npos) break;
    quoted = !quoted;
    rest.remove_prefix(quote + 1);
  }
  if (out.words.empty())
    return fail(bad(ErrorCode::kUsage, NC_MSG("There are no words to look for"), {}, NC_MSG("Write a word, a name, a number or a day")));
  if (out.words.size() > kQuestionWordsMax)
    return fail(bad(ErrorCode::kLimit, NC_MSG("The question has more than {1} words"), {std::to_string(kQuestionWordsMax)},
                    NC_MSG("Write the few words that matter most")));
  std::sort(out.phrases.begin(), out.phrases.end());
  out.phrases.erase(std::unique(out.phrases.begin(), out.phrases.end()), out.phrases.end());
  return out;
}

std::vector<Piece> mark_words(std::string_view text, const Question& question) {
  return pieces_between(text, 0, text.size(), places_of(text, question));
}

std::vector<Piece> cut_around(std::string_view text, const Question& question, std::size_t characters_max) {
  const auto places = places_of(text, question);
  const auto first = places.empty() ? 0 : places.front().first;
  auto from = stepped(text, first, characters_max / 3, false);
  const auto to = stepped(text, from, characters_max, true);
  if (to == text.size()) from = std::min(from, stepped(text, to, characters_max, false));  // no room is left unused
  auto out = pieces_between(text, from, to, places);
  const auto put = [&](bool front) {
    const Piece dots{"…", false};
    if (front) out.insert(out.begin(), dots);
    else out.push_back(dots);
  };
  if (from > 0) put(true);
  if (to < text.size()) put(false);
  return out;
}

std::size_t words_found(std::string_view text, const Question& question) {
  std::set<std::string_view> found;
  for (const auto& at : words_in(text)) {
    const auto folded = fold(text.substr(at.begin, at.end - at.begin));
    const auto term = index_term(folded);
    for (const auto& wanted : question.marks)
      if (at.piece == 0 && is_found(term, wanted)) found.insert(wanted.term);
    for (const auto& run : question.runs)
      if (at.piece != 0 && folded.find(run) != std::string::npos) found.insert(run);
  }
  return found.size();
}

}  // namespace nc::search
