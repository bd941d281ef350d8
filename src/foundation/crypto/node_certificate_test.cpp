#include "foundation/crypto/node_certificate.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace nc::crypto {
namespace {

TEST(NodeCertificate, IsReadByOpensslAndHoldsTheKeyAndItsOwnSignature) {
  SeededRng rng(7);
  const auto key = SigningKey::generate(rng);
  const auto bytes = node_certificate(key);
  EXPECT_EQ(bytes, node_certificate(key));
  EXPECT_LT(bytes.size(), 300u);
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())), X509_free);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(at, reinterpret_cast<const unsigned char*>(bytes.data()) + bytes.size());
  EVP_PKEY* shown = X509_get0_pubkey(certificate.get());
  ASSERT_TRUE(shown != nullptr && EVP_PKEY_is_a(shown, "ED25519"));
  PublicKey read;
  std::size_t size = read.bytes.size();
  ASSERT_EQ(EVP_PKEY_get_raw_public_key(shown, read.bytes.data(), &size), 1);
  EXPECT_EQ(read, key.public_key());
  EXPECT_EQ(X509_verify(certificate.get(), shown), 1);
}

TEST(NodeCertificate, ThePrivateKeyIsTheSame) {
  SeededRng rng(8);
  const auto key = SigningKey::generate(rng);
  const auto bytes = private_key_der(key);
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> read(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(bytes.size())),
                                                                 EVP_PKEY_free);
  ASSERT_TRUE(read);
  PublicKey shown;
  std::size_t size = shown.bytes.size();
  ASSERT_EQ(EVP_PKEY_get_raw_public_key(read.get(), shown.bytes.data(), &size), 1);
  EXPECT_EQ(shown, key.public_key());
}

}  // namespace
}  // namespace nc::crypto
