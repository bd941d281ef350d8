#include "foundation/crypto/password.h"

#include <sodium.h>

#include <array>

#include "base/limits.h"
#include "base/text.h"
#include "foundation/crypto/argon.h"
#include "foundation/crypto/ready.h"

namespace nc::crypto {
namespace {

constexpr unsigned long long kPasses = 2;

// The hash of a password that nobody knows; only its cost matters.
constexpr const char* kDummy = "$argon2id$v=19$m=19456,t=2,p=1$2b+g6sLKsh6y4gBeq1soRQ$Nklbs2eF+EBskZYnrpgP9+rwRoNcHPaJUuQg+iSPMjs";

bool check(const std::string& stored, const SecretString& password) {
  auto prepared = prepared_passphrase(password);
  // A refused password still pays, or its length would show in the time taken.
  const std::string_view bytes = prepared ? prepared->view() : std::string_view("-");
  const std::lock_guard turn(argon_turn());
  const bool same = crypto_pwhash_str_verify(stored.c_str(), bytes.data(), bytes.size()) == 0;
  return same && prepared.has_value();
}

}  // namespace

std::mutex& argon_turn() {
  static std::mutex turn;
  return turn;
}

Result<SecretString> prepared_passphrase(const SecretString& typed) {
  if (typed.empty()) return fail(ErrorCode::kInvalid, NC_MSG("The password is empty"));
  if (typed.size() > limits::kPasswordBytesMax) {
    return fail(ErrorCode::kLimit, NC_MSG("The password is longer than {1} bytes"), {std::to_string(limits::kPasswordBytesMax)});
  }
  if (!is_utf8(typed.view()) || is_nfc(typed.view())) return SecretString(typed.view());
  return SecretString::take(to_nfc(typed.view()));
}

Result<std::string> hash_password(const SecretString& password) {
  ensure_ready();
  NC_ASSIGN(const SecretString prepared, prepared_passphrase(password));
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const std::lock_guard turn(argon_turn());
  if (crypto_pwhash_str_alg(out.data(), prepared.view().data(), prepared.size(), kPasses, kArgonBytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(
        Error(ErrorCode::kBusy, NC_MSG("There is not enough free memory to protect the password")).then(NC_MSG("Try again in a moment")));
  }
  return std::string(out.data());
}

bool verify_password(std::string_view stored, const SecretString& password) {
  ensure_ready();
  const std::string text(stored);
  // Anything but our own parameters is damage: never compute with somebody else's cost.
  const bool ours = text.size() < crypto_pwhash_STRBYTES && text.find('\0') == std::string::npos &&
                    crypto_pwhash_str_needs_rehash(text.c_str(), kPasses, kArgonBytes) == 0;
  if (!ours) {
    waste_password_time(password);
    return false;
  }
  return check(text, password);
}

void waste_password_time(const SecretString& password) {
  ensure_ready();
  static_cast<void>(check(kDummy, password));
}

}  // namespace nc::crypto
