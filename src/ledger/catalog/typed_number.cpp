#include "ledger/catalog/typed_number.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/catalog/expression_node.h"

namespace nc::catalog {
namespace {

constexpr std::size_t kGroup = 3;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Without blanks (also U+00A0, U+202F as group signs) and with '-' for U+2212.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i);
    if (text[i] == ' ') continue;
    if (rest.starts_with("\u00a0")) {
      i += 1;
      continue;
    }
    if (rest.starts_with("\u202f")) {
      i += 2;
      continue;
    }
    if (rest.starts_with("\u2212")) {
      out += '-';
      i += 2;
      continue;
    }
    out += text[i];
  }
  return out;
}

// "1.384.000" as "1384000": one to three digits, then groups of three; nothing when it is not so.
std::optional<std::string> without_groups(std::string_view text) {
  std::string out;
  bool first = true;
  while (true) {
    const auto at = text.find('.');
    const auto part = text.substr(0, at);
    const bool fits = first ? part.size() <= kGroup || at == std::string_view::npos : part.size() == kGroup;
    if (!is_digits(part) || !fits) return std::nullopt;
    out += part;
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
    first = false;
  }
}

std::unexpected<Error> not_a_number(std::string_view text, const char* next) {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not a number"), {shorten(text, 64)}).then(next));
}

struct Split {
  std::string whole, fraction;
};

std::optional<Split> split(std::string_view text, bool point_groups) {
  const auto comma = text.find(',');
  if (comma != std::string_view::npos) {
    const auto whole = without_groups(text.substr(0, comma));
    const auto fraction = text.substr(comma + 1);
    if (!whole || !is_digits(fraction)) return std::nullopt;
    return Split{*whole, std::string(fraction)};
  }
  const auto points = std::count(text.begin(), text.end(), '.');
  const auto last = text.rfind('.');
  const bool three = points == 1 && text.size() - last - 1 == kGroup;
  if (points == 0 || points > 1 || (three && point_groups)) {
    const auto whole = without_groups(text);
    return whole ? std::optional(Split{*whole, {}}) : std::nullopt;
  }
  const auto whole = text.substr(0, last), fraction = text.substr(last + 1);
  if (!is_digits(whole) || !is_digits(fraction)) return std::nullopt;
  return Split{std::string(whole), std::string(fraction)};
}

}  // namespace

Result<std::int64_t> integer_from_typed(std::string_view text) {
  const auto bare = plain(trim(text));
  const bool minus = bare.starts_with('-');
  const auto digits = without_groups(std::string_view(bare).substr(minus ? 1 : 0));
  if (!digits) return not_a_number(text, NC_MSG("Write a whole number, as 1384 or 1.384"));
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(digits->data(), digits->data() + digits->size(), value);
  if (ec != std::errc() || value > limits::kJsonIntegerMax) return fail(ErrorCode::kLimit, NC_MSG("A whole number is larger than 2^53"));
  return minus ? -value : value;
}

Result<std::string> decimal_from_typed(std::string_view text, int scale, bool point_groups) {
  const auto bare = plain(trim(text));
  const bool minus = bare.starts_with('-');
  auto parts = split(std::string_view(bare).substr(minus ? 1 : 0), point_groups);
  if (!parts) return not_a_number(text, NC_MSG("Write a number with a comma before the decimals, as 15,8 or 1.384,5"));
  auto& [whole, fraction] = *parts;
  fraction.erase(fraction.find_last_not_of('0') + 1);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  if (fraction.size() > static_cast<std::size_t>(scale))
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The number has more than {1} decimals"), {std::to_string(scale)})
                    .then(NC_MSG("Write a number with a comma before the decimals, as 15,8 or 1.384,5")));
  auto out = fraction.empty() ? whole : whole + "." + fraction;
  if (minus && out != "0") out.insert(0, "-");
  if (!parse_decimal(out)) return fail(ErrorCode::kLimit, NC_MSG("The number “{1}” is too large"), {shorten(text, 64)});
  return out;
}

std::string typed_decimal(std::string_view wire) {
  std::string out(wire);
  std::replace(out.begin(), out.end(), '.', ',');
  return out;
}

std::string show_number(std::string_view wire, std::string_view lang) {
  const char group = lang == "en" ? ',' : '.', point = lang == "en" ? '.' : ',';
  const auto at = wire.find('.');
  std::string out(wire.substr(0, at));
  const std::size_t first = out.starts_with('-') ? 1 : 0;
  for (std::size_t i = out.size(); i > first + kGroup; i -= kGroup) out.insert(i - kGroup, 1, group);
  if (at != std::string_view::npos) {
    out += point;
    out += wire.substr(at + 1);
  }
  return out;
}

}  // namespace nc::catalog
