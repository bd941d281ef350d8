// Links of a record both ways: what it names, and what names it; each cut to what the reader may see.
#include <algorithm>

#include "base/text.h"
#include "face/web/activity_rows.h"
#include "face/web/list.h"
#include "face/web/pages/record_parts.h"

namespace nc::web {
namespace {

constexpr std::size_t kNamedMax = 40;  // rows of what the record names; all of it stands among the facts

bool points_to(const catalog::Field& field, const Json& value, const std::string& id) {
  if (field.kind == catalog::FieldKind::kRef) return value == Json(id);
  if (!value.is_array()) return false;
  if (field.kind == catalog::FieldKind::kRefs)
    return std::ranges::any_of(value.as_array(), [&](const Json& element) { return element.text("ref") == id; });
  if (field.kind != catalog::FieldKind::kLines) return false;
  return std::ranges::any_of(value.as_array(), [&](const Json& row) {
    return std::ranges::any_of(field.columns, [&](const auto& column) { return points_to(column, row[column.id], id); });
  });
}

std::string link_label(const Visit& visit, const records::RecordView& other, const std::string& id) {
  if (other.type)
    for (const auto& field : other.type->fields)
      if (points_to(field, other.values[field.id], id)) return field.label.in(visit.lang());
  return {};
}

struct Named {
  RecordId id;
  std::vector<std::string> as;  // labels of the fields
};

void add_named(const catalog::Field& field, const std::string& label, const Json& value, std::vector<Named>& out) {
  const auto add = [&](std::string_view text) {
    const auto id = RecordId::from_hex(text);
    if (!id) return;
    const auto known = std::ranges::find(out, *id, &Named::id);
    if (known == out.end()) out.push_back({*id, {label}});
    else if (std::ranges::find(known->as, label) == known->as.end()) known->as.push_back(label);
  };
  if (field.kind == catalog::FieldKind::kRef && value.is_string()) add(value.as_string());
  if (!value.is_array()) return;
  if (field.kind == catalog::FieldKind::kRefs)
    for (const auto& element : value.as_array()) add(element.text("ref"));
  if (field.kind == catalog::FieldKind::kLines)
    for (const auto& row : value.as_array())
      for (const auto& column : field.columns) add_named(column, label, row[column.id], out);
}

std::vector<Column> columns_with_role(const Visit& visit) {
  auto out = record_columns(visit);
  out.insert(out.begin() + 1, {visit.tr("As"), false, false});
  return out;
}

}  // namespace

Html named_section(const Visit& visit, const records::RecordView& record) {
  if (!record.type) return {};
  const auto* source = record.type->slot("source");  // sources have a section of their own
  std::vector<Named> named;
  for (const auto& field : record.type->fields)
    if (&field != source) add_named(field, field.label.in(visit.lang()), record.values[field.id], named);
  List list;
  const auto heading = visit.tr("What this record names");
  list.columns = columns_with_role(visit);
  for (const auto& one : named) {
    if (list.rows.size() == kNamedMax) break;
    const auto other = visit.ledger().read(visit.who, one.id);
    if (!other) continue;
    auto row = record_row(visit, *other);
    row.cells.insert(row.cells.begin() + 1, Html(nc::join(one.as, ", ")));
    list.rows.push_back(std::move(row));
  }
  if (list.rows.empty()) return {};
  Html body = render(list, visit.ui);
  if (list.rows.size() == kNamedMax) body.add(hint(visit.tr("There may be more; all of them stand among the facts above.")));
  return section(heading, body);
}

Html linked_section(const Visit& visit, const records::RecordView& record) {
  records::ListQuery query;
  query.linked_to = record.id;
  query.limit = 50;
  query.looked_at_max = kLookedAtMax;
  query.cursor = visit.request.query.get("after");
  const auto found = visit.ledger().list(visit.who, query);
  if (!found) return notice(Tone::kBad, visit.ui.error_text(found.error()));
  if (found->total == 0) return {};
  List list;
  const auto heading = visit.tr("Records that name this one");
  list.columns = columns_with_role(visit);
  for (const auto& other : found->items) {
    auto row = record_row(visit, other);
    row.cells.insert(row.cells.begin() + 1, Html(link_label(visit, other, record.id.hex())));
    list.rows.push_back(std::move(row));
  }
  show_count(list, *found);
  if (!query.cursor.empty()) list.first = record_url(record.id);
  if (!found->next_cursor.empty()) list.next = Url::to("/records/" + record.id.hex(), {{"after", found->next_cursor}});
  return section(heading, render(list, visit.ui));
}

}  // namespace nc::web
