// A node's key in the form in which TLS shows it: docs/formats/sync.md section "By HTTPS". The same key gives the same bytes.
#pragma once

#include <string>

#include "foundation/crypto/sign.h"

namespace nc::crypto {

// X.509 in DER, signed by itself. Of it only the key says anything.
[[nodiscard]] std::string node_certificate(const SigningKey& key);
// PKCS #8 in DER (RFC 8410), for whoever speaks TLS with it; whoever takes it wipes it.
[[nodiscard]] std::string private_key_der(const SigningKey& key);

}  // namespace nc::crypto
