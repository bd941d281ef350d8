// Rows of frames: any bytes, in any pieces, are frames or a broken row; what was read and written again is read the same.
#include "base/check.h"
#include "channels/sync/below.h"
#include "channels/sync/file_messages.h"
#include "channels/sync/frames.h"
#include "channels/sync/messages.h"
#include "channels/sync/outbox.h"
#include "channels/sync/watermarks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc::sync;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  FrameReader reader, by_pieces;
  reader.feed(bytes);
  std::size_t frames = 0, again = 0;
  FrameWriter writer;
  std::vector<Message> all;
  while (const auto frame = reader.next()) {
    ++frames;
    for (const auto& message : *frame) {
      static_cast<void>(decode_hello(message.content));
      if (const auto short_one = decode_again(message.content)) NC_CHECK(decode_again(encode(*short_one)).has_value());
      static_cast<void>(decode_reached(message.content));
      static_cast<void>(decode_have(message.content));
      static_cast<void>(decode_cursors(message.content));
      static_cast<void>(decode_digests(message.content));
      static_cast<void>(decode_end(message.content));
      if (const auto wishes = decode_wishes(message.content)) NC_CHECK(decode_wishes(encode(*wishes)).has_value());
      if (const auto offers = decode_offers(message.content)) NC_CHECK(decode_offers(encode(*offers)) == offers);
      if (const auto kept = decode_kept(message.content)) NC_CHECK(decode_kept(encode(*kept)).has_value());
      if (const auto some = decode_file_bytes(message.content)) NC_CHECK(decode_file_bytes(encode(*some)).has_value());
      if (const auto marks = decode_watermarks(message.content)) NC_CHECK(decode_watermarks(encode(*marks)).has_value());
      if (const auto below = decode_below(message.content)) NC_CHECK(decode_below(encode(*below)).has_value());
      if (const auto proof = decode_fork(message.content)) NC_CHECK(encode_fork(*proof) == encode_fork(*decode_fork(encode_fork(*proof))));
      all.push_back(message);
      if (!writer.add({message})) {
        writer.flush();
        NC_CHECK(writer.add({message}) || message.content.size() > kFrameBytesMax / 2);
      }
    }
  }
  for (std::size_t at = 0; at < size; at += 7) {
    by_pieces.feed(bytes.substr(at, 7));
    while (by_pieces.next()) ++again;
  }
  NC_CHECK(frames == again);
  return 0;
}
