#include "foundation/crypto/secret.h"

#include <sodium.h>

#include <algorithm>
#include <new>

#include "foundation/crypto/ready.h"

namespace nc::crypto {

void wipe(std::span<std::uint8_t> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

void wipe(std::string& text) {
  sodium_memzero(text.data(), text.size());
  text.clear();
}

SecretMemory::SecretMemory(std::size_t size) : size_(size) {
  ensure_ready();
  if (size == 0) return;
  data_ = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (data_ == nullptr) throw std::bad_alloc();
  sodium_memzero(data_, size);  // the library fills it with a pattern, not with zeros
}

SecretMemory::~SecretMemory() { sodium_free(data_); }

SecretString::SecretString(std::string_view text) : memory_(text.size()) { std::copy(text.begin(), text.end(), memory_.data()); }

SecretString SecretString::take(std::string&& text) {
  SecretString out(text);
  wipe(text);
  return out;
}

}  // namespace nc::crypto
