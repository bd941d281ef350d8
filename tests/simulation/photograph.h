// A photograph of 5 MB from a post to its province at true speed, by a virtual clock.
#pragma once

#include <filesystem>
#include <string>

namespace nc::simulation {

// Empty: it arrived as it should; `told` says how.
std::string photograph(const std::filesystem::path& source, std::uint64_t seed, std::string& told);

}  // namespace nc::simulation
