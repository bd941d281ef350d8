#include "face/web/pages/form_values.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "face/web/pages/file_parts.h"
#include "face/web/unit_lookup.h"
#include "ledger/catalog/names.h"

namespace nc::web {
namespace {

using CatalogField = catalog::Field;
using catalog::FieldKind;
using catalog::TypedParts;

constexpr std::size_t kRowsMax = 1000;

std::vector<std::string> parts_of(const CatalogField& field) { return catalog::form_parts(field); }

// Of a row of lines: "<column>" or "<column>.<part>".
const CatalogField* column_of(const CatalogField& field, std::string_view part) { return field.column(part.substr(0, part.find('.'))); }

bool is_ref_input(const CatalogField& field, std::string_view part) {
  if (field.kind == FieldKind::kRef) return true;
  if (field.kind == FieldKind::kRefs) return part == "ref";
  const auto* column = field.kind == FieldKind::kLines ? column_of(field, part) : nullptr;
  return column && column->kind == FieldKind::kRef;
}

// The typed text, a reference as the id's text. An error stands under the input and leaves it empty.
std::string cell_text(const Visit& visit, const CatalogField& field, const std::string& name, std::string_view part,
                      const net::Fields& typed, InputErrors& errors) {
  const std::string text(typed.get(name));
  const auto all = typed.all(name);
  if (std::ranges::any_of(all, [&](const auto other) { return other != text; })) {
    errors[name] =
        visit.ui.error_text(Error(ErrorCode::kInvalid, NC_MSG("Only one value can stand here")).then(NC_MSG("Leave one of them")));
    return {};
  }
  if (!is_ref_input(field, part)) return text;
  const auto* column = field.kind == FieldKind::kLines ? column_of(field, part) : &field;
  auto id = ref_from_typed(visit, *column, text);
  if (id) return *id;
  errors[name] = visit.ui.error_text(id.error());
  return {};
}

bool row_is_empty(const CatalogField& field, std::size_t row, const net::Fields& typed) {
  if (field.kind == FieldKind::kRefs) return trim(typed.get(row_input_name(field, row, "ref"))).empty();
  const auto parts = parts_of(field);
  return std::ranges::all_of(parts, [&](const auto& part) { return trim(typed.get(row_input_name(field, row, part))).empty(); });
}

// Rows side by side, and which sent row each is: errors name rows without the empty ones.
struct Rows {
  TypedParts parts;
  std::vector<std::size_t> sent;
};

Rows typed_rows(const Visit& visit, const CatalogField& field, const net::Fields& typed, InputErrors& errors) {
  Rows rows;
  const auto count = rows_sent(field, typed);
  for (std::size_t row = 0; row < count; ++row) {
    if (row_is_empty(field, row, typed)) continue;
    rows.sent.push_back(row);
    for (const auto& part : parts_of(field))
      rows.parts[part].push_back(cell_text(visit, field, row_input_name(field, row, part), part, typed, errors));
  }
  return rows;
}

TypedParts typed_parts(const Visit& visit, const CatalogField& field, const net::Fields& typed, InputErrors& errors) {
  TypedParts out;
  if (field.kind == FieldKind::kChoices) {
    for (const auto value : typed.all(input_name(field))) out[""].emplace_back(value);
    return out;
  }
  if (catalog::is_list_of_names(field)) {
    for (const auto value : typed.all(input_name(field))) out[field.columns.front().id].emplace_back(value);
    return out;
  }
  for (const auto& part : parts_of(field)) out[part] = {cell_text(visit, field, input_name(field, part), part, typed, errors)};
  return out;
}

// Where the catalogue's error belongs: "rows[3].parent" is the third row that is not empty.
std::string name_of_error(const CatalogField& field, const Error& error, const std::vector<std::size_t>& sent) {
  const auto open = error.where.find('['), close = error.where.find(']');
  const auto dot = error.where.find('.');
  if (has_rows(field) && open != std::string::npos && close != std::string::npos) {
    std::size_t row = 0;
    for (const char c : error.where.substr(open + 1, close - open - 1))
      if (c >= '0' && c <= '9' && row < kRowsMax) row = row * 10 + static_cast<std::size_t>(c - '0');
    auto part = close + 2 <= error.where.size() ? error.where.substr(close + 2) : std::string();
    if (part.empty()) part = parts_of(field).front();
    if (row >= 1 && row <= sent.size()) return row_input_name(field, sent[row - 1], part);
  }
  if (dot == std::string::npos) return input_name(field);
  const auto part = error.where.substr(dot + 1);
  return std::ranges::count(parts_of(field), part) > 0 ? input_name(field, part) : input_name(field);
}

Result<RecordId> by_code(const Visit& visit, const CatalogField& field, const std::string& code) {
  std::set<std::string> feeds;
  for (const auto& type : visit.world->catalog->types())
    if (field.to.empty() || std::ranges::find(field.to, type.id) != field.to.end()) feeds.insert(type.feeds);
  for (const auto& feed : feeds) {
    const auto found = visit.ledger().by_code(visit.who, feed, code);
    if (!found) continue;
    if (field.to.empty() || std::ranges::find(field.to, found->type_id) != field.to.end()) return found->id;
  }
  return fail(Error(ErrorCode::kNotFound, NC_MSG("Nothing here has the code or name “{1}”"), {shorten(code, 80)})
                  .then(NC_MSG("Choose one of the suggestions, or write its code")));
}

Error several(const UnitMatch& match, std::string_view typed, const i18n::Translator& ui) {
  return Error(ErrorCode::kInvalid, NC_MSG("“{1}” may be several units: {2}"), {std::string(typed), candidates_text(match, ui)})
      .then(NC_MSG("Write the code of the right one"));
}

std::optional<RecordId> id_in(std::string_view typed) {
  const auto slash = typed.rfind('/');
  return RecordId::from_hex(slash == std::string_view::npos ? typed : typed.substr(slash + 1));
}

}  // namespace

std::string input_name(const CatalogField& field, std::string_view part) {
  auto out = "v." + field.id;
  if (!part.empty()) out += "." + std::string(part);
  return out;
}

std::string row_input_name(const CatalogField& field, std::size_t row, std::string_view part) {
  return "v." + field.id + "." + std::to_string(row) + "." + std::string(part);
}

std::size_t rows_sent(const CatalogField& field, const net::Fields& typed) {
  const auto parts = parts_of(field);
  std::size_t rows = 0;
  while (rows < kRowsMax && std::ranges::any_of(parts, [&](const auto& part) { return typed.has(row_input_name(field, rows, part)); }))
    ++rows;
  return rows;
}

bool is_offered(const CatalogField& field) { return !field.retired; }

bool has_rows(const CatalogField& field) {
  return field.kind == FieldKind::kRefs || (field.kind == FieldKind::kLines && !catalog::is_list_of_names(field));
}

bool refers_to_units(const Visit& visit, const CatalogField& field) {
  return std::ranges::any_of(visit.world->catalog->feeding("org-unit"),
                             [&](const auto* type) { return std::ranges::find(field.to, type->id) != field.to.end(); });
}

Result<std::string> ref_from_typed(const Visit& visit, const CatalogField& field, std::string_view typed) {
  const auto text = trim(typed);
  if (text.empty()) return std::string();
  const auto bracketed = in_last_brackets(text);
  const auto key = bracketed.empty() ? text : bracketed;
  if (const auto id = id_in(key)) {
    NC_ASSIGN(const auto record, visit.ledger().read(visit.who, *id));
    return record.id.hex();
  }
  if (refers_to_units(visit, field)) {
    const auto match = find_unit(*visit.world->tree, text);
    if (match.unit) return match.unit->id.hex();
    if (!match.candidates.empty()) return fail(several(match, text, visit.ui));
  }
  NC_ASSIGN(const auto id, by_code(visit, field, std::string(key)));
  return id.hex();
}

std::string ref_text(const Visit& visit, const RecordId& id) {
  constexpr std::size_t kTitleBytesMax = 120;
  if (const auto* unit = visit.world->tree->find(id)) return unit_text(*unit, visit.lang());
  const auto record = visit.ledger().read(visit.who, id);
  const bool coded = record && record->slot("code").is_string();
  return shorten(visit.name(id), kTitleBytesMax) + " [" + (coded ? record->slot("code").as_string() : id.hex()) + "]";
}

// An input that the type does not have was made by no form of ours: nothing typed may be dropped silently.
void refuse_strange_inputs(const Visit& visit, const catalog::Type& type, const net::Fields& typed, InputErrors& errors) {
  for (const auto& [name, text] : typed) {
    if (!name.starts_with("v.") || trim(text).empty()) continue;
    const auto rest = std::string_view(name).substr(2);
    const auto* field = type.field(rest.substr(0, rest.find('.')));
    if (field && is_offered(*field)) continue;
    errors[name] = visit.ui.error_text(
        Error(ErrorCode::kInvalid, NC_MSG("The type “{1}” has no field “{2}”"), {type.label.in(visit.lang()), std::string(rest)})
            .then(NC_MSG("Open a new form")));
  }
}

void refuse_unreadable(const Visit& visit, const net::Fields& typed, InputErrors& errors) {
  for (const auto& field : typed)
    if (net::unreadable_field({field})) errors[field.first] = visit.ui.error_text(unreadable_text());
}

Json values_from_form(const Visit& visit, const catalog::Type& type, const net::Fields& typed, InputErrors& errors) {
  Json values{JsonObject{}};
  refuse_strange_inputs(visit, type, typed, errors);
  refuse_unreadable(visit, typed, errors);
  for (const auto& field : type.fields) {
    if (!is_offered(field)) continue;
    const auto errors_before = errors.size();
    if (field.holds_files()) {
      auto files = files_from_form(visit, field, typed, errors);
      if (errors.size() == errors_before) values.set(field.id, std::move(files));
      continue;
    }
    const auto rows = has_rows(field) ? typed_rows(visit, field, typed, errors) : Rows{typed_parts(visit, field, typed, errors), {}};
    if (errors.size() != errors_before) continue;
    auto value = catalog::value_from_typed(field, rows.parts);
    if (value) values.set(field.id, std::move(*value));
    else errors[name_of_error(field, value.error(), rows.sent)] = visit.ui.error_text(value.error());
  }
  return values;
}

void put_typed(const Visit& visit, const CatalogField& field, const Json& value, net::Fields& typed) {
  if (field.holds_files()) return;  // they stand in "base"
  const auto shown = [&](std::string_view part, const std::string& text) {
    const auto id = is_ref_input(field, part) ? RecordId::from_hex(text) : std::nullopt;
    return id ? ref_text(visit, *id) : text;
  };
  for (const auto& [part, texts] : catalog::typed_from_value(field, value)) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto name = has_rows(field)                    ? row_input_name(field, i, part)
                        : catalog::is_list_of_names(field) ? input_name(field)
                                                           : input_name(field, part);
      typed.add(name, shown(part, texts[i]));
    }
  }
}

net::Fields without_field(const net::Fields& typed, const CatalogField& field) {
  const auto name = input_name(field);
  net::Fields out;
  for (const auto& [key, value] : typed)
    if (key != name && !key.starts_with(name + ".")) out.add(key, value);
  return out;
}

std::string heads_text(const records::RecordView& record) {
  std::vector<std::string> heads;
  for (const auto& part : record.parts)
    for (const auto& head : part.heads) heads.push_back(head.hex());
  return nc::join(heads, ",");
}

std::vector<EntryHash> heads_from(std::string_view text) {
  std::vector<EntryHash> out;
  for (const auto& part : split_trimmed(text, ','))
    if (const auto hash = EntryHash::from_hex(part)) out.push_back(*hash);
  return out;
}

}  // namespace nc::web
