#include "ledger/records/structure.h"

#include <algorithm>
#include <set>

#include "base/nearest.h"
#include "base/term.h"
#include "base/text.h"
#include "ledger/records/tables.h"
#include "ledger/records/world.h"

namespace nc::records {
namespace {

// Calls `visit(column or field, target, place)` for each reference, until one fails.
template <typename Visit>
Status each_reference(const catalog::Field& field, const Json& value, const Visit& visit) {
  using catalog::FieldKind;
  if (field.kind == FieldKind::kRef) {
    if (const auto id = RecordId::from_hex(value.is_string() ? value.as_string() : "")) return visit(field, *id, field.id);
  } else if (field.kind == FieldKind::kRefs && value.is_array()) {
    for (const auto& element : value.as_array())
      if (const auto id = RecordId::from_hex(element.text("ref"))) NC_TRY(visit(field, *id, field.id));
  } else if (field.kind == FieldKind::kLines && value.is_array()) {
    for (std::size_t row = 0; row < value.as_array().size(); ++row)
      for (const auto& column : field.columns) {
        if (column.kind != FieldKind::kRef) continue;
        if (const auto id = RecordId::from_hex(value.as_array()[row].text(column.id)))
          NC_TRY(visit(column, *id, field.id + "[" + std::to_string(row + 1) + "]." + column.id));
      }
  }
  return {};
}

// A record as it is now, and all of its parts; null when there is none. `place` keeps what had to be loaded.
Result<const RecordView*> find(const Asked& asked, const RecordId& id, std::optional<RecordView>& place) {
  if (const auto it = asked.world.units.find(id); it != asked.world.units.end() && !asked.world_stale) return &it->second;
  if (asked.db == nullptr) return fail(ErrorCode::kBusy, "");
  NC_ASSIGN(place, load_record(*asked.db, *asked.world.catalog, id));
  return place ? &*place : nullptr;
}

// Whether it is there as a record of one of the types; none: of any.
Result<bool> exists_as(const Asked& asked, const RecordId& id, const std::vector<std::string>& types) {
  const auto it = asked.world.units.find(id);
  if (it != asked.world.units.end() && !asked.world_stale)
    return types.empty() || std::find(types.begin(), types.end(), it->second.type_id) != types.end();
  if (asked.db == nullptr) return fail(ErrorCode::kBusy, "");
  return record_exists(*asked.db, id, types);
}

// "Within" of activities, "part of" of declared figures: what it leads up to is never the record itself.
Status check_parts(const Asked& asked, const catalog::Field& field, const RecordId& id, const RecordId& above, std::string_view slot) {
  auto at = above;
  std::set<RecordId> seen;  // a circle that others form is not ours
  while (seen.insert(at).second) {
    std::optional<RecordView> place;
    NC_ASSIGN(const auto* record, find(asked, at, place));
    if (!record || !record->type || record->voided) return {};
    const auto& value = record->slot(slot);
    const auto next = RecordId::from_hex(value.is_string() ? value.as_string() : "");
    if (!next) return {};
    at = *next;
    if (at != id) continue;
    return fail(Error(ErrorCode::kInvalid, NC_MSG("This record would be a part of itself: what it is part of is already part of it"))
                    .at(field.id)
                    .then(NC_MSG("Take out one of the two links")));
  }
  return {};
}

// What the unit says of itself; where it says nothing, its country against those of our own units.
bool is_foreign(const RecordView& unit, const orgtree::OrgTree& tree) {
  if (unit.slot("own").is_bool()) return !unit.slot("own").as_bool();
  const auto& country = unit.slot("country");
  bool ours_known = false;
  for (const auto& other : tree.units()) {
    if (!other.own || other.country.empty() || !country.is_string()) continue;
    if (other.country == country.as_string()) return false;
    ours_known = true;
  }
  return ours_known;
}

Status check_own(const Asked& asked, const RecordId& unit, const std::string& place) {
  std::optional<RecordView> loaded;
  NC_ASSIGN(const auto* record, find(asked, unit, loaded));
  if (!record || !record->type || record->type->feeds != "org-unit" || !is_foreign(*record, *asked.world.tree)) return {};
  const auto& name = record->slot("name");
  return fail(
      Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not a unit of our side"), {name.is_string() ? name.as_string() : record->id.hex()})
          .at(place)
          .then(NC_MSG("Choose an own unit; units of the other side have a field of their own")));
}

// Only what says of itself that it is ours: of a unit that is silent nobody knows.
Status check_other_side(const Asked& asked, const RecordId& unit, const std::string& place) {
  std::optional<RecordView> loaded;
  NC_ASSIGN(const auto* record, find(asked, unit, loaded));
  if (!record || !record->type || record->type->feeds != "org-unit" || record->slot("own") != Json(true)) return {};
  const auto& name = record->slot("name");
  return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is a unit of our side"), {name.is_string() ? name.as_string() : record->id.hex()})
                  .at(place)
                  .then(NC_MSG("Choose a unit of the other side; own units have a field of their own")));
}

// A void unit keeps its name where it is named; nobody names it anew.
Status check_in_force(const Asked& asked, const RecordId& unit, const std::string& place) {
  const auto* known = asked.imported ? nullptr : asked.world.tree->find(unit);
  if (!known || !known->voided) return {};
  return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” was declared void"), {known->name.empty() ? known->code : known->name})
                  .at(place)
                  .then(NC_MSG("Choose another unit, or have it put in force again")));
}

// A row of a reorganisation that puts a unit under itself, or lets it become itself.
Status check_rows(const catalog::Type& type, const Json& values) {
  const auto* field = type.feeds == "org-change" ? type.slot("rows") : nullptr;
  if (!field || !values[field->id].is_array()) return {};
  std::size_t number = 0;
  for (const auto& row : values[field->id].as_array()) {
    ++number;
    const auto unit = row.text("unit");
    for (const char* column : {"parent", "successor"})
      if (!unit.empty() && row.text(column) == unit)
        return fail(Error(ErrorCode::kInvalid, NC_MSG("A unit cannot be its own superior or successor"))
                        .at(field->id + "[" + std::to_string(number) + "]." + column)
                        .then(NC_MSG("Choose another unit")));
  }
  return {};
}

Error circle_error(const orgtree::Circle& circle, const orgtree::OrgTree& tree) {
  std::vector<std::string> names;
  for (const auto& id : circle.units)
    if (const auto* unit = tree.find(id)) names.push_back(unit->name.empty() ? unit->code : unit->name);
  return Error(ErrorCode::kInvalid, NC_MSG("These units would stand under each other: {1}"), {join(names, " – ")})
      .then(NC_MSG("Say who stands above whom, or end the older link first"));
}

std::vector<orgtree::Circle> new_circles(const orgtree::OrgTree& before, const orgtree::OrgTree& after) {
  const auto was_there = [&](const orgtree::Circle& circle) {
    return std::any_of(before.circles().begin(), before.circles().end(),
                       [&](const auto& old) { return old.sources == circle.sources && old.units == circle.units; });
  };
  std::vector<orgtree::Circle> out;
  for (const auto& circle : after.circles())
    if (!was_there(circle)) out.push_back(circle);
  return out;
}

std::string labels_of(const catalog::Catalog& catalog, const std::vector<std::string>& types) {
  std::vector<std::string> en, vi;
  for (const auto& id : types)
    if (const auto* type = catalog.find(id)) {
      en.push_back(type->label.in("en"));
      vi.push_back(type->label.vi);
    }
  return term(join(en, ", "), join(vi, ", "));
}

// A record of another type is named as such to whoever may know of it; to others it does not exist.
Status check_kind(const Asked& asked, const catalog::Field& field, const RecordId& target, const std::string& place) {
  std::optional<RecordView> loaded;
  NC_ASSIGN(const auto* record, find(asked, target, loaded));
  if (!record || field.to.empty() || std::find(field.to.begin(), field.to.end(), record->type_id) != field.to.end()) return {};
  if (asked.knows && !asked.knows(*record)) return {};
  return fail(Error(ErrorCode::kInvalid, NC_MSG("This points to a record of the kind “{1}”; here belongs: {2}"),
                    {labels_of(*asked.world.catalog, {record->type_id}), labels_of(*asked.world.catalog, field.to)})
                  .at(place)
                  .then(NC_MSG("Choose an entry of the list")));
}

// Links point from high to low only (LEDGER.md): whoever may read the field would learn that there is something above him.
Status check_downward(const Asked& asked, const catalog::Type& type, const catalog::Field& field, const RecordId& target,
                      const std::string& place) {
  if (!asked.handling || type.audience == catalog::AudienceDefault::kAuthority) return {};
  std::optional<RecordView> loaded;
  NC_ASSIGN(const auto* record, find(asked, target, loaded));
  const auto own = field.handling ? std::max(*asked.handling, static_cast<journal::HandlingLevel>(*field.handling)) : *asked.handling;
  if (!record || record->base_part().key.handling <= own) return {};
  return fail(
      Error(ErrorCode::kInvalid, NC_MSG("What is named here is handled above this record: whoever reads this one would learn of it"))
          .at(place)
          .then(NC_MSG("Name this record in the other one instead, or handle this one as high")));
}

// "Nothing" said of a kind that there is not would stand for nothing, and the period stay without an answer.
Status check_nil_kinds(const catalog::Catalog& catalog, const catalog::Type& type, const Json& before, const Json& values) {
  const auto* field = type.feeds == "nil-report" ? type.slot("nil_kinds") : nullptr;
  if (!field || !values[field->id].is_array() || values[field->id] == before[field->id]) return {};
  std::vector<std::string> kinds;
  for (const auto& one : catalog.types())
    if (one.countable && (one.feeds == "counted-activity" || one.feeds == "standing-thing")) kinds.push_back(one.id);
  std::size_t number = 0;
  for (const auto& row : values[field->id].as_array()) {
    ++number;
    const auto kind = row.text("kind");
    if (std::ranges::find(kinds, kind) != kinds.end()) continue;
    constexpr std::size_t kNamed = 5;
    auto named = nearest_first(kind, kinds);
    named.resize(std::min(named.size(), kNamed));
    return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is no kind of activity that is counted"), {kind, join(named, ", ")})
                    .at(field->id + "[" + std::to_string(number) + "].kind")
                    .then(NC_MSG("The nearest that there are: {2}")));
  }
  return {};
}

}  // namespace

Status check_structure(const Asked& asked, const catalog::Type& type, const RecordId& id, const Json& before, const Json& values) {
  const bool ours = type.feeds == "counted-activity" || type.feeds == "standing-thing";
  for (const auto& field : type.fields) {
    const auto& value = values[field.id];
    if (value.is_null() || value == before[field.id]) continue;
    const bool own = ours && (type.slot("lead") == &field || type.slot("own") == &field);
    std::set<RecordId> stood;
    NC_TRY(each_reference(field, before[field.id], [&](const catalog::Field&, const RecordId& target, const std::string&) -> Status {
      stood.insert(target);
      return {};
    }));
    const auto check_one = [&](const catalog::Field& of, const RecordId& target, const std::string& place) -> Status {
      if (target == id)
        return fail(Error(ErrorCode::kInvalid, NC_MSG("A record cannot point to itself")).at(place).then(NC_MSG("Choose another record")));
      NC_ASSIGN(bool exists, exists_as(asked, target, of.to));
      if (exists && asked.knows && !stood.contains(target)) {
        std::optional<RecordView> loaded;
        NC_ASSIGN(const auto* record, find(asked, target, loaded));
        exists = record && asked.knows(*record);
      }
      if (!exists) {
        NC_TRY(check_kind(asked, of, target, place));
        return fail(Error(ErrorCode::kInvalid, NC_MSG("This points to a record that does not exist: {1}"), {target.hex()})
                        .at(place)
                        .then(NC_MSG("Choose an entry of the list")));
      }
      if (!stood.contains(target)) {
        NC_TRY(check_downward(asked, type, field, target, place));
        NC_TRY(check_in_force(asked, target, place));
      }
      if (own) NC_TRY(check_own(asked, target, place));
      if (ours && type.slot("counterpart") == &field) NC_TRY(check_other_side(asked, target, place));
      for (const char* slot : {"parent", "part_of"})
        if (type.slot(slot) == &field) NC_TRY(check_parts(asked, field, id, target, slot));
      return {};
    };
    NC_TRY(each_reference(field, value, check_one));
  }
  NC_TRY(check_nil_kinds(*asked.world.catalog, type, before, values));
  return check_rows(type, values);
}

Status check_no_new_circle(store::Database& db, const catalog::Catalog& catalog, const orgtree::OrgTree& before) {
  NC_ASSIGN(const auto after, build_tree(db, catalog, {}));
  const auto circles = new_circles(before, *after);
  return circles.empty() ? Status() : fail(circle_error(circles.front(), *after));
}

Result<std::map<std::size_t, Error>> rows_closing_circles(store::Database& db, const catalog::Catalog& catalog,
                                                          std::span<const Imported> rows) {
  std::map<std::size_t, Error> refused;
  std::map<RecordId, std::pair<std::size_t, RecordView>> changes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto* type = catalog.find(rows[i].type);
    if (!type || type->feeds != "org-change") continue;
    RecordView view;
    view.id = rows[i].id;
    view.type = type;
    view.values = rows[i].values;
    changes.insert_or_assign(view.id, std::pair(i, std::move(view)));
  }
  if (changes.empty()) return refused;
  NC_ASSIGN(const auto before, build_tree(db, catalog, {}));
  std::set<RecordId> out;
  while (true) {
    std::vector<RecordView> instead;
    for (const auto& [id, change] : changes) instead.push_back(change.second);
    NC_ASSIGN(const auto after, build_tree(db, catalog, instead));
    bool any = false;
    for (const auto& circle : new_circles(*before, *after)) {
      // Broken already by what was refused in this round.
      if (std::any_of(circle.sources.begin(), circle.sources.end(), [&](const auto& id) { return out.contains(id); })) continue;
      std::optional<std::size_t> last;
      for (const auto& source : circle.sources)
        if (const auto at = changes.find(source); at != changes.end()) last = std::max(last.value_or(0), at->second.first);
      if (!last) continue;
      any = true;
      refused.emplace(*last, circle_error(circle, *after));
      out.insert(rows[*last].id);
      changes.erase(rows[*last].id);
    }
    if (!any) return refused;
  }
}

}  // namespace nc::records
