#include "foundation/crypto/wrap.h"

#include <sodium.h>

#include "base/id.h"
#include "foundation/crypto/argon.h"
#include "foundation/crypto/ready.h"

namespace nc::crypto {
namespace {

constexpr std::string_view kName = "ncwrap1";
constexpr unsigned long long kPasses = 4;

using WrapSalt = Id<struct WrapSaltTag, crypto_pwhash_SALTBYTES>;
using WrapNonce = Id<struct WrapNonceTag, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES>;
using WrapBox = Id<struct WrapBoxTag, 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES>;

const unsigned char* name_bytes() { return reinterpret_cast<const unsigned char*>(kName.data()); }

Result<SecretBytes<32>> derive(const SecretString& passphrase, const WrapSalt& salt) {
  ensure_ready();
  NC_ASSIGN(const SecretString prepared, prepared_passphrase(passphrase));
  SecretBytes<32> key;
  const std::lock_guard turn(argon_turn());
  if (crypto_pwhash(key.bytes().data(), 32, prepared.view().data(), prepared.size(), salt.bytes.data(), kPasses, kArgonBytes,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(
        Error(ErrorCode::kBusy, NC_MSG("There is not enough free memory to protect the password")).then(NC_MSG("Try again in a moment")));
  }
  return key;
}

Error not_wrapped() { return {ErrorCode::kCorrupt, NC_MSG("This is not a key locked by a passphrase")}; }

}  // namespace

Result<std::string> wrap(const SecretBytes<32>& seed, const SecretString& passphrase, Rng& rng) {
  const auto salt = rng.make<WrapSalt>();
  const auto nonce = rng.make<WrapNonce>();
  NC_ASSIGN(const auto key, derive(passphrase, salt));
  WrapBox box;
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.bytes.data(), nullptr, seed.bytes().data(), 32, name_bytes(), kName.size(), nullptr,
                                             nonce.bytes.data(), key.bytes().data());
  return std::string(kName) + ":" + salt.hex() + ":" + nonce.hex() + ":" + box.hex();
}

Result<SecretBytes<32>> unwrap(std::string_view text, const SecretString& passphrase) {
  constexpr std::size_t kSaltAt = kName.size() + 1;
  constexpr std::size_t kNonceAt = kSaltAt + WrapSalt::kSize * 2 + 1;
  constexpr std::size_t kBoxAt = kNonceAt + WrapNonce::kSize * 2 + 1;
  if (!text.starts_with("ncwrap")) return fail(not_wrapped());
  if (!text.starts_with("ncwrap1:")) {
    return fail(ErrorCode::kUnsupported, NC_MSG("The key was locked by a newer version of this program"));
  }
  if (text.size() != kBoxAt + WrapBox::kSize * 2 || text[kNonceAt - 1] != ':' || text[kBoxAt - 1] != ':') { return fail(not_wrapped()); }
  const auto salt = WrapSalt::from_hex(text.substr(kSaltAt, WrapSalt::kSize * 2));
  const auto nonce = WrapNonce::from_hex(text.substr(kNonceAt, WrapNonce::kSize * 2));
  const auto box = WrapBox::from_hex(text.substr(kBoxAt));
  if (!salt || !nonce || !box) return fail(not_wrapped());
  NC_ASSIGN(const auto key, derive(passphrase, *salt));
  SecretBytes<32> seed;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(seed.bytes().data(), nullptr, nullptr, box->bytes.data(), WrapBox::kSize, name_bytes(),
                                                 kName.size(), nonce->bytes.data(), key.bytes().data()) != 0) {
    return fail(Error(ErrorCode::kDenied, NC_MSG("The passphrase does not open this key"))
                    .then(NC_MSG("Check capital letters and the input method, and type it again")));
  }
  return seed;
}

}  // namespace nc::crypto
