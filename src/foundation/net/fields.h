// Fields: the names and values of a query, a form or a cookie header, in the order they came.
//
// Everything here reads bytes from outside. Forms and queries are read strictly: percent signs
// are followed by two hexadecimal digits, and the number of fields is limited. The text of a query
// is UTF-8 without U+0000, or it is refused; that of a form a person typed comes back to him, so what
// cannot be read of it becomes U+FFFD and unreadable_field() names it. Values come out as NFC with
// "\n" line ends, as the ledger wants them. Plain values, no locking.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace nc::net {

inline constexpr std::size_t kFormFieldsMax = 1024;

class Fields {
 public:
  using Pair = std::pair<std::string, std::string>;

  Fields() = default;
  Fields(std::initializer_list<Pair> pairs) : pairs_(pairs) {}

  void add(std::string name, std::string value) { pairs_.emplace_back(std::move(name), std::move(value)); }
  // Puts one value in the place of all of that name; an empty optional only removes.
  void set(std::string_view name, std::optional<std::string> value);

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  // The first value of that name, or empty.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> first(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;

  [[nodiscard]] bool empty() const { return pairs_.empty(); }
  [[nodiscard]] std::size_t size() const { return pairs_.size(); }
  [[nodiscard]] auto begin() const { return pairs_.begin(); }
  [[nodiscard]] auto end() const { return pairs_.end(); }
  bool operator==(const Fields&) const = default;

 private:
  [[nodiscard]] const std::string* find(std::string_view name) const;
  std::vector<Pair> pairs_;
};

// What a field of a form says, from any bytes: what is no character becomes U+FFFD, NFC, "\n" line ends.
[[nodiscard]] std::string field_text(std::string raw);

enum class Unreadable { kRefused, kReplaced };
// application/x-www-form-urlencoded. Errors: kInvalid (broken escape, not UTF-8) with the field as
// `where`, kLimit (too many fields).
Result<Fields> parse_form(std::string_view body, std::size_t fields_max = kFormFieldsMax, Unreadable how = Unreadable::kRefused);
// The first field with U+FFFD in its name or value; such text is shown to whoever sent it, never kept.
[[nodiscard]] const Fields::Pair* unreadable_field(const Fields& form);
// The inverse: "a=1&b=hai%20ba"; parse_form(form_text(f)) == f for what parse_form made.
[[nodiscard]] std::string form_text(const Fields& fields);
// "/path?a=1&b=2", or only the path when there are no fields.
[[nodiscard]] std::string with_query(std::string_view path, const Fields& query);

// A Cookie header. What is not a well-formed pair is passed over, since any page of the host may
// have set it; at most 64 pairs are read.
[[nodiscard]] Fields parse_cookies(std::string_view header);

}  // namespace nc::net
