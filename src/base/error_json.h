// An Error as JSON, for whoever keeps one or hands it to another process: it is translated where it is read.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace nc {

[[nodiscard]] Json error_to_json(const Error& error);
// What is absent or of another kind stays empty.
[[nodiscard]] Error error_from_json(const Json& json);

// For a column of text. What is no JSON of an error (rows of before) is the message as it stands.
[[nodiscard]] std::string kept_text(const Error& error);
[[nodiscard]] Error kept_error(const std::string& text);

}  // namespace nc
