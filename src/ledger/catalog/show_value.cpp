#include "base/text.h"
#include "ledger/catalog/names.h"
#include "ledger/catalog/typed_number.h"
#include "ledger/catalog/values.h"
#include "ledger/catalog/words.h"

namespace nc::catalog {
namespace {

std::string word(std::string_view id, std::string_view lang) { return std::string(fixed_word(id, lang)); }

std::string in_brackets(std::string text, const std::string& more) { return text.empty() ? more : std::move(text) + " (" + more + ")"; }

std::string show_date(const Json& value, std::string_view lang) {
  const auto date = date_from_json(value);
  if (!date) return {};
  Field plain;
  plain.kind = FieldKind::kDate;
  auto out = typed_from_value(plain, value).at("").front();
  if (date->precision == DatePrecision::kMonthDay) out = in_brackets(std::move(out), word("year_missing", lang));
  if (date->inferred) out = in_brackets(std::move(out), word("inferred", lang));
  return out;
}

std::string show_range(const Json& value, std::string_view lang) {
  const auto from = show_date(value["from"], lang), to = show_date(value["to"], lang);
  if (to.empty()) return from;  // without an end the range is its beginning
  if (from.empty()) return word("to", lang) + " " + to;
  return from == to ? from : from + " – " + to;
}

std::string show_option(const Option* option, const Json& value, std::string_view lang) {
  if (option != nullptr) return option->label.in(lang);
  return value.is_string() ? value.as_string() : std::string();
}

std::string show_ref(const Json& value, const NameOf& name_of) {
  const auto id = value.is_string() ? RecordId::from_hex(value.as_string()) : std::nullopt;
  if (!id) return {};
  return name_of ? name_of(*id) : id->hex();
}

std::string show_set(const Field& field, const Json& value, std::string_view lang, const NameOf& name_of) {
  if (!value.is_array()) return {};
  std::vector<std::string> items;
  for (const auto& item : value.as_array()) {
    if (field.kind == FieldKind::kChoices) {
      items.push_back(show_option(item.is_string() ? field.option(item.as_string()) : nullptr, item, lang));
      continue;
    }
    if (field.kind == FieldKind::kFiles) {
      items.push_back(item.text("name"));
      continue;
    }
    std::vector<std::string> more;
    if (item.has("role")) more.push_back(show_option(field.role(item.text("role")), item["role"], lang));
    if (item.has("count")) more.push_back(show_number(std::to_string(item.integer("count")), lang));
    auto name = show_ref(item["ref"], name_of);
    items.push_back(more.empty() ? std::move(name) : in_brackets(std::move(name), join(more, ", ")));
  }
  return join(items, "; ");
}

// "nearly 23 officers (ours 12, theirs 11; both sides)". The catalogue has each word in the plural alone: "pupils: 1", not "1 pupils".
std::string show_persons(const Field& field, const Json& value, std::string_view lang) {
  std::vector<std::string> sides;
  for (const std::string_view side : {"own", "counterpart"})
    if (value.has(side)) sides.push_back(word(side, lang) + " " + show_number(std::to_string(value.integer(side)), lang));
  std::string out;
  std::vector<std::string> more;
  if (value.has("total")) {
    out = show_number(std::to_string(value.integer("total")), lang);
    if (!sides.empty()) more.push_back(join(sides, ", "));
  } else {
    out = join(sides, ", ");
  }
  if (value.has("counted")) {
    const auto counted = show_option(field.role(value.text("counted")), value["counted"], lang);
    out = lang == "en" && value.integer("total") == 1 ? counted + ": " + out : out + " " + counted;
  }
  const auto qualifier = value.text("qualifier", "exact");
  if (qualifier != "exact") out = word(qualifier, lang) + " " + out;
  if (value.has("basis")) more.push_back(word(value.text("basis"), lang));
  return more.empty() ? out : in_brackets(std::move(out), join(more, "; "));
}

std::string show_lines(const Field& field, const Json& value, std::string_view lang, const NameOf& name_of) {
  if (!value.is_array()) return {};
  std::vector<std::string> rows;
  for (const auto& row : value.as_array()) {
    std::vector<std::string> cells;
    if (is_list_of_names(field)) {
      rows.push_back(show_value(field.columns.front(), row[field.columns.front().id], lang, name_of));
      continue;
    }
    for (const auto& column : field.columns)
      if (row.has(column.id)) cells.push_back(column.label.in(lang) + ": " + show_value(column, row[column.id], lang, name_of));
    rows.push_back(join(cells, ", "));
  }
  return join(rows, "; ");
}

std::string show_place(const Json& value) {
  return value.has("area") ? in_brackets(value.text("text"), value.text("area")) : value.text("text");
}

std::string show_text(const Json& value) { return value.is_string() ? value.as_string() : std::string(); }

}  // namespace

std::string show_value(const Field& field, const Json& value, std::string_view lang, const NameOf& name_of) {
  if (value.is_null()) return {};
  switch (field.kind) {
    case FieldKind::kFlag: return value.is_bool() ? word(value.as_bool() ? "yes" : "no", lang) : "";
    case FieldKind::kDate: return show_date(value, lang);
    case FieldKind::kDateRange: return show_range(value, lang);
    case FieldKind::kInteger: return value.is_int() ? show_number(std::to_string(value.as_int()), lang) : "";
    case FieldKind::kDecimal: return show_number(show_text(value), lang);
    case FieldKind::kMoney: return show_number(value.text("amount"), lang) + " " + value.text("currency");
    case FieldKind::kChoice: return show_option(value.is_string() ? field.option(value.as_string()) : nullptr, value, lang);
    case FieldKind::kChoices:
    case FieldKind::kFiles:
    case FieldKind::kRefs: return show_set(field, value, lang, name_of);
    case FieldKind::kRef: return show_ref(value, name_of);
    case FieldKind::kPlace: return show_place(value);
    case FieldKind::kPersons: return show_persons(field, value, lang);
    case FieldKind::kQualifier: return word(show_text(value), lang);
    case FieldKind::kFile: return value.text("name");
    case FieldKind::kPersonal: return word("hidden", lang);
    case FieldKind::kLines: return show_lines(field, value, lang, name_of);
    case FieldKind::kText: return show_option(value.is_string() ? field.option(value.as_string()) : nullptr, value, lang);
    default: return show_text(value);
  }
}

}  // namespace nc::catalog
