// Inside the room: places in a body that was sent (RFC 6901).
#pragma once

#include <string>
#include <string_view>

namespace nc::web {

// A place as errors name it ("rows[2].unit", elements counted from 1) below `under`: "/values/rows/1/unit".
[[nodiscard]] std::string json_pointer(std::string_view under, std::string_view where);

// The member of that name below `under`, whatever signs are in it.
[[nodiscard]] std::string json_pointer_to(std::string_view under, std::string_view member);

}  // namespace nc::web
