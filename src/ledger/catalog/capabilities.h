// The capabilities that a role may list and a step may ask for: every right that the program knows.
// What each allows is decided in ledger/access, which has words for each (capability_words.h).
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace nc::catalog {

inline constexpr std::array<std::string_view, 27> kCapabilities{
    "know",         "read",           "read_restricted", "read_personal", "count",      "count_sensitive", "create",
    "amend",        "void",           "resolve",         "submit",        "return",     "approve",         "reopen",
    "close_period", "raise_handling", "declassify",      "export",        "release",    "grant",           "purge",
    "erase",        "administer",     "read_audit",      "publish_type",  "keep_lists", "waive_volume"};

[[nodiscard]] constexpr bool is_capability(std::string_view name) {
  return std::find(kCapabilities.begin(), kCapabilities.end(), name) != kCapabilities.end();
}

}  // namespace nc::catalog
