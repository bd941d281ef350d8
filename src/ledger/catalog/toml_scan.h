// A first look at a TOML text, before the library reads it. Private to toml_tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nc::catalog {

struct StrayCharacter {
  std::string character;
  std::size_t line = 1, column = 1;
};

// The first character beyond ASCII that stands outside quotes and comments, where TOML has no place
// for it. It is looked for here because toml++ 3.3 has no defined behaviour for some of them (its
// is_non_ascii_horizontal_whitespace falls into an unreachable branch, for example for a "đ").
// Precondition: valid UTF-8.
std::optional<StrayCharacter> stray_character(std::string_view toml);

}  // namespace nc::catalog
