#include "foundation/crypto/aead.h"

#include <sodium.h>

#include <vector>

#include "foundation/crypto/ready.h"

namespace nc::crypto {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

SealedText seal_text(const SecretBytes<32>& key, std::string_view place, std::string_view text, Rng& rng) {
  ensure_ready();
  SealedText out;
  out.nonce = rng.make<AeadNonce>();
  std::vector<unsigned char> box(text.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.data(), nullptr, bytes_of(text), text.size(), bytes_of(place), place.size(), nullptr,
                                             out.nonce.bytes.data(), key.bytes().data());
  out.box.resize(box.size() * 2 + 1);
  sodium_bin2hex(out.box.data(), out.box.size(), box.data(), box.size());
  out.box.pop_back();
  return out;
}

Result<std::string> open_text(const SecretBytes<32>& key, std::string_view place, const SealedText& sealed) {
  ensure_ready();
  if (sealed.box.size() < 2 * crypto_aead_xchacha20poly1305_ietf_ABYTES) return fail(ErrorCode::kCorrupt, NC_MSG("This is no sealed text"));
  std::vector<unsigned char> box(sealed.box.size() / 2);
  std::size_t size = 0;
  const char* end = nullptr;
  const int wrong = sodium_hex2bin(box.data(), box.size(), sealed.box.data(), sealed.box.size(), nullptr, &size, &end);
  if (wrong != 0 || end != sealed.box.data() + sealed.box.size() || size != box.size())
    return fail(ErrorCode::kCorrupt, NC_MSG("This is no sealed text"));
  std::string text(size - crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(text.data()), nullptr, nullptr, box.data(), size,
                                                 bytes_of(place), place.size(), sealed.nonce.bytes.data(), key.bytes().data()) != 0)
    return fail(ErrorCode::kDenied, NC_MSG("The sealed text does not open: it belongs elsewhere, or was altered"));
  return text;
}

}  // namespace nc::crypto
