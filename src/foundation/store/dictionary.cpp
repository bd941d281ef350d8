#include "foundation/store/dictionary.h"

#include <zstd.h>

#include "base/check.h"

namespace nc::store {
namespace {

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_CDict* dictionary) const { ZSTD_freeCDict(dictionary); }
  void operator()(ZSTD_DDict* dictionary) const { ZSTD_freeDDict(dictionary); }
};

}  // namespace

struct Dictionary::Prepared {
  std::unique_ptr<ZSTD_CDict, Free> compressing;
  std::unique_ptr<ZSTD_DDict, Free> reading;
};

Dictionary::Dictionary(std::string_view bytes, int level) : prepared_(std::make_unique<Prepared>()) {
  prepared_->compressing.reset(ZSTD_createCDict(bytes.data(), bytes.size(), level));
  prepared_->reading.reset(ZSTD_createDDict(bytes.data(), bytes.size()));
  NC_CHECK(prepared_->compressing != nullptr && prepared_->reading != nullptr);
}

Dictionary::~Dictionary() = default;

std::string Dictionary::compress(std::string_view bytes) const {
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  NC_CHECK(context != nullptr);
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_CCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_dictIDFlag, 0);  // both sides know which
  ZSTD_CCtx_refCDict(context.get(), prepared_->compressing.get());
  const auto size = ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size());
  NC_CHECK(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

Result<std::string> Dictionary::decompress(std::string_view frame, std::size_t bytes_max) const {
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  NC_CHECK(context != nullptr);
  const auto bad = [] { return fail(ErrorCode::kCorrupt, NC_MSG("The compressed bytes are damaged and cannot be read")); };
  const auto said = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (said == ZSTD_CONTENTSIZE_UNKNOWN || said == ZSTD_CONTENTSIZE_ERROR || said > bytes_max) return bad();
  std::string out(said, '\0');
  const auto size = ZSTD_decompress_usingDDict(context.get(), out.data(), out.size(), frame.data(), frame.size(), prepared_->reading.get());
  if (ZSTD_isError(size) != 0 || size != out.size()) return bad();
  return out;
}

}  // namespace nc::store
