#include <algorithm>
#include <map>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/catalog/names.h"
#include "ledger/catalog/text_rules.h"
#include "ledger/catalog/typed_number.h"
#include "ledger/catalog/value_words.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

Error error_at(Error error, const std::string& where) {
  error.where = where;
  return error;
}

std::unexpected<Error> bad(const std::string& where, const char* message, std::vector<std::string> args = {}) {
  return fail(Error(ErrorCode::kInvalid, message, std::move(args)).at(where));
}

// The inputs of one field: cleaned (UTF-8 checked, NFC, trimmed), by part.
class Inputs {
 public:
  Inputs(const Field& field, const TypedParts& parts) : field_(field), parts_(parts) {}

  // The text of an input that stands once; several that say the same count as one.
  Result<std::string> one(std::string_view part) const {
    NC_ASSIGN(const std::vector<std::string> all, many(part));
    std::string out;
    for (const auto& text : all) {
      if (text.empty() || text == out) continue;
      if (!out.empty())
        return fail(Error(ErrorCode::kInvalid, NC_MSG("Only one value can stand here")).at(where(part)).then(NC_MSG("Leave one of them")));
      out = text;
    }
    return out;
  }

  Result<std::vector<std::string>> many(std::string_view part) const {
    std::vector<std::string> out;
    const auto it = parts_.find(part);
    if (it == parts_.end()) return out;
    for (const auto& raw : it->second) {
      NC_ASSIGN(std::string text, clean(raw, part));
      out.push_back(std::move(text));
    }
    return out;
  }

  [[nodiscard]] std::string where(std::string_view part) const { return part.empty() ? field_.id : field_.id + "." + std::string(part); }
  [[nodiscard]] const Field& field() const { return field_; }
  [[nodiscard]] const TypedParts& parts() const { return parts_; }

 private:
  // White space and line ends as people and browsers send them; other control characters stay and
  // are refused by name.
  Result<std::string> clean(std::string_view raw, std::string_view part) const {
    if (!is_utf8(raw)) return bad(where(part), NC_MSG("Text is not valid UTF-8"));
    if (raw.size() > limits::kFormBodyBytesMax)
      return fail(Error(ErrorCode::kLimit, NC_MSG("The text is longer than {1} bytes"), {std::to_string(limits::kFormBodyBytesMax)})
                      .at(where(part)));
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\r' && i + 1 < raw.size() && raw[i + 1] == '\n') continue;
      out += raw[i] == '\r' ? '\n' : raw[i] == '\t' ? ' ' : raw[i];
    }
    const auto normal = to_nfc(out);
    return std::string(trim(normal));
  }

  const Field& field_;
  const TypedParts& parts_;
};

// "1", "on" of a check box, and what people write in cells; nothing when empty.
Result<std::optional<bool>> flag_of(const Inputs& in, std::string_view part) {
  NC_ASSIGN(const std::string text, in.one(part));
  if (text.empty()) return std::optional<bool>();
  const auto folded = fold(text);
  for (const std::string_view yes : {"on", "true", "1", "co", "yes", "x"})
    if (folded == yes) return std::optional(true);
  for (const std::string_view no : {"off", "false", "0", "khong", "no"})
    if (folded == no) return std::optional(false);
  return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is neither yes nor no"), {shorten(text, 64)}).at(in.where(part)));
}

// Null when nothing is typed.
Result<Json> date_of(const Inputs& in, std::string_view part, std::string_view inferred_part) {
  NC_ASSIGN(const std::string text, in.one(part));
  NC_ASSIGN(const std::optional<bool> inferred, flag_of(in, inferred_part));
  if (text.empty()) return Json();
  auto date = parse_typed_date(text);
  if (!date) return fail(error_at(date.error(), in.where(part)));
  date->inferred = inferred.value_or(false);
  return json_from_date(*date);
}

Result<Json> range_of(const Inputs& in) {
  NC_ASSIGN(const Json whole, date_of(in, "", "inferred"));
  NC_ASSIGN(Json from, date_of(in, "from", "from_inferred"));
  NC_ASSIGN(Json to, date_of(in, "to", "to_inferred"));
  if (!whole.is_null() && (!from.is_null() || !to.is_null())) return bad(in.where(""), NC_MSG("Only one value can stand here"));
  if (!whole.is_null()) from = to = whole;
  if (from.is_null() && to.is_null()) return Json();
  Json out{JsonObject{}};
  if (!from.is_null()) out.set("from", std::move(from));
  if (!to.is_null()) out.set("to", std::move(to));
  return out;
}

Result<Json> integer_of(const Inputs& in, std::string_view part) {
  NC_ASSIGN(const std::string text, in.one(part));
  if (text.empty()) return Json();
  const auto number = integer_from_typed(text);
  if (!number) return fail(error_at(number.error(), in.where(part)));
  return Json(*number);
}

Result<Json> decimal_of(const Inputs& in, std::string_view part, int scale, bool point_groups) {
  NC_ASSIGN(const std::string text, in.one(part));
  if (text.empty()) return Json();
  const auto number = decimal_from_typed(text, scale, point_groups);
  if (!number) return fail(error_at(number.error(), in.where(part)));
  return Json(*number);
}

Result<Json> money_of(const Inputs& in) {
  NC_ASSIGN(Json amount, decimal_of(in, "amount", 2, true));
  NC_ASSIGN(const std::string currency, in.one("currency"));
  if (amount.is_null()) return Json();  // the currency alone is the input's own default
  std::string code = currency.empty() ? "VND" : currency;
  for (char& c : code)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return Json().set("amount", std::move(amount)).set("currency", std::move(code));
}

// By id, else by a label in either language, marks forgiven.
Result<Json> option_of(const std::vector<Option>& options, const std::string& text, const std::string& where) {
  const auto folded = fold(text);
  const Option* found = nullptr;
  for (const auto& option : options) {
    if (option.id == text) return Json(option.id);
    if (fold(option.label.vi) != folded && fold(option.label.en) != folded) continue;
    if (found != nullptr) return bad(where, NC_MSG("“{1}” may mean several options"), {shorten(text, 64)});
    found = &option;
  }
  if (found == nullptr) return bad(where, NC_MSG("“{1}” cannot be chosen here"), {shorten(text, 64)});
  return Json(found->id);
}

Result<Json> choice_of(const Inputs& in, std::string_view part, const std::vector<Option>& options) {
  NC_ASSIGN(const std::string text, in.one(part));
  if (text.empty()) return Json();
  return option_of(options, text, in.where(part));
}

Result<Json> choices_of(const Inputs& in) {
  NC_ASSIGN(const std::vector<std::string> typed, in.many(""));
  JsonArray out;
  for (const auto& text : typed) {
    if (text.empty()) continue;
    NC_ASSIGN(Json id, option_of(in.field().options, text, in.field().id));
    if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(std::move(id));
  }
  return out.empty() ? Json() : Json(std::move(out));
}

// A part of a repeated group: as many inputs as the first part has, or none at all.
Result<std::vector<std::string>> beside(const Inputs& in, std::string_view part, std::size_t rows) {
  NC_ASSIGN(std::vector<std::string> texts, in.many(part));
  if (!texts.empty() && texts.size() != rows) return bad(in.where(part), NC_MSG("The inputs of the rows do not fit together"));
  texts.resize(rows);
  return texts;
}

Result<Json> refs_of(const Inputs& in) {
  NC_ASSIGN(std::vector<std::string> refs, in.many("ref"));
  NC_ASSIGN(std::vector<std::string> roles, beside(in, "role", refs.size()));
  NC_ASSIGN(std::vector<std::string> counts, beside(in, "count", refs.size()));
  NC_ASSIGN(const std::vector<std::string> bare, in.many(""));
  for (const auto& ref : bare) {
    refs.push_back(ref);
    roles.emplace_back();
    counts.emplace_back();
  }
  JsonArray out;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    const auto where = in.field().id + "[" + std::to_string(out.size() + 1) + "]";
    if (refs[i].empty()) {
      if (!counts[i].empty()) return bad(where + ".ref", NC_MSG("A number stands here without the record it belongs to"));
      continue;
    }
    Json item = Json().set("ref", refs[i]);
    if (!roles[i].empty()) {
      NC_ASSIGN(Json role, option_of(in.field().roles, roles[i], where + ".role"));
      item.set("role", std::move(role));
    }
    if (!counts[i].empty()) {
      const auto count = integer_from_typed(counts[i]);
      if (!count) return fail(error_at(count.error(), where + ".count"));
      item.set("count", *count);
    }
    if (std::find(out.begin(), out.end(), item) == out.end()) out.push_back(std::move(item));
  }
  return out.empty() ? Json() : Json(std::move(out));
}

Result<Json> text_of(const Inputs& in, std::string_view part) {
  NC_ASSIGN(std::string text, in.one(part));
  return text.empty() ? Json() : Json(std::move(text));
}

// The name of an id, in either language, stands for the id; any other text for itself.
Result<Json> named_of(const Inputs& in) {
  NC_ASSIGN(Json text, text_of(in, ""));
  if (text.is_null() || in.field().options.empty()) return text;
  const auto id = option_of(in.field().options, text.as_string(), in.field().id);
  return id ? *id : text;
}

Result<Json> marker_of(const Inputs& in) {
  NC_ASSIGN(std::string text, in.one(""));
  std::erase(text, ' ');
  return text.empty() ? Json() : Json(std::move(text));
}

Result<Json> place_of(const Inputs& in) {
  NC_ASSIGN(Json bare, text_of(in, ""));
  NC_ASSIGN(Json text, text_of(in, "text"));
  NC_ASSIGN(Json area, text_of(in, "area"));
  if (text.is_null()) text = std::move(bare);
  Json out;
  if (!text.is_null()) out.set("text", std::move(text));
  if (!area.is_null()) out.set("area", std::move(area));
  return out;
}

Result<Json> word_of(const Inputs& in, std::string_view part) { return text_of(in, part); }

Result<Json> persons_of(const Inputs& in) {
  Json out;
  for (const auto part : kPersonNumbers) {
    NC_ASSIGN(Json number, integer_of(in, part));
    if (!number.is_null()) out.set(part, std::move(number));
  }
  for (const std::string_view part : {"basis", "qualifier"}) {
    NC_ASSIGN(Json word, word_of(in, part));
    if (!word.is_null()) out.set(part, std::move(word));
  }
  NC_ASSIGN(Json counted, choice_of(in, "counted", in.field().roles));
  if (!counted.is_null()) out.set("counted", std::move(counted));
  return out;
}

Result<Json> file_of(const Inputs& in) {
  Json out;
  for (const std::string_view part : {"sha256", "chunks", "name", "media"}) {
    NC_ASSIGN(Json text, text_of(in, part));
    if (!text.is_null()) out.set(part, std::move(text));
  }
  NC_ASSIGN(Json bytes, integer_of(in, "bytes"));
  if (!bytes.is_null()) out.set("bytes", std::move(bytes));
  return out;
}

Result<Json> files_of(const Inputs& in) {
  NC_ASSIGN(const std::vector<std::string> hashes, in.many("sha256"));
  JsonArray out;
  std::map<std::string_view, std::vector<std::string>> texts;
  for (const std::string_view part : {"chunks", "name", "media", "bytes"}) { NC_ASSIGN(texts[part], beside(in, part, hashes.size())); }
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (hashes[i].empty()) continue;
    Json item = Json().set("sha256", hashes[i]);
    for (const std::string_view part : {"chunks", "name", "media"})
      if (!texts[part][i].empty()) item.set(part, texts[part][i]);
    if (!texts["bytes"][i].empty()) {
      const auto bytes = integer_from_typed(texts["bytes"][i]);
      if (!bytes) return fail(error_at(bytes.error(), in.field().id + "[" + std::to_string(out.size() + 1) + "].bytes"));
      item.set("bytes", *bytes);
    }
    if (std::find(out.begin(), out.end(), item) == out.end()) out.push_back(std::move(item));
  }
  return out.empty() ? Json() : Json(std::move(out));
}

// How many rows the lists of a lines field have: all the same, or it is refused.
Result<std::size_t> rows_of(const Inputs& in) {
  std::size_t rows = 0;
  for (const auto& part : form_parts(in.field())) {
    const auto it = in.parts().find(part);
    if (it == in.parts().end() || it->second.empty()) continue;
    if (rows != 0 && it->second.size() != rows) return bad(in.where(part), NC_MSG("The inputs of the rows do not fit together"));
    rows = it->second.size();
  }
  return rows;
}

TypedParts cell_parts(const Inputs& in, const Field& column, std::size_t row) {
  TypedParts out;
  for (const auto& part : form_parts(column)) {
    const auto it = in.parts().find(part.empty() ? column.id : column.id + "." + part);
    if (it != in.parts().end() && row < it->second.size()) out[part] = {it->second[row]};
  }
  return out;
}

Result<Json> lines_of(const Inputs& in) {
  NC_ASSIGN(const std::size_t rows, rows_of(in));
  if (rows > kLinesRowsMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("There are more than {1} rows"), {std::to_string(kLinesRowsMax)}).at(in.field().id));
  JsonArray out;
  for (std::size_t row = 0; row < rows; ++row) {
    Json cells;
    for (const auto& column : in.field().columns) {
      auto cell = value_from_typed(column, cell_parts(in, column, row));
      if (!cell) return fail(error_at(cell.error(), in.field().id + "[" + std::to_string(out.size() + 1) + "]." + cell.error().where));
      if (!cell->is_null()) cells.set(column.id, std::move(*cell));
    }
    if (!cells.is_null()) out.push_back(std::move(cells));
  }
  return out.empty() ? Json() : Json(std::move(out));
}

Result<Json> read(const Inputs& in) {
  const Field& field = in.field();
  switch (field.kind) {
    case FieldKind::kText: return named_of(in);
    case FieldKind::kLongText:
    case FieldKind::kRef:
    case FieldKind::kQualifier: return text_of(in, "");
    case FieldKind::kFlag: {
      NC_ASSIGN(const std::optional<bool> flag, flag_of(in, ""));
      return flag ? Json(*flag) : Json();
    }
    case FieldKind::kDate: return date_of(in, "", "inferred");
    case FieldKind::kDateRange: return range_of(in);
    case FieldKind::kInteger: return integer_of(in, "");
    case FieldKind::kDecimal: return decimal_of(in, "", field.scale, false);
    case FieldKind::kMoney: return money_of(in);
    case FieldKind::kChoice: return choice_of(in, "", field.options);
    case FieldKind::kChoices: return choices_of(in);
    case FieldKind::kRefs: return refs_of(in);
    case FieldKind::kMarker: return marker_of(in);
    case FieldKind::kPlace: return place_of(in);
    case FieldKind::kPersons: return persons_of(in);
    case FieldKind::kFile: return file_of(in);
    case FieldKind::kFiles: return files_of(in);
    case FieldKind::kPersonal: return text_of(in, "");  // no value yet: it is sealed first (docs/formats/keys.md)
    case FieldKind::kLines: return lines_of(in);
  }
  return Json();
}

}  // namespace

Result<Json> value_from_typed(const Field& field, const TypedParts& parts) {
  NC_ASSIGN(Json value, read(Inputs(field, parts)));
  if (field.kind != FieldKind::kPersonal) NC_TRY(check_value(field, value));
  return value;
}

bool is_list_of_names(const Field& field) {
  return field.kind == FieldKind::kLines && field.columns.size() == 1 && field.columns.front().kind == FieldKind::kText &&
         !field.columns.front().options.empty();
}

Json with_ids_for_names(const Type& type, Json values) {
  for (const auto& field : type.fields) {
    if (!is_list_of_names(field) || !values[field.id].is_array()) continue;
    const auto& column = field.columns.front();
    Json rows = values[field.id];
    for (auto& row : rows.as_array()) {
      if (row.is_string()) row = Json(JsonObject{{column.id, row}});  // the names alone
      if (!row.is_object() || !row[column.id].is_string()) continue;
      if (const auto id = option_of(column.options, row.text(column.id), field.id)) row.set(column.id, *id);
    }
    values.set(field.id, std::move(rows));
  }
  return values;
}

}  // namespace nc::catalog
