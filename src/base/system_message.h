// What the operating system says when a call failed, as messages that are translated.
#pragma once

#include <string_view>

#include "base/error.h"

namespace nc {

// The message id for errno `code`; empty when it has none, and then only its number and the C library's
// English words can be told.
[[nodiscard]] std::string_view system_message(int code);

// An error that says it: the message with its next step, or the number with the English words.
[[nodiscard]] Error system_error(ErrorCode kind, int code);

}  // namespace nc
