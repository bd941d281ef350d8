// Frames: rows of messages with a check on each piece, docs/formats/sync.md section "Frames". Bytes in, bytes out.
//
// A row is written by one FrameWriter and read by one FrameReader; both count the frames, so that a frame that is missing,
// repeated or in another place does not pass. Threads: one at a time each. Reading keeps at most one frame's content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace nc::sync {

inline constexpr std::size_t kFrameBytesMax = 16 * 1024;
inline constexpr std::size_t kFrameContentMax = 256 * 1024;

struct Message {
  std::uint64_t kind = 0;
  std::string content;
};

class FrameWriter {
 public:
  // `frame_bytes`: how long a frame shall become, for slow lines; at most kFrameBytesMax.
  explicit FrameWriter(std::size_t frame_bytes = kFrameBytesMax);
  // Puts the messages into the frame that is being filled. False, and nothing is changed: they do not fit into it any more; finish
  // it with flush(). Of what does not fit into an empty frame nothing is ever taken.
  bool add(const std::vector<Message>& messages) { return add(messages, payload_max_); }
  // The same up to kFrameBytesMax: for what cannot be divided.
  bool add_undivided(const std::vector<Message>& messages);
  [[nodiscard]] std::size_t payload_max() const { return payload_max_; }
  // Writes the frame that is being filled, if anything is in it.
  void flush();
  [[nodiscard]] std::size_t bytes() const { return out_.size(); }  // of what was written
  [[nodiscard]] bool pending() const { return !content_.empty(); }
  [[nodiscard]] std::string take();  // flushes; the row goes on after it

 private:
  bool add(const std::vector<Message>& messages, std::size_t payload_max);
  void write(std::string content);
  std::size_t payload_max_;
  std::string out_;
  std::string content_;  // of the frame that is being filled
  std::string packed_;   // the same as it will be written, as of the last measurement
  std::uint64_t number_ = 0;
};

class FrameReader {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }
  // The messages of the next whole frame; nothing: more bytes are needed, or the row is broken.
  std::optional<std::vector<Message>> next();
  [[nodiscard]] bool broken() const { return broken_; }           // a frame is wrong: nothing after it is read
  [[nodiscard]] bool inside() const { return !buffer_.empty(); }  // bytes of an unfinished frame wait

 private:
  std::string buffer_;
  std::uint64_t number_ = 0;
  bool broken_ = false;
};

// What is compressed with, docs/formats/sync.md "Dictionary 1".
[[nodiscard]] std::string_view dictionary_bytes();

}  // namespace nc::sync
