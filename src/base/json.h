// Json: the one value type of everything that is signed, stored or sent (RFC 8785 profile).
//
// Values: null, bool, integer within 2^53, NFC text, array, object. No floats: decimals are
// strings. Objects are ordered by UTF-16 code units as RFC 8785 wants, so that writing is
// canonical by construction. parse_json refuses duplicate keys, floats, bad UTF-8, depth over 32.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace nc {

// Order of RFC 8785 section 3.2.3: by UTF-16 code units.
struct Utf16Less {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};

class Json;
using JsonArray = std::vector<Json>;

// The members of an object, each name once, in the order of RFC 8785. Objects are small and read far more often
// than changed, so they lie in one piece: a new member moves those behind it, and references to them.
class JsonObject {
 public:
  using value_type = std::pair<std::string, Json>;  // whoever holds one does not change its name
  using Members = std::vector<value_type>;
  using iterator = Members::iterator;
  using const_iterator = Members::const_iterator;

  JsonObject() noexcept;
  JsonObject(std::initializer_list<value_type> members);  // of two with one name the first stays
  // Takes the members as they are: any order, each name once.
  static JsonObject from_members(Members members);
  JsonObject(const JsonObject&);
  JsonObject(JsonObject&&) noexcept;
  JsonObject& operator=(const JsonObject&);
  JsonObject& operator=(JsonObject&&) noexcept;
  ~JsonObject();

  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] iterator begin() noexcept;
  [[nodiscard]] iterator end() noexcept;
  [[nodiscard]] const_iterator begin() const noexcept;
  [[nodiscard]] const_iterator end() const noexcept;
  [[nodiscard]] iterator find(std::string_view name);
  [[nodiscard]] const_iterator find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const;
  [[nodiscard]] const Json& at(std::string_view name) const;  // precondition: contains

  Json& operator[](std::string_view name);
  // Nothing happens when the name is there.
  std::pair<iterator, bool> emplace(std::string name, Json value);
  std::pair<iterator, bool> insert_or_assign(std::string name, Json value);
  void erase(std::string_view name);
  bool operator==(const JsonObject& other) const;

 private:
  iterator place_of(std::string_view name);
  Members members_;
};

class Json {
 public:
  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value) : value_(value) {}
  Json(std::size_t value) : value_(static_cast<std::int64_t>(value)) {}
  Json(const char* text) : value_(std::string(text)) {}
  Json(std::string text) : value_(std::move(text)) {}
  Json(std::string_view text) : value_(std::string(text)) {}
  Json(JsonArray array) : value_(std::move(array)) {}
  Json(JsonObject object) : value_(std::move(object)) {}

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(value_); }
  [[nodiscard]] bool is_int() const { return std::holds_alternative<std::int64_t>(value_); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(value_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<JsonArray>(value_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<JsonObject>(value_); }

  // Preconditions: is_x().
  [[nodiscard]] bool as_bool() const { return std::get<bool>(value_); }
  [[nodiscard]] std::int64_t as_int() const { return std::get<std::int64_t>(value_); }
  [[nodiscard]] const std::string& as_string() const { return std::get<std::string>(value_); }
  [[nodiscard]] const JsonArray& as_array() const { return std::get<JsonArray>(value_); }
  [[nodiscard]] JsonArray& as_array() { return std::get<JsonArray>(value_); }
  [[nodiscard]] const JsonObject& as_object() const { return std::get<JsonObject>(value_); }
  [[nodiscard]] JsonObject& as_object() { return std::get<JsonObject>(value_); }

  // Member of an object, or null when this is no object or has no such member.
  [[nodiscard]] const Json& operator[](std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return !(*this)[key].is_null(); }
  // The member's text or integer, or the fallback when absent or of another kind.
  [[nodiscard]] std::string text(std::string_view key, std::string_view fallback = {}) const;
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t fallback = 0) const;
  [[nodiscard]] bool boolean(std::string_view key, bool fallback = false) const;
  // Sets a member; a null Json becomes an object first. Precondition: null or object.
  Json& set(std::string_view key, Json value);
  void erase(std::string_view key);
  // Appends; a null Json becomes an array first. Precondition: null or array.
  Json& push(Json value);

  bool operator==(const Json& other) const { return value_ == other.value_; }

 private:
  std::variant<std::monostate, bool, std::int64_t, std::string, JsonArray, JsonObject> value_;
};

inline JsonObject::JsonObject() noexcept = default;
inline JsonObject::JsonObject(const JsonObject&) = default;
inline JsonObject::JsonObject(JsonObject&&) noexcept = default;
inline JsonObject& JsonObject::operator=(const JsonObject&) = default;
inline JsonObject& JsonObject::operator=(JsonObject&&) noexcept = default;
inline JsonObject::~JsonObject() = default;
inline bool JsonObject::empty() const noexcept { return members_.empty(); }
inline std::size_t JsonObject::size() const noexcept { return members_.size(); }
inline JsonObject::iterator JsonObject::begin() noexcept { return members_.begin(); }
inline JsonObject::iterator JsonObject::end() noexcept { return members_.end(); }
inline JsonObject::const_iterator JsonObject::begin() const noexcept { return members_.begin(); }
inline JsonObject::const_iterator JsonObject::end() const noexcept { return members_.end(); }
inline bool JsonObject::contains(std::string_view name) const { return find(name) != end(); }

// RFC 8785 bytes. Precondition: all text is NFC UTF-8 (parse_json and the form readers see to it).
[[nodiscard]] std::string canonical(const Json& value);
// The same at the end of a text.
void append_canonical(std::string& out, const Json& value);
void append_canonical(std::string& out, const JsonObject& value);
// A text in quotes, as canonical has it.
void append_quoted(std::string& out, std::string_view text);
// For people: indented by two.
[[nodiscard]] std::string pretty(const Json& value);

struct JsonLimits {
  std::size_t bytes_max = 1024 * 1024;
  bool require_nfc = true;
};

// Errors carry `where` as "byte N".
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});
// That parse_json takes what canonical() writes of the value, `depth` levels down: asked of the value itself, without
// writing and parsing it.
Status check_json(const Json& value, std::size_t depth = 0);
// As parse_json, and the bytes must be the canonical form of what they say.
Result<Json> parse_canonical(std::string_view text, const JsonLimits& limits = {});

}  // namespace nc
