// Heads of requests and answers between own nodes: never more than the limits, and what is written is read as it was.
#include <cstdlib>

#include "foundation/net/exchange_head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc::net;
  constexpr std::size_t kBodyMax = 100'000;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto length = head_size(bytes);
  if (!length) return 0;
  if (*length > kHeadBytesMax + 4) std::abort();
  const auto head = bytes.substr(0, *length);
  ExchangeHead asked;
  if (read_request_head(head, kBodyMax, asked) == 0) {
    if (asked.length > kBodyMax || asked.path.empty() || asked.frame > 16 * 1024) std::abort();
    ExchangeHead again;
    if (read_request_head(request_head(asked), kBodyMax, again) != 0 || again.path != asked.path || again.length != asked.length ||
        again.frame != asked.frame || again.program != asked.program)
      std::abort();
  }
  if (const auto answer = read_answer_head(head, kBodyMax)) {
    const auto again = read_answer_head(answer_head(*answer), kBodyMax);
    if (!again || again->status != answer->status || again->length != answer->length || again->length > kBodyMax) std::abort();
  }
  return 0;
}
