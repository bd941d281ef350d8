#include "foundation/i18n/numbers.h"

#include <algorithm>

namespace nc::i18n {
namespace {

char group_mark(Lang lang) { return lang == Lang::vi ? '.' : ','; }
char decimal_mark(Lang lang) { return lang == Lang::vi ? ',' : '.'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string grouped(std::string_view digits, char mark) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += mark;
    out += digits[i];
  }
  return out;
}

}  // namespace

std::string_view lang_code(Lang lang) { return lang == Lang::vi ? "vi" : "en"; }
Lang lang_from_code(std::string_view code) { return code == "en" ? Lang::en : Lang::vi; }

std::string number_text(std::int64_t value, Lang lang) {
  const auto digits = std::to_string(value);
  if (value < 0) return '-' + grouped(std::string_view(digits).substr(1), group_mark(lang));
  return grouped(digits, group_mark(lang));
}

std::string decimal_text(std::string_view decimal, Lang lang) {
  auto rest = decimal;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const auto dot = rest.find('.');
  const auto whole = rest.substr(0, dot);
  if (!all_digits(whole) || (dot != std::string_view::npos && !all_digits(rest.substr(dot + 1)))) return std::string(decimal);
  auto out = (negative ? "-" : "") + grouped(whole, group_mark(lang));
  if (dot != std::string_view::npos) out += decimal_mark(lang) + std::string(rest.substr(dot + 1));
  return out;
}

}  // namespace nc::i18n
