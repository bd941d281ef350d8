#include "base/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"

namespace nc {
namespace {

const Json kNull;

// One UTF-16 code unit sequence compare without building the sequences. UTF-8 order differs from
// UTF-16 order only where one side has a supplementary character and the other U+E000..U+FFFF.
constexpr int utf16_rank(unsigned char lead) {
  if (lead >= 0xf0) return 0xee00;         // surrogates sort below U+E000..U+FFFF
  if (lead >= 0xee) return 0xf000 | lead;  // U+E000..U+FFFF (leads EE, EF)
  return lead;
}

// What no text may hold; the message id, or none. `detail` goes with it.
const char* problem_of_text(const std::string& text, bool require_nfc, std::string& detail) {
  if (text.find('\0') != std::string::npos) {
    detail = "U+0000";
    return NC_MSG("The text holds the control character {1}");
  }
  if (!is_utf8(text)) return NC_MSG("Text is not valid UTF-8");
  if (!require_nfc || is_nfc(text)) return nullptr;
  detail = text;
  return NC_MSG("Text is not in Unicode normal form NFC");
}

constexpr bool in_range(std::int64_t value) { return value <= limits::kJsonIntegerMax && value >= -limits::kJsonIntegerMax; }

struct Handler {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  bool require_nfc = true;
  std::vector<Json> values;  // of all that is open; those of one list or object lie together
  std::vector<std::string> keys;
  std::string buffer;
  std::string problem;  // message id when we refuse
  std::string detail;

  bool refuse(boost::json::error_code& ec, const char* message, std::string what = {}) {
    problem = message;
    detail = std::move(what);
    ec = boost::json::error::exception;
    return false;
  }

  bool add(Json value) {
    values.push_back(std::move(value));
    return true;
  }

  bool text_ok(boost::json::error_code& ec) {
    std::string what;
    const auto* bad = problem_of_text(buffer, require_nfc, what);
    return bad == nullptr || refuse(ec, bad, std::move(what));
  }

  bool on_document_begin(boost::json::error_code&) { return true; }
  bool on_document_end(boost::json::error_code&) { return true; }
  bool on_object_begin(boost::json::error_code&) { return true; }
  bool on_object_end(std::size_t count, boost::json::error_code& ec) {
    JsonObject::Members members;
    members.reserve(count);
    const auto first_key = keys.size() - count, first = values.size() - count;
    for (std::size_t i = 0; i < count; ++i) members.emplace_back(std::move(keys[first_key + i]), std::move(values[first + i]));
    keys.resize(first_key);
    values.resize(first);
    auto object = JsonObject::from_members(std::move(members));
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    if (const auto twice = std::adjacent_find(object.begin(), object.end(), same); twice != object.end())
      return refuse(ec, NC_MSG("The key “{1}” stands twice"), twice->first);
    return add(std::move(object));
  }
  bool on_array_begin(boost::json::error_code&) { return true; }
  bool on_array_end(std::size_t count, boost::json::error_code&) {
    const auto first = values.end() - static_cast<std::ptrdiff_t>(count);
    JsonArray items(std::make_move_iterator(first), std::make_move_iterator(values.end()));
    values.erase(first, values.end());
    return add(std::move(items));
  }
  bool on_key_part(boost::json::string_view part, std::size_t, boost::json::error_code&) {
    buffer.append(part.data(), part.size());
    return true;
  }
  bool on_key(boost::json::string_view part, std::size_t, boost::json::error_code& ec) {
    buffer.append(part.data(), part.size());
    if (!text_ok(ec)) return false;
    keys.push_back(std::move(buffer));
    buffer.clear();
    return true;
  }
  bool on_string_part(boost::json::string_view part, std::size_t, boost::json::error_code&) {
    buffer.append(part.data(), part.size());
    return true;
  }
  bool on_string(boost::json::string_view part, std::size_t, boost::json::error_code& ec) {
    buffer.append(part.data(), part.size());
    if (!text_ok(ec)) return false;
    Json value(std::move(buffer));
    buffer.clear();
    return add(std::move(value));
  }
  bool on_number_part(boost::json::string_view, boost::json::error_code&) { return true; }
  bool on_int64(std::int64_t value, boost::json::string_view, boost::json::error_code& ec) {
    if (!in_range(value)) return refuse(ec, NC_MSG("A whole number is larger than 2^53"));
    return add(Json(value));
  }
  bool on_uint64(std::uint64_t, boost::json::string_view, boost::json::error_code& ec) {
    return refuse(ec, NC_MSG("A whole number is larger than 2^53"));
  }
  bool on_double(double, boost::json::string_view, boost::json::error_code& ec) {
    return refuse(ec, NC_MSG("A number with a fraction or exponent stands here; write decimals as text"));
  }
  bool on_bool(bool value, boost::json::error_code&) { return add(Json(value)); }
  bool on_null(boost::json::error_code&) { return add(Json()); }
  bool on_comment_part(boost::json::string_view, boost::json::error_code&) { return true; }
  bool on_comment(boost::json::string_view, boost::json::error_code&) { return true; }
};

// Eight characters of which none is escaped. A byte is below n (at most 128) where subtracting n from each borrows and its
// own high bit is clear; a borrow from a neighbour errs towards looking closer.
bool all_plain(const char* eight) {
  constexpr std::uint64_t kEach = 0x0101010101010101, kHigh = 0x80 * kEach;
  std::uint64_t word = 0;
  std::memcpy(&word, eight, sizeof word);
  const auto any_below = [](std::uint64_t value, std::uint64_t n) { return ((value - kEach * n) & ~value & kHigh) != 0; };
  return !any_below(word, 0x20) && !any_below(word ^ (kEach * '"'), 1) && !any_below(word ^ (kEach * '\\'), 1);
}

void write_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // where the run that needs no escape begins
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (text.size() - i > sizeof(std::uint64_t) && all_plain(text.data() + i)) i += sizeof(std::uint64_t);
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
  }
  out.append(text, plain);
  out += '"';
}

class Writer {
 public:
  Writer(std::string& out, bool indented) : out_(out), indented_(indented) {}

  void value(const Json& value, int depth) {
    if (value.is_null()) out_ += "null";
    else if (value.is_bool()) out_ += value.as_bool() ? "true" : "false";
    else if (value.is_int()) out_ += std::to_string(value.as_int());
    else if (value.is_string()) write_string(out_, value.as_string());
    else if (value.is_array()) array(value.as_array(), depth);
    else object(value.as_object(), depth);
  }

  void object(const JsonObject& members, int depth) {
    out_ += '{';
    bool first = true;
    for (const auto& [name, item] : members) {
      next(first, depth + 1);
      write_string(out_, name);
      out_ += indented_ ? ": " : ":";
      value(item, depth + 1);
    }
    if (!first) newline(depth);
    out_ += '}';
  }

 private:
  void array(const JsonArray& items, int depth) {
    out_ += '[';
    bool first = true;
    for (const auto& item : items) {
      next(first, depth + 1);
      value(item, depth + 1);
    }
    if (!first) newline(depth);
    out_ += ']';
  }
  void next(bool& first, int depth) {
    if (!first) out_ += ',';
    first = false;
    newline(depth);
  }
  void newline(int depth) {
    if (!indented_) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(depth) * 2, ' ');
  }

  std::string& out_;
  bool indented_;
};

}  // namespace

bool Utf16Less::operator()(std::string_view a, std::string_view b) const {
  const auto n = std::min(a.size(), b.size());
  const auto [at, there] = std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(n), b.begin());
  if (at == a.begin() + static_cast<std::ptrdiff_t>(n)) return a.size() < b.size();
  const auto x = static_cast<unsigned char>(*at), y = static_cast<unsigned char>(*there);
  const int rx = utf16_rank(x), ry = utf16_rank(y);
  return rx != ry ? rx < ry : x < y;
}

namespace {

// Beyond so many members halving is faster than looking at each.
constexpr std::size_t kLookAtEachMax = 24;

bool named_before(const JsonObject::value_type& member, std::string_view name) { return Utf16Less()(member.first, name); }

template <typename Members>
auto find_member(Members& members, std::string_view name) {
  if (members.size() <= kLookAtEachMax)
    return std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first == name; });
  const auto at = std::lower_bound(members.begin(), members.end(), name, named_before);
  return at != members.end() && at->first == name ? at : members.end();
}

}  // namespace

JsonObject JsonObject::from_members(Members members) {
  const auto less = [](const value_type& a, const value_type& b) { return Utf16Less()(a.first, b.first); };
  if (!std::is_sorted(members.begin(), members.end(), less)) std::sort(members.begin(), members.end(), less);
  JsonObject out;
  out.members_ = std::move(members);
  return out;
}

JsonObject::JsonObject(std::initializer_list<value_type> members) {
  members_.reserve(members.size());
  for (const auto& [name, value] : members) emplace(name, value);
}

JsonObject::iterator JsonObject::place_of(std::string_view name) {
  if (members_.empty() || named_before(members_.back(), name)) return members_.end();
  return std::lower_bound(members_.begin(), members_.end(), name, named_before);
}

JsonObject::iterator JsonObject::find(std::string_view name) { return find_member(members_, name); }
JsonObject::const_iterator JsonObject::find(std::string_view name) const { return find_member(members_, name); }

const Json& JsonObject::at(std::string_view name) const {
  const auto it = find(name);
  NC_CHECK(it != end());
  return it->second;
}

Json& JsonObject::operator[](std::string_view name) {
  const auto at = place_of(name);
  if (at != members_.end() && at->first == name) return at->second;
  return members_.emplace(at, std::string(name), Json())->second;
}

std::pair<JsonObject::iterator, bool> JsonObject::emplace(std::string name, Json value) {
  const auto at = place_of(name);
  if (at != members_.end() && at->first == name) return {at, false};
  return {members_.emplace(at, std::move(name), std::move(value)), true};
}

std::pair<JsonObject::iterator, bool> JsonObject::insert_or_assign(std::string name, Json value) {
  const auto at = place_of(name);
  if (at == members_.end() || at->first != name) return {members_.emplace(at, std::move(name), std::move(value)), true};
  at->second = std::move(value);
  return {at, false};
}

void JsonObject::erase(std::string_view name) {
  if (const auto at = find(name); at != end()) members_.erase(at);
}

bool JsonObject::operator==(const JsonObject& other) const { return members_ == other.members_; }

const Json& Json::operator[](std::string_view key) const {
  if (!is_object()) return kNull;
  const auto it = as_object().find(key);
  return it == as_object().end() ? kNull : it->second;
}

std::string Json::text(std::string_view key, std::string_view fallback) const {
  const auto& member = (*this)[key];
  return member.is_string() ? member.as_string() : std::string(fallback);
}

std::int64_t Json::integer(std::string_view key, std::int64_t fallback) const {
  const auto& member = (*this)[key];
  return member.is_int() ? member.as_int() : fallback;
}

bool Json::boolean(std::string_view key, bool fallback) const {
  const auto& member = (*this)[key];
  return member.is_bool() ? member.as_bool() : fallback;
}

Json& Json::set(std::string_view key, Json value) {
  if (is_null()) value_ = JsonObject{};
  as_object().insert_or_assign(std::string(key), std::move(value));
  return *this;
}

void Json::erase(std::string_view key) {
  if (is_object()) as_object().erase(key);
}

Json& Json::push(Json value) {
  if (is_null()) value_ = JsonArray{};
  as_array().push_back(std::move(value));
  return *this;
}

void append_canonical(std::string& out, const Json& value) { Writer(out, false).value(value, 0); }
void append_canonical(std::string& out, const JsonObject& value) { Writer(out, false).object(value, 0); }
void append_quoted(std::string& out, std::string_view text) { write_string(out, text); }

std::string canonical(const Json& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

std::string pretty(const Json& value) {
  std::string out;
  Writer(out, true).value(value, 0);
  return out + "\n";
}

namespace {

// Where the well-formed UTF-8 ends; the size when it is all of it. U+0000 counts as a character here.
std::size_t utf8_ends_at(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead != 0 && (i + size > text.size() || !is_utf8(text.substr(i, size)))) return i;
    i += size;
  }
  return text.size();
}

std::string code_point_of(unsigned char control) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  return std::string("U+00") + kHex[control >> 4] + kHex[control & 15];
}

// What the parser only calls bad syntax, said so that it can be found and mended.
Error not_json(std::string_view text, std::size_t at, bool incomplete) {
  const auto place = [](std::size_t byte) { return "byte " + std::to_string(byte + 1); };
  if (const auto bad = utf8_ends_at(text); bad != text.size())
    return Error(ErrorCode::kInvalid, NC_MSG("This is not UTF-8 text: byte {1} belongs to no character"), {std::to_string(bad + 1)})
        .at(place(bad))
        .then(NC_MSG("Save the file as UTF-8"));
  if (incomplete)
    return Error(ErrorCode::kInvalid, NC_MSG("The JSON text ends too early")).at(place(text.size())).then(NC_MSG("Send all of it"));
  const auto byte = at < text.size() ? static_cast<unsigned char>(text[at]) : static_cast<unsigned char>(' ');
  if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')
    return Error(ErrorCode::kInvalid, NC_MSG("The text holds the control character {1}"), {code_point_of(byte)})
        .at(place(at))
        .then(NC_MSG("Remove this character; it is often copied along unseen"));
  return Error(ErrorCode::kInvalid, NC_MSG("This is not JSON")).at(place(at)).then(NC_MSG("Look at the quotes, commas and brackets there"));
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max)
    return fail(ErrorCode::kLimit, NC_MSG("The JSON text is longer than {1} bytes"), {std::to_string(limits.bytes_max)});
  boost::json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  boost::json::basic_parser<Handler> parser(options);
  parser.handler().require_nfc = limits.require_nfc;
  boost::json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  auto& handler = parser.handler();
  const auto place = "byte " + std::to_string(used + 1);
  if (ec && !handler.problem.empty()) {
    const auto* next = handler.detail == "U+0000" ? NC_MSG("Remove this character; it is often copied along unseen") : "";
    return fail(Error(ErrorCode::kInvalid, handler.problem, {handler.detail}).at(place).then(next));
  }
  if (ec == boost::json::error::too_deep)
    return fail(
        Error(ErrorCode::kLimit, NC_MSG("The JSON text is nested deeper than {1}"), {std::to_string(limits::kJsonDepthMax)}).at(place));
  if (ec || used != text.size()) return fail(not_json(text, used, ec == boost::json::error::incomplete));
  NC_CHECK(handler.values.size() == 1);
  return std::move(handler.values.front());
}

namespace {

Status check_text(const std::string& text) {
  std::string detail;
  const auto* bad = problem_of_text(text, true, detail);
  return bad == nullptr ? Status() : fail(ErrorCode::kInvalid, bad, {std::move(detail)});
}

}  // namespace

Status check_json(const Json& value, std::size_t depth) {
  if (value.is_string()) return check_text(value.as_string());
  if (value.is_int() && !in_range(value.as_int())) return fail(ErrorCode::kInvalid, NC_MSG("A whole number is larger than 2^53"));
  if (!value.is_array() && !value.is_object()) return {};
  if (depth >= limits::kJsonDepthMax)
    return fail(ErrorCode::kLimit, NC_MSG("The JSON text is nested deeper than {1}"), {std::to_string(limits::kJsonDepthMax)});
  if (value.is_array()) {
    for (const auto& item : value.as_array()) NC_TRY(check_json(item, depth + 1));
    return {};
  }
  for (const auto& [name, item] : value.as_object()) {
    NC_TRY(check_text(name));
    NC_TRY(check_json(item, depth + 1));
  }
  return {};
}

Result<Json> parse_canonical(std::string_view text, const JsonLimits& limits) {
  NC_ASSIGN(Json value, parse_json(text, limits));
  if (canonical(value) != text) return fail(ErrorCode::kInvalid, NC_MSG("The JSON text is not in canonical form (RFC 8785)"));
  return value;
}

}  // namespace nc
