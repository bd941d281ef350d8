// The groups that record types stand in, in the order and with the words in which pages show them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "face/web/visit.h"

namespace nc::web {

// Ids of the groups that have words; a catalogue may have more.
[[nodiscard]] std::span<const std::string_view> type_groups();
// A group without words is called by its id.
[[nodiscard]] std::string group_label(const Visit& visit, std::string_view group);

}  // namespace nc::web
