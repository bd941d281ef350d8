#include "channels/sync/runs.h"

#include <algorithm>

#include "base/limits.h"
#include "foundation/crypto/hash.h"

namespace nc::sync {
namespace {

using journal::Audience;
using journal::Form;
using journal::Header;
using journal::StreamKey;

enum Flag : unsigned {
  kAct = 1,
  kWhole = 2,
  kWithBody = 4,
  kSameRecord = 8,
  kSameAuth = 16,
  kGoesOn = 32,
  kSameAuthor = 64,
  kOfBase = 128
};
constexpr std::size_t kCheckBytes = 4, kReferenceBytes = 6;
constexpr unsigned kFullHash = 0, kBackMax = 127, kBeginning = 128, kBeforeRun = 129, kNone = 255;
constexpr std::string_view kSaltBefore = "\"salt\":\"";
constexpr std::size_t kSaltMember = kSaltBefore.size() + 2 * Salt::kSize + 1;
constexpr std::string_view kAuthorBefore = "\"author\":\"";
constexpr std::size_t kAuthorMember = kAuthorBefore.size() + 2 * PersonId::kSize + 1;
constexpr int kTypeVersionMax = 1'000'000;

std::string_view beginning_of(const EntryHash& hash, std::size_t bytes) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), bytes};
}

std::unexpected<Error> no_run() { return fail(ErrorCode::kCorrupt, NC_MSG("What was received is no run of entries")); }
std::unexpected<Error> unresolved() { return fail(ErrorCode::kNotFound, NC_MSG("It refers to an entry or stream that is not here")); }

struct SaltPlace {
  Salt salt;
  std::size_t at = 0;
};

// Where the member stands whose salt gives the body its hash; nothing: the body is written whole.
std::optional<SaltPlace> salt_of(std::string_view body, const BodyHash& wanted) {
  for (auto at = body.find(kSaltBefore); at != std::string_view::npos; at = body.find(kSaltBefore, at + 1)) {
    const auto salt = Salt::from_hex(body.substr(at + kSaltBefore.size(), 2 * Salt::kSize));
    if (!salt || body.substr(at, kSaltMember).size() != kSaltMember || body[at + kSaltMember - 1] != '"') continue;
    if (journal::hash_body(*salt, body) == wanted) return SaltPlace{*salt, at};
  }
  return std::nullopt;
}

// The member that names the author: the first that looks so. What was left out wrongly would give another hash.
std::string_view author_in(std::string_view body) {
  const auto at = body.find(kAuthorBefore);
  if (at == std::string_view::npos || body.size() < at + kAuthorMember || body[at + kAuthorMember - 1] != '"') return {};
  return body.substr(at, kAuthorMember);
}

// --- writing ---

class RunWriter {
 public:
  RunWriter(const OutRun& run, bool references) : run_(run), references_(references) {}

  std::string write() {
    pack_stream(out_, run_.stream, references_ && run_.first > 1);
    out_.number(run_.first).number(std::uint64_t{run_.entries.size()});
    for (const auto& entry : run_.entries) {
      const auto bytes = one(entry);
      out_.number(std::uint64_t{bytes.size()}).text(bytes);
      before_.push_back(&entry);
    }
    out_.byte(run_.seal ? 1 : 0);
    if (run_.seal) out_.id(*run_.seal);
    return out_.take();
  }

 private:
  std::string one(const journal::HeldEntry& entry) const {
    const auto& header = entry.header;
    const bool with_body = !entry.body_bytes.empty();
    const auto salt = with_body ? salt_of(entry.body_bytes, header.body_hash) : std::nullopt;
    const bool whole = (with_body && !salt) || journal::encode_header(header) != entry.header_bytes;
    const bool goes_on = before_.empty() && run_.before;
    const auto* entry_before = goes_on ? &*run_.before : before_.empty() ? nullptr : before_.back();
    const auto* last = entry_before != nullptr ? &entry_before->header : nullptr;
    const bool same_record = last != nullptr && last->record == header.record;
    const bool same_auth = last != nullptr && last->auth == header.auth;
    const bool of_base = run_.short_forms && references_ && !same_record && is_of_base(entry);
    auto body = salt ? std::string(entry.body_bytes).erase(salt->at, kSaltMember) : std::string();
    const auto author = run_.short_forms && salt && entry_before != nullptr ? author_in(entry_before->body_bytes) : std::string_view();
    const auto author_at = author.empty() ? std::string::npos : body.find(author);
    Packer out;
    out.byte((header.form == Form::kAct ? kAct : 0U) | (whole ? kWhole : 0U) | (with_body ? kWithBody : 0U) |
             (same_record ? kSameRecord : 0U) | (same_auth ? kSameAuth : 0U) | (goes_on ? kGoesOn : 0U) |
             (!whole && author_at != std::string::npos ? kSameAuthor : 0U) | (!whole && of_base ? kOfBase : 0U));
    out.text(beginning_of(entry.hash, kCheckBytes));
    if (whole) {
      out.number(std::uint64_t{entry.header_bytes.size()}).text(entry.header_bytes).text(entry.body_bytes);
      return out.take();
    }
    if (!same_record && !of_base) out.id(header.record);
    if (!same_auth) reference(out, header.auth);
    out.number(std::uint64_t{header.base.size()});
    for (const auto& base : header.base) reference(out, base);
    out.signed_number(header.wall_ms - (last != nullptr ? last->wall_ms : 0));
    out.number(static_cast<std::uint64_t>(header.type_version)).byte(static_cast<unsigned>(header.type.size())).text(header.type);
    if (!with_body) {
      out.id(header.body_hash);
      return out.take();
    }
    out.id(salt->salt).number(std::uint64_t{salt->at});
    if (author_at != std::string::npos) {
      out.number(std::uint64_t{author_at});
      body.erase(author_at, kAuthorMember);
    }
    return out.text(body).take();
  }

  // Whose record is that of its first base.
  [[nodiscard]] bool is_of_base(const journal::HeldEntry& entry) const {
    if (entry.header.base.empty()) return false;
    for (const auto* one : before_)
      if (one->hash == entry.header.base.front()) return one->header.record == entry.header.record;
    return run_.of_base.contains(entry.seq);
  }

  void reference(Packer& out, const std::optional<EntryHash>& hash) const {
    if (!hash) {
      out.byte(kNone);
      return;
    }
    for (std::size_t back = 1; back <= std::min<std::size_t>(before_.size(), kBackMax); ++back) {
      if (before_[before_.size() - back]->hash != *hash) continue;
      out.byte(static_cast<unsigned>(back));
      return;
    }
    if (run_.before && run_.before->hash == *hash) out.byte(kBeforeRun);
    else if (references_) out.byte(kBeginning).text(beginning_of(*hash, kReferenceBytes));
    else out.byte(kFullHash).id(*hash);
  }

  const OutRun& run_;
  bool references_;
  Packer out_;
  std::vector<const journal::HeldEntry*> before_;
};

// --- reading ---

class RunReader {
 public:
  RunReader(std::string_view bytes, Known& known) : in_(bytes), known_(known) {}

  Result<Run> read() {
    NC_ASSIGN(out_.stream, unpack_stream(in_, known_));
    out_.first = in_.count();
    const auto count = in_.count();
    if (!in_.good() || out_.first < 1 || count > static_cast<std::int64_t>(kRunEntriesMax)) return no_run();
    if (out_.first > 1 && count > 0) {
      NC_ASSIGN(prev_, known_.hash_at(out_.stream, out_.first - 1));
      before_run_ = prev_;
      if (!prev_)
        return fail(Error(ErrorCode::kConflict, NC_MSG("Entries before number {1} of the stream are missing"), {std::to_string(out_.first)})
                        .at(out_.stream.text()));
    }
    for (std::int64_t i = 0; i < count; ++i) NC_TRY(entry(out_.first + i));
    const auto sealed = in_.byte();
    if (sealed == 1) out_.seal = in_.id<Signature>();
    if (!in_.good() || sealed > 1 || (count == 0 && (sealed == 0 || out_.first == 1))) return no_run();
    return std::move(out_);
  }

 private:
  Status entry(std::int64_t seq) {
    Unpacker in(in_.text(in_.number()));
    const auto flags = in.byte();
    const auto check = in.text(kCheckBytes);
    if (!in_.good()) return no_run();
    journal::Journal::Incoming entry;
    Header header;
    if ((flags & kWhole) != 0) {
      entry.header_bytes = in.text(in.number());
      if ((flags & kWithBody) != 0) entry.body_bytes = in.rest();
      NC_ASSIGN(header, journal::decode_header(entry.header_bytes));
    } else {
      NC_TRY(read_header(in, flags, seq, header));
      NC_TRY(read_body(in, flags, header, entry));
      entry.header_bytes = journal::encode_header(header);
    }
    const auto hash = journal::hash_header(entry.header_bytes);
    if (!in.good() || beginning_of(hash, kCheckBytes) != check)
      return fail(Error(ErrorCode::kCorrupt, NC_MSG("The received entry {1} has not the hash that was said"), {std::to_string(seq)})
                      .at(out_.stream.text()));
    prev_ = hash;
    last_ = std::move(header);
    last_body_ = entry.body_bytes;
    records_.push_back(last_->record);
    out_.hashes.push_back(hash);
    out_.entries.push_back(std::move(entry));
    return {};
  }

  Status read_header(Unpacker& in, unsigned flags, std::int64_t seq, Header& header) {
    if ((flags & kGoesOn) != 0) {
      if (last_ || seq == 1) return no_run();
      NC_ASSIGN(auto before, known_.entry_at(out_.stream, seq - 1));
      if (!before) return unresolved();
      last_ = std::move(before->header);
      last_body_ = std::move(before->body_bytes);
    }
    if ((flags & (kSameRecord | kSameAuth)) != 0 && !last_) return no_run();
    header.stream = out_.stream;
    header.seq = seq;
    header.prev = prev_;
    header.form = (flags & kAct) != 0 ? Form::kAct : Form::kSet;
    if ((flags & kSameRecord) != 0) header.record = last_->record;
    else if ((flags & kOfBase) == 0) header.record = in.id<RecordId>();
    header.auth = (flags & kSameAuth) != 0 ? last_->auth : std::nullopt;
    if ((flags & kSameAuth) == 0) { NC_ASSIGN(header.auth, reference(in, true)); }
    const auto bases = in.number();
    if (!in.good() || bases > limits::kBaseHashesMax) return no_run();
    const bool authority = out_.stream.part.audience.kind == Audience::Kind::kAuthority;
    for (std::uint64_t i = 0; i < bases; ++i) {
      NC_ASSIGN(const auto base, reference(in, authority));
      if (!base) return no_run();
      header.base.push_back(*base);
    }
    if ((flags & kOfBase) != 0) NC_TRY(take_record_of_base(header));
    header.wall_ms =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(in.signed_number()) + static_cast<std::uint64_t>(last_ ? last_->wall_ms : 0));
    const auto version = in.number();
    if (version > kTypeVersionMax) return no_run();
    header.type_version = static_cast<int>(version);
    header.type = in.text(in.byte());
    return in.good() ? Status() : no_run();
  }

  Status take_record_of_base(Header& header) {
    if (header.base.empty() || full_hashes_) return no_run();  // nobody learns by a hash whose record it is
    const auto& base = header.base.front();
    for (std::size_t i = 0; i < out_.hashes.size(); ++i) {
      if (out_.hashes[i] != base) continue;
      header.record = records_[i];
      return {};
    }
    NC_ASSIGN(const auto record, known_.record_of(base));
    if (!record) return unresolved();
    header.record = *record;
    return {};
  }

  Status read_body(Unpacker& in, unsigned flags, Header& header, journal::Journal::Incoming& entry) const {
    if ((flags & kWithBody) == 0) {
      header.body_hash = in.id<BodyHash>();
      return in.good() ? Status() : no_run();
    }
    const auto salt = in.id<Salt>();
    const auto at = in.number();
    const auto author_at = (flags & kSameAuthor) != 0 ? in.number() : 0;
    std::string body(in.rest());
    if (!in.good() || author_at > body.size() || body.size() > limits::kBodyBytesMax) return no_run();
    if ((flags & kSameAuthor) != 0) {
      const auto author = author_in(last_body_);
      if (author.empty()) return unresolved();
      body.insert(static_cast<std::size_t>(author_at), author);
    }
    if (at > body.size()) return no_run();
    body.insert(static_cast<std::size_t>(at), std::string(kSaltBefore) + salt.hex() + "\"");
    header.body_hash = journal::hash_body(salt, body);
    entry.body_bytes = std::move(body);
    return {};
  }

  Result<std::optional<EntryHash>> reference(Unpacker& in, bool authority) {
    const auto kind = in.byte();
    if (kind == kNone && in.good()) return std::optional<EntryHash>();
    if (kind == kFullHash) {
      full_hashes_ = true;
      const auto hash = in.id<EntryHash>();
      if (!in.good()) return no_run();
      return std::optional(hash);
    }
    if (kind <= kBackMax) {
      if (kind > out_.hashes.size()) return no_run();
      return std::optional(out_.hashes[out_.hashes.size() - kind]);
    }
    if (kind == kBeforeRun && before_run_) return before_run_;
    if (kind != kBeginning) return no_run();
    const auto beginning = in.text(kReferenceBytes);
    if (!in.good()) return no_run();
    NC_ASSIGN(const auto found, known_.entry(beginning, out_.stream, authority));
    if (!found) return unresolved();
    return found;
  }

  Unpacker in_;
  Known& known_;
  Run out_;
  std::optional<EntryHash> prev_, before_run_;
  std::optional<Header> last_;
  std::string last_body_;
  std::vector<RecordId> records_;
  bool full_hashes_ = false;
};

}  // namespace

std::string tag_of(std::string_view text) {
  const auto digest = crypto::sha256(text);
  return {reinterpret_cast<const char*>(digest.bytes.data()), kTagBytes};
}

void pack_stream(Packer& out, const StreamKey& stream, bool by_tag) {
  if (by_tag) {
    out.byte(0).text(tag_of(stream.text()));
    return;
  }
  const auto& part = stream.part;
  out.byte(1).id(stream.node).id(stream.incarnation).byte(static_cast<unsigned>(stream.lane)).byte(part.handling);
  out.byte(static_cast<unsigned>(part.audience.kind)).byte(static_cast<unsigned>(part.audience.units.size()));
  for (const auto& unit : part.audience.units) out.id(unit);
}

Result<StreamKey> unpack_stream(Unpacker& in, Known& known) {
  const auto form = in.byte();
  if (form == 0) {
    const auto tag = in.text(kTagBytes);
    if (!in.good()) return no_run();
    NC_ASSIGN(const auto found, known.stream(tag));
    if (!found) return unresolved();
    return *found;
  }
  StreamKey out;
  out.node = in.id<NodeId>();
  out.incarnation = in.id<IncarnationId>();
  const auto lane = in.byte(), handling = in.byte(), kind = in.byte(), units = in.byte();
  if (!in.good() || form != 1 || lane > 2 || handling > 2 || kind > 4 || units > limits::kAudienceUnitsMax) return no_run();
  out.lane = static_cast<journal::Lane>(lane);
  out.part.handling = static_cast<journal::HandlingLevel>(handling);
  out.part.audience.kind = static_cast<Audience::Kind>(kind);
  for (unsigned i = 0; i < units; ++i) out.part.audience.units.push_back(in.id<UnitId>());
  if (!in.good()) return no_run();
  const auto again = StreamKey::parse(out.text());  // one spelling for one stream
  if (!again || *again != out) return no_run();
  return out;
}

std::string encode_run(const OutRun& run, bool references) { return RunWriter(run, references).write(); }
Result<Run> decode_run(std::string_view bytes, Known& known) { return RunReader(bytes, known).read(); }

}  // namespace nc::sync
