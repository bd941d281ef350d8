// Inside the room: header lines of programs that say what they would like. Bytes from outside: what cannot be
// understood is passed over. Plain functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "foundation/i18n/translator.h"

namespace nc::web {

// Accept-Language (RFC 9110, 12.5.4): English when it is wanted more than Vietnamese, else Vietnamese.
[[nodiscard]] i18n::Lang preferred_language(std::string_view accept_language);

// Whether the list of an If-Match or If-None-Match line names this tag ("*" names any). `etag` with its quotes.
// Compared weakly (RFC 9110, 8.8.3.2): the tags that this program gives are hashes of the whole answer.
[[nodiscard]] bool names_etag(std::string_view line, std::string_view etag);

// A part of a body of `size` bytes, as a Range line wishes it (RFC 9110, 14.1.2): one range in bytes. Nothing is no
// wish, as is what cannot be understood, and several; `size` 0 of the answer: it lies outside.
struct BytePart {
  std::int64_t first = 0, size = 0;
};
[[nodiscard]] std::optional<BytePart> byte_part(std::string_view line, std::int64_t size);

// The token of "Authorization: Bearer <token>"; empty when it is another scheme or no token (RFC 6750, 2.1).
[[nodiscard]] std::string_view bearer_token(std::string_view authorization);

// Whether a Content-Type is JSON, with or without a character set.
[[nodiscard]] bool is_json(std::string_view content_type);

}  // namespace nc::web
