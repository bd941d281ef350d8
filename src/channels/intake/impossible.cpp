// Rows that cannot be, found before anything is written: a row that names itself, rows that are part of
// each other, a superior that is nobody or the unit itself.
#include <algorithm>

#include "base/text.h"
#include "channels/intake/planning.h"

namespace nc::intake {
namespace {

constexpr const char* kUpwardSlots[] = {"parent", "part_of"};

std::optional<RecordId> id_in(const Json& value) {
  return value.is_string() ? RecordId::from_hex(value.as_string()) : RecordId::from_hex(value.text("ref"));
}

bool names_itself(const catalog::Field& field, const Json& value, const RecordId& id) {
  if (field.kind == catalog::FieldKind::kRef) return id_in(value) == id;
  if (field.kind != catalog::FieldKind::kRefs || !value.is_array()) return false;
  return std::any_of(value.as_array().begin(), value.as_array().end(), [&](const Json& element) { return id_in(element) == id; });
}

// Where a rule takes a field from: its first column; of a line, that of the column named in the place.
std::string first_column(const FieldRule& rule, std::string_view place) {
  for (const auto& sub : rule.line)
    if (place.ends_with("." + sub.field) && !sub.from.empty()) return sub.from.front();
  static constexpr std::string_view kSides[] = {".own", ".counterpart", ".total"};  // of persons, as in convert_persons
  for (std::size_t i = 0; i < rule.sides.size() && i < std::size(kSides); ++i)
    if (place.ends_with(kSides[i]) && !rule.sides[i].empty()) return rule.sides[i];
  return rule.from.empty() ? rule.sides.empty() ? std::string() : rule.sides.front() : rule.from.front();
}

// What the row says it is part of, by the record it stands for; planned rows first, then the ledger.
class Upward {
 public:
  Upward(const std::vector<PlannedRow>& rows, const Lookup& lookup) : lookup_(lookup) {
    for (const auto& row : rows)
      if (!row.refused && !row.linked) rows_[row.id] = &row;
  }

  [[nodiscard]] std::optional<RecordId> above(const RecordId& id, const std::string& slot) const {
    if (const auto at = rows_.find(id); at != rows_.end()) {
      const auto* type = lookup_.catalog().find(at->second->type);
      const auto* field = type ? type->slot(slot) : nullptr;
      return field ? id_in(at->second->values[field->id]) : std::nullopt;
    }
    const auto stored = lookup_.record(id);
    return stored && !stored->voided ? id_in(stored->slot(slot)) : std::nullopt;
  }
  // Whether the way up from `start` comes to `wanted`.
  [[nodiscard]] bool leads_to(const RecordId& start, const RecordId& wanted, const std::string& slot) const {
    std::set<RecordId> seen;  // a circle that others form does not lead here
    for (std::optional<RecordId> at = start; at && seen.insert(*at).second; at = above(*at, slot))
      if (*at == wanted) return true;
    return false;
  }

 private:
  const Lookup& lookup_;
  std::map<RecordId, const PlannedRow*> rows_;
};

}  // namespace

std::string column_of(const PlannedRow& row, const catalog::Type& type, const std::string& place) {
  const auto id = place.substr(0, place.find_first_of("[."));
  const auto fits = [&](const FieldRule& rule) {
    if (!rule.field.empty()) return rule.field == id;
    const auto* field = type.slot(rule.slot);
    return field && field->id == id;
  };
  std::vector<const std::vector<FieldRule>*> lists;
  for (const auto& kind : row.table->kinds)
    if (kind.type == row.type) lists.push_back(&kind.fields);
  lists.push_back(&row.table->fields);
  for (const auto* rules : lists)
    for (const auto& rule : *rules)
      if (fits(rule))
        if (auto column = first_column(rule, place); !column.empty()) return column;
  return place;
}

bool would_be_part_of_itself(const PlannedRow& whole, const PlannedRow& part, const std::string& slot, const std::vector<PlannedRow>& rows,
                             const Lookup& lookup) {
  return Upward(rows, lookup).leads_to(whole.id, part.id, slot);
}

void refuse_impossible(std::vector<PlannedRow>& rows, const Lookup& lookup) {
  const Upward upward(rows, lookup);
  std::vector<std::pair<PlannedRow*, std::pair<const catalog::Field*, Error>>> found;
  for (auto& row : rows) {
    const auto* type = lookup.catalog().find(row.type);
    if (!type || row.refused || row.linked) continue;
    for (const auto& field : type->fields)
      if (names_itself(field, row.values[field.id], row.id))
        found.push_back({&row, {&field, Error(ErrorCode::kInvalid, NC_MSG("A row cannot be linked to itself"))}});
    for (const std::string slot : kUpwardSlots) {
      const auto above = upward.above(row.id, slot);
      if (!above || *above == row.id || !upward.leads_to(*above, row.id, slot)) continue;
      found.push_back({&row, {type->slot(slot), Error(ErrorCode::kInvalid, NC_MSG("These rows would be part of each other"))}});
    }
  }
  for (auto& [row, problem] : found)
    row->refuse(column_of(*row, *lookup.catalog().find(row->type), problem.first ? problem.first->id : ""), std::move(problem.second));
}

void check_superiors(std::vector<PlannedRow>& rows, const TableRule& table, const Lookup& lookup) {
  if (table.superior.empty()) return;
  std::map<std::string, std::string> above;
  for (const auto& row : rows) above[row.key] = row.superior;
  for (auto& row : rows) {
    if (row.superior.empty() || row.refused) continue;
    if (row.superior == row.key) {
      row.refuse(table.superior, Error(ErrorCode::kInvalid, NC_MSG("A unit cannot be its own superior or successor")));
      continue;
    }
    auto at = row.superior;
    for (std::size_t steps = 0; steps < rows.size() && at != row.key && above.contains(at); ++steps) at = above.at(at);
    if (at == row.key) {
      row.refuse(table.superior, Error(ErrorCode::kInvalid, NC_MSG("The superiors of this row lead back to it: {1}"), {row.superior}));
      continue;
    }
    const auto target = lookup.find(table.name, row.superior);
    if (target && !target->refused) continue;
    row.note(Note::Weight::kQuestion, table.superior,
             Error(ErrorCode::kNotFound, NC_MSG("“{1}” is not known; the record was taken without it"), {shorten(row.superior, 80)})
                 .then(NC_MSG("Add it, then import again")));
    row.superior.clear();
  }
}

void ask_about_unplaced(const std::vector<PlannedRow>& rows, const TableRule& table, const orgtree::OrgTree& tree, const Lookup& lookup,
                        Report& report) {
  std::map<RecordId, const PlannedRow*> wanted;
  for (const auto& row : rows)
    if (!row.superior.empty() && !row.refused) wanted[row.id] = &row;
  for (auto& told : report.rows) {
    const auto at = wanted.find(told.id);
    if (at == wanted.end() || told.table != table.name) continue;
    const auto target = lookup.find(table.name, at->second->superior);
    const auto links = tree.links_of(told.id);
    if (target && std::any_of(links.begin(), links.end(), [&](const auto& link) { return link.parent == target->id; })) continue;
    told.notes.push_back(
        {Note::Weight::kQuestion,
         table.superior,
         {},
         Error(ErrorCode::kInvalid, NC_MSG("No reorganisation puts this unit under “{1}”: it stands without that superior"),
               {shorten(at->second->superior, 80)})
             .then(NC_MSG("Add a row to the file of links, then import again"))});
    if (told.outcome != Outcome::kUnchanged) told.outcome = Outcome::kQuestion;
  }
}

}  // namespace nc::intake
