#include "face/web/pages/record_start.h"

#include <algorithm>
#include <array>

#include "face/web/pages/form_values.h"
#include "face/web/site.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

using catalog::FieldKind;
using catalog::Type;

constexpr const char* kEmpty = "empty";  // in the address: nothing is taken over

bool fills_one_of(const Type& type, const catalog::Field& field, std::initializer_list<std::string_view> slots) {
  return std::ranges::any_of(slots, [&](const auto slot) { return type.slot(slot) == &field; });
}

// Whether the field points at what stays: units, and things that stand for years.
bool refers_to_standing(const Visit& visit, const catalog::Field& field) {
  return !field.to.empty() && std::ranges::all_of(field.to, [&](const auto& id) {
    const auto* type = visit.world->catalog->find(id);
    return type && (type->feeds == "org-unit" || type->feeds == "standing-thing");
  });
}

bool is_taken_over(const Visit& visit, const Type& type, const catalog::Field& field) {
  if (!is_offered(field)) return false;
  switch (field.kind) {
    case FieldKind::kPlace:
    case FieldKind::kMarker: return true;
    case FieldKind::kRef:
    case FieldKind::kRefs: return refers_to_standing(visit, field);
    case FieldKind::kChoice:
    case FieldKind::kChoices: return fills_one_of(type, field, {"detail", "level", "countries"});
    default: return false;
  }
}

// People are counted anew each time.
Json without_counts(Json value) {
  if (!value.is_array()) return value;
  for (auto& element : value.as_array())
    if (element.is_object()) element.as_object().erase("count");
  return value;
}

std::optional<records::RecordView> last_like_it(const Visit& visit, const Type& type) {
  if (!type.slot("lead") || !visit.world->tree->find(visit.who.unit)) return std::nullopt;
  records::ListQuery query;
  query.types = {type.id};
  query.own = {visit.who.unit};
  query.limit = 1;
  query.count_max = 0;
  auto found = visit.ledger().list(visit.who, query);
  if (!found || found->items.empty()) return std::nullopt;
  return std::move(found->items.front());
}

Html where_from(const Visit& visit, const Type& type, const records::RecordView& last) {
  return el("p", {{"class", "hint"}}, visit.tr("Begins as the last one like it:"), " ", link(visit.name(last.id), record_url(last.id)),
            ". ", link(visit.tr("Begin with an empty form"), Url::to("/records/new", {{"type", type.id}, {kEmpty, "1"}})));
}

net::Fields defaults(const Visit& visit, const Type& type) {
  net::Fields out;
  for (const auto& field : type.fields)
    if (is_offered(field) && !field.default_value.is_null()) put_typed(visit, field, field.default_value, out);
  const auto* lead = type.slot("lead");
  const auto* unit = visit.world->tree->find(visit.who.unit);
  if (lead && unit && refers_to_units(visit, *lead)) out.set(input_name(*lead), unit_text(*unit, visit.lang()));
  return out;
}

// A part of a declared total begins with what it has in common with the total: of what, by whom, with whom, which period,
// from which source. Never its value, words or level.
std::optional<Start> part_of_total(const Visit& visit, const Type& type) {
  const auto* part_of = type.slot("part_of");
  const auto id = RecordId::from_hex(visit.request.query.get("part_of"));
  if (!part_of || !id) return std::nullopt;
  const auto total = visit.ledger().read(visit.who, *id);
  if (!total || total->type != &type) return std::nullopt;
  Start out{defaults(visit, type), {}};
  for (const auto* slot : {"indicator", "unit", "counterpart", "countries", "area", "from", "until", "basis", "source"}) {
    const auto* field = type.slot(slot);
    if (!field || !is_offered(*field) || !total->values.has(field->id)) continue;
    out.typed = without_field(out.typed, *field);
    put_typed(visit, *field, total->values[field->id], out.typed);
  }
  put_typed(visit, *part_of, Json(id->hex()), out.typed);
  out.from = el("p", {{"class", "hint"}}, visit.tr("A part of:"), " ", link(visit.name(*id), record_url(*id)));
  return out;
}

// What of a kind was there in the period, the asked unit's nil entry does not deny.
void put_nil_kinds(const Visit& visit, const Type& type, const orgtree::Unit& unit, DayRange days, net::Fields& typed) {
  const auto* field = type.slot("nil_kinds");
  if (!field || type.feeds != "nil-report" || field->columns.empty()) return;
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  stats::Query query;
  query.unit = unit.id;
  query.from = days.first;
  query.to = days.last;
  query.rows = stats::Dimension::kKind;
  const auto answer = visit.site.columns().answer(query, read, *visit.world);
  Json rows{JsonArray{}};
  for (const auto* kind : visit.world->catalog->feeding("counted-activity"))
    if (kind->countable && !(answer.pivot && answer.pivot->row_totals.contains(kind->id)))
      rows.push(Json(JsonObject{{field->columns.front().id, Json(kind->id)}}));
  put_typed(visit, *field, rows, typed);
}

// A report, or that there was nothing, of the unit and days that the address names.
std::optional<Start> report_of(const Visit& visit, const Type& type) {
  if (type.feeds != "period-report" && type.feeds != "nil-report") return std::nullopt;
  const auto* unit = visit.world->tree->by_code(visit.request.query.get("unit"));
  const auto from = parse_typed_date(visit.request.query.get("from")), until = parse_typed_date(visit.request.query.get("until"));
  const auto first = from ? extent(*from) : std::nullopt, last = until ? extent(*until) : std::nullopt;
  if (!unit || !first || !last) return std::nullopt;
  Start out{defaults(visit, type), {}};
  const auto put = [&](std::string_view slot, const Json& value) {
    const auto* field = type.slot(slot);
    if (!field || !is_offered(*field)) return;
    out.typed = without_field(out.typed, *field);
    put_typed(visit, *field, value, out.typed);
  };
  put("unit", Json(unit->id.hex()));
  put("from", catalog::json_from_date(*from));
  put("until", catalog::json_from_date(*until));
  put_nil_kinds(visit, type, *unit, {first->first, last->last}, out.typed);
  return out;
}

}  // namespace

Start start_of(const Visit& visit, const Type& type) {
  if (auto part = part_of_total(visit, type)) return std::move(*part);
  if (auto report = report_of(visit, type)) return std::move(*report);
  Start out{defaults(visit, type), {}};
  if (visit.request.query.has(kEmpty)) return out;
  const auto last = last_like_it(visit, type);
  if (!last) return out;
  for (const auto& field : type.fields) {
    if (!last->values.has(field.id) || !is_taken_over(visit, type, field)) continue;
    out.typed = without_field(out.typed, field);
    put_typed(visit, field, without_counts(last->values[field.id]), out.typed);
    out.from = where_from(visit, type, *last);
  }
  return out;
}

}  // namespace nc::web
