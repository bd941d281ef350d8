// A row of pieces that the holder of one Ed25519 key can read, and nobody else: docs/formats/bundle.md (box, head, chunks).
//
// The key of the row is drawn for it and travels in an anonymous box (libsodium crypto_box_seal) to the X25519 form of the receiver's
// key; the pieces are crypto_secretstream_xchacha20poly1305: none can be changed, left out, repeated or taken from another row.
// Who made it is not said: the caller signs. Randomness is libsodium's own. One thread each.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "foundation/crypto/sign.h"

namespace nc::crypto {

inline constexpr std::size_t kRowHeadBytes = 80 + 24;
inline constexpr std::size_t kPieceOverhead = 17;  // bytes that a closed piece is longer

class RowSealer {
 public:
  // kInvalid: it is no key.
  static Result<std::unique_ptr<RowSealer>> to(const PublicKey& receiver);
  ~RowSealer();
  [[nodiscard]] const std::string& head() const;
  [[nodiscard]] std::string seal(std::string_view piece, bool last);

 private:
  struct State;
  explicit RowSealer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class RowOpener {
 public:
  // kDenied: it is for another, or damaged.
  static Result<std::unique_ptr<RowOpener>> with(const SigningKey& receiver, std::string_view head);
  ~RowOpener();
  struct Piece {
    std::string text;
    bool last = false;
  };
  Result<Piece> open(std::string_view sealed);

 private:
  struct State;
  explicit RowOpener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nc::crypto
