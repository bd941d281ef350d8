// A TOML file as a plain tree with positions: the only door to the toml++ library.
//
// All text is NFC, without control characters but line feeds. Nesting is limited.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace nc::catalog {

struct TomlMember;

struct Toml {
  enum class Kind { kTable, kArray, kText, kInteger, kFlag, kOther };  // kOther: floats, dates, times
  Kind kind = Kind::kTable;
  std::size_t line = 1, column = 1;
  std::string text;
  std::int64_t integer = 0;
  bool flag = false;
  std::vector<Toml> items;          // kArray
  std::vector<TomlMember> members;  // kTable, in the order of the file
};

struct TomlMember {
  std::string key;
  std::size_t line = 1, column = 1;
  Toml value;
};

// Errors carry `where` as "file:line:column".
Result<Toml> parse_toml(std::string_view text, std::string_view file_name);

}  // namespace nc::catalog
