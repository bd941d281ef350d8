#include "ledger/records/view.h"

#include <algorithm>

#include "ledger/catalog/values.h"

namespace nc::records {

namespace {
const Json kNone;
}

const Json& RecordView::slot(std::string_view name) const {
  const auto* field = type ? type->slot(name) : nullptr;
  return field ? values[field->id] : kNone;
}

namespace {

// One that does not say whose it is may be ours.
bool may_be_ours(const UnitId& id, const orgtree::OrgTree& tree) {
  const auto* unit = tree.find(id);
  return unit && !unit->foreign;
}

bool is_foreign(const UnitId& id, const orgtree::OrgTree& tree) {
  const auto* unit = tree.find(id);
  return unit && unit->foreign;
}

void add_placed(access::Object& object, const UnitId& id) {
  auto& units = object.placed;
  if (std::find(units.begin(), units.end(), id) == units.end()) units.push_back(id);
}

// Every unit that a row of a reorganisation names. What became of a unit of the other side counts in the figures of all.
void say_rows(access::Object& object, const Json& rows, const orgtree::OrgTree& tree) {
  if (!rows.is_array()) return;
  for (const auto& row : rows.as_array()) {
    if (!row.is_object()) continue;
    object.for_whole = object.for_whole || replaces_foreign(row, tree);
    for (const auto& [column, value] : row.as_object())
      if (const auto id = value.is_string() ? UnitId::from_hex(value.as_string()) : std::nullopt; id && may_be_ours(*id, tree))
        add_placed(object, *id);
  }
}

}  // namespace

bool replaces_foreign(const Json& row, const orgtree::OrgTree& tree) {
  const auto unit = UnitId::from_hex(row.text("unit"));
  return unit && UnitId::from_hex(row.text("successor")) && is_foreign(*unit, tree);
}

void say_listed(access::Object& object, const catalog::Type& type, const RecordId& id, const Json& values, const orgtree::OrgTree& tree) {
  if (type.feeds == "org-change") {
    object.listed = true;
    object.list_maker.reset();
    say_rows(object, values[type.slot("rows")->id], tree);
  }
  if (type.feeds != "org-unit") return;
  const auto& own = values[type.slot("own")->id];
  const bool foreign = own != Json(true) && !may_be_ours(id, tree);
  object.listed = object.listed || own == Json(true) || !id.is_zero();
  object.other_side = foreign;
  // Whose it is now is not what it says from then on.
  if (const auto* now = tree.find(id))
    object.for_whole = object.for_whole || (now->foreign && own == Json(true)) || (now->own && own != Json(true));
  if (foreign) {
    // Grants by chain follow it: who entered the unit does not move it from one to another.
    const auto* unit = tree.find(id);
    const auto* chain = type.slot("chain");
    if (unit && chain && unit->chain != values.text(chain->id)) object.list_maker.reset();
    return;
  }
  if (own == Json(true) || !tree.links_of(id).empty()) object.list_maker.reset();
  if (!id.is_zero()) add_placed(object, id);
}

access::Object object_of(const RecordView& record, const PartView& part, const orgtree::OrgTree& tree) {
  access::Object object;
  if (record.type) {
    object.group = record.type->group;
    object.sensitive = record.type->sensitive;
    const auto* state = record.type->state(record.state);
    object.editable = state ? state->editable : true;
    if (!record.id.is_zero()) object.list_maker = record.created_by;
    object.listed = part.key.audience.kind == journal::Audience::Kind::kAll && !record.id.is_zero();
    say_listed(object, *record.type, record.id, record.values, tree);
  }
  object.handling = static_cast<catalog::Handling>(part.key.handling);
  using Kind = journal::Audience::Kind;
  object.for_all = part.key.audience.kind == Kind::kAll || part.key.audience.kind == Kind::kAuthority;
  object.owners = part.key.audience.units;
  object.approved = record.bound;
  if (!part.closed && record.slot("counterpart").is_array()) {
    for (const auto& element : record.slot("counterpart").as_array()) {
      const auto id = UnitId::from_hex(element.text("ref"));
      const auto* unit = id ? tree.find(*id) : nullptr;
      if (unit && !unit->chain.empty()) object.chains.push_back(unit->chain);
    }
  }
  return object;
}

bool reads_units(const access::Subject& who, const World& world) {
  const auto types = world.catalog->feeding("org-unit");
  if (types.empty()) return false;
  access::Object unit;
  unit.group = types.front()->group;
  unit.handling = types.front()->handling;
  unit.for_all = types.front()->audience != catalog::AudienceDefault::kOwn;
  return access::decide(who, access::Action::kRead, unit, *world.tree, *world.catalog).allow;
}

void say_step(access::Object& object, const catalog::Transition& transition) {
  object.capability = transition.capability;
  object.separate = transition.separate;
  object.binding = transition.binding;
  object.by = transition.by;
}

// In a title units stand by their names alone; which part they took belongs to the record's facts.
std::string title_part(const catalog::Field& field, const Json& value, std::string_view lang, const catalog::NameOf& name_of) {
  if (field.kind != catalog::FieldKind::kRefs || !value.is_array()) return catalog::show_value(field, value, lang, name_of);
  Json plain{JsonArray{}};
  for (const auto& element : value.as_array()) plain.push(Json(JsonObject{{"ref", element["ref"]}}));
  return catalog::show_value(field, plain, lang, name_of);
}

UnitId unit_in_charge(const RecordView& record, const access::Object& object) {
  const auto& lead = record.slot("lead");
  const auto unit = lead.is_string() ? UnitId::from_hex(lead.as_string()) : std::nullopt;
  return unit ? *unit : object.owners.empty() ? UnitId{} : object.owners.front();
}

void say_unit_now(access::Object& object, const RecordView& record, const catalog::Transition& transition, const access::Subject& who,
                  const World& world) {
  if (object.owners.empty()) return;
  const auto unit = unit_in_charge(record, object);
  object.alone_allowed = transition.alone_hours > 0 && world.short_handed_at(unit, who.today, who.minute, who.person) != nullptr;
  object.confirms = !transition.confirms.empty();
  if (object.confirms) object.superiors = world.tree->chain_above(unit, orgtree::Line::kCommand, who.today);
}

const access::Subject* World::account(const PersonId& person) const {
  for (const auto& [login, subject] : accounts)
    if (subject.person == person) return &subject;
  return nullptr;
}

const World::ShortHanded* World::short_handed_at(const UnitId& unit, std::int32_t day, std::int32_t minute,
                                                 const PersonId& for_whom) const {
  const auto holds = [&](const ShortHanded& said) {
    if (said.unit != unit || said.by == for_whom) return false;
    const auto begins = said.hour_from.value_or(0) * 60, ends = said.hour_until.value_or(24) * 60;
    const auto within = [&](std::int32_t d) { return said.from <= d && d <= said.until; };
    if (begins <= ends) return within(day) && begins <= minute && minute < ends;
    // A night belongs to the day on which it began.
    return (within(day) && minute >= begins) || (within(day - 1) && minute < ends);
  };
  const auto at = std::find_if(short_handed.begin(), short_handed.end(), holds);
  return at == short_handed.end() ? nullptr : &*at;
}

std::string title_of(const RecordView& record, std::string_view lang, const std::function<std::string(const RecordId&)>& name_of) {
  if (!record.type) return record.type_id;
  std::string title;
  for (const auto& field_id : record.type->title) {
    const auto* field = record.type->field(field_id);
    if (!field || record.values[field_id].is_null()) continue;
    const auto shown = title_part(*field, record.values[field_id], lang, name_of);
    if (shown.empty()) continue;
    // A sub-kind alone ("not stated") says nothing: the type's name stands before it.
    if (title.empty() && field == record.type->slot("detail")) title = record.type->label.in(lang) + ": ";
    else if (!title.empty()) title += " · ";
    title += shown;
  }
  return title.empty() ? record.type->label.in(lang) : title;
}

}  // namespace nc::records
