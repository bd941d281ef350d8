// Sealed text: what somebody sends opens only if it was sealed here, whole, for this place.
// Input: 24 bytes of nonce, then the box as text.
#include <algorithm>
#include <span>

#include "base/check.h"
#include "foundation/crypto/aead.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc;
  using namespace nc::crypto;
  static SeededRng rng(1);
  static const auto key = SecretBytes<32>::random(rng);
  std::string_view input(reinterpret_cast<const char*>(data), size);
  SealedText foreign;
  if (const auto nonce = AeadNonce::from_bytes(std::span(data, std::min(size, AeadNonce::kSize)))) {
    foreign.nonce = *nonce;
    input.remove_prefix(AeadNonce::kSize);
  }
  foreign.box = std::string(input);
  NC_CHECK(!open_text(key, "place", foreign));

  auto sealed = seal_text(key, "place", input, rng);
  NC_CHECK(open_text(key, "place", sealed).value() == input);
  NC_CHECK(open_text(key, "placf", sealed).error().code == ErrorCode::kDenied);
  const auto at = size % sealed.box.size();
  sealed.box[at] = sealed.box[at] == '0' ? '1' : '0';
  NC_CHECK(open_text(key, "place", sealed).error().code == ErrorCode::kDenied);
  sealed.box.resize(at);
  NC_CHECK(!open_text(key, "place", sealed));
  return 0;
}
