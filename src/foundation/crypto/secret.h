// Secrets: bytes that are wiped when they go, never copied silently and never printed.
//
// Owns: its memory, which has guard pages, is left out of core dumps and, where the system allows
// it, is not swapped. Threads: as any value. Invariant: moved-from secrets are empty.
// There is deliberately no operator<<, no conversion to std::string and no ==.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/rng.h"

namespace nc::crypto {

// Overwrites memory in a way that the compiler does not leave out.
void wipe(std::span<std::uint8_t> bytes);
void wipe(std::string& text);  // and empties it

// One guarded allocation of fixed size.
class SecretMemory {
 public:
  SecretMemory() = default;
  explicit SecretMemory(std::size_t size);  // zeroed; throws std::bad_alloc
  SecretMemory(SecretMemory&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  SecretMemory& operator=(SecretMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  SecretMemory(const SecretMemory&) = delete;
  SecretMemory& operator=(const SecretMemory&) = delete;
  ~SecretMemory();

  [[nodiscard]] std::uint8_t* data() { return data_; }
  [[nodiscard]] const std::uint8_t* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// N secret bytes: a seed, a key.
template <std::size_t N>
class SecretBytes {
 public:
  SecretBytes() : memory_(N) {}
  static SecretBytes random(Rng& rng) {
    SecretBytes out;
    rng.fill(out.bytes());
    return out;
  }
  // Copies; the caller wipes what he copied from.
  static SecretBytes copy_of(std::span<const std::uint8_t, N> from) {
    SecretBytes out;
    for (std::size_t i = 0; i < N; ++i) out.memory_.data()[i] = from[i];
    return out;
  }
  [[nodiscard]] SecretBytes copy() const { return copy_of(bytes()); }

  // Precondition of both: not moved from.
  [[nodiscard]] std::span<std::uint8_t, N> bytes() { return std::span<std::uint8_t, N>(memory_.data(), N); }
  [[nodiscard]] std::span<const std::uint8_t, N> bytes() const { return std::span<const std::uint8_t, N>(memory_.data(), N); }

 private:
  SecretMemory memory_;
};

// A password or passphrase as typed.
class SecretString {
 public:
  SecretString() = default;
  explicit SecretString(std::string_view text);  // copies; the caller's bytes stay as they are
  // Copies and wipes the source.
  static SecretString take(std::string&& text);

  [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char*>(memory_.data()), memory_.size()}; }
  [[nodiscard]] std::size_t size() const { return memory_.size(); }
  [[nodiscard]] bool empty() const { return memory_.size() == 0; }

 private:
  SecretMemory memory_;
};

}  // namespace nc::crypto
