// Text: UTF-8 checks, NFC, and the folding that search and matching use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nc {

// Well-formed UTF-8 without surrogates and without U+0000.
[[nodiscard]] bool is_utf8(std::string_view text);
[[nodiscard]] bool is_nfc(std::string_view utf8);
[[nodiscard]] std::string to_nfc(std::string_view utf8);

// For comparing what people type: lower case, Latin marks removed, đ to d, runs of white space to
// one space, ends trimmed. Marks of other scripts (Lao, Khmer) stay.
[[nodiscard]] std::string fold(std::string_view utf8);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string> split_trimmed(std::string_view text, char by);  // empty parts left out
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view by);
// At most `bytes_max` bytes, cut at a character, with an ellipsis when cut.
[[nodiscard]] std::string shorten(std::string_view utf8, std::size_t bytes_max);

}  // namespace nc
