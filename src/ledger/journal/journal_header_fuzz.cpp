// Headers: what decodes writes itself again to the same bytes.
#include "base/check.h"
#include "ledger/journal/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto header = nc::journal::decode_header(text);
  if (header) NC_CHECK(nc::journal::encode_header(*header) == text);
  else NC_CHECK(!header.error().message.empty());
  return 0;
}
