// Version 1 of headers and bodies. Read for ever; docs/formats/journal.md is the specification.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.h"
#include "base/limits.h"
#include "foundation/crypto/hash.h"
#include "ledger/journal/body_limit.h"
#include "ledger/journal/entry.h"

namespace nc::journal {
namespace {

constexpr std::array<std::string_view, 12> kHeaderMembers = {"auth",   "base", "body_hash", "form", "part", "prev",
                                                             "record", "seq",  "stream",    "type", "v",    "wall"};
constexpr std::array<std::string_view, 12> kBodyMembers = {"act",    "add",  "author", "confirmed", "origin", "over",
                                                           "remove", "salt", "set",    "shown",     "sign",   "state"};
constexpr std::array<std::string_view, 5> kActMembers = {"act", "over", "shown", "sign", "state"};  // of form act only
constexpr std::size_t kNameBytesMax = 64;
constexpr int kTypeVersionMax = 1'000'000;

std::unexpected<Error> bad(std::string_view where, const char* message, std::vector<std::string> args = {}) {
  return fail(Error(ErrorCode::kInvalid, message, std::move(args)).at(std::string(where)));
}

template <typename SomeId>
Result<SomeId> id_member(const Json& json, std::string_view where) {
  const auto id = json.is_string() ? SomeId::from_hex(json.as_string()) : std::nullopt;
  if (!id) return bad(where, NC_MSG("Here must stand {1} lower-case hexadecimal digits"), {std::to_string(2 * SomeId::kSize)});
  return *id;
}

template <typename SomeId>
Json nullable(const std::optional<SomeId>& id) {
  return id ? Json(id->hex()) : Json();
}

template <typename SomeId>
Result<std::optional<SomeId>> nullable_member(const Json& json, std::string_view where) {
  if (json.is_null()) return std::optional<SomeId>();
  NC_ASSIGN(auto id, id_member<SomeId>(json, where));
  return std::optional<SomeId>(id);
}

Json hash_list(const std::vector<EntryHash>& hashes) {
  JsonArray out;
  out.reserve(hashes.size());
  for (const auto& hash : hashes) out.emplace_back(hash.hex());
  return out;
}

Result<std::vector<EntryHash>> hash_list_member(const Json& json, std::string_view where) {
  if (!json.is_array()) return bad(where, NC_MSG("Here must stand a list"));
  if (json.as_array().size() > limits::kBaseHashesMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("More than {1} hashes (limit kBaseHashesMax)"), {std::to_string(limits::kBaseHashesMax)})
                    .at(std::string(where)));
  std::vector<EntryHash> out;
  for (const auto& item : json.as_array()) {
    NC_ASSIGN(auto hash, id_member<EntryHash>(item, where));
    if (!out.empty() && !(out.back() < hash)) return bad(where, NC_MSG("The hashes are not in order, or one stands twice"));
    out.push_back(hash);
  }
  return out;
}

// [a-z][a-z0-9_-]*: type ids, acts and states.
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kNameBytesMax || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

Status read_type(const Json& json, Header& header) {
  const std::string text = json.is_string() ? json.as_string() : std::string();
  const auto at = text.find('@');
  const auto digits = at == std::string::npos ? std::string() : text.substr(at + 1);
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), header.type_version);
  header.type = text.substr(0, at);
  const bool exact = ec == std::errc() && end == digits.data() + digits.size() && std::to_string(header.type_version) == digits;
  if (!is_name(header.type) || !exact || header.type_version < 1 || header.type_version > kTypeVersionMax)
    return bad("type", NC_MSG("“{1}” is not a type with its version, such as sample@1"), {text});
  return {};
}

Status check_members(const Json& json) {
  if (!json.is_object()) return bad("header", NC_MSG("Here must stand an object"));
  for (const auto& [name, value] : json.as_object())
    if (std::find(kHeaderMembers.begin(), kHeaderMembers.end(), name) == kHeaderMembers.end())
      return bad(name, NC_MSG("A header of version 1 has no member “{1}”"), {name});
  for (const auto name : kHeaderMembers)
    if (!json.as_object().contains(name)) return bad(name, NC_MSG("The header lacks the member “{1}”"), {std::string(name)});
  return {};
}

// Values of `set`, or lists of `add` and `remove`.
Result<std::map<std::string, JsonArray>> element_lists(const Json& json, std::string_view where) {
  std::map<std::string, JsonArray> out;
  if (json.is_null()) return out;
  if (!json.is_object() || json.as_object().empty()) return bad(where, NC_MSG("Here must stand an object that is not empty"));
  for (const auto& [field, list] : json.as_object()) {
    if (!list.is_array() || list.as_array().empty()) return bad(where, NC_MSG("Field “{1}” needs a list that is not empty"), {field});
    for (std::size_t i = 1; i < list.as_array().size(); ++i)
      if (!(canonical(list.as_array()[i - 1]) < canonical(list.as_array()[i])))
        return bad(where, NC_MSG("The elements of “{1}” are not in order, or one stands twice"), {field});
    out.emplace(field, list.as_array());
  }
  return out;
}

Json element_object(const std::map<std::string, JsonArray>& lists) {
  JsonObject out;
  for (const auto& [field, list] : lists) {
    std::map<std::string, Json> sorted;
    for (const auto& element : list) sorted.emplace(canonical(element), element);
    JsonArray array;
    for (auto& [key, element] : sorted) array.push_back(std::move(element));
    out.emplace(field, std::move(array));
  }
  return out;
}

Json over_object(const Body& body) {
  JsonObject out;
  for (const auto& [part, covered] : body.over)
    out.emplace(part.text(), JsonObject{{"heads", hash_list(covered.heads)}, {"values", Json(covered.values.hex())}});
  return out;
}

Status read_over(const Json& json, Body& body) {
  if (json.is_null()) return {};
  if (!json.is_object() || json.as_object().empty()) return bad("over", NC_MSG("Here must stand an object that is not empty"));
  for (const auto& [text, covered] : json.as_object()) {
    NC_ASSIGN(auto part, PartKey::parse(text));
    if (!covered.is_object() || covered.as_object().size() != 2)
      return bad("over", NC_MSG("A covered part has exactly “heads” and “values”"));
    CoveredPart out;
    NC_ASSIGN(out.heads, hash_list_member(covered["heads"], "over"));
    NC_ASSIGN(out.values, id_member<Digest>(covered["values"], "over"));
    body.over.emplace(std::move(part), std::move(out));
  }
  return {};
}

Status read_signature(const Json& json, Body& body) {
  if (json.is_null()) return {};
  if (!json.is_object() || json.as_object().size() != 2) return bad("sign", NC_MSG("A signature has exactly “key” and “sig”"));
  PersonSignature out;
  NC_ASSIGN(out.key, id_member<PublicKey>(json["key"], "sign"));
  NC_ASSIGN(out.signature, id_member<Signature>(json["sig"], "sign"));
  body.signature = out;
  return {};
}

Status read_confirmed(const Json& json, Body& body) {
  if (json.is_null()) return {};
  if (!json.is_object() || json.as_object().empty()) return bad("confirmed", NC_MSG("Here must stand an object that is not empty"));
  for (const auto& [question, reason] : json.as_object()) {
    if (!reason.is_string()) return bad("confirmed", NC_MSG("The reason for “{1}” must be text"), {question});
    body.confirmed.emplace(question, reason.as_string());
  }
  return {};
}

Status read_unknown(const JsonObject& members, Body& body) {
  for (const auto& [name, value] : members) {
    if (std::find(kBodyMembers.begin(), kBodyMembers.end(), name) != kBodyMembers.end()) continue;
    if (name.empty() || value.is_null()) return bad(name, NC_MSG("A member without name or value may not stand in a body"));
    for (const auto known : kBodyMembers)
      if (name.starts_with(known))
        return bad(name, NC_MSG("The unknown member “{1}” begins with the known name “{2}”"), {name, std::string(known)});
    body.unknown.emplace(name, value);
  }
  return {};
}

// What the bytes say and a Body cannot: that a member is null, or empty text.
Status check_body_members(Form form, const JsonObject& members) {
  for (const auto name : kBodyMembers)
    if (const auto it = members.find(name); it != members.end() && it->second.is_null())
      return bad(name, NC_MSG("An absent member is left out, not written as null"));
  if (form == Form::kAct && members.contains("state") && members.at("state") == Json(""))
    return bad("state", NC_MSG("“{1}” is not the name of a state"), {""});
  if (form == Form::kSet)
    for (const auto name : kActMembers)
      if (members.contains(name)) return bad(name, NC_MSG("An entry of form set has no member “{1}”"), {std::string(name)});
  return {};
}

Status check_form(const Body& body, Form form) {
  if (form == Form::kAct) {
    if (!is_name(body.act)) return bad("act", NC_MSG("An entry of form act must name its act"));
    if (!body.state.empty() && !is_name(body.state)) return bad("state", NC_MSG("“{1}” is not the name of a state"), {body.state});
    if (!body.over.empty() != body.signature.has_value())
      return bad("sign", NC_MSG("A binding act has both what it covers and a signature, any other act neither"));
    if (body.shown && body.over.empty()) return bad("shown", NC_MSG("Only a binding act names the text shown"));
    return {};
  }
  const bool said[] = {!body.act.empty(), !body.over.empty(), body.shown.has_value(), body.signature.has_value(), !body.state.empty()};
  for (std::size_t i = 0; i < kActMembers.size(); ++i)
    if (said[i]) return bad(kActMembers[i], NC_MSG("An entry of form set has no member “{1}”"), {std::string(kActMembers[i])});
  if (!body.has_values()) return bad("set", NC_MSG("An entry of form set must set, add or remove something"));
  return {};
}

Status check_values(const Body& body) {
  if (body.set.size() + body.add.size() + body.remove.size() > limits::kFieldsMax)
    return fail(ErrorCode::kLimit, NC_MSG("An entry has more than {1} fields (limit kFieldsMax)"), {std::to_string(limits::kFieldsMax)});
  for (const auto& [field, list] : body.add) {
    if (body.set.contains(field)) return bad(field, NC_MSG("Field “{1}” is both set and added to"), {field});
    const auto removed = body.remove.find(field);
    if (removed == body.remove.end()) continue;
    for (const auto& element : list)
      if (std::find(removed->second.begin(), removed->second.end(), element) != removed->second.end())
        return bad(field, NC_MSG("The same element of “{1}” is both added and removed"), {field});
  }
  for (const auto& [field, list] : body.remove)
    if (body.set.contains(field)) return bad(field, NC_MSG("Field “{1}” is both set and removed from"), {field});
  return {};
}

Result<std::string> name_member(const Json& json, std::string_view where) {
  if (json.is_null()) return std::string();
  if (!json.is_string()) return bad(where, NC_MSG("Here must stand a name"));
  return json.as_string();
}

template <typename SomeId>
SomeId hash_as(const Digest& digest) {
  SomeId out;
  out.bytes = digest.bytes;
  return out;
}

}  // namespace

std::string encode_header(const Header& header) {
  // Put together by hand, for it is done for each entry that is read: the members in their order; no value needs an escape.
  std::string out;
  out.reserve(768);
  const auto quoted_hex = [&out](const auto& id) { ((out += '"') += id.hex()) += '"'; };
  const auto nullable_hex = [&](const auto& id) { id ? quoted_hex(*id) : static_cast<void>(out += "null"); };
  out += R"({"auth":)";
  nullable_hex(header.auth);
  out += R"(,"base":[)";
  for (std::size_t i = 0; i < header.base.size(); ++i) {
    if (i > 0) out += ',';
    quoted_hex(header.base[i]);
  }
  out += R"(],"body_hash":)";
  quoted_hex(header.body_hash);
  out += header.form == Form::kSet ? R"(,"form":"set","part":")" : R"(,"form":"act","part":")";
  out += header.stream.part.text();
  out += R"(","prev":)";
  nullable_hex(header.prev);
  out += R"(,"record":)";
  quoted_hex(header.record);
  ((out += R"(,"seq":)") += std::to_string(header.seq)) += R"(,"stream":")";
  ((out += header.stream.chain_text()) += R"(","type":")") += header.type;
  ((out += '@') += std::to_string(header.type_version)) += R"(","v":)";
  ((out += std::to_string(header.v)) += R"(,"wall":)") += std::to_string(header.wall_ms);
  return out += '}';
}

Status check_header(const Header& header) {
  if (header.v != 1) return bad("v", NC_MSG("This entry has a version that this program does not know"));
  if (header.base.size() > limits::kBaseHashesMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("More than {1} hashes (limit kBaseHashesMax)"), {std::to_string(limits::kBaseHashesMax)})
                    .at("base"));
  const auto not_less = [](const EntryHash& a, const EntryHash& b) { return !(a < b); };
  if (std::adjacent_find(header.base.begin(), header.base.end(), not_less) != header.base.end())
    return bad("base", NC_MSG("The hashes are not in order, or one stands twice"));
  if (header.seq < 1) return bad("seq", NC_MSG("The first number of a stream is 1"));
  if (header.prev.has_value() != (header.seq > 1))
    return bad("prev", NC_MSG("Every entry of a stream but the first names the one before it"));
  if (!is_name(header.type) || header.type_version < 1 || header.type_version > kTypeVersionMax)
    return bad("type", NC_MSG("“{1}” is not a type with its version, such as sample@1"),
               {header.type + "@" + std::to_string(header.type_version)});
  // Few distinct streams, many entries: their text says whether its units and lane are such as may stand in one.
  NC_ASSIGN(const auto stream, StreamKey::parse(header.stream.text()));
  if (stream != header.stream) return bad("stream", NC_MSG("“{1}” is not node/incarnation/lane"), {header.stream.chain_text()});
  return {};
}

Result<Header> decode_header(std::string_view bytes) {
  if (bytes.size() > limits::kHeaderBytesMax)
    return fail(ErrorCode::kLimit, NC_MSG("A header is longer than {1} bytes (limit kHeaderBytesMax)"),
                {std::to_string(limits::kHeaderBytesMax)});
  NC_ASSIGN(const Json json, parse_canonical(bytes));
  if (json.integer("v") != 1)
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("This entry has a version that this program does not know"))
                    .at("v")
                    .then(NC_MSG("Update the program")));
  NC_TRY(check_members(json));
  Header out;
  NC_ASSIGN(out.auth, nullable_member<EntryHash>(json["auth"], "auth"));
  NC_ASSIGN(out.base, hash_list_member(json["base"], "base"));
  NC_ASSIGN(out.body_hash, id_member<BodyHash>(json["body_hash"], "body_hash"));
  const auto form = json.text("form");
  if (form != "set" && form != "act") return bad("form", NC_MSG("The form is “set” or “act”"));
  out.form = form == "set" ? Form::kSet : Form::kAct;
  NC_ASSIGN(out.prev, nullable_member<EntryHash>(json["prev"], "prev"));
  NC_ASSIGN(out.record, id_member<RecordId>(json["record"], "record"));
  out.seq = json.integer("seq");
  if (out.seq < 1) return bad("seq", NC_MSG("The first number of a stream is 1"));
  if (out.prev.has_value() != (out.seq > 1)) return bad("prev", NC_MSG("Every entry of a stream but the first names the one before it"));
  NC_ASSIGN(out.stream, StreamKey::parse(json.text("stream") + "/" + json.text("part")));
  if (out.stream.chain_text() != json.text("stream"))
    return bad("stream", NC_MSG("“{1}” is not node/incarnation/lane"), {json.text("stream")});
  NC_TRY(read_type(json["type"], out));
  if (!json["wall"].is_int()) return bad("wall", NC_MSG("The time must be whole milliseconds"));
  out.wall_ms = json["wall"].as_int();
  return out;
}

namespace {

// The members of a body in their order, each written as it comes.
class BodyWriter {
 public:
  void name(std::string_view member) { ((out_ += out_.empty() ? "{\"" : ",\"") += member) += "\":"; }
  void text(std::string_view member, std::string_view value) {
    name(member);
    append_quoted(out_, value);
  }
  void object(std::string_view member, const JsonObject& value) {
    if (value.empty()) return;
    name(member);
    append_canonical(out_, value);
  }
  void object(std::string_view member, const Json& value) { object(member, value.as_object()); }
  template <typename SomeId>
  void id(std::string_view member, const std::optional<SomeId>& value) {
    if (value) text(member, value->hex());
  }
  std::string finish() { return std::move(out_ += '}'); }

 private:
  std::string out_;
};

}  // namespace

std::string encode_body(const Body& body, Form form) {
  const bool act = form == Form::kAct;
  BodyWriter out;
  if (act) out.text("act", body.act);
  if (!body.add.empty()) out.object("add", element_object(body.add));
  out.text("author", body.author.hex());
  if (!body.confirmed.empty()) {
    JsonObject confirmed;
    for (const auto& [question, reason] : body.confirmed) confirmed.emplace(question, reason);
    out.object("confirmed", confirmed);
  }
  out.id("origin", body.origin);
  if (act && !body.over.empty()) out.object("over", over_object(body));
  if (!body.remove.empty()) out.object("remove", element_object(body.remove));
  out.text("salt", body.salt.hex());
  out.object("set", body.set);
  if (act) out.id("shown", body.shown);
  if (act && body.signature)
    out.object("sign", JsonObject{{"key", Json(body.signature->key.hex())}, {"sig", Json(body.signature->signature.hex())}});
  if (act && !body.state.empty()) out.text("state", body.state);
  auto bytes = out.finish();
  if (body.unknown.empty()) return bytes;
  // Members of a later version stand among these.
  auto all = parse_json(bytes, {.bytes_max = bytes.size(), .require_nfc = false}).value_or(Json(JsonObject{}));
  for (const auto& [name, value] : body.unknown) all.set(name, value);
  return canonical(all);
}

Result<Body> decode_body(std::string_view bytes, Form form) {
  NC_TRY(check_body_bytes(bytes));
  NC_ASSIGN(const Json json, parse_canonical(bytes));
  if (!json.is_object()) return bad("body", NC_MSG("Here must stand an object"));
  Body out;
  NC_ASSIGN(out.salt, id_member<Salt>(json["salt"], "salt"));
  NC_ASSIGN(out.author, id_member<PersonId>(json["author"], "author"));
  if (const auto& set = json["set"]; !set.is_null()) {
    if (!set.is_object() || set.as_object().empty()) return bad("set", NC_MSG("Here must stand an object that is not empty"));
    out.set = set.as_object();
  }
  NC_ASSIGN(out.add, element_lists(json["add"], "add"));
  NC_ASSIGN(out.remove, element_lists(json["remove"], "remove"));
  NC_ASSIGN(out.origin, nullable_member<Digest>(json["origin"], "origin"));
  NC_ASSIGN(out.shown, nullable_member<Digest>(json["shown"], "shown"));
  NC_ASSIGN(out.act, name_member(json["act"], "act"));
  NC_ASSIGN(out.state, name_member(json["state"], "state"));
  NC_TRY(read_confirmed(json["confirmed"], out));
  NC_TRY(read_over(json["over"], out));
  NC_TRY(read_signature(json["sign"], out));
  NC_TRY(read_unknown(json.as_object(), out));
  NC_TRY(check_body_members(form, json.as_object()));
  NC_TRY(check_form(out, form));
  NC_TRY(check_values(out));
  return out;
}

namespace {

// In the order in which a body has them, each once.
Status settle_lists(std::map<std::string, JsonArray>& lists, std::string_view where) {
  for (auto& [field, list] : lists) {
    if (list.empty()) return bad(where, NC_MSG("Field “{1}” needs a list that is not empty"), {field});
    if (list.size() == 1) continue;
    std::map<std::string, Json> sorted;
    for (auto& element : list) {
      auto key = canonical(element);
      sorted.emplace(std::move(key), std::move(element));
    }
    list.clear();
    for (auto& [key, element] : sorted) list.push_back(std::move(element));
  }
  return {};
}

// Of the body: the object, then a member, then what stands in it.
constexpr std::size_t kValueDepth = 2;

Status check_lists(const std::map<std::string, JsonArray>& lists) {
  for (const auto& [field, list] : lists) {
    NC_TRY(check_json(Json(field)));
    for (const auto& element : list) NC_TRY(check_json(element, kValueDepth + 1));
  }
  return {};
}

Status check_texts(const Body& body) {
  NC_TRY(check_lists(body.add));
  NC_TRY(check_lists(body.remove));
  for (const auto& [question, reason] : body.confirmed) {
    NC_TRY(check_json(Json(question)));
    NC_TRY(check_json(Json(reason)));
  }
  for (const auto& [field, value] : body.set) {
    NC_TRY(check_json(Json(field)));
    NC_TRY(check_json(value, kValueDepth));
  }
  return {};
}

Status check_covered(const Body& body) {
  for (const auto& [part, covered] : body.over) NC_TRY(hash_list_member(hash_list(covered.heads), "over"));
  return {};
}

}  // namespace

Status settle_body(Body& body, Form form) {
  NC_CHECK(body.unknown.empty());  // a writer knows all that it writes
  NC_TRY(settle_lists(body.add, "add"));
  NC_TRY(settle_lists(body.remove, "remove"));
  NC_TRY(check_texts(body));
  NC_TRY(check_covered(body));
  NC_TRY(check_form(body, form));
  return check_values(body);
}

BodyHash hash_body(const Salt& salt, std::string_view body_bytes) {
  return hash_as<BodyHash>(crypto::Sha256().update(salt.span()).update(body_bytes).finish());
}

EntryHash hash_header(std::string_view header_bytes) { return hash_as<EntryHash>(crypto::sha256(header_bytes)); }

std::string seal_message(const StreamKey& stream, std::int64_t seq, const EntryHash& head) {
  return "nhipcau-seal-1\n" + canonical(Json(JsonObject{{"head", Json(head.hex())},
                                                        {"part", Json(stream.part.text())},
                                                        {"seq", Json(seq)},
                                                        {"stream", Json(stream.chain_text())},
                                                        {"v", Json(1)}}));
}

std::string binding_message(const RecordId& record, std::string_view act, const Body& body) {
  JsonObject out;
  out.emplace("act", act);
  out.emplace("over", over_object(body));
  out.emplace("record", record.hex());
  out.emplace("shown", nullable(body.shown));
  out.emplace("state", body.state.empty() ? Json() : Json(body.state));
  if (!body.set.empty()) out.emplace("set", body.set);
  if (!body.add.empty()) out.emplace("add", element_object(body.add));
  if (!body.remove.empty()) out.emplace("remove", element_object(body.remove));
  return "nhipcau-act-1\n" + canonical(Json(std::move(out)));
}

}  // namespace nc::journal
