// Entries: the signed, append-only facts that everything else is derived from.
//
// The bytes are docs/formats/journal.md. A header names one part of one record and, in `base`, the
// entries of that part its author had seen; the body holds the values. Both are canonical JSON; the
// entry's hash is SHA-256 of the header bytes, and the header holds SHA-256(salt || body bytes).
//
// Values: immutable once made. Not here: who may (access/), what values mean (catalog/).
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/json.h"

namespace nc::journal {

// Who reads a part, fixed for its life. Text forms: "authority", "all", "own:<unit>",
// "below:<unit>", "with:<unit>+<unit>..." (units sorted, at most 8).
struct Audience {
  enum class Kind : std::uint8_t { kAuthority, kAll, kOwn, kBelow, kWith };
  Kind kind = Kind::kOwn;
  std::vector<UnitId> units;
  auto operator<=>(const Audience&) const = default;
  [[nodiscard]] std::string text() const;
  static Result<Audience> parse(std::string_view text);
  static Audience authority() { return {Kind::kAuthority, {}}; }
  static Audience all() { return {Kind::kAll, {}}; }
  static Audience own(const UnitId& unit) { return {Kind::kOwn, {unit}}; }
};

// 0 open, 1 internal, 2 restricted: the same numbers as catalog::Handling.
using HandlingLevel = std::uint8_t;

// A part of a record. Text: "<audience>/<open|internal|restricted>".
struct PartKey {
  HandlingLevel handling = 1;  // first: the base part of a record is its smallest key
  Audience audience;
  auto operator<=>(const PartKey&) const = default;
  [[nodiscard]] std::string text() const;
  static Result<PartKey> parse(std::string_view text);
};

enum class Lane : std::uint8_t { kAuthority, kUrgent, kOrdinary };

// A stream is one node's chain of entries for one part key and lane. In the header it is written
// "<node>/<incarnation>/<lane>"; the part key stands beside it as `part`.
struct StreamKey {
  NodeId node;
  IncarnationId incarnation;
  PartKey part;
  Lane lane = Lane::kOrdinary;
  auto operator<=>(const StreamKey&) const = default;
  [[nodiscard]] std::string text() const;        // "<node>/<incarnation>/<lane>/<audience>/<handling>"
  [[nodiscard]] std::string chain_text() const;  // "<node>/<incarnation>/<lane>": `stream` of the header
  static Result<StreamKey> parse(std::string_view text);
};

enum class Form : std::uint8_t { kSet, kAct };

// The names of acts that the merge itself understands; types may have others (workflow transitions).
namespace acts {
inline constexpr std::string_view kCreate = "create";
inline constexpr std::string_view kVoid = "void";
inline constexpr std::string_view kRestore = "restore";
inline constexpr std::string_view kReopen = "reopen";  // lifts binding acts that it has seen
inline constexpr std::string_view kPartClosed = "part-closed";
inline constexpr std::string_view kRaise = "raise";  // restates a record in a part of higher handling; kPartClosed below
// Authority facts that admission reads (values in `set`, docs/formats/journal.md section "Authority"):
inline constexpr std::string_view kCertifyNode = "certify-node";      // node, incarnation, public_key, unit
inline constexpr std::string_view kCertifyPerson = "certify-person";  // person, public_key
inline constexpr std::string_view kEndPerson = "end-person";          // person, public_key: signs nothing any more
inline constexpr std::string_view kPublishType = "publish-type";      // type_id, version, definition_hash
inline constexpr std::string_view kCut = "cut";                       // stream, seq, hash, reason
inline constexpr std::string_view kReadmit = "readmit";               // entries
inline constexpr std::string_view kPurge = "purge";                   // entries (their bodies go)
inline constexpr std::string_view kErase = "erase";                   // keys (of personal data, which go)
}  // namespace acts

// A person's signature under a binding act.
struct PersonSignature {
  PublicKey key;
  Signature signature;
};

// What a binding act covers, per part: the heads seen and the hash of the values.
struct CoveredPart {
  std::vector<EntryHash> heads;  // sorted
  Digest values;
};

struct Body {
  Salt salt;
  PersonId author;
  std::string act;                       // form act only
  std::string state;                     // form act only: the state it enters; may be empty
  JsonObject set;                        // register -> value (null clears)
  std::map<std::string, JsonArray> add;  // set field -> elements
  std::map<std::string, JsonArray> remove;
  std::optional<Digest> origin;                  // imported row
  std::map<std::string, std::string> confirmed;  // question id -> reason
  std::map<PartKey, CoveredPart> over;           // binding acts
  std::optional<Digest> shown;                   // binding acts: hash of the text shown to the signer
  std::optional<PersonSignature> signature;
  JsonObject unknown;  // members of a later version, kept byte for byte

  [[nodiscard]] bool binding() const { return !over.empty(); }
  [[nodiscard]] bool has_values() const { return !set.empty() || !add.empty() || !remove.empty(); }
};

struct Header {
  int v = 1;
  StreamKey stream;  // `stream` and `part` on the wire
  std::int64_t seq = 1;
  std::optional<EntryHash> prev;  // none for seq 1
  RecordId record;
  std::string type;  // type id
  int type_version = 1;
  Form form = Form::kSet;
  std::vector<EntryHash> base;    // sorted, unique, at most 64
  std::optional<EntryHash> auth;  // none only for the first authority entry of a tree
  std::int64_t wall_ms = 0;
  BodyHash body_hash;
};

struct Entry {
  Header header;
  Body body;
  std::string header_bytes;  // canonical; the hash is over these
  std::string body_bytes;    // canonical; empty after a purge
  EntryHash hash;
};

// That decode_header would take it, asked of the header itself: refused by the same names.
Status check_header(const Header& header);
std::string encode_header(const Header& header);
// Brings a new body into the form in which its bytes are read again, and refuses by name what decode_body would refuse
// of them: decode_body(encode_body(body)) is then the body. For writers: all of its members are of this version.
Status settle_body(Body& body, Form form);
std::string encode_body(const Body& body, Form form);
Result<Header> decode_header(std::string_view bytes);
Result<Body> decode_body(std::string_view bytes, Form form);
BodyHash hash_body(const Salt& salt, std::string_view body_bytes);
EntryHash hash_header(std::string_view header_bytes);

// What a seal signs: docs/formats/journal.md section "Seals".
std::string seal_message(const StreamKey& stream, std::int64_t seq, const EntryHash& head);
// What a person signs for a binding act.
std::string binding_message(const RecordId& record, std::string_view act, const Body& body);

}  // namespace nc::journal
