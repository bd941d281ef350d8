// Any bytes are either refused with a place and a reason, or settings with both halves of TLS or neither.
#include <cstdint>
#include <cstdlib>

#include "face/cli/serve_settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto settings = nc::cli::parse_serve_settings(text, "fuzz.toml");
  if (!settings) {
    if (settings.error().message.empty() || !settings.error().where.starts_with("fuzz.toml")) std::abort();
    return 0;
  }
  if (settings->tls_cert.empty() != settings->tls_key.empty()) std::abort();
  if (settings->listen && settings->listen->empty()) std::abort();
  return 0;
}
