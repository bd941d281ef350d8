// Bytes made smaller for storing: one zstd frame (RFC 8878) that names its content's size.
//
// Threads: any; each keeps its own work space. Not for secrets beside bytes that an attacker chooses: the length
// of what comes out tells something about what went in.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace nc::store {

[[nodiscard]] std::string compress(std::string_view bytes);
// kCorrupt: not one whole frame, or its content is longer than `bytes_max`.
[[nodiscard]] Result<std::string> decompress(std::string_view frame, std::size_t bytes_max);

}  // namespace nc::store
