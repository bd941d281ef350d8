#include "base/text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/unorm2.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "base/check.h"

namespace nc {
namespace {

const UNormalizer2* nfc() {
  UErrorCode status = U_ZERO_ERROR;
  const auto* instance = unorm2_getNFCInstance(&status);
  NC_CHECK(U_SUCCESS(status));
  return instance;
}

const UNormalizer2* nfd() {
  UErrorCode status = U_ZERO_ERROR;
  const auto* instance = unorm2_getNFDInstance(&status);
  NC_CHECK(U_SUCCESS(status));
  return instance;
}

icu::UnicodeString normalize(const UNormalizer2* how, const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString out;
  const std::int32_t capacity = text.length() * 4 + 16;
  const std::int32_t length = unorm2_normalize(how, text.getBuffer(), text.length(), out.getBuffer(capacity), capacity, &status);
  out.releaseBuffer(U_SUCCESS(status) ? length : 0);
  NC_CHECK(U_SUCCESS(status));
  return out;
}

bool is_ascii(std::string_view text) {
  std::uint64_t seen = 0, word = 0;
  for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
    std::memcpy(&word, text.data(), sizeof word);
    seen |= word;
  }
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return (seen & 0x8080808080808080ULL) == 0;
}

// What nearly all text here is made of: Latin letters, those of Vietnamese included, and common punctuation.
// Each of them is NFC by itself and beside any other of them.
constexpr char32_t kLatinEnd = 0x250;
constexpr char32_t kVietnameseBegin = 0x1e00, kVietnameseEnd = 0x1f00;
constexpr char32_t kPunctuationBegin = 0x2010, kPunctuationEnd = 0x2028;

// The character at the front of the text and its bytes, when it is one of those; else no bytes.
struct Common {
  char32_t code = 0;
  std::size_t bytes = 0;
};
Common common_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead >= 0xc2 && lead < 0xe0 && text.size() > 1 && follows(1)) {
    const char32_t code = (lead & 0x1fU) << 6 | (byte(1) & 0x3fU);
    return code < kLatinEnd ? Common{code, 2} : Common{};
  }
  if ((lead != 0xe1 && lead != 0xe2) || text.size() < 3 || !follows(1) || !follows(2)) return {};
  const char32_t code = (lead & 0xfU) << 12 | (byte(1) & 0x3fU) << 6 | (byte(2) & 0x3fU);
  const bool common = (code >= kVietnameseBegin && code < kVietnameseEnd) || (code >= kPunctuationBegin && code < kPunctuationEnd);
  return common ? Common{code, 3} : Common{};
}

}  // namespace

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return text.find('\0') == std::string_view::npos;
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead == 0) return false;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const int extra = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || i + static_cast<std::size_t>(extra) >= text.size()) return false;
    unsigned code = lead & (0x3f >> extra);
    for (int k = 1; k <= extra; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      code = (code << 6) | (next & 0x3f);
    }
    const bool overlong = (extra == 2 && code < 0x800) || (extra == 3 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    i += extra + 1;
  }
  return true;
}

bool is_nfc(std::string_view utf8) {
  if (is_ascii(utf8)) return true;
  auto rest = utf8;
  while (!rest.empty()) {
    const auto bytes = common_at(rest).bytes;
    if (bytes == 0) break;
    rest.remove_prefix(bytes);
  }
  if (rest.empty()) return true;
  UErrorCode status = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFCInstance(status);
  NC_CHECK(U_SUCCESS(status));
  const bool normal = normalizer->isNormalizedUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())), status) != 0;
  return U_SUCCESS(status) && normal;
}

std::string to_nfc(std::string_view utf8) {
  if (is_ascii(utf8)) return std::string(utf8);
  const auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
  std::string out;
  normalize(nfc(), text).toUTF8String(out);
  return out;
}

namespace {

std::string fold_any(std::string_view utf8) {
  auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
  text.foldCase();
  if (!is_ascii(utf8)) text = normalize(nfd(), text);
  icu::UnicodeString kept;
  bool space = false;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    UChar32 c = text.char32At(i);
    if (c >= 0x300 && c <= 0x36f) continue;
    if (c == 0x111) c = 'd';
    if (u_isUWhiteSpace(c) || c == 0xa0) {
      space = !kept.isEmpty();
      continue;
    }
    if (space) kept.append(static_cast<UChar32>(' '));
    space = false;
    kept.append(c);
  }
  std::string out;
  kept.toUTF8String(out);
  return out;
}

// What each common character becomes: none of them depends on its neighbours.
class FoldedCharacters {
 public:
  FoldedCharacters() {
    const auto put = [this](char32_t from, char32_t to) {
      for (auto code = from; code < to; ++code) {
        std::string text;
        icu::UnicodeString(static_cast<UChar32>(code)).toUTF8String(text);
        place(code) = u_isUWhiteSpace(static_cast<UChar32>(code)) ? " " : fold_any(text);
      }
    };
    put(1, kLatinEnd);
    put(kVietnameseBegin, kVietnameseEnd);
    put(kPunctuationBegin, kPunctuationEnd);
  }
  const std::string& operator[](char32_t code) { return place(code); }

 private:
  std::string& place(char32_t code) {
    if (code < kLatinEnd) return latin_[code];
    return code < kVietnameseEnd ? vietnamese_[code - kVietnameseBegin] : punctuation_[code - kPunctuationBegin];
  }
  std::array<std::string, kLatinEnd> latin_;
  std::array<std::string, kVietnameseEnd - kVietnameseBegin> vietnamese_;
  std::array<std::string, kPunctuationEnd - kPunctuationBegin> punctuation_;
};

}  // namespace

std::string fold(std::string_view utf8) {
  static FoldedCharacters folded;
  std::string out;
  out.reserve(utf8.size());
  bool space = false;
  for (auto rest = utf8; !rest.empty();) {
    const auto [code, bytes] = common_at(rest);
    if (bytes == 0 || code == 0) return fold_any(utf8);
    rest.remove_prefix(bytes);
    const auto& now = folded[code];
    if (now == " ") {
      space = !out.empty();
      continue;
    }
    if (space && !now.empty()) out += ' ';
    if (!now.empty()) space = false;
    out += now;
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string> split_trimmed(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(by);
    const auto part = trim(text.substr(0, at));
    if (!part.empty()) parts.emplace_back(part);
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view by) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += by;
    out += parts[i];
  }
  return out;
}

std::string shorten(std::string_view utf8, std::size_t bytes_max) {
  if (utf8.size() <= bytes_max) return std::string(utf8);
  std::size_t end = bytes_max > 3 ? bytes_max - 3 : 0;
  while (end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xc0) == 0x80) --end;
  return std::string(utf8.substr(0, end)) + "…";
}

}  // namespace nc
