#include <algorithm>
#include <map>
#include <set>

#include "base/files.h"
#include "base/limits.h"
#include "base/text.h"
#include "channels/intake/intake.h"
#include "channels/intake/planning.h"
#include "foundation/crypto/hash.h"

namespace nc::intake {
namespace {

constexpr std::size_t kRowsPerStep = 256;  // between two words of progress

using Files = std::map<std::string, CsvTable>;  // by table of the map

Status check_header(const TableRule& table, const CsvTable& file) {
  const auto refuse = [&](std::string message, const std::string& column) {
    return fail(Error(ErrorCode::kInvalid, std::move(message), {shorten(column, 80), table.name})
                    .at(file.file + ":1")
                    .then(NC_MSG("See the format page for the columns of each file")));
  };
  for (const auto& column : table.columns)
    if (std::find(file.header.begin(), file.header.end(), column) == file.header.end())
      return refuse(NC_MSG("The column “{1}” is missing (file of {2})"), column);
  for (const auto& column : file.header)
    if (std::find(table.columns.begin(), table.columns.end(), column) == table.columns.end())
      return refuse(NC_MSG("The column “{1}” is not known (file of {2})"), column);
  return {};
}

Status check_keys(const TableRule& table, const CsvTable& file) {
  std::map<std::string, std::size_t> seen;
  for (const auto& row : file.rows) {
    const RowCells cells(file, row);
    std::string key;
    for (const auto& column : table.key) {
      const auto cell = cells.cell(column);
      if (cell.empty() && table.key.size() == 1)
        return fail(Error(ErrorCode::kInvalid, NC_MSG("The row has no key")).at(file.file + ":" + std::to_string(row.line) + ":" + column));
      key += cell + "|";
    }
    const auto [at, made] = seen.emplace(key, row.line);
    if (!made && !table.key.empty())
      return fail(Error(ErrorCode::kInvalid, NC_MSG("The key of this row is also that of line {1}"), {std::to_string(at->second)})
                      .at(file.file + ":" + std::to_string(row.line) + ":" + table.key.front()));
  }
  return {};
}

// The table whose columns are exactly those of the header.
const TableRule* by_header(const ImportMap& map, const CsvTable& file) {
  const std::set<std::string> header(file.header.begin(), file.header.end());
  for (const auto& table : map.tables())
    if (!table.file.empty() && std::set<std::string>(table.columns.begin(), table.columns.end()) == header) return &table;
  return nullptr;
}

class Gatherer {
 public:
  Gatherer(const ImportMap& map, Files& files, Report& report) : map_(map), files_(files), report_(report) {}

  Status folder(const std::filesystem::path& path) {
    NC_ASSIGN(const auto found, list_files(path, ".csv"));
    bool any = false;
    for (const auto& file : found) {
      if (file.parent_path() != path) continue;
      const auto* table = by_name(file);
      if (!table) {
        report_.passed_over.push_back(file.filename().string());
        continue;
      }
      any = true;
      NC_TRY(take(file, table));
    }
    if (any) return {};
    return fail(Error(ErrorCode::kNotFound, NC_MSG("The folder has no file that the import map knows"))
                    .at(path.string())
                    .then(NC_MSG("See the format page for the columns of each file")));
  }

  Status single(const std::filesystem::path& path) {
    NC_TRY(take(path, by_name(path)));
    // Links between the rows of a file belong to it: without them a second import would undo them.
    const auto* table = last_;
    for (const auto& other : map_.tables()) {
      const auto beside = path.parent_path() / other.file;
      std::error_code problem;
      if (other.relation && other.relation->table == table->name && !files_.contains(other.name) &&
          std::filesystem::exists(beside, problem))
        NC_TRY(take(beside, &other));
    }
    return {};
  }

 private:
  [[nodiscard]] const TableRule* by_name(const std::filesystem::path& path) const {
    for (const auto& table : map_.tables())
      if (!table.file.empty() && table.file == path.filename().string()) return &table;
    return nullptr;
  }

  Status take(const std::filesystem::path& path, const TableRule* table) {
    const auto name = path.filename().string();
    NC_ASSIGN(const auto text, read_file(path, limits::kCsvFileBytesMax));
    NC_ASSIGN(auto file, read_csv(text, name));
    if (!table) table = by_header(map_, file);
    if (!table)
      return fail(Error(ErrorCode::kInvalid, NC_MSG("No file of the import map has this header"))
                      .at(name + ":1")
                      .then(NC_MSG("See the format page for the columns of each file")));
    NC_TRY(check_header(*table, file));
    NC_TRY(check_keys(*table, file));
    last_ = table;
    if (files_.contains(table->name)) {
      if (files_.at(table->name).rows.size() == file.rows.size() && files_.at(table->name).file == file.file) return {};
      return fail(Error(ErrorCode::kInvalid, NC_MSG("Two files are given for “{1}”"), {table->name})
                      .at(name)
                      .then(NC_MSG("Import them one after the other")));
    }
    files_.emplace(table->name, std::move(file));
    return {};
  }

  const ImportMap& map_;
  Files& files_;
  Report& report_;
  const TableRule* last_ = nullptr;
};

Digest origin_of(const PlannedRow& row) {
  Json said;
  said.set("type", row.type).set("values", row.values);
  return crypto::sha256("nhipcau-origin-1\n" + row.table->source + "\n" + row.key + "\n" + canonical(said));
}

RowReport report_of(const PlannedRow& row, Outcome outcome) {
  RowReport out{row.table->name, row.file, row.key, row.line, row.id, row.type, outcome, row.changed, row.notes};
  const bool asks =
      std::any_of(out.notes.begin(), out.notes.end(), [](const Note& note) { return note.weight == Note::Weight::kQuestion; });
  if (row.refused) {
    out.outcome = Outcome::kRefused;
    out.id = {};
  } else if (asks && outcome != Outcome::kUnchanged) {
    out.outcome = Outcome::kQuestion;
  }
  return out;
}

// Writes the rows of one table. References to rows that come later in the same table are put in by a
// second step, unless they are there from an earlier import.
class TableWriter {
 public:
  TableWriter(records::Ledger& ledger, const access::Subject& who, const Progress& progress)
      : ledger_(ledger), who_(who), progress_(progress) {}

  void write(std::vector<PlannedRow>& rows, Report& report) {
    catalog_ = ledger_.world()->catalog;
    ready(rows);
    std::vector<std::size_t> first, second;
    std::vector<records::Imported> early, late;
    std::vector<Outcome> outcomes(rows.size(), Outcome::kTaken);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto& row = rows[i];
      if (row.refused) continue;
      if (row.linked) {
        outcomes[i] = Outcome::kLinked;
        continue;
      }
      if (there_.contains(row.id)) outcomes[i] = Outcome::kUnchanged;
      drop_refused(row);
      const auto full = imported(row);
      auto begun = without_later(row, i);
      first.push_back(i);
      if (begun) {
        early.push_back(std::move(*begun));
        second.push_back(i);
        late.push_back(full);
      } else {
        early.push_back(full);
      }
    }
    reached_.assign(rows.size(), true);
    for (const auto i : first) reached_[i] = false;
    settle(rows, first, early, outcomes);
    settle(rows, second, late, outcomes);
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (reached_[i]) report.rows.push_back(report_of(rows[i], outcomes[i]));
    report.stopped = stopped_;
  }
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  void ready(const std::vector<PlannedRow>& rows) {
    order_.clear();
    there_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].linked) continue;
      order_[rows[i].id] = {i, rows[i].refused};
      if (ledger_.read(who_, rows[i].id)) there_.insert(rows[i].id);
    }
  }

  records::Imported imported(const PlannedRow& row) const { return {row.id, row.type, row.values, origin_of(row), "", row.audience}; }

  // Calls `keep` for each record that the reference fields name; false takes the reference out.
  template <typename Keep>
  bool strip(const PlannedRow& row, Json& values, const Keep& keep) const {
    bool changed = false;
    const auto* type = catalog_->find(row.type);
    if (!type) return false;
    for (const auto& field : type->fields) {
      const auto& value = values[field.id];
      if (field.kind == catalog::FieldKind::kRef) {
        const auto id = RecordId::from_hex(values.text(field.id));
        if (!id || keep(*id)) continue;
        values.erase(field.id);
        changed = true;
      } else if (field.kind == catalog::FieldKind::kRefs && value.is_array()) {
        Json kept;
        for (const auto& element : value.as_array()) {
          const auto id = RecordId::from_hex(element.text("ref"));
          if (!id || keep(*id)) kept.push(element);
        }
        if (kept.is_array() && kept.as_array().size() == value.as_array().size()) continue;
        changed = true;
        if (kept.is_null()) values.erase(field.id);
        else values.set(field.id, std::move(kept));
      }
    }
    return changed;
  }

  void drop_refused(PlannedRow& row) const {
    const bool dropped = strip(row, row.values, [&](const RecordId& id) {
      const auto at = order_.find(id);
      return at == order_.end() || !at->second.second;
    });
    if (dropped)
      row.note(Note::Weight::kQuestion, {},
               Error(ErrorCode::kInvalid, NC_MSG("It is linked to a row that was refused; the link was left out")));
  }

  std::optional<records::Imported> without_later(const PlannedRow& row, std::size_t place) const {
    PlannedRow begun = row;
    const bool later = strip(row, begun.values, [&](const RecordId& id) {
      const auto at = order_.find(id);
      return at == order_.end() || at->second.first < place || there_.contains(id);
    });
    return later ? std::optional(imported(begun)) : std::nullopt;
  }

  void settle(std::vector<PlannedRow>& rows, const std::vector<std::size_t>& which, const std::vector<records::Imported>& batch,
              std::vector<Outcome>& outcomes) {
    for (std::size_t start = 0; start < batch.size(); start += kRowsPerStep) {
      const auto end = std::min(batch.size(), start + kRowsPerStep);
      stopped_ = stopped_ || (progress_ && !progress_(rows[which[start]].table->name, start, batch.size()));
      if (stopped_) return;
      const auto begin = batch.begin();
      const auto results = ledger_.import(who_, {begin + static_cast<std::ptrdiff_t>(start), begin + static_cast<std::ptrdiff_t>(end)});
      for (std::size_t i = start; i < end; ++i) {
        settle_one(rows[which[i]], results[i - start], outcomes[which[i]]);
        reached_[which[i]] = true;
      }
    }
    if (progress_ && !batch.empty()) static_cast<void>(progress_(rows[which.front()].table->name, batch.size(), batch.size()));
  }

  void settle_one(PlannedRow& row, const records::WriteResult& result, Outcome& outcome) {
    if (!result) {
      const auto* type = catalog_->find(row.type);
      const auto column = [&](const std::string& place) { return type ? column_of(row, *type, place) : place; };
      if (result.error().findings.empty()) return row.refuse(column(result.error().error.where), result.error().error);
      row.refused = true;
      for (const auto& finding : result.error().findings) {
        row.notes.push_back(note_of(finding, Note::Weight::kRefusal));
        row.notes.back().column = column(row.notes.back().column);
      }
      return;
    }
    row.changed = row.changed || result->changed;
    // There since an earlier import and changed now: the row says something else than then.
    if (result->changed && there_.contains(row.id)) outcome = Outcome::kAmended;
    for (const auto& finding : result->open_questions) {
      auto note = note_of(finding, Note::Weight::kQuestion);
      const bool said = std::any_of(row.notes.begin(), row.notes.end(),
                                    [&](const Note& other) { return other.label.vi == note.label.vi && !note.label.empty(); });
      if (!said) row.notes.push_back(std::move(note));
    }
    if (result->person_amended)
      row.note(Note::Weight::kQuestion, {},
               Error(ErrorCode::kConflict, NC_MSG("A person changed this record after it was imported"))
                   .then(NC_MSG("Look at the record's history")));
  }

  static Note note_of(const catalog::Finding& finding, Note::Weight weight) {
    // The error's place is within the field: "persons.total" is another column than "persons.own".
    auto place = finding.fields.empty() ? std::string() : finding.fields.front();
    if (finding.error.where.starts_with(place)) place = finding.error.where;
    return {weight, std::move(place), finding.message, finding.error};
  }

  records::Ledger& ledger_;
  const access::Subject& who_;
  const Progress& progress_;
  std::shared_ptr<const catalog::Catalog> catalog_;
  std::map<RecordId, std::pair<std::size_t, bool>> order_;  // place in the table, refused
  std::set<RecordId> there_;                                // before this import
  std::vector<bool> reached_;                               // of the table: what becomes of the row is known
  bool stopped_ = false;
};

}  // namespace

Result<Report> import_folder(records::Ledger& ledger, const access::Subject& who, const std::vector<std::filesystem::path>& inputs,
                             const ImportMap& map, const Progress& progress) {
  Report report;
  Files files;
  NC_TRY(map.check(*ledger.world()->catalog));
  Gatherer gatherer(map, files, report);
  for (const auto& input : inputs) {
    std::error_code problem;
    const bool folder = std::filesystem::is_directory(input, problem);
    NC_TRY(folder ? gatherer.folder(input) : gatherer.single(input));
  }
  if (files.empty()) return fail(ErrorCode::kUsage, NC_MSG("No file to import was named"));

  // Everything is planned before anything is written.
  const auto asked_for = [&](const TableRule& table) {
    return std::any_of(map.tables().begin(), map.tables().end(), [&](const auto& other) {
      return files.contains(other.name) &&
             std::any_of(other.fields.begin(), other.fields.end(), [&](const auto& rule) { return rule.table == table.name; });
    });
  };
  Lookup lookup(ledger, who, map);
  std::map<std::string, std::vector<PlannedRow>> planned;
  for (const auto& table : map.tables()) {
    const auto file = files.find(table.name);
    if (table.relation) {
      if (file != files.end()) planned[table.name] = plan_relations(table, file->second, planned[table.relation->table], lookup);
    } else if (file != files.end() || (!table.inline_rows.empty() && asked_for(table))) {
      planned[table.name] = plan_table(table, file == files.end() ? nullptr : &file->second, lookup);
      check_superiors(planned[table.name], table, lookup);
    }
  }
  for (auto& [name, rows] : planned) refuse_impossible(rows, lookup);
  TableWriter writer(ledger, who, progress);
  for (const auto& table : map.tables())
    if (const auto rows = planned.find(table.name); rows != planned.end() && !writer.stopped()) writer.write(rows->second, report);
  if (report.stopped) return report;
  for (const auto& table : map.tables())
    if (const auto rows = planned.find(table.name); rows != planned.end() && !table.superior.empty())
      ask_about_unplaced(rows->second, table, *ledger.world()->tree, lookup, report);
  return report;
}

}  // namespace nc::intake
