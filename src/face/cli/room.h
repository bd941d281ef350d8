// A data directory of which only the lack of room keeps its owner from writing.
#pragma once

#include "face/cli/commands.h"

namespace nc::cli {

bool has_no_room(const std::filesystem::path& dir);
// What `verify` and `doctor` say when rebuild(true) could not be asked.
std::string why_not_compared(const Context& context, const std::filesystem::path& dir);

}  // namespace nc::cli
