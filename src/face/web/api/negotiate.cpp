#include "face/web/api/negotiate.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"

namespace nc::web {
namespace {

constexpr std::size_t kItemsMax = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_alike(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && std::ranges::equal(text.substr(0, start.size()), start, {}, lower, lower);
}

// "q=0.8" in thousandths; 1000 when it is missing, 0 when it is broken.
int quality(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  auto digits = parameters.substr(at + 2);
  digits = digits.substr(0, digits.find_first_not_of("0123456789."));
  if (digits.empty() || digits.size() > 5 || (digits[0] != '0' && digits[0] != '1')) return 0;
  if (digits.size() > 1 && digits[1] != '.') return 0;
  int value = (digits[0] - '0') * 1000, place = 100;
  for (const char c : digits.substr(std::min<std::size_t>(2, digits.size()))) {
    if (c == '.') return 0;
    value += (c - '0') * place;
    place /= 10;
  }
  return std::min(value, 1000);
}

std::optional<std::int64_t> place(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || ec != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

}  // namespace

i18n::Lang preferred_language(std::string_view accept_language) {
  int vietnamese = -1, english = -1, any = -1;
  std::size_t items = 0;
  while (!accept_language.empty() && items++ < kItemsMax) {
    const auto end = std::min(accept_language.find(','), accept_language.size());
    const auto item = trim(accept_language.substr(0, end));
    accept_language.remove_prefix(std::min(end + 1, accept_language.size()));
    const auto semicolon = std::min(item.find(';'), item.size());
    const auto tag = trim(item.substr(0, semicolon));
    const int wish = quality(item.substr(semicolon));
    const bool whole = tag.size() == 2 || (tag.size() > 2 && tag[2] == '-');
    if (whole && starts_alike(tag, "vi")) vietnamese = std::max(vietnamese, wish);
    else if (whole && starts_alike(tag, "en")) english = std::max(english, wish);
    else if (tag == "*") any = std::max(any, wish);
  }
  if (vietnamese < 0) vietnamese = std::max(any, 0);
  return english > vietnamese ? i18n::Lang::en : i18n::Lang::vi;
}

bool names_etag(std::string_view line, std::string_view etag) {
  std::size_t items = 0;
  while (!line.empty() && items++ < kItemsMax) {
    const auto end = std::min(line.find(','), line.size());
    auto item = trim(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
    if (item == "*") return true;
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == etag) return true;
  }
  return false;
}

std::optional<BytePart> byte_part(std::string_view line, std::int64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const auto dash = line.find('-');
  if (!line.starts_with(kUnit) || dash == std::string_view::npos || line.find(',') != std::string_view::npos) return std::nullopt;
  const auto from = place(line.substr(kUnit.size(), dash - kUnit.size())), to = place(line.substr(dash + 1));
  const bool no_from = dash == kUnit.size(), no_to = dash + 1 == line.size();
  if ((!from && !no_from) || (!to && !no_to) || (no_from && no_to)) return std::nullopt;
  if (no_from) return BytePart{size - std::min(*to, size), std::min(*to, size)};
  if (to && *to < *from) return std::nullopt;
  if (*from >= size) return BytePart{size, 0};
  return BytePart{*from, std::min(to.value_or(size - 1), size - 1) - *from + 1};
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  constexpr std::size_t kTokenBytesMax = 200;
  if (!starts_alike(authorization, kScheme)) return {};
  const auto token = trim(authorization.substr(kScheme.size()));
  const bool plain = std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7f; });
  return plain && token.size() <= kTokenBytesMax ? token : std::string_view();
}

bool is_json(std::string_view content_type) {
  const auto media = trim(content_type.substr(0, std::min(content_type.find(';'), content_type.size())));
  return std::ranges::equal(media, std::string_view("application/json"), {}, lower, lower);
}

}  // namespace nc::web
