// Inside the room: an attached file as an answer, whole or a part of it (RFC 9110, 14), streamed. Always a download that
// runs nothing in our name, whoever asks: Content-Disposition, nosniff and a policy that allows nothing.
#pragma once

#include "foundation/net/message.h"
#include "ledger/blobs/checked_file.h"

namespace nc::web {

// 200, 206, 304 (If-None-Match) or 416; the ETag is the file's hash. Bytes that change while they leave break the answer off.
[[nodiscard]] net::Response file_response(const net::Request& request, const blobs::FileRef& file, blobs::CheckedFile bytes);

}  // namespace nc::web
