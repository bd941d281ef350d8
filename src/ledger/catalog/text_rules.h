// What text may hold, in the catalogue and in values. Private to this room.
#pragma once

#include <string>
#include <string_view>

namespace nc::catalog {

// The first character that text may not hold, as "U+0007"; empty when there is none. Forbidden are
// control characters, line and paragraph separators, the signs that turn the direction of writing
// (they let text pretend to be other text) and noncharacters. Precondition: valid UTF-8.
std::string forbidden_character(std::string_view utf8, bool line_feed_allowed);

// [a-z][a-z0-9_]*, at most 64 characters.
bool is_id(std::string_view text);

// Option ids may also hold capitals and a hyphen, because they carry codes of others: VN, LA-defence.
// [A-Za-z][A-Za-z0-9_-]*, at most 64 characters.
bool is_option_id(std::string_view text);

}  // namespace nc::catalog
