#include "face/web/units/matters.h"

#include <algorithm>

#include "base/text.h"
#include "face/web/activity_rows.h"
#include "face/web/taking_out.h"

namespace nc::web {
namespace {

constexpr std::size_t kRowsOfAType = 10;

std::vector<const catalog::Field*> columns_of(const catalog::Type& type) {
  std::vector<const catalog::Field*> out;
  for (const auto& id : type.list) {
    const auto* field = type.field(id);
    const bool in_title = std::ranges::find(type.title, id) != type.title.end();  // stands in the first column already
    const bool fits = field && field->kind != catalog::FieldKind::kPersonal && field->kind != catalog::FieldKind::kLines;
    if (fits && !in_title) out.push_back(field);
  }
  constexpr std::size_t kColumnsMax = 5;
  if (out.size() > kColumnsMax) out.resize(kColumnsMax);
  return out;
}

std::string title_text(const Visit& visit, const records::RecordView& record) {
  auto out = records::title_of(record, visit.lang(), visit.namer());
  return out.empty() ? record.id.hex().substr(0, 8) : out;
}

Html state_text(const Visit& visit, const records::RecordView& record) {
  if (record.voided) return badge(Tone::kBad, visit.tr("void"));
  const auto* state = record.type->state(record.state);
  return state ? Html(state->label.in(visit.lang())) : Html();
}

// Those that name the unit itself in any field, and those of the units that it was or that stand below it.
std::vector<records::RecordView> records_of(const Visit& visit, const catalog::Type& type, const orgtree::Unit& unit,
                                            const std::set<UnitId>& whole) {
  std::vector<records::RecordView> out;
  records::ListQuery query;
  query.types = {type.id};
  query.limit = kRowsOfAType;
  query.count_max = 0;
  query.looked_at_max = kLookedAtMax;
  const auto take = [&] {
    auto found = visit.ledger().list(visit.who, query);
    if (!found) return;
    for (auto& record : found->items)
      if (std::ranges::none_of(out, [&](const auto& known) { return known.id == record.id; })) out.push_back(std::move(record));
  };
  query.linked_to = unit.id;
  take();
  if (out.size() < kRowsOfAType) {
    query.linked_to.reset();
    (unit.own ? query.own : query.counterpart) = whole;
    take();
  }
  if (out.size() > kRowsOfAType) out.resize(kRowsOfAType);
  return out;
}

}  // namespace

List list_of_type(const Visit& visit, const catalog::Type& type, const std::vector<records::RecordView>& records) {
  const auto columns = columns_of(type);
  List list;
  list.caption = type.label.in(visit.lang());
  list.columns = {{list.caption}};
  for (const auto* field : columns) list.columns.push_back({field->label.in(visit.lang()), false, true});
  list.columns.push_back({visit.tr("State"), false, true});
  for (const auto& record : records) {
    Row row{{link(title_text(visit, record), record_url(record.id))}};
    for (const auto* field : columns) row.cells.push_back(visit.value(*field, record.values[field->id]));
    row.cells.push_back(state_text(visit, record));
    list.rows.push_back(std::move(row));
  }
  without_empty_minor(list);
  return list;
}

std::set<UnitId> whole_of(const Visit& visit, const orgtree::Unit& unit) {
  const auto& tree = *visit.world->tree;
  auto out = tree.predecessors(unit.id);
  for (const auto line : {orgtree::Line::kCommand, orgtree::Line::kGuidance})
    for (const auto& span : tree.scope_as_recorded(unit.id, line)) out.insert(span.unit);
  out.insert(unit.id);
  return out;
}

Html standing_sections(const Visit& visit, const orgtree::Unit& unit, const std::set<UnitId>& whole) {
  Html out;
  for (const auto* type : visit.world->catalog->feeding("standing-thing")) {
    const auto records = records_of(visit, *type, unit, whole);
    if (records.empty()) continue;
    const auto list = list_of_type(visit, *type, records);
    const auto all = Url::to("/activities", {{unit.own ? "own" : "counterpart", unit.code}, {"kind", type->id}});
    out.add(section(list.caption, render(list, visit.ui), link(visit.tr("All of them"), all)));
  }
  return out;
}

Html open_matters(const Visit& visit, const orgtree::Unit& unit, const std::set<UnitId>& whole, catalog::Handling* taken_out) {
  Html out;
  for (const auto& type : visit.world->catalog->types()) {
    if (!type.feeds.empty() || !type.slot("counterpart")) continue;
    auto records = records_of(visit, type, unit, whole);
    if (taken_out) std::erase_if(records, [&](const auto& record) { return !may_take_out(visit, record); });
    for (const auto& record : records)
      if (taken_out) *taken_out = std::max(*taken_out, highest_handling(record));
    if (!records.empty()) out.add(render(list_of_type(visit, type, records), visit.ui));
  }
  const auto heading = visit.tr("Agreed points and plans with this unit");
  if (out.empty()) return taken_out ? section(heading, hint(visit.tr("Nothing is recorded."))) : out;  // a sheet says that it was asked
  return section(heading, out);
}

}  // namespace nc::web
