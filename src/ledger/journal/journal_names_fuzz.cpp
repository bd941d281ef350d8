// Text forms of audiences, parts and streams: one text for one value.
#include "base/check.h"
#include "ledger/journal/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc::journal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto audience = Audience::parse(text)) NC_CHECK(audience->text() == text);
  if (const auto part = PartKey::parse(text)) NC_CHECK(part->text() == text);
  if (const auto stream = StreamKey::parse(text)) {
    NC_CHECK(stream->text() == text);
    NC_CHECK(stream->text() == stream->chain_text() + "/" + stream->part.text());
    NC_CHECK(seal_message(*stream, 1, {}).starts_with("nhipcau-seal-1\n{"));
  }
  return 0;
}
