#include "foundation/crypto/sealed_row.h"

#include <sodium.h>

#include "foundation/crypto/ready.h"

namespace nc::crypto {
namespace {

constexpr std::size_t kKeyBytes = crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t kBoxBytes = kKeyBytes + crypto_box_SEALBYTES;
static_assert(kRowHeadBytes == kBoxBytes + crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(kPieceOverhead == crypto_secretstream_xchacha20poly1305_ABYTES);

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::unexpected<Error> closed() {
  return fail(ErrorCode::kDenied, NC_MSG("This bundle cannot be read here: it is for another node, or damaged"));
}

}  // namespace

struct RowSealer::State {
  crypto_secretstream_xchacha20poly1305_state stream;
  std::string head;
  ~State() { sodium_memzero(&stream, sizeof stream); }
};

RowSealer::RowSealer(std::unique_ptr<State> state) : state_(std::move(state)) {}
RowSealer::~RowSealer() = default;
const std::string& RowSealer::head() const { return state_->head; }

Result<std::unique_ptr<RowSealer>> RowSealer::to(const PublicKey& receiver) {
  ensure_ready();
  unsigned char theirs[crypto_box_PUBLICKEYBYTES];
  if (crypto_sign_ed25519_pk_to_curve25519(theirs, receiver.bytes.data()) != 0)
    return fail(ErrorCode::kInvalid, NC_MSG("This is no public key"));
  auto state = std::make_unique<State>();
  state->head.resize(kRowHeadBytes);
  SecretBytes<kKeyBytes> key;
  crypto_secretstream_xchacha20poly1305_keygen(key.bytes().data());
  crypto_box_seal(bytes_of(state->head), key.bytes().data(), kKeyBytes, theirs);
  crypto_secretstream_xchacha20poly1305_init_push(&state->stream, bytes_of(state->head) + kBoxBytes, key.bytes().data());
  return std::unique_ptr<RowSealer>(new RowSealer(std::move(state)));
}

std::string RowSealer::seal(std::string_view piece, bool last) {
  std::string out(piece.size() + kPieceOverhead, '\0');
  const auto tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  crypto_secretstream_xchacha20poly1305_push(&state_->stream, bytes_of(out), nullptr, bytes_of(piece), piece.size(), nullptr, 0,
                                             static_cast<unsigned char>(tag));
  return out;
}

struct RowOpener::State {
  crypto_secretstream_xchacha20poly1305_state stream;
  ~State() { sodium_memzero(&stream, sizeof stream); }
};

RowOpener::RowOpener(std::unique_ptr<State> state) : state_(std::move(state)) {}
RowOpener::~RowOpener() = default;

Result<std::unique_ptr<RowOpener>> RowOpener::with(const SigningKey& receiver, std::string_view head) {
  ensure_ready();
  if (head.size() != kRowHeadBytes) return closed();
  SecretBytes<crypto_sign_SECRETKEYBYTES> whole;
  SecretBytes<crypto_box_SECRETKEYBYTES> own;
  SecretBytes<kKeyBytes> key;
  unsigned char signing[crypto_sign_PUBLICKEYBYTES], reading[crypto_box_PUBLICKEYBYTES];
  crypto_sign_seed_keypair(signing, whole.bytes().data(), receiver.seed().bytes().data());
  if (crypto_sign_ed25519_sk_to_curve25519(own.bytes().data(), whole.bytes().data()) != 0 ||
      crypto_sign_ed25519_pk_to_curve25519(reading, signing) != 0)
    return closed();
  if (crypto_box_seal_open(key.bytes().data(), bytes_of(head), kBoxBytes, reading, own.bytes().data()) != 0) return closed();
  auto state = std::make_unique<State>();
  if (crypto_secretstream_xchacha20poly1305_init_pull(&state->stream, bytes_of(head) + kBoxBytes, key.bytes().data()) != 0) return closed();
  return std::unique_ptr<RowOpener>(new RowOpener(std::move(state)));
}

Result<RowOpener::Piece> RowOpener::open(std::string_view sealed) {
  if (sealed.size() < kPieceOverhead) return closed();
  Piece out;
  out.text.resize(sealed.size() - kPieceOverhead);
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_->stream, bytes_of(out.text), nullptr, &tag, bytes_of(sealed), sealed.size(),
                                                 nullptr, 0) != 0)
    return closed();
  out.last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return out;
}

}  // namespace nc::crypto
