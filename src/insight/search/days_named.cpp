#include "insight/search/days_named.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "base/text.h"

namespace nc::search {
namespace {

constexpr int kFirstYear = 1900, kLastYear = 2100;
constexpr int kMonths = 12;
constexpr std::size_t kBytesMax = 100;  // a name of days is short

using Words = std::vector<std::string>;

// "ngày 20-11-2026", "20 tháng 11 năm 2026": as the day is typed elsewhere.
std::string with_slashes(std::string_view folded) {
  for (const std::string_view said : {"ngay ", "thang ", "nam ", "day ", "month ", "year "})
    if (folded.starts_with(said)) {
      folded = trim(folded.substr(said.size()));
      break;
    }
  std::string out(folded);
  for (const std::string_view word : {" thang ", " nam "})
    if (const auto at = out.find(word); at != std::string::npos) out.replace(at, word.size(), "/");
  const auto digits = out.find_first_not_of("0123456789");
  if (digits == 1 || digits == 2)
    for (auto& c : out)
      if (c == '-' || c == '.') c = '/';
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// Runs of letters and of digits; nothing when there is anything else in it than these and what stands between words.
std::optional<Words> words_of(std::string_view folded) {
  Words out;
  char before = ' ';
  for (const char c : folded) {
    const bool word = is_digit(c) || is_letter(c);
    if (!word && std::string_view(" /-.,").find(c) == std::string_view::npos) return std::nullopt;
    const bool goes_on = (is_digit(c) && is_digit(before)) || (is_letter(c) && is_letter(before));
    if (word && goes_on) out.back() += c;
    else if (word) out.emplace_back(1, c);
    before = c;
  }
  return out;
}

// What says nothing of its own: "năm", "của", "the first half of the year".
bool is_filler(const std::string& word) {
  static constexpr std::array<std::string_view, 10> kFillers = {"nam", "cua", "trong", "thu", "the", "of", "year", "st", "nd", "rd"};
  return word == "th" || std::ranges::find(kFillers, word) != kFillers.end();
}

int digits_of(std::string_view digits) {
  int out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

// A number as it stands in such names: digits, Roman, in words of both languages; 0 when it is none.
int number_of(std::string_view word) {
  struct Named {
    std::string_view word;
    int number;
  };
  static constexpr std::array kNamed = {
      Named{"i", 1},   Named{"ii", 2},     Named{"iii", 3},   Named{"iv", 4},     Named{"mot", 1},   Named{"nhat", 1}, Named{"hai", 2},
      Named{"ba", 3},  Named{"bon", 4},    Named{"tu", 4},    Named{"sau", 6},    Named{"chin", 9},  Named{"dau", 1},  Named{"first", 1},
      Named{"one", 1}, Named{"second", 2}, Named{"third", 3}, Named{"fourth", 4}, Named{"three", 3}, Named{"six", 6},  Named{"nine", 9}};
  for (const auto& [name, number] : kNamed)
    if (word == name) return number;
  if (word.empty() || word.size() > 2 || !std::ranges::all_of(word, is_digit)) return 0;
  return digits_of(word);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

// Months of a year, the first and the last.
struct Months {
  int first = 0, last = 0;
};

std::optional<Months> quarter(const Words& words) {
  if (words.size() != 2) return std::nullopt;
  const bool before = is_one_of(words[0], {"quy", "q", "quarter"}), after = words[1] == "quarter";
  const int number = before ? number_of(words[1]) : after ? number_of(words[0]) : 0;
  if (number < 1 || number > 4) return std::nullopt;
  return Months{number * 3 - 2, number * 3};
}

std::optional<Months> half(const Words& words) {
  if (words.size() != 2) return std::nullopt;
  const bool before = is_one_of(words[0], {"nua", "h", "half"}), after = words[1] == "half";
  const auto& which = before ? words[1] : words[0];
  if (!before && !after) return std::nullopt;
  const int number = is_one_of(which, {"cuoi", "sau", "last"}) ? 2 : number_of(which);  // "nửa sau" is the second
  if (number != 1 && number != 2) return std::nullopt;
  return number == 1 ? Months{1, 6} : Months{7, kMonths};
}

// "6 tháng đầu (năm)", "first six months (of)".
std::optional<Months> months_of_an_end(const Words& words) {
  if (words.size() != 3) return std::nullopt;
  const bool vietnamese = words[1] == "thang" && is_one_of(words[2], {"dau", "cuoi"});
  const bool english = words[2] == "months" && is_one_of(words[0], {"first", "last"});
  if (!vietnamese && !english) return std::nullopt;
  const int number = number_of(vietnamese ? words[0] : words[1]);
  if (number < 1 || number > kMonths) return std::nullopt;
  const bool at_the_end = vietnamese ? words[2] == "cuoi" : words[0] == "last";
  return at_the_end ? Months{kMonths + 1 - number, kMonths} : Months{1, number};
}

// "6 tháng (của)": so many from the beginning; "tháng 6": that one.
std::optional<Months> some_months(const Words& words) {
  if (words.size() != 2) return std::nullopt;
  const bool one = is_one_of(words[0], {"thang", "month"}), many = is_one_of(words[1], {"thang", "months"});
  const int number = one == many ? 0 : number_of(one ? words[1] : words[0]);
  if (number < 1 || number > kMonths) return std::nullopt;
  return one ? Months{number, number} : Months{1, number};
}

// "6 tháng năm ...": six months of the year, or the sixth of May.
bool may_be_may(const Words& words) {
  for (std::size_t i = 1; i + 1 < words.size(); ++i)
    if (words[i] == "thang" && words[i + 1] == "nam") return true;
  return false;
}

// The year stands first or last; it is taken away.
std::optional<int> take_year(Words& words) {
  const auto is_year = [](const std::string& word) { return word.size() == 4 && std::ranges::all_of(word, is_digit); };
  if (words.size() < 2) return std::nullopt;
  const auto at = is_year(words.back()) ? words.end() - 1 : words.begin();
  if (!is_year(*at)) return std::nullopt;
  const int year = digits_of(*at);
  words.erase(at);
  return year >= kFirstYear && year <= kLastYear ? std::optional(year) : std::nullopt;
}

std::optional<DayRange> part_of_year(std::string_view folded) {
  auto words = words_of(folded);
  if (!words || may_be_may(*words)) return std::nullopt;
  std::erase_if(*words, is_filler);
  const auto year = take_year(*words);
  if (!year) return std::nullopt;
  auto months = quarter(*words);
  if (!months) months = half(*words);
  if (!months) months = months_of_an_end(*words);
  if (!months) months = some_months(*words);
  if (!months) return std::nullopt;
  const auto end = months->last == kMonths ? to_day(*year, kMonths, 31) : to_day(*year, months->last + 1, 1) - 1;
  return DayRange{to_day(*year, months->first, 1), end};
}

}  // namespace

std::optional<DayRange> days_named(std::string_view typed) {
  if (typed.size() > kBytesMax) return std::nullopt;
  const auto folded = fold(typed);
  if (const auto days = part_of_year(folded)) return days;
  const auto date = parse_typed_date(with_slashes(folded));
  const auto days = date ? extent(*date) : std::nullopt;
  if (!days || from_day(days->first).year < kFirstYear || from_day(days->last).year > kLastYear) return std::nullopt;
  return days;
}

namespace {

constexpr std::size_t kWordsOfDays = 8;  // a name of days has no more

// Whether the word says that the number behind it is one of a marker, a paper, a line.
bool says_number(std::string_view word) {
  const auto folded = fold(word);
  return is_one_of(folded, {"moc", "so", "coc", "no", "no.", "number"});
}

bool only_links(std::string_view word) {
  const auto folded = fold(word);
  return is_one_of(folded, {"trong", "vao", "cua", "in", "of", "on", "during", "-", ","});
}

}  // namespace

std::optional<WordsAndDays> words_and_days(std::string_view typed) {
  const auto text = trim(typed);
  if (days_named(text)) return std::nullopt;
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  const auto piece = [&](std::size_t from, std::size_t to) {
    return text.substr(static_cast<std::size_t>(words[from].data() - text.data()),
                       static_cast<std::size_t>(words[to - 1].data() + words[to - 1].size() - words[from].data()));
  };
  const auto count = words.size();
  for (std::size_t taken = std::min(count > 0 ? count - 1 : 0, kWordsOfDays); taken > 0; --taken) {
    auto rest = count - taken;
    if (const auto days = days_named(piece(rest, count)); days && !says_number(words[rest - 1])) {
      while (rest > 0 && only_links(words[rest - 1])) --rest;
      if (rest > 0) return WordsAndDays{std::string(piece(0, rest)), std::string(piece(count - taken, count)), *days};
    }
    if (const auto days = days_named(piece(0, taken)))
      return WordsAndDays{std::string(piece(taken, count)), std::string(piece(0, taken)), *days};
  }
  return std::nullopt;
}

}  // namespace nc::search
