// Inside the room only: what a body may weigh, for who writes one as for who reads one.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/limits.h"

namespace nc::journal {

inline Status check_body_bytes(std::string_view bytes) {
  if (bytes.size() <= limits::kBodyBytesMax) return {};
  return fail(ErrorCode::kLimit, NC_MSG("A body is longer than {1} bytes (limit kBodyBytesMax)"), {std::to_string(limits::kBodyBytesMax)});
}

}  // namespace nc::journal
