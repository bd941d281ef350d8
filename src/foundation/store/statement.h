// A prepared statement, borrowed from the cache of its Database and given back at the end of scope.
//
// Threads: that of its Database. Must not outlive it (moving the Database is fine).
// Errors of bind and of id() are remembered and reported by the next step(), run() or status().
// Reading a column without a row, or one that does not exist, is a bug of ours and stops the process.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/id.h"

namespace nc::store {

struct CachedStatement;  // inside the room

class Statement {
 public:
  Statement(Statement&& other) noexcept : cached_(std::exchange(other.cached_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(cached_, other.cached_);
    return *this;
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();  // resets, clears the bindings, gives back

  // Parameters count from 1. Text and bytes are copied. Binding after the last row starts anew, and
  // what is not bound again keeps its value.
  template <std::integral T>
  Statement& bind(int index, T value) {
    if (!std::in_range<std::int64_t>(widened(value))) return too_large(index);
    return bind_integer(index, static_cast<std::int64_t>(value));
  }
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, const std::string& text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, std::span<const std::uint8_t> bytes);
  Statement& bind(int index, std::nullptr_t);
  template <typename Tag, std::size_t N>
  Statement& bind(int index, const Id<Tag, N>& id) {
    return bind(index, id.span());
  }
  template <typename T>
  Statement& bind(int index, const std::optional<T>& value) {
    return value ? bind(index, *value) : bind(index, nullptr);
  }
  // Bytes that happen to be held as text, e.g. canonical JSON that is stored as a BLOB.
  Statement& bind_blob(int index, std::string_view bytes);
  // Parameters 1, 2, 3 ...
  template <typename... Values>
  Statement& bind_all(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }

  // True: there is a row. False: it is done; another step() needs a bind() or reset() before.
  Result<bool> step();
  // For statements without rows (a row is an error). May be bound and run again at once.
  Status run();
  Statement& reset();  // and clears the bindings
  [[nodiscard]] Status status() const;

  // Columns count from 0. NULL reads as 0, "" or a zero id. Views hold until the next step().
  [[nodiscard]] int columns() const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text_view(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(text_view(column)); }
  [[nodiscard]] std::string_view blob_view(int column) const;
  [[nodiscard]] std::string blob(int column) const { return std::string(blob_view(column)); }
  [[nodiscard]] std::span<const std::uint8_t> bytes(int column) const;
  // Bytes of another length are remembered as kCorrupt and read as a zero id.
  template <typename SomeId>
  [[nodiscard]] SomeId id(int column) const {
    if (is_null(column)) return SomeId{};
    if (const auto found = SomeId::from_bytes(bytes(column))) return *found;
    wrong_length(column);
    return SomeId{};
  }
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }
  [[nodiscard]] std::optional<std::string> optional_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
  }
  template <typename SomeId>
  [[nodiscard]] std::optional<SomeId> optional_id(int column) const {
    return is_null(column) ? std::nullopt : std::optional(id<SomeId>(column));
  }

 private:
  friend class Database;
  explicit Statement(CachedStatement* cached) : cached_(cached) {}
  // bool and char are integers to SQL, but not to std::in_range.
  template <std::integral T>
  static auto widened(T value) {
    if constexpr (std::same_as<T, bool> || sizeof(T) < sizeof(int)) return static_cast<int>(value);
    else return value;
  }
  Statement& bind_integer(int index, std::int64_t value);
  Statement& too_large(int index);
  Statement& remember(int code, int index);
  bool ready_to_bind();
  void wrong_length(int column) const;
  void check_column(int column) const;

  CachedStatement* cached_;
};

}  // namespace nc::store
