// TLS between own nodes: 1.3 only, both sides show a certificate, and of it only the Ed25519 key counts (docs/formats/sync.md, "By HTTPS").
//
// No date, name or chain is looked at: whose key it is says the caller, by `accept`. Owns its OpenSSL context. A context may be used
// by several threads once it is made.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/id.h"

// OpenSSL's own, without its header.
struct ssl_ctx_st;
struct ssl_st;

namespace nc::net {

// What this side shows: certificate and private key in DER (crypto/node_certificate.h).
struct PinnedIdentity {
  std::string certificate, private_key;
};

class PinnedContext {
 public:
  // Asked in the handshake, on the thread that runs it; false ends it.
  using Accept = std::function<bool(const PublicKey&)>;
  // kInvalid: that is no certificate with its key.
  static Result<std::unique_ptr<PinnedContext>> make(const PinnedIdentity& identity, bool server, Accept accept);
  ~PinnedContext();
  PinnedContext(const PinnedContext&) = delete;
  PinnedContext& operator=(const PinnedContext&) = delete;

  [[nodiscard]] ssl_ctx_st* native() const { return context_; }
  // Of a connection after its handshake.
  [[nodiscard]] static std::optional<PublicKey> peer_of(const ssl_st* connection);

 private:
  PinnedContext(ssl_ctx_st* context, Accept accept) : context_(context), accept_(std::move(accept)) {}
  ssl_ctx_st* context_;
  Accept accept_;
  friend struct PinnedCheck;
};

}  // namespace nc::net
