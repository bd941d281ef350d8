// Header lines of programs. Oracles: a token is printable and part of the line; a tag that stands alone in a line
// is found there, and "*" names every tag; a part of a body lies within it.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "face/web/api/negotiate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(nc::web::preferred_language(text));
  NC_CHECK(nc::web::preferred_language(std::string("vi, ") + std::string(text)) == nc::i18n::Lang::vi);
  const auto token = nc::web::bearer_token(text);
  NC_CHECK(token.size() <= size);
  for (const char c : token) NC_CHECK(c > ' ' && c < 0x7f);
  static_cast<void>(nc::web::names_etag(text, "\"00\""));
  NC_CHECK(nc::web::names_etag(std::string("*, ") + std::string(text), "\"00\""));
  NC_CHECK(nc::web::names_etag(std::string("\"00\",") + std::string(text), "\"00\""));
  for (const std::int64_t bytes : {0, 1, 1000})
    if (const auto part = nc::web::byte_part(text, bytes))
      NC_CHECK(part->first >= 0 && part->size >= 0 && part->first + part->size <= bytes);
  if (nc::web::is_json(text)) NC_CHECK(text.find('/') != std::string_view::npos);
  return 0;
}
