#include "face/web/file_response.h"

#include "base/url_text.h"
#include "face/web/api/negotiate.h"

namespace nc::web {
namespace {

class FileSource final : public net::BodySource {
 public:
  FileSource(blobs::CheckedFile file, BytePart part) : file_(std::move(file)), part_(part) {}
  [[nodiscard]] std::int64_t size() const override { return part_.size; }
  [[nodiscard]] Result<std::size_t> read(std::int64_t offset, std::span<char> into) const override {
    return file_.read_at(part_.first + offset, into);
  }

 private:
  blobs::CheckedFile file_;
  BytePart part_;
};

// What a browser may do with it: save it. RFC 6266: the name in UTF-8, and in ASCII for old ones.
void say_what_it_is(net::Response& response, const blobs::FileRef& file, const std::string& tag) {
  std::string plain;
  for (const char c : file.name)
    plain += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ? c : '_';
  response.headers.set("Content-Type", file.media);
  response.headers.set("Content-Disposition", "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + url_encode(file.name));
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  response.headers.set("Accept-Ranges", "bytes");
  response.headers.set("ETag", tag);
}

}  // namespace

net::Response file_response(const net::Request& request, const blobs::FileRef& file, blobs::CheckedFile bytes) {
  const auto size = bytes.size();
  const auto tag = "\"" + file.sha256.hex() + "\"";
  net::Response response;
  say_what_it_is(response, file, tag);
  if (names_etag(request.header("If-None-Match"), tag)) {
    response.status = 304;
    return response;
  }
  const auto if_range = request.header("If-Range");
  const auto part = if_range.empty() || if_range == tag ? byte_part(request.header("Range"), size) : std::nullopt;
  if (part && part->size == 0) {
    response.status = 416;
    response.headers.set("Content-Range", "bytes */" + std::to_string(size));
    return response;
  }
  if (part) {
    response.status = 206;
    const auto last = part->first + part->size - 1;
    response.headers.set("Content-Range", "bytes " + std::to_string(part->first) + "-" + std::to_string(last) + "/" + std::to_string(size));
  }
  response.source = std::make_shared<FileSource>(std::move(bytes), part.value_or(BytePart{0, size}));
  return response;
}

}  // namespace nc::web
