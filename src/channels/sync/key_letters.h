// Inside the room only: letters about keys of personal data, docs/formats/keys.md section "Letters". Values and their bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/crypto/sign.h"
#include "ledger/journal/entry.h"
#include "ledger/records/person_keys.h"

namespace nc::sync {

inline constexpr std::size_t kLetterBytesMax = 2048;
inline constexpr std::size_t kLetterTagBytes = 8, kKeyPrintBytes = 8;

enum class Letters : unsigned { kAsk = 1, kParcel = 2, kTaken = 3, kErased = 4 };

struct KeyLetter {
  Letters kind = Letters::kAsk;  // or one that this version does not know
  NodeId node;                   // who wrote it
  IncarnationId incarnation;
  RecordId key;      // id
  std::string part;  // PartKey::text()

  PublicKey under;                // ask: the one-use key
  std::vector<std::string> held;  // ask: prints of keys that its writer has
  NodeId to;                      // parcel: who asked
  Digest about;                   // parcel: the ask; taken: the parcel
  std::string box;                // parcel
  std::int64_t at_ms = 0;         // ask, erased
  bool was_here = false;          // erased: the key was

  Signature sig;  // of what was read
};

// Signed, whole.
[[nodiscard]] std::string write_letter(const KeyLetter& letter, const crypto::SigningKey& key);
// Nothing: it is none.
std::optional<KeyLetter> read_letter(std::string_view bytes);
// Whether the writer's key signed these bytes, which read_letter took.
[[nodiscard]] bool signed_by(const PublicKey& key, std::string_view bytes);
[[nodiscard]] Digest letter_name(std::string_view bytes);
[[nodiscard]] std::string letter_tag(const Digest& name);

[[nodiscard]] std::string print_of(const records::PersonKeys::Key& key);

// Keys to the holder of a one-use key. kInvalid: that is none.
Result<std::string> box_keys(const RecordId& id, const std::vector<const records::PersonKeys::Key*>& keys, const PublicKey& under,
                             Rng& rng);
// kDenied: it is for another, altered, or of another id.
Result<std::vector<records::PersonKeys::Key>> open_keys(const RecordId& id, std::string_view box, const crypto::SigningKey& under);

// What is said of letters that came: their tags.
[[nodiscard]] std::string encode_tags(const std::vector<std::string>& tags);
std::vector<std::string> decode_tags(std::string_view content);

}  // namespace nc::sync
