#include "ledger/journal/stored_form.h"

#include "base/limits.h"
#include "foundation/store/compress.h"

namespace nc::journal {
namespace {

// The first byte. Canonical JSON begins with '{' and is a form of its own.
constexpr char kPlain = '{';
constexpr char kPackedHeader = 1;
constexpr char kCompressedBody = 1, kSaltlessBody = 2;

enum Flag : unsigned { kIsAct = 1, kHasPrev = 2, kHasAuth = 4, kHasBodyHash = 8, kAllFlags = 15 };

class Packer {
 public:
  void byte(unsigned value) { out_ += static_cast<char>(value); }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<unsigned>(value & 0x7f) | 0x80);
    byte(static_cast<unsigned>(value));
  }
  template <typename SomeId>
  void id(const SomeId& id) {
    out_.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  }
  void text(std::string_view text) { out_ += text; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads what the packer wrote; after a false step everything is zero and good() says so.
class Unpacker {
 public:
  explicit Unpacker(std::string_view in) : in_(in) {}
  unsigned byte() {
    if (in_.empty()) return bad();
    const auto out = static_cast<unsigned char>(in_.front());
    in_.remove_prefix(1);
    return out;
  }
  std::uint64_t number() {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto part = byte();
      out |= static_cast<std::uint64_t>(part & 0x7f) << shift;
      if (part < 0x80) return out;
    }
    return bad();
  }
  template <typename SomeId>
  SomeId id() {
    SomeId out;
    if (in_.size() < SomeId::kSize) {
      bad();
      return out;
    }
    std::memcpy(out.bytes.data(), in_.data(), SomeId::kSize);
    in_.remove_prefix(SomeId::kSize);
    return out;
  }
  std::string_view rest() { return std::exchange(in_, {}); }
  [[nodiscard]] bool good() const { return good_; }

 private:
  unsigned bad() {
    good_ = false;
    in_ = {};
    return 0;
  }
  std::string_view in_;
  bool good_ = true;
};

std::uint64_t zigzag(std::int64_t value) { return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63); }
std::int64_t unzigzag(std::uint64_t value) { return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1); }

std::string pack_header(const Header& header, bool with_body_hash) {
  Packer out;
  out.byte(kPackedHeader);
  out.byte((header.form == Form::kAct ? kIsAct : 0U) | (header.prev ? kHasPrev : 0U) | (header.auth ? kHasAuth : 0U) |
           (with_body_hash ? kHasBodyHash : 0U));
  if (header.prev) out.id(*header.prev);
  if (header.auth) out.id(*header.auth);
  if (with_body_hash) out.id(header.body_hash);
  out.number(header.base.size());
  for (const auto& hash : header.base) out.id(hash);
  out.number(zigzag(header.wall_ms));
  out.number(static_cast<std::uint64_t>(header.type_version));
  out.text(header.type);
  return out.take();
}

std::string salt_member(const Salt& salt) { return "\"salt\":\"" + salt.hex() + "\""; }

// The body without its salt, which no compression makes smaller; where it stood, then the salt.
std::optional<std::string> pack_body(const Salt& salt, const std::string& body_bytes) {
  const auto member = salt_member(salt);
  const auto at = body_bytes.find(member);
  if (at == std::string::npos) return std::nullopt;
  auto text = body_bytes;
  text.erase(at, member.size());
  const auto frame = store::compress(text);
  const bool smaller = frame.size() < text.size();
  Packer out;
  out.byte(smaller ? kCompressedBody : kSaltlessBody);
  out.id(salt);
  out.number(at);
  out.text(smaller ? frame : text);
  return out.take();
}

std::unexpected<Error> damaged() { return fail(ErrorCode::kCorrupt, NC_MSG("The stored bytes are damaged and cannot be read")); }

struct StoredBody {
  std::string bytes;
  Salt salt;
};

Result<StoredBody> unpack_body(std::string_view stored) {
  Unpacker in(stored);
  const auto form = static_cast<char>(in.byte());
  const auto salt = in.id<Salt>();
  const auto at = in.number();
  if (!in.good() || (form != kCompressedBody && form != kSaltlessBody)) return damaged();
  std::string text(in.rest());
  if (form == kCompressedBody) { NC_ASSIGN(text, store::decompress(text, limits::kBodyBytesMax)); }
  if (at > text.size()) return damaged();
  text.insert(at, salt_member(salt));
  return StoredBody{std::move(text), salt};
}

Result<Header> unpack_header(std::string_view stored, const RowPlace& place, const std::optional<BodyHash>& body_hash) {
  Unpacker in(stored);
  if (static_cast<char>(in.byte()) != kPackedHeader) return damaged();
  const auto flags = in.byte();
  Header out;
  out.stream = place.stream;
  out.seq = place.seq;
  out.record = place.record;
  out.form = (flags & kIsAct) != 0 ? Form::kAct : Form::kSet;
  if ((flags & kHasPrev) != 0) out.prev = in.id<EntryHash>();
  if ((flags & kHasAuth) != 0) out.auth = in.id<EntryHash>();
  if ((flags & kHasBodyHash) != 0) out.body_hash = in.id<BodyHash>();
  else if (body_hash) out.body_hash = *body_hash;
  else return damaged();
  const auto bases = in.number();
  if (flags > kAllFlags || bases > limits::kBaseHashesMax) return damaged();
  for (std::uint64_t i = 0; i < bases; ++i) out.base.push_back(in.id<EntryHash>());
  out.wall_ms = unzigzag(in.number());
  out.type_version = static_cast<int>(in.number());
  if (!in.good()) return damaged();
  out.type = in.rest();
  return out;
}

}  // namespace

StoredForm to_stored(const Entry& entry, bool with_body) {
  const StoredForm plain{entry.header_bytes, with_body ? std::optional(entry.body_bytes) : std::nullopt};
  if (encode_header(entry.header) != entry.header_bytes) return plain;
  if (!with_body) return {pack_header(entry.header, true), std::nullopt};
  auto body = pack_body(entry.body.salt, entry.body_bytes);
  if (!body) return plain;
  return {pack_header(entry.header, false), std::move(body)};
}

std::optional<std::string> stored_body(const Salt& salt, const std::string& body_bytes) {
  auto packed = pack_body(salt, body_bytes);
  if (!packed) return std::nullopt;
  const auto back = unpack_body(*packed);
  return back && back->bytes == body_bytes ? std::move(packed) : std::nullopt;
}

std::string stored_header(const Header& header) { return pack_header(header, false); }

Result<FromStored> from_stored(const StoredForm& stored, const RowPlace& place) {
  FromStored out;
  std::optional<BodyHash> body_hash;
  if (stored.body && stored.body->starts_with(kPlain)) {
    out.body_bytes = stored.body;
  } else if (stored.body) {
    NC_ASSIGN(auto body, unpack_body(*stored.body));
    body_hash = hash_body(body.salt, body.bytes);
    out.body_bytes = std::move(body.bytes);
  }
  if (stored.header.starts_with(kPlain)) {
    NC_ASSIGN(out.header, decode_header(stored.header));
    out.header_bytes = stored.header;
    return out;
  }
  NC_ASSIGN(out.header, unpack_header(stored.header, place, body_hash));
  out.header_bytes = encode_header(out.header);
  return out;
}

}  // namespace nc::journal
