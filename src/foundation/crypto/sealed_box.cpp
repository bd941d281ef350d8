#include "foundation/crypto/sealed_box.h"

#include <sodium.h>

#include <algorithm>

#include "foundation/crypto/ready.h"

namespace nc::crypto {
namespace {

static_assert(kBoxOverhead == crypto_box_SEALBYTES);

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

// The form of crypto_box_seal: a public key that is used once, then the box under nonce = BLAKE2b(that key, the receiver's).
Result<std::string> seal_box(const PublicKey& receiver, std::string_view text, Rng& rng) {
  ensure_ready();
  unsigned char theirs[crypto_box_PUBLICKEYBYTES], once[crypto_box_PUBLICKEYBYTES], nonce[crypto_box_NONCEBYTES];
  if (crypto_sign_ed25519_pk_to_curve25519(theirs, receiver.bytes.data()) != 0)
    return fail(ErrorCode::kInvalid, NC_MSG("This is no public key"));
  const auto seed = SecretBytes<crypto_box_SEEDBYTES>::random(rng);
  SecretBytes<crypto_box_SECRETKEYBYTES> secret;
  crypto_box_seed_keypair(once, secret.bytes().data(), seed.bytes().data());
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, sizeof nonce);
  crypto_generichash_update(&state, once, sizeof once);
  crypto_generichash_update(&state, theirs, sizeof theirs);
  crypto_generichash_final(&state, nonce, sizeof nonce);
  std::string out(text.size() + kBoxOverhead, '\0');
  std::copy_n(once, sizeof once, bytes_of(out));
  if (crypto_box_easy(bytes_of(out) + sizeof once, bytes_of(text), text.size(), nonce, theirs, secret.bytes().data()) != 0)
    return fail(ErrorCode::kInvalid, NC_MSG("This is no public key"));
  return out;
}

Result<std::string> open_box(const SigningKey& receiver, std::string_view box) {
  ensure_ready();
  const Error closed(ErrorCode::kDenied, NC_MSG("This cannot be read here: it is for another, or was altered"));
  if (box.size() < kBoxOverhead) return fail(closed);
  SecretBytes<crypto_sign_SECRETKEYBYTES> whole;
  SecretBytes<crypto_box_SECRETKEYBYTES> own;
  unsigned char signing[crypto_sign_PUBLICKEYBYTES], reading[crypto_box_PUBLICKEYBYTES];
  crypto_sign_seed_keypair(signing, whole.bytes().data(), receiver.seed().bytes().data());
  if (crypto_sign_ed25519_sk_to_curve25519(own.bytes().data(), whole.bytes().data()) != 0 ||
      crypto_sign_ed25519_pk_to_curve25519(reading, signing) != 0)
    return fail(closed);
  std::string out(box.size() - kBoxOverhead, '\0');
  if (crypto_box_seal_open(bytes_of(out), bytes_of(box), box.size(), reading, own.bytes().data()) != 0) return fail(closed);
  return out;
}

}  // namespace nc::crypto
