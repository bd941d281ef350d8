// A picture without what the camera and its programs wrote beside it: place, device, time, names, comments, small copies.
// docs/formats/attachments.md, Metadata. What is seen is not touched; JPEG keeps how it is to be turned.
#pragma once

#include <functional>
#include <string_view>

#include "base/file_stream.h"

namespace nc::blobs {

// Whether files of this look are rewritten at all.
[[nodiscard]] bool has_metadata_to_strip(std::string_view look);
// Writes the picture piece by piece; true when something was left out. kInvalid when it is damaged.
Result<bool> copy_without_metadata(std::string_view look, const InputFile& file, const std::function<Status(std::string_view)>& write);

}  // namespace nc::blobs
