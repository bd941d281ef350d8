// A moment as programs write it: RFC 3339, UTC, to the millisecond, as 2026-11-22T12:30:00.000Z.
#pragma once

#include <cstdint>
#include <string>

namespace nc {

[[nodiscard]] std::string instant_text(std::int64_t wall_ms);

}  // namespace nc
