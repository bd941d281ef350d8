// Whatever is typed: a question within its limits or an error that says what to do, and marks that leave the text whole.
#include "base/check.h"
#include "base/text.h"
#include "insight/search/question.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto half = input.find('\n');
  const auto typed = input.substr(0, half);
  const auto question = search::parse_question(typed);
  if (!question) {
    NC_CHECK(!question.error().next.empty());
    return 0;
  }
  NC_CHECK(!question->words.empty() && question->words.size() <= search::kQuestionWordsMax);
  for (const auto& word : question->words) NC_CHECK(is_utf8(word.term) && !word.term.empty());
  const auto text = half == std::string_view::npos ? typed : input.substr(half + 1);
  std::string whole;
  for (const auto& piece : search::mark_words(text, *question)) whole += piece.text;
  NC_CHECK(whole == text);
  NC_CHECK(search::words_found(text, *question) <= question->marks.size() + question->runs.size());
  if (is_utf8(text))
    for (const auto& piece : search::cut_around(text, *question, 40)) NC_CHECK(is_utf8(piece.text));
  return 0;
}
