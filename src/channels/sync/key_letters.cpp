#include "channels/sync/key_letters.h"

#include "channels/sync/bytes.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/sealed_box.h"

namespace nc::sync {
namespace {

using Key = records::PersonKeys::Key;

constexpr std::string_view kSigned = "nhipcau-letter-1\n";
constexpr std::string_view kPrinted = "nhipcau-key-print-1\n";
constexpr std::size_t kKeyBytes = 32, kPartBytesMax = 400, kTagsMax = 1024;

std::string_view text_of(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

Error closed() { return Error(ErrorCode::kDenied, NC_MSG("A parcel of keys cannot be read here: it is for another node, or was altered")); }

void read_ask(Unpacker& in, KeyLetter& out) {
  out.under = in.id<PublicKey>();
  const auto held = in.byte();
  for (unsigned i = 0; i < held && in.good(); ++i) out.held.emplace_back(in.text(kKeyPrintBytes));
  out.at_ms = in.count();
}

void read_rest(Unpacker& in, KeyLetter& out) {
  switch (out.kind) {
    case Letters::kAsk: read_ask(in, out); break;
    case Letters::kParcel:
      out.to = in.id<NodeId>();
      out.about = in.id<Digest>();
      out.box = in.text(in.number());
      break;
    case Letters::kTaken: out.about = in.id<Digest>(); break;
    case Letters::kErased:
      out.at_ms = in.count();
      out.was_here = in.byte() == 1;
      break;
  }
}

void write_rest(Packer& out, const KeyLetter& letter) {
  switch (letter.kind) {
    case Letters::kAsk:
      out.id(letter.under).byte(static_cast<unsigned>(letter.held.size()));
      for (const auto& print : letter.held) out.text(print);
      out.number(letter.at_ms);
      break;
    case Letters::kParcel: out.id(letter.to).id(letter.about).number(std::uint64_t{letter.box.size()}).text(letter.box); break;
    case Letters::kTaken: out.id(letter.about); break;
    case Letters::kErased: out.number(letter.at_ms).byte(letter.was_here ? 1 : 0); break;
  }
}

}  // namespace

std::string write_letter(const KeyLetter& letter, const crypto::SigningKey& key) {
  Packer out;
  out.byte(static_cast<unsigned>(letter.kind)).id(letter.node).id(letter.incarnation).id(letter.key);
  out.number(std::uint64_t{letter.part.size()}).text(letter.part);
  write_rest(out, letter);
  const auto signature = key.sign(std::string(kSigned) + out.bytes());
  return out.id(signature).take();
}

std::optional<KeyLetter> read_letter(std::string_view bytes) {
  if (bytes.size() > kLetterBytesMax || bytes.size() <= Signature::kSize) return std::nullopt;
  Unpacker in(bytes.substr(0, bytes.size() - Signature::kSize)), end(bytes.substr(bytes.size() - Signature::kSize));
  KeyLetter out;
  out.kind = static_cast<Letters>(in.byte());
  out.node = in.id<NodeId>();
  out.incarnation = in.id<IncarnationId>();
  out.key = in.id<RecordId>();
  out.part = in.text(in.number());
  read_rest(in, out);
  out.sig = end.id<Signature>();
  const bool good = in.good() && out.held.size() <= records::kKeysOfOneMax && out.part.size() <= kPartBytesMax;
  if (!good || !journal::PartKey::parse(out.part)) return std::nullopt;
  return out;
}

bool signed_by(const PublicKey& key, std::string_view bytes) {
  Unpacker end(bytes.substr(bytes.size() - Signature::kSize));
  return crypto::verify(key, std::string(kSigned) + std::string(bytes.substr(0, bytes.size() - Signature::kSize)), end.id<Signature>());
}

Digest letter_name(std::string_view bytes) { return crypto::sha256(bytes); }

std::string letter_tag(const Digest& name) { return std::string(text_of(name.bytes).substr(0, kLetterTagBytes)); }

std::string print_of(const Key& key) {
  const auto digest = crypto::Sha256().update(kPrinted).update(key.bytes()).finish();
  return std::string(text_of(digest.bytes).substr(0, kKeyPrintBytes));
}

Result<std::string> box_keys(const RecordId& id, const std::vector<const Key*>& keys, const PublicKey& under, Rng& rng) {
  std::string inside(text_of(id.bytes));
  inside.reserve(inside.size() + keys.size() * kKeyBytes);  // so that no copy stays behind
  for (const auto* key : keys) inside += text_of(key->bytes());
  auto out = crypto::seal_box(under, inside, rng);
  crypto::wipe(inside);
  return out;
}

Result<std::vector<Key>> open_keys(const RecordId& id, std::string_view box, const crypto::SigningKey& under) {
  auto text = crypto::open_box(under, box);
  if (!text) return fail(closed());
  std::vector<Key> out;
  const auto& bytes = *text;
  const bool whole = bytes.starts_with(text_of(id.bytes)) && (bytes.size() - RecordId::kSize) % kKeyBytes == 0 &&
                     bytes.size() <= RecordId::kSize + records::kKeysOfOneMax * kKeyBytes;
  for (std::size_t at = RecordId::kSize; whole && at < bytes.size(); at += kKeyBytes)
    out.push_back(
        Key::copy_of(std::span<const std::uint8_t, kKeyBytes>(reinterpret_cast<const std::uint8_t*>(bytes.data()) + at, kKeyBytes)));
  crypto::wipe(*text);
  if (!whole) return fail(closed());
  return out;
}

std::string encode_tags(const std::vector<std::string>& tags) {
  Packer out;
  for (const auto& tag : tags) out.text(tag);
  return out.take();
}

std::vector<std::string> decode_tags(std::string_view content) {
  std::vector<std::string> out;
  for (; content.size() >= kLetterTagBytes && out.size() < kTagsMax; content.remove_prefix(kLetterTagBytes))
    out.emplace_back(content.substr(0, kLetterTagBytes));
  return out;
}

}  // namespace nc::sync
