// Reads the tables of a catalogue file by key and remembers the first thing that is wrong.
//
// A Problem is shared by all readers of one file; after it is set, readers return empty values and
// the caller asks `problem` once at the end. A TableReader refuses the keys that nobody asked for.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/catalog/catalog.h"
#include "ledger/catalog/toml_tree.h"

namespace nc::catalog {

// The few valid words that look most like the typed one, for the next step of a refusal.
[[nodiscard]] std::string nearest_of(std::string_view typed, std::vector<std::string> valid);

class Problem {
 public:
  explicit Problem(std::string_view file_name) : file_name_(file_name) {}
  [[nodiscard]] std::string place(std::size_t line, std::size_t column) const;
  void refuse(const Toml& at, const char* message, std::vector<std::string> args = {});
  void refuse(std::size_t line, std::size_t column, const char* message, std::vector<std::string> args = {});
  void refuse(Error error) {
    if (!error_) error_ = std::move(error);
  }
  [[nodiscard]] bool found() const { return error_.has_value(); }
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  std::string file_name_;
  std::optional<Error> error_;
};

class TableReader {
 public:
  TableReader(Problem& problem, const Toml& table) : problem_(problem), table_(table) {}

  [[nodiscard]] const Toml* find(std::string_view key);  // null when absent
  const Toml* need(std::string_view key);                // null (and refused) when absent
  std::string text(std::string_view key, bool required);
  std::string id(std::string_view key);         // required
  std::string option_id(std::string_view key);  // required
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  bool flag(std::string_view key, bool fallback);
  Label label(std::string_view key, bool required);  // both languages
  std::vector<std::string> texts(std::string_view key);
  std::vector<const Toml*> tables(std::string_view key);  // of an array of tables
  // One of `names`, else refused; `fallback` when absent.
  std::string word(std::string_view key, std::initializer_list<std::string_view> names, std::string_view fallback);
  // Refuses every key that was not asked for.
  void finish();
  [[nodiscard]] const Toml& table() const { return table_; }
  [[nodiscard]] Problem& problem() { return problem_; }

 private:
  Problem& problem_;
  const Toml& table_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace nc::catalog
