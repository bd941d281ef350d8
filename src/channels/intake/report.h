// What became of each row of an import. Plain values: made on one thread, read on any.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "ledger/catalog/catalog.h"

namespace nc::intake {

enum class Outcome : std::uint8_t {
  kTaken,      // a new record
  kUnchanged,  // it was already so
  kAmended,    // the row said something else at its last import
  kLinked,     // joined to what was there: no record of its own
  kQuestion,   // taken (or there already), and a person has to look at something
  kRefused,    // not taken
};
std::string_view outcome_name(Outcome outcome);  // for programs
const char* outcome_message(Outcome outcome);    // message id, for people

// One remark about a row: a message of the program, or text of the import map or the catalogue.
struct Note {
  enum class Weight : std::uint8_t { kNote, kQuestion, kRefusal } weight = Weight::kNote;
  std::string column;    // of the file; or the field of the record
  catalog::Label label;  // used when not empty
  Error error;           // else its message
};

struct RowReport {
  std::string table, file, key;
  std::size_t line = 0;  // 0: the row stands in the import map
  RecordId id;
  std::string type;
  Outcome outcome = Outcome::kTaken;
  bool changed = false;  // something was written for this row
  std::vector<Note> notes;
};

struct Report {
  std::vector<RowReport> rows;           // tables in order of import, rows in order of the file
  std::vector<std::string> passed_over;  // files of a given folder that no table of the map knows
  bool stopped = false;                  // by the progress, before the last row: rows that were not reached are not here

  using Counts = std::map<Outcome, std::size_t>;
  [[nodiscard]] std::map<std::string, Counts> by_table() const;
  [[nodiscard]] std::size_t count(Outcome outcome) const;
  [[nodiscard]] bool changed_nothing() const;
};

// A message of the program with its arguments and next step, in the reader's language; without one, English.
using Translate = std::function<std::string(const Error& message)>;

// Lines for people: a row with a question or a refusal by place, key and outcome, its remarks below it;
// `all`: every row and every remark.
std::string to_text(const Report& report, std::string_view lang, bool all, const Translate& translate = {});
Json to_json(const Report& report, std::string_view lang, const Translate& translate = {});

}  // namespace nc::intake
