// Looking at a file: what it is by its bytes, and whether it carries what may run. docs/formats/attachments.md, Kinds.
//
// Reads every byte as hostile; nothing is unpacked or decoded, memory is constant.
#pragma once

#include "base/file_stream.h"
#include "ledger/catalog/catalog.h"

namespace nc::blobs {

// The kind of the file among those that are allowed; the name only tells CSV from other text. Errors, by name:
// kUnsupported (no kind that is allowed; active content), kInvalid (damaged), kLimit (too large for its kind, too many
// pixels, unpacks to too much).
Result<const catalog::MediaType*> look_at(const InputFile& file, std::string_view name, const std::vector<catalog::MediaType>& kinds);

// Inside the room: of a ZIP file, "docx", "odt" ... of its table of contents; kUnsupported when it is none of them.
Result<std::string> look_at_archive(const InputFile& file);

}  // namespace nc::blobs
