// From rows of files to rows of records, before anything is written. Private to this room.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "channels/intake/csv.h"
#include "channels/intake/import_map.h"
#include "channels/intake/report.h"
#include "ledger/records/ledger.h"

namespace nc::intake {

// A row of a file with its columns by name.
class RowCells {
 public:
  RowCells(const CsvTable& table, const CsvRow& row) : table_(table), row_(row) {}
  [[nodiscard]] std::string cell(std::string_view column) const;  // trimmed; "" when there is no such column
  [[nodiscard]] const CsvTable& table() const { return table_; }
  [[nodiscard]] std::size_t line() const { return row_.line; }

 private:
  const CsvTable& table_;
  const CsvRow& row_;
};

// A row as it will be written.
struct PlannedRow {
  const TableRule* table = nullptr;
  std::string file, key, type;
  std::string superior;  // key of the unit above, where the table has a column for it
  std::size_t line = 0;
  RecordId id;
  Json values{JsonObject{}};
  std::optional<journal::Audience> audience;
  std::vector<Note> notes;
  bool refused = false, linked = false, changed = false;

  void note(Note::Weight weight, std::string column, Error error) { notes.push_back({weight, std::move(column), {}, std::move(error)}); }
  void say(Note::Weight weight, const Label& label) {
    if (!label.empty()) notes.push_back({weight, {}, label, {}});
  }
  void refuse(std::string column, Error error) {
    refused = true;
    note(Note::Weight::kRefusal, std::move(column), std::move(error));
  }
  // Adds a line to a text field.
  void append_text(const catalog::Type& type, const std::string& field, const std::string& text);
};

// What a reference may point to: rows planned in this import, then records of the ledger.
struct Target {
  RecordId id;
  Json values;
  bool refused = false;
};
class Lookup {
 public:
  Lookup(const records::Ledger& ledger, const access::Subject& who, const ImportMap& map)
      : ledger_(ledger), who_(who), map_(map), world_(ledger.world()) {}

  void add(const PlannedRow& row);
  // A row of this key comes later in the same file.
  void expect(const TableRule& table, const std::string& key);
  [[nodiscard]] std::optional<Target> find(const std::string& table, const std::string& key) const;
  // The record of that row: the one that is here, or the one that importing it makes.
  [[nodiscard]] RecordId row_id(const std::string& source, const std::string& key) const;
  // A record of the ledger, whatever table it came from.
  [[nodiscard]] std::optional<records::RecordView> record(const RecordId& id) const;
  // A record of the table's type with this code that another way than importing made.
  [[nodiscard]] std::optional<RecordId> made_otherwise(const TableRule& table, const std::string& code, const RecordId& imported) const;
  [[nodiscard]] const catalog::Catalog& catalog() const { return *world_->catalog; }
  [[nodiscard]] const ImportMap& map() const { return map_; }

 private:
  const records::Ledger& ledger_;
  const access::Subject& who_;
  const ImportMap& map_;
  std::shared_ptr<const records::World> world_;
  std::map<std::pair<std::string, std::string>, Target> planned_;
  mutable std::map<std::pair<std::string, std::string>, std::optional<Target>> read_;
  mutable std::map<std::pair<std::string, std::string>, RecordId> ids_;  // by source and key
};

// Whether the condition holds for the row; `values` is what it became so far.
bool holds(const Condition& condition, const RowCells& cells, const std::string& key, const Json& values, const Lookup& lookup);
std::string chosen(const Choose<std::string>& choices, const RowCells& cells, const std::string& key, const Json& values,
                   const Lookup& lookup);

// What a rule makes of the row. Nothing to say: null. Notes go into `row`.
Result<Json> convert(const FieldRule& rule, const catalog::Field& field, const RowCells& cells, PlannedRow& row, const Lookup& lookup);

// All rows of a table, in order of the file; refused ones too.
std::vector<PlannedRow> plan_table(const TableRule& table, const CsvTable* file, Lookup& lookup);
// A relation table's rows: links between planned rows of another table. The answer is what is reported of them.
std::vector<PlannedRow> plan_relations(const TableRule& table, const CsvTable& file, std::vector<PlannedRow>& others, const Lookup& lookup);

// --- what cannot be (impossible.cpp) ---
// The column of the file that a field of the row came from; the place itself when no column says it.
std::string column_of(const PlannedRow& row, const catalog::Type& type, const std::string& place);
// Rows that name themselves or are part of each other are refused.
void refuse_impossible(std::vector<PlannedRow>& rows, const Lookup& lookup);
// Whether `part` within `whole` would make both parts of each other.
bool would_be_part_of_itself(const PlannedRow& whole, const PlannedRow& part, const std::string& slot, const std::vector<PlannedRow>& rows,
                             const Lookup& lookup);
// Superiors that are the unit itself or go in a circle are refused, unknown ones asked about.
void check_superiors(std::vector<PlannedRow>& rows, const TableRule& table, const Lookup& lookup);
// After writing: units whose superior no reorganisation says are asked about.
void ask_about_unplaced(const std::vector<PlannedRow>& rows, const TableRule& table, const orgtree::OrgTree& tree, const Lookup& lookup,
                        Report& report);

}  // namespace nc::intake
