// Inside the room: an attached file as an answer, whole or a part of it (RFC 9110, 14), streamed. Always a download that
// runs nothing in our name, whoever asks: Content-Disposition, nosniff and a policy that allows nothing.
#pragma once

#include "base/file_stream.h"
#include "foundation/net/message.h"
#include "ledger/blobs/file_ref.h"

namespace nc::web {

// 200, 206, 304 (If-None-Match) or 416; the ETag is the file's hash.
[[nodiscard]] net::Response file_response(const net::Request& request, const blobs::FileRef& file, InputFile bytes);

}  // namespace nc::web
