#include "channels/intake/planning.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/text.h"

namespace nc::intake {
namespace {

// Columns of a row that a rule had a place for.
class Consumed {
 public:
  Consumed(const TableRule& table) : columns_(table.used.begin(), table.used.end()) { columns_.insert(table.key.begin(), table.key.end()); }
  void take(const FieldRule& rule) {
    if (!rule.phrases.empty() || !rule.of.empty()) return;  // looked into, not taken over
    columns_.insert(rule.from.begin(), rule.from.end());
    columns_.insert(rule.sides.begin(), rule.sides.end());
    for (const auto& sub : rule.line) take(sub);
  }
  [[nodiscard]] bool has(const std::string& column) const { return columns_.contains(column); }

 private:
  std::set<std::string> columns_;
};

class RowPlanner {
 public:
  RowPlanner(const TableRule& table, const RowCells& cells, PlannedRow& row, const Lookup& lookup)
      : table_(table), cells_(cells), row_(row), lookup_(lookup), consumed_(table) {}

  void run() {
    const auto own = table_.rows.find(row_.key);
    const RowRule* special = own == table_.rows.end() ? nullptr : &own->second;
    const auto* kind = kind_of(special);
    if (!table_.kinds.empty() && !kind) return refuse_unknown_kind();
    row_.type = kind && !kind->type.empty() ? kind->type : table_.type;
    if (!say_first(kind, special)) return;
    type_ = lookup_.catalog().find(row_.type);
    if (!type_) return row_.refuse({}, Error(ErrorCode::kInvalid, NC_MSG("There is no record type “{1}”"), {row_.type}));
    if (special) apply_special(*special);
    if (kind) apply(kind->fields);
    apply(table_.fields);
    keep_leftover();
  }

 private:
  // By the column that tells the kinds apart: a value that no kind asks for, or one that does not fit the rest.
  void refuse_unknown_kind() {
    std::string column;
    std::set<std::string> known;
    for (const auto& kind : table_.kinds) {
      if (column.empty()) column = kind.when.column;
      if (kind.when.column == column) known.insert(kind.when.in.begin(), kind.when.in.end());
    }
    const auto text = cells_.cell(column);
    if (column.empty() || known.empty() || known.contains(text))
      return row_.refuse(column, Error(ErrorCode::kInvalid, NC_MSG("The import map has no rule for this row"))
                                     .then(NC_MSG("See the format page for the columns of each file")));
    constexpr std::size_t kShown = 4;
    auto nearest = nearest_first(text, {known.begin(), known.end()});
    nearest.resize(std::min(nearest.size(), kShown));
    row_.refuse(column,
                Error(ErrorCode::kInvalid, NC_MSG("The import map does not know the value “{1}”"), {shorten(text, 80), join(nearest, ", ")})
                    .then(NC_MSG("The nearest that there are: {2}")));
  }

  const KindRule* kind_of(const RowRule* special) const {
    for (const auto& kind : table_.kinds) {
      if (special && !special->kind.empty() ? kind.name == special->kind : holds(kind.when, cells_, row_.key, row_.values, lookup_))
        return &kind;
    }
    return nullptr;
  }

  // Remarks of the map; false when the row is not taken.
  bool say_first(const KindRule* kind, const RowRule* special) {
    const auto& refuse = special && !special->refuse.empty() ? special->refuse : kind ? kind->refuse : Label();
    if (!refuse.empty()) {
      row_.refused = true;
      row_.say(Note::Weight::kRefusal, refuse);
      return false;
    }
    if (kind) {
      row_.say(Note::Weight::kQuestion, kind->question);
      row_.say(Note::Weight::kNote, kind->note);
    }
    if (special) {
      row_.say(Note::Weight::kQuestion, special->question);
      row_.say(Note::Weight::kNote, special->note);
    }
    return true;
  }

  void apply_special(const RowRule& special) {
    if (special.values.is_object())
      for (const auto& [field, value] : special.values.as_object()) row_.values.set(field, value);
    for (const auto& [field, keys] : special.refs) {
      Json list;
      for (const auto& key : keys) {
        Json element;
        element.set("ref", lookup_.row_id(table_.source, key).hex());
        list.push(std::move(element));
      }
      row_.values.set(field, std::move(list));
    }
  }

  void apply(const std::vector<FieldRule>& rules) {
    for (const auto& rule : rules) {
      const auto* field = rule.field.empty() ? type_->slot(rule.slot) : type_->field(rule.field);
      if (!field || row_.refused) continue;
      if (row_.values.has(field->id)) {
        consumed_.take(rule);
        continue;
      }
      if (!holds(rule.when, cells_, row_.key, row_.values, lookup_)) continue;
      auto value = convert(rule, *field, cells_, row_, lookup_);
      consumed_.take(rule);
      if (value) {
        if (!value->is_null()) row_.values.set(field->id, std::move(*value));
        continue;
      }
      auto error = std::move(value).error();
      const auto column = error.where;
      if (rule.keep_in.empty()) return row_.refuse(column, std::move(error));
      row_.append_text(*type_, rule.keep_in, column + ": " + cells_.cell(column));
      row_.note(Note::Weight::kQuestion, column, std::move(error));
    }
  }

  void keep_leftover() {
    for (const auto& column : cells_.table().header) {
      const auto text = cells_.cell(column);
      if (text.empty() || consumed_.has(column) || row_.refused) continue;
      row_.note(Note::Weight::kQuestion, column,
                Error(ErrorCode::kInvalid, NC_MSG("The type has no field for this; the text is kept in the remark")));
      row_.append_text(*type_, table_.leftover, column + ": " + text);
    }
  }

  const TableRule& table_;
  const RowCells& cells_;
  PlannedRow& row_;
  const Lookup& lookup_;
  Consumed consumed_;
  const catalog::Type* type_ = nullptr;
};

void set_audience(const TableRule& table, const RowCells& cells, PlannedRow& row, const Lookup& lookup) {
  if (table.audience.empty() || row.refused) return;
  for (const auto& rule : table.fields) {
    if (rule.table.empty() || rule.from != std::vector{table.audience}) continue;
    if (const auto target = lookup.find(rule.table, cells.cell(table.audience))) row.audience = journal::Audience::own(target->id);
  }
}

std::string key_of(const TableRule& table, const RowCells& cells) {
  std::vector<std::string> key;
  for (const auto& column : table.key) key.push_back(cells.cell(column));
  return join(key, "|");
}

PlannedRow plan_row(const TableRule& table, const RowCells& cells, const Lookup& lookup) {
  PlannedRow row;
  row.table = &table;
  row.file = cells.table().file;
  row.line = cells.line();
  row.key = key_of(table, cells);
  row.id = lookup.row_id(table.source, row.key);
  row.superior = table.superior.empty() ? std::string() : cells.cell(table.superior);
  RowPlanner(table, cells, row, lookup).run();
  set_audience(table, cells, row, lookup);
  if (table.link_by_code)
    if (const auto other = lookup.made_otherwise(table, row.key, row.id)) {
      row.id = *other;
      row.linked = true;
      row.note(Note::Weight::kNote, table.key.front(),
               Error(ErrorCode::kInvalid, NC_MSG("A record with this code is there already; the row was linked to it")));
    }
  return row;
}

PlannedRow plan_inline(const TableRule& table, const InlineRow& inline_row, const Lookup& lookup) {
  PlannedRow row;
  row.table = &table;
  row.file = lookup.map().file();
  row.key = inline_row.key;
  row.type = table.type;
  row.id = lookup.row_id(table.source, row.key);
  row.values = inline_row.values;
  return row;
}

}  // namespace

void PlannedRow::append_text(const catalog::Type& type_of_row, const std::string& field, const std::string& text) {
  if (field.empty() || !type_of_row.field(field)) return;
  const auto before = values.text(field);
  values.set(field, before.empty() ? text : before + "\n" + text);
}

void Lookup::expect(const TableRule& table, const std::string& key) {
  planned_.try_emplace({table.name, key}, Target{row_id(table.source, key), Json(), false});
}

void Lookup::add(const PlannedRow& row) { planned_[{row.table->name, row.key}] = {row.id, row.values, row.refused}; }

std::optional<Target> Lookup::find(const std::string& table, const std::string& key) const {
  if (const auto at = planned_.find({table, key}); at != planned_.end()) return at->second;
  if (const auto at = read_.find({table, key}); at != read_.end()) return at->second;
  std::optional<Target> out;
  if (const auto* rule = map_.table(table)) {
    const auto id = row_id(rule->source, key);
    if (const auto record = ledger_.read(who_, id)) out = Target{id, record->values, record->voided};
    else if (rule->link_by_code)
      if (const auto other = made_otherwise(*rule, key, id))
        if (const auto found = ledger_.read(who_, *other)) out = Target{*other, found->values, found->voided};
  }
  read_[{table, key}] = out;
  return out;
}

RecordId Lookup::row_id(const std::string& source, const std::string& key) const {
  const auto [at, fresh] = ids_.try_emplace({source, key});
  if (!fresh) return at->second;
  const auto held = ledger_.held_row(who_, source, key);
  return at->second = held && *held ? **held : ledger_.new_row_id(source, key);
}

std::optional<records::RecordView> Lookup::record(const RecordId& id) const {
  auto found = ledger_.read(who_, id);
  return found ? std::optional(std::move(*found)) : std::nullopt;
}

std::optional<RecordId> Lookup::made_otherwise(const TableRule& table, const std::string& code, const RecordId& imported) const {
  const auto* type = catalog().find(table.type);
  if (!type || type->feeds.empty()) return std::nullopt;
  const auto record = ledger_.by_code(who_, type->feeds, code);
  if (!record || record->id == imported) return std::nullopt;
  return record->id;
}

std::vector<PlannedRow> plan_table(const TableRule& table, const CsvTable* file, Lookup& lookup) {
  std::vector<PlannedRow> out;
  for (const auto& inline_row : table.inline_rows) {
    out.push_back(plan_inline(table, inline_row, lookup));
    lookup.add(out.back());
  }
  if (!file) return out;
  // A row may name one that comes later.
  for (const auto& csv_row : file->rows) lookup.expect(table, key_of(table, RowCells(*file, csv_row)));
  for (const auto& csv_row : file->rows) {
    out.push_back(plan_row(table, RowCells(*file, csv_row), lookup));
    lookup.add(out.back());
  }
  return out;
}

namespace {

// Puts one reference into a slot of the row; false when its type has none.
bool add_reference(PlannedRow& row, const std::string& slot, const RecordId& to, const catalog::Catalog& catalog) {
  const auto* type = catalog.find(row.type);
  const auto* field = type ? type->slot(slot) : nullptr;
  if (!field) return false;
  if (field->kind == catalog::FieldKind::kRef) {
    row.values.set(field->id, to.hex());
    return true;
  }
  auto list = row.values[field->id];
  Json element;
  element.set("ref", to.hex());
  row.values.set(field->id, list.push(std::move(element)));
  return true;
}

void join_rows(const RelationRule& rule, const RelationCase& one, PlannedRow& first, PlannedRow& second, const std::string& text,
               PlannedRow& link, const catalog::Catalog& catalog) {
  bool placed = true;
  if (!one.both_slot.empty())
    placed = add_reference(first, one.both_slot, second.id, catalog) && add_reference(second, one.both_slot, first.id, catalog);
  if (!one.part_slot.empty()) placed = placed && add_reference(second, one.part_slot, first.id, catalog);
  if (!placed)
    link.note(Note::Weight::kQuestion, rule.column,
              Error(ErrorCode::kInvalid, NC_MSG("The type of one of the two rows has no field for this link")));
  link.say(Note::Weight::kQuestion, one.question);
  if (text.empty()) return;
  for (auto* row : {&first, &second})
    if (const auto* type = catalog.find(row->type))
      row->append_text(*type, rule.note_field, (row == &first ? second.key : first.key) + ": " + text);
}

// A row that is part of something else already, or that the whole is part of, gets no second link.
bool refuse_part(const RelationCase& one, const PlannedRow& whole, const PlannedRow& part, const RelationRule& rule,
                 const std::vector<PlannedRow>& rows, PlannedRow& link, const Lookup& lookup) {
  if (one.part_slot.empty()) return false;
  const auto* type = lookup.catalog().find(part.type);
  const auto* field = type ? type->slot(one.part_slot) : nullptr;
  if (!field) return false;
  if (would_be_part_of_itself(whole, part, one.part_slot, rows, lookup)) {
    link.refuse(rule.second, Error(ErrorCode::kInvalid, NC_MSG("These rows would be part of each other")));
    return true;
  }
  const auto before = part.values.text(field->id);
  if (field->kind != catalog::FieldKind::kRef || before.empty() || before == whole.id.hex()) return false;
  link.refuse(rule.second, Error(ErrorCode::kInvalid, NC_MSG("“{1}” is part of another row already"), {part.key}));
  return true;
}

}  // namespace

std::vector<PlannedRow> plan_relations(const TableRule& table, const CsvTable& file, std::vector<PlannedRow>& others,
                                       const Lookup& lookup) {
  const auto& rule = *table.relation;
  std::vector<PlannedRow> out;
  const auto row_of = [&](const std::string& key) -> PlannedRow* {
    const auto found = std::find_if(others.begin(), others.end(), [&](const auto& row) { return row.key == key && !row.refused; });
    return found == others.end() ? nullptr : &*found;
  };
  for (const auto& csv_row : file.rows) {
    const RowCells cells(file, csv_row);
    PlannedRow link;
    link.table = &table;
    link.file = file.file;
    link.line = csv_row.line;
    link.key = cells.cell(rule.first) + "|" + cells.cell(rule.second);
    link.linked = true;
    auto *first = row_of(cells.cell(rule.first)), *second = row_of(cells.cell(rule.second));
    const auto one = rule.cases.find(cells.cell(rule.column));
    if (!first || !second) {
      link.refuse(first ? rule.second : rule.first, Error(ErrorCode::kNotFound, NC_MSG("“{1}” is not among the rows of this import"),
                                                          {cells.cell(first ? rule.second : rule.first)})
                                                        .then(NC_MSG("Import both files together")));
    } else if (first == second) {
      link.refuse(rule.second, Error(ErrorCode::kInvalid, NC_MSG("A row cannot be linked to itself")));
    } else if (one == rule.cases.end()) {
      link.refuse(rule.column,
                  Error(ErrorCode::kInvalid, NC_MSG("The import map does not know the value “{1}”"), {cells.cell(rule.column)}));
    } else {
      link.id = first->id;
      link.type = first->type;
      if (refuse_part(one->second, *first, *second, rule, others, link, lookup)) {
        out.push_back(std::move(link));
        continue;
      }
      join_rows(rule, one->second, *first, *second, cells.cell(rule.note_column), link, lookup.catalog());
    }
    out.push_back(std::move(link));
  }
  return out;
}

}  // namespace nc::intake
