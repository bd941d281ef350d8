#include "foundation/net/pinned_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace nc::net {
namespace {

std::optional<PublicKey> key_of(const X509* certificate) {
  if (certificate == nullptr) return std::nullopt;
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) return std::nullopt;
  PublicKey out;
  std::size_t size = out.bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, out.bytes.data(), &size) != 1 || size != out.bytes.size()) return std::nullopt;
  return out;
}

const unsigned char* raw(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

// In the place of OpenSSL's own check of chains and dates. That the other holds the key is proven by the handshake itself.
struct PinnedCheck {
  static int check(X509_STORE_CTX* store, void* context) {
    const auto key = key_of(X509_STORE_CTX_get0_cert(store));
    if (key && static_cast<const PinnedContext*>(context)->accept_(*key)) {
      X509_STORE_CTX_set_error(store, X509_V_OK);
      return 1;
    }
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
    return 0;
  }
};

Result<std::unique_ptr<PinnedContext>> PinnedContext::make(const PinnedIdentity& identity, bool server, Accept accept) {
  SSL_CTX* context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
  if (context == nullptr) return fail(ErrorCode::kIo, NC_MSG("TLS cannot be set up"));
  std::unique_ptr<PinnedContext> out(new PinnedContext(context, std::move(accept)));
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);  // connections stay; a ticket would cost more bytes than it saves
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &PinnedCheck::check, out.get());
  const bool good = SSL_CTX_use_certificate_ASN1(context, static_cast<int>(identity.certificate.size()), raw(identity.certificate)) == 1 &&
                    SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_ED25519, context, raw(identity.private_key),
                                                static_cast<long>(identity.private_key.size())) == 1 &&
                    SSL_CTX_check_private_key(context) == 1;
  ERR_clear_error();
  if (!good) return fail(ErrorCode::kInvalid, NC_MSG("TLS cannot be set up"));
  return out;
}

PinnedContext::~PinnedContext() { SSL_CTX_free(context_); }

std::optional<PublicKey> PinnedContext::peer_of(const ssl_st* connection) { return key_of(SSL_get0_peer_certificate(connection)); }

}  // namespace nc::net
