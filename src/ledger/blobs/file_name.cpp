#include "ledger/blobs/file_name.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace nc::blobs {
namespace {

struct Range {
  char32_t first, last;
};

// Unseen, or turning what is seen: C0, C1, soft hyphen, Arabic letter mark, Mongolian separator, zero width and
// directional marks, line separators, word joiners, interlinear marks, byte order mark, replacement, tags, surrogates
// cannot occur.
constexpr std::array kUnseen = {Range{0x00, 0x1f},      Range{0x7f, 0x9f},     Range{0xad, 0xad},     Range{0x34f, 0x34f},
                                Range{0x61c, 0x61c},    Range{0x115f, 0x1160}, Range{0x17b4, 0x17b5}, Range{0x180b, 0x180f},
                                Range{0x200b, 0x200f},  Range{0x2028, 0x202e}, Range{0x2060, 0x206f}, Range{0x3164, 0x3164},
                                Range{0xfe00, 0xfe0f},  Range{0xfeff, 0xfeff}, Range{0xffa0, 0xffa0}, Range{0xfff0, 0xffff},
                                Range{0xe0000, 0xe0fff}};
constexpr std::string_view kForbidden = "<>:\"/\\|?*";
constexpr std::array<std::string_view, 6> kDevices{"con", "prn", "aux", "nul", "com", "lpt"};

// One character of well-formed UTF-8 at the front; 0 bytes when it is none.
std::size_t character(std::string_view text, char32_t& out) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (text.size() < length || !is_utf8(text.substr(0, length))) return 0;
  out = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) out = (out << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  return length;
}

bool is_unseen(char32_t c) {
  return std::ranges::any_of(kUnseen, [&](const Range& range) { return range.first <= c && c <= range.last; });
}

std::string without_bad_characters(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size();) {
    char32_t c = 0;
    const auto length = raw[i] == '\0' ? 0 : character(raw.substr(i), c);
    if (length == 0) {
      ++i;
      continue;
    }
    const bool forbidden = c < 0x80 && kForbidden.find(static_cast<char>(c)) != std::string_view::npos;
    if (forbidden) out += '_';
    else if (!is_unseen(c)) out += raw.substr(i, length);
    i += length;
  }
  return out;
}

// Whole characters: the bytes of U+00A0 end letters, too (à).
std::string_view strip_ends(std::string_view name) {
  constexpr std::string_view kEnds[] = {".", " ", "\xc2\xa0"};
  for (bool again = true; again;) {
    again = false;
    for (const auto end : kEnds) {
      if (name.starts_with(end)) name.remove_prefix(end.size()), again = true;
      if (name.ends_with(end)) name.remove_suffix(end.size()), again = true;
    }
  }
  return name;
}

bool is_device(std::string_view name) {
  auto stem = fold(name.substr(0, name.find('.')));
  while (!stem.empty() && stem.back() >= '0' && stem.back() <= '9') stem.pop_back();
  return std::ranges::find(kDevices, stem) != kDevices.end();
}

// Cut at a character; the ending stays.
std::string shortened(const std::string& name) {
  if (name.size() <= kNameBytesMax) return name;
  auto ending = ending_of(name);
  if (!ending.empty()) ending = name.substr(name.size() - ending.size() - 1);
  auto stem = name.substr(0, kNameBytesMax - ending.size());
  while (!stem.empty() && !is_utf8(stem)) stem.pop_back();
  return std::string(strip_ends(stem)) + ending;
}

}  // namespace

std::string ending_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot - 1 > 8) return {};
  std::string out(name.substr(dot + 1));
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) return {};
  }
  return out;
}

std::string safe_file_name(std::string_view raw) {
  if (const auto slash = raw.find_last_of("/\\"); slash != std::string_view::npos) raw = raw.substr(slash + 1);
  auto name = std::string(strip_ends(to_nfc(without_bad_characters(raw.substr(0, 4096)))));
  name = shortened(name);
  if (name.empty()) return "tep";
  return is_device(name) ? "_" + name : name;
}

std::string with_ending_of(const std::string& name, const catalog::MediaType& kind, const std::vector<catalog::MediaType>& kinds) {
  const auto ending = ending_of(name);
  if (std::ranges::find(kind.extensions, ending) != kind.extensions.end()) return name;
  const bool of_another = !ending.empty() && std::ranges::any_of(kinds, [&](const auto& other) {
    return std::ranges::find(other.extensions, ending) != other.extensions.end();
  });
  const auto stem = of_another ? name.substr(0, name.size() - ending.size() - 1) : name;
  return safe_file_name(shortened(stem + "." + kind.extensions.front()));
}

}  // namespace nc::blobs
