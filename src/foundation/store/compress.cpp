#include "foundation/store/compress.h"

#include <zstd.h>

#include <memory>

#include "base/check.h"

namespace nc::store {
namespace {

constexpr int kLevel = 1;

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

ZSTD_CCtx& compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  NC_CHECK(context != nullptr);
  return *context;
}

ZSTD_DCtx& decompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  NC_CHECK(context != nullptr);
  return *context;
}

}  // namespace

std::string compress(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const auto size = ZSTD_compressCCtx(&compressor(), out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
  NC_CHECK(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

Result<std::string> decompress(std::string_view frame, std::size_t bytes_max) {
  const auto bad = [] { return fail(ErrorCode::kCorrupt, NC_MSG("The stored bytes are damaged and cannot be read")); };
  const auto said = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (said == ZSTD_CONTENTSIZE_UNKNOWN || said == ZSTD_CONTENTSIZE_ERROR || said > bytes_max) return bad();
  std::string out(said, '\0');
  const auto size = ZSTD_decompressDCtx(&decompressor(), out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) != 0 || size != out.size()) return bad();
  return out;
}

}  // namespace nc::store
