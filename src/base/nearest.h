// Which of the valid words was meant by a word that is none of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nc {

// The valid words, those that look most like the typed one first; equally near ones by the alphabet.
[[nodiscard]] std::vector<std::string> nearest_first(std::string_view typed, std::vector<std::string> valid);

}  // namespace nc
