#include "foundation/i18n/numbers.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/limits.h"
#include "base/text.h"

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

// "1.384" to "1384"; nothing unless plain digits or groups of three.
std::optional<std::string> ungrouped(std::string_view text, char mark) {
  if (all_digits(text)) return std::string(text);
  std::string out;
  bool first = true;
  while (true) {
    const auto end = text.find(mark);
    const auto group = text.substr(0, end);
    if (!all_digits(group) || group.size() > 3 || (!first && group.size() != 3)) return std::nullopt;
    out += group;
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
    first = false;
  }
}

std::string without_leading_zeros(std::string digits) {
  const auto first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

std::unexpected<Error> not_a_number(std::string_view typed, Lang lang) {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not a number"), {shorten(typed, 40)})
                  .then(lang == Lang::vi ? NC_MSG("Write 1.384 or 1384; 15,3 with a decimal comma")
                                         : NC_MSG("Write 1,384 or 1384; 15.3 with a decimal point")));
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

Result<std::string> parse_decimal(std::string_view typed, Lang lang) {
  auto text = trim(typed);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  auto mark = decimal_mark(lang);
  // A dot that cannot group can only be a decimal mark; a comma in English as little.
  const auto other = group_mark(lang);
  const bool mixed = text.find(mark) != std::string_view::npos;
  if (lang == Lang::vi && !mixed && std::ranges::count(text, other) == 1 && !ungrouped(text, other)) mark = other;
  const auto at = text.find(mark);
  const auto whole = mark == other && at != std::string_view::npos
                         ? (all_digits(text.substr(0, at)) ? std::optional(std::string(text.substr(0, at))) : std::nullopt)
                         : ungrouped(text.substr(0, at), other);
  if (!whole || (at != std::string_view::npos && !all_digits(text.substr(at + 1)))) return not_a_number(typed, lang);
  auto out = (negative ? "-" : "") + without_leading_zeros(*whole);
  if (at != std::string_view::npos) out += '.' + std::string(text.substr(at + 1));
  return out;
}

Result<std::int64_t> parse_number(std::string_view typed, Lang lang) {
  auto text = trim(typed);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto digits = ungrouped(text, group_mark(lang));
  if (!digits) return not_a_number(typed, lang);
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(digits->data(), digits->data() + digits->size(), value);
  if (ec != std::errc() || value > limits::kJsonIntegerMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("The number “{1}” is too large"), {shorten(typed, 40)}));
  return negative ? -value : value;
}

}  // namespace nc::i18n
