// multipart/form-data (RFC 7578), read as it arrives: fields are kept, files are handed on piece by piece.
//
// Reads bytes from outside. Memory is bounded by the limits below whatever is sent. Field texts are treated as those of
// any form (fields.h): what cannot be read becomes U+FFFD, NFC, "\n" line ends. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "foundation/net/fields.h"

namespace nc::net {

inline constexpr std::size_t kPartHeaderBytesMax = 8 * 1024;
inline constexpr std::size_t kFormFilesMax = 64;

// The boundary of a Content-Type header; empty when it is no multipart/form-data or has none that is allowed.
[[nodiscard]] std::string multipart_boundary(std::string_view content_type);

class MultipartReader {
 public:
  // Takes the files; `name` is the input's, `file_name` as it was sent (any bytes).
  class Files {
   public:
    virtual ~Files() = default;
    virtual void begin(const std::string& name, const std::string& file_name) = 0;
    virtual void bytes(std::string_view piece) = 0;
    virtual void end() = 0;
  };

  // `files`: borrowed; null when files shall be passed over.
  MultipartReader(std::string_view boundary, Files* files);
  // Errors: kInvalid (malformed), kLimit (too many fields, too much text). After one, all that follows is passed over.
  Status feed(std::string_view bytes);
  // All was fed. kInvalid when the end is missing.
  Status finish();
  [[nodiscard]] const Fields& fields() const { return fields_; }

 private:
  enum class State { kPreamble, kAfterBoundary, kHeader, kField, kFile, kDone, kFailed };
  Status step(bool& more);
  Status after_boundary(bool& more);
  Status header(bool& more);
  Status content(bool& more);
  Status begin_part(std::string_view head);
  Status take(std::string_view piece);
  void end_part();

  std::string delimiter_;  // CR LF "--" boundary
  Files* files_;
  State state_ = State::kPreamble;
  std::string held_ = "\r\n";  // the first boundary stands at a line's beginning too
  std::string name_, value_;
  bool chosen_ = false;  // a file was chosen in the input: begin() was called
  std::size_t text_bytes_ = 0, files_seen_ = 0;
  Fields fields_;
};

}  // namespace nc::net
