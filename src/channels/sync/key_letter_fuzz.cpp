// Letters about keys of personal data: any bytes are a letter or none; what was read and written again is read the same, but for
// bytes of later versions; and no box opens with a key that it was not drawn for.
#include "base/check.h"
#include "channels/sync/key_letters.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc;
  using namespace nc::sync;
  static const auto key = crypto::SigningKey::from_seed(crypto::SecretBytes<32>());
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& tag : decode_tags(bytes)) NC_CHECK(tag.size() == kLetterTagBytes);
  const auto letter = read_letter(bytes);
  if (!letter) return 0;
  NC_CHECK(size <= kLetterBytesMax && letter->held.size() <= records::kKeysOfOneMax);
  static_cast<void>(signed_by(key.public_key(), bytes));
  static_cast<void>(open_keys(letter->key, letter->box, key));
  const auto again = write_letter(*letter, key);
  NC_CHECK(signed_by(key.public_key(), again));
  const auto read = read_letter(again);
  NC_CHECK(read.has_value());
  NC_CHECK(read->kind == letter->kind && read->node == letter->node && read->key == letter->key && read->part == letter->part);
  NC_CHECK(read->under == letter->under && read->held == letter->held && read->to == letter->to && read->about == letter->about);
  NC_CHECK(read->box == letter->box && read->at_ms == letter->at_ms && read->was_here == letter->was_here);
  return 0;
}
