// What of a record is to be done, by whom and until when: catalog/tasks.toml (docs/formats/catalogue.md, "Tasks").
//
// A TaskBook is loaded once beside its Catalog, checked against it, and immutable: any thread. Its rules change no
// record and are published to nobody; the ledger derives the open tasks of each record from them, and derives them
// anew when the file has changed.
// Not here: who may do a task (access), which are open (records/tasks.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/catalog/catalog.h"

namespace nc::catalog {

struct TaskRule {
  // What its button leads to: the form of the record, or the step of its workflow.
  enum class Opens : std::uint8_t { kForm, kStep };
  std::string id;                   // never renamed
  Label label;                      // what is to be done
  Label act;                        // the words of its button
  std::vector<std::string> types;   // sorted
  std::vector<std::string> states;  // open while the workflow stands in one of these; none: in any
  std::string step;                 // the step that ends it; empty: a change of the record does
  std::optional<Expression> when;   // open while certainly true
  std::string due;                  // the field that says until when; empty: no day
  std::int32_t due_days = 0;        // and so many days later
  bool of_maker = false;            // the task of who began the record; else of the unit in charge
  Opens opens = Opens::kForm;

  [[nodiscard]] bool concerns(std::string_view type) const;
  // Of a record that is in force. `values`: object of field id -> wire value.
  [[nodiscard]] bool open(std::string_view type, std::string_view state, const Json& values) const;
  // The last day on which it is not late; nothing when no day is known.
  [[nodiscard]] std::optional<std::int32_t> due_day(const Json& values) const;
};

class TaskBook {
 public:
  // Of the catalogue in `dir`; without the file there are no rules. The error's `where` is "file:line:column".
  static Result<TaskBook> load(const std::filesystem::path& dir, const Catalog& catalog);
  // The same from the text of the file.
  static Result<TaskBook> parse(std::string_view toml, std::string_view file_name, const Catalog& catalog);

  [[nodiscard]] const std::vector<TaskRule>& rules() const { return rules_; }  // in the order of the file
  [[nodiscard]] const TaskRule* find(std::string_view id) const;
  // Another one after every change of the file or of the types: what was derived under another is derived anew.
  [[nodiscard]] std::int64_t fingerprint() const { return fingerprint_; }

 private:
  std::vector<TaskRule> rules_;
  std::int64_t fingerprint_ = 0;
};

}  // namespace nc::catalog
