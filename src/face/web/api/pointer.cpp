#include "face/web/api/pointer.h"

#include <charconv>
#include <cstdint>

namespace nc::web {

std::string json_pointer(std::string_view under, std::string_view where) {
  std::string out(under);
  out += '/';
  for (std::size_t i = 0; i < where.size(); ++i) {
    std::int64_t element = 0;
    const auto close = where[i] == '[' ? where.find(']', i) : std::string_view::npos;
    if (close != std::string_view::npos && std::from_chars(&where[i + 1], &where[close], element).ptr == &where[close]) {
      out += '/' + std::to_string(element - 1);
      i = close;
    } else if (where[i] == '.') {
      out += '/';
    } else if (where[i] == '~' || where[i] == '/') {
      out += where[i] == '~' ? "~0" : "~1";
    } else {
      out += where[i];
    }
  }
  return out;
}

std::string json_pointer_to(std::string_view under, std::string_view member) {
  std::string out(under);
  out += '/';
  for (const char c : member) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

}  // namespace nc::web
