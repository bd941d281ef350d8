// The inputs of a form for a value: which there are, and what stands in them.
#include <algorithm>

#include "ledger/catalog/typed_number.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

std::string typed_date(const CivilDate& date) {
  auto iso = iso_date(date);
  if (date.precision == DatePrecision::kMonthDay) return iso.substr(5, 2) + "/" + iso.substr(2, 2);  // --mm-dd
  if (date.precision == DatePrecision::kYear) return iso;
  if (date.precision == DatePrecision::kMonth) return iso.substr(5, 2) + "/" + iso.substr(0, 4);
  return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

// Text or integer of a member as typed; empty when absent.
std::string typed_member(const Json& value, std::string_view key) {
  const auto& member = value[key];
  if (member.is_int()) return std::to_string(member.as_int());
  return member.is_string() ? member.as_string() : std::string();
}

void put_date(TypedParts& out, const Json& value, const std::string& part, const std::string& inferred_part) {
  const auto date = date_from_json(value);
  if (!date) return;
  out[part] = {typed_date(*date)};
  if (date->inferred) out[inferred_part] = {"1"};
}

void put_members(TypedParts& out, const Field& field, const Json& value) {
  for (const auto& part : form_parts(field))
    if (value.has(part)) out[part] = {typed_member(value, part)};
}

void put_refs(TypedParts& out, const Field& field, const Json& value) {
  if (!value.is_array()) return;
  for (const auto& part : form_parts(field))
    for (const auto& item : value.as_array()) out[part].push_back(typed_member(item, part));
}

void put_strings(TypedParts& out, const std::string& part, const Json& value) {
  if (!value.is_array()) return;
  for (const auto& item : value.as_array())
    if (item.is_string()) out[part].push_back(item.as_string());
}

void put_lines(TypedParts& out, const Field& field, const Json& value) {
  if (!value.is_array()) return;
  for (const auto& row : value.as_array())
    for (const auto& column : field.columns) {
      const auto cell = typed_from_value(column, row[column.id]);
      for (const auto& part : form_parts(column)) {
        const auto it = cell.find(part);
        const bool empty = it == cell.end() || it->second.empty();
        out[part.empty() ? column.id : column.id + "." + part].push_back(empty ? std::string() : it->second.front());
      }
    }
}

}  // namespace

std::vector<std::string> form_parts(const Field& field) {
  switch (field.kind) {
    case FieldKind::kDate: return {"", "inferred"};
    case FieldKind::kDateRange: return {"from", "from_inferred", "to", "to_inferred"};
    case FieldKind::kMoney: return {"amount", "currency"};
    case FieldKind::kRefs: {
      std::vector<std::string> out{"ref"};
      if (!field.roles.empty()) out.emplace_back("role");
      if (field.counts) out.emplace_back("count");
      return out;
    }
    case FieldKind::kPlace: return {"text", "area"};
    case FieldKind::kPersons: return {"own", "counterpart", "total", "basis", "counted", "qualifier"};
    case FieldKind::kFile:
    case FieldKind::kFiles: return {"sha256", "chunks", "name", "media", "bytes"};
    case FieldKind::kLines: {
      std::vector<std::string> out;
      for (const auto& column : field.columns)
        for (const auto& part : form_parts(column)) out.push_back(part.empty() ? column.id : column.id + "." + part);
      return out;
    }
    default: return {""};
  }
}

TypedParts typed_from_value(const Field& field, const Json& value) {
  TypedParts out;
  if (value.is_null()) return out;
  switch (field.kind) {
    case FieldKind::kFlag:
      if (value.is_bool()) out[""] = {value.as_bool() ? "1" : "0"};
      break;
    case FieldKind::kDate: put_date(out, value, "", "inferred"); break;
    case FieldKind::kDateRange:
      put_date(out, value["from"], "from", "from_inferred");
      put_date(out, value["to"], "to", "to_inferred");
      break;
    case FieldKind::kInteger:
      if (value.is_int()) out[""] = {std::to_string(value.as_int())};
      break;
    case FieldKind::kDecimal:
      if (value.is_string()) out[""] = {typed_decimal(value.as_string())};
      break;
    case FieldKind::kMoney:
      if (value.has("amount")) out["amount"] = {typed_decimal(value.text("amount"))};
      if (value.has("currency")) out["currency"] = {value.text("currency")};
      break;
    case FieldKind::kChoices: put_strings(out, "", value); break;
    case FieldKind::kRefs:
    case FieldKind::kFiles: put_refs(out, field, value); break;
    case FieldKind::kPlace:
    case FieldKind::kPersons:
    case FieldKind::kFile: put_members(out, field, value); break;
    case FieldKind::kPersonal: break;  // nobody's form shows it again
    case FieldKind::kLines: put_lines(out, field, value); break;
    default:
      if (value.is_string()) out[""] = {value.as_string()};
  }
  return out;
}

}  // namespace nc::catalog
