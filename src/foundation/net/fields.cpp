#include "foundation/net/fields.h"

#include <algorithm>

#include "base/text.h"
#include "base/url_text.h"

namespace nc::net {
namespace {

constexpr std::size_t kCookiesMax = 64;

// Browsers send "\r\n" for every line end of a text area.
std::string unix_line_ends(std::string text) {
  std::string out;
  if (text.find('\r') == std::string::npos) return text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
      continue;
    }
    out += '\n';
    if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  return out;
}

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// Character by character; what is none becomes U+FFFD, one a byte.
std::string readable(std::string text) {
  if (is_utf8(text)) return text;
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    while (length < 4 && !is_utf8(std::string_view(text).substr(i, length))) ++length;
    const auto character = std::string_view(text).substr(i, length);
    const bool whole = is_utf8(character);
    out += whole ? character : kReplacement;
    i += whole ? length : 1;
  }
  return out;
}

Result<std::string> read_text(std::string_view raw, const std::string& field, Unreadable how) {
  auto text = url_decode(raw, true);
  if (!text)
    return fail(
        Error(ErrorCode::kInvalid, NC_MSG("The form has a broken %-escape")).at(field).then(NC_MSG("Load the page again and repeat")));
  if (how == Unreadable::kRefused && text->find('\0') != std::string::npos)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The text has a character that no text can have (U+0000)"))
                    .at(field)
                    .then(NC_MSG("Type the text again")));
  if (how == Unreadable::kRefused && !is_utf8(*text))
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The text is not valid UTF-8")).at(field).then(NC_MSG("Type the text again")));
  return field_text(std::move(*text));
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_token(std::string_view text) {
  if (text.empty()) return false;
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return std::ranges::all_of(text, [&](char c) { return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos; });
}

bool is_cookie_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\'; });
}

}  // namespace

void Fields::set(std::string_view name, std::optional<std::string> value) {
  const auto same = [&](const Pair& pair) { return pair.first == name; };
  if (value) {
    const auto at = std::ranges::find_if(pairs_, same);
    if (at == pairs_.end()) return add(std::string(name), std::move(*value));
    at->second = std::move(*value);
    pairs_.erase(std::remove_if(at + 1, pairs_.end(), same), pairs_.end());
    return;
  }
  std::erase_if(pairs_, same);
}

const std::string* Fields::find(std::string_view name) const {
  const auto at = std::ranges::find_if(pairs_, [&](const Pair& pair) { return pair.first == name; });
  return at == pairs_.end() ? nullptr : &at->second;
}

std::string_view Fields::get(std::string_view name) const {
  const auto* value = find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::optional<std::string_view> Fields::first(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  return *value;
}

std::vector<std::string_view> Fields::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : pairs_)
    if (key == name) values.push_back(value);
  return values;
}

std::string field_text(std::string raw) { return to_nfc(unix_line_ends(readable(std::move(raw)))); }

Result<Fields> parse_form(std::string_view body, std::size_t fields_max, Unreadable how) {
  Fields fields;
  while (!body.empty()) {
    const auto end = body.find('&');
    const auto pair = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (pair.empty()) continue;
    if (fields.size() == fields_max)
      return fail(Error(ErrorCode::kLimit, NC_MSG("The form has more than {1} fields"), {std::to_string(fields_max)})
                      .then(NC_MSG("Send it in smaller parts")));
    const auto equals = pair.find('=');
    NC_ASSIGN(std::string name, read_text(pair.substr(0, equals), {}, how));
    NC_ASSIGN(std::string value, read_text(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), name, how));
    fields.add(std::move(name), std::move(value));
  }
  return fields;
}

const Fields::Pair* unreadable_field(const Fields& form) {
  const auto bad = [](const Fields::Pair& pair) {
    return pair.first.find(kReplacement) != std::string::npos || pair.second.find(kReplacement) != std::string::npos;
  };
  const auto at = std::ranges::find_if(form.begin(), form.end(), bad);
  return at == form.end() ? nullptr : &*at;
}

std::string form_text(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += url_encode(name) + '=' + url_encode(value);
  }
  return out;
}

std::string with_query(std::string_view path, const Fields& query) {
  std::string out(path);
  if (!query.empty()) out += '?' + form_text(query);
  return out;
}

Fields parse_cookies(std::string_view header) {
  Fields cookies;
  while (!header.empty() && cookies.size() < kCookiesMax) {
    const auto end = header.find(';');
    const auto pair = trim(header.substr(0, end));
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    auto value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (is_token(pair.substr(0, equals)) && is_cookie_value(value)) cookies.add(std::string(pair.substr(0, equals)), std::string(value));
  }
  return cookies;
}

}  // namespace nc::net
