// The import map: what the columns, kinds and phrases of a set of files mean, as data
// (docs/formats/import-map.md). C++ knows no kind and no column by name.
//
// An ImportMap is read once, checked whole and immutable; share it between threads. There is no converter
// for fields of personal data: names of persons cannot be imported.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "channels/intake/phrase.h"
#include "ledger/catalog/catalog.h"

namespace nc::intake {

using catalog::Label;

// Holds when every part that is given holds; an empty condition always holds.
struct Condition {
  std::vector<std::string> keys;  // the row's key is one of these
  std::string column;             // what the cell must be: any of
  std::vector<std::string> in;
  std::optional<bool> empty;
  std::vector<Phrase> phrases;            //   holds one of these phrases
  std::vector<std::string> name_columns;  // one of the rows of `name_table` that these cells name
  std::string name_table;                 //   has all of these values
  std::map<std::string, std::vector<std::string>> name_values;
  std::string target_field;  // the record that this field points to has this value
  std::string target_member, target_value;
  std::vector<Condition> any, none;
};

template <typename T>
using Choose = std::vector<std::pair<Condition, T>>;  // the first that holds

// How a field gets its value. Later rules of the same field are asked when the earlier ones gave nothing.
struct FieldRule {
  std::string field, slot;        // one of them; a slot that the type lacks is passed over
  std::string as;                 // converter
  std::vector<std::string> from;  // columns
  Condition when;
  Json value;                                    // a constant instead of `from`
  std::map<std::string, std::string> values;     // cell -> option
  std::vector<std::pair<Phrase, Json>> phrases;  // found in `from` -> value; null: what the slot holds
  std::string table;                             // references: rows of this table
  std::string role, lead_column;                 // refs: role of an element; lead where this column names it
  bool own_only = false;                         // references: units of our own side only
  Label else_note;                               // reference: said when it did not come from the first column
  Choose<std::string> choose;                    // reference: key of the row that is meant
  std::vector<std::string> sides;                // persons: columns of own, counterpart and total
  Choose<std::string> counted, basis;
  Choose<std::string> whole;  // persons: the side (own, counterpart) that is all there were
  std::string of;             // qualifier, denominator: the column whose number is qualified
  std::string currency;
  std::vector<FieldRule> line;          // line: the columns of the one line that the row is
  std::vector<std::string> columns;     // lines: columns of the line, one a slot of the phrase
  std::string keep_in;                  // field that keeps a text that cannot be read
  std::vector<Phrase> inferred;         // dates: marks of an inferred date
  std::vector<std::string> words_from;  // dates: columns of the phrases below
  std::vector<Phrase> in_words;         // a date without a year
  std::vector<Phrase> unread;           // says a date that none of the above reads: asked about
};

struct KindRule {
  std::string name, type;
  Condition when;
  std::vector<FieldRule> fields;  // before those of the table
  Label question, note, refuse;
};

// Something about one row that no rule can know.
struct RowRule {
  std::string kind;                                      // name of a kind to treat it as
  Json values;                                           // field id -> wire value
  std::map<std::string, std::vector<std::string>> refs;  // refs field -> keys of rows of the same table
  Label question, note, refuse;
};

struct RelationCase {
  std::string both_slot;  // refs of each other
  std::string part_slot;  // the second names the first
  Label question;
};
struct RelationRule {
  std::string table, first, second, column, note_column, note_field;
  std::map<std::string, RelationCase> cases;
};

struct InlineRow {
  std::string key;
  Json values;
};

struct TableRule {
  std::string name, file, source, type;
  std::vector<std::string> columns, key, used;  // used: read by conditions or kinds, never left over
  std::vector<FieldRule> fields;
  std::vector<KindRule> kinds;
  std::map<std::string, RowRule> rows;
  std::optional<RelationRule> relation;
  std::vector<InlineRow> inline_rows;  // no file: the rows stand in the map
  std::string audience;                // column that names the unit whose records these are
  bool link_by_code = false;           // a record with the same code is the same thing
  std::string superior;                // units: column that names the one above; the tree is made by reorganisations
  std::string leftover;                // field that keeps cells no rule of the type has a place for
};

class ImportMap {
 public:
  // The error's `where` is the file, and the path inside it.
  static Result<ImportMap> load(const std::filesystem::path& path);
  static Result<ImportMap> from_text(std::string_view text, const std::string& file);
  // Every type, field, slot and option that the map names exists in the catalogue.
  Status check(const catalog::Catalog& catalog) const;

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::vector<TableRule>& tables() const { return tables_; }  // in order of import
  [[nodiscard]] const TableRule* table(std::string_view name) const;
  [[nodiscard]] const std::vector<QualifierWord>& qualifier_words() const { return qualifier_words_; }
  [[nodiscard]] const std::vector<ScaleWord>& scale_words() const { return scale_words_; }

 private:
  std::string file_;
  std::vector<TableRule> tables_;
  std::vector<QualifierWord> qualifier_words_;
  std::vector<ScaleWord> scale_words_;
};

}  // namespace nc::intake
