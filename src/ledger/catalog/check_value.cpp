#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/catalog/currencies.h"
#include "ledger/catalog/expression_node.h"
#include "ledger/catalog/text_rules.h"
#include "ledger/catalog/value_words.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

std::unexpected<Error> bad(const std::string& where, const char* message, std::vector<std::string> args = {}, const char* next = "") {
  return fail(Error(ErrorCode::kInvalid, message, std::move(args)).at(where).then(next));
}

Status check_text(const Json& value, std::size_t length_max, bool lines, const std::string& where) {
  if (!value.is_string()) return bad(where, NC_MSG("This must be text"));
  const auto& text = value.as_string();
  if (!is_utf8(text)) return bad(where, NC_MSG("Text is not valid UTF-8"));
  if (!is_nfc(text)) return bad(where, NC_MSG("Text is not in Unicode normal form NFC"));
  if (trim(text).empty()) return bad(where, NC_MSG("The text is empty"));
  if (const auto name = forbidden_character(text, lines); !name.empty()) {
    if (name == "U+000A") return bad(where, NC_MSG("The text may have only one line"), {}, NC_MSG("Take out the line breaks"));
    return bad(where, NC_MSG("The text holds the control character {1}"), {name},
               NC_MSG("Remove this character; it is often copied along unseen"));
  }
  if (characters(text) > length_max)
    return fail(Error(ErrorCode::kLimit, NC_MSG("The text is longer than {1} characters"), {std::to_string(length_max)})
                    .at(where)
                    .then(NC_MSG("Shorten it")));
  return {};
}

// Only the named members, none of them null.
Status check_members(const Json& value, std::initializer_list<std::string_view> allowed, const std::string& where) {
  if (!value.is_object())
    return bad(where, NC_MSG("This must be an object"), {join(std::vector<std::string>(allowed.begin(), allowed.end()), ", ")},
               NC_MSG("Its parts are, as far as they are known: {1}"));
  for (const auto& [key, member] : value.as_object()) {
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end())
      return bad(where, NC_MSG("The value has an unknown part “{1}”"), {shorten(key, 64)});
    if (member.is_null()) return bad(where + "." + key, NC_MSG("The value is missing"));
  }
  return {};
}

template <std::size_t N>
Status check_word(const Json& value, const std::array<std::string_view, N>& words, const std::string& where) {
  if (!value.is_string()) return bad(where, NC_MSG("This must be text"));
  if (std::find(words.begin(), words.end(), value.as_string()) == words.end())
    return bad(where, NC_MSG("“{1}” cannot be chosen here"), {shorten(value.as_string(), 64)});
  return {};
}

Status check_option(const Option* option, const Json& value, const std::string& where) {
  if (!value.is_string()) return bad(where, NC_MSG("This must be text"));
  if (option == nullptr) return bad(where, NC_MSG("“{1}” cannot be chosen here"), {shorten(value.as_string(), 64)});
  return {};
}

// A date as people write it, where the notation of records is wanted: which that is, also when there is no such day.
std::unexpected<Error> text_for_date(const std::string& text, const std::string& where, bool range) {
  constexpr CivilDate kExample{19723, DatePrecision::kDay, false};
  const auto date = parse_typed_date(text);
  const auto form = json_from_date(date.value_or(kExample));
  const auto written = canonical(range ? Json(JsonObject{{"from", form}}) : form);
  if (date) return bad(where, NC_MSG("A date stands here as text: “{1}”"), {shorten(text, 64), written}, NC_MSG("Write it as {2}"));
  return bad(where, NC_MSG("There is no date “{1}”, and none is written as text here"), {shorten(text, 64), written},
             NC_MSG("1 January 2024 is written {2}: day counts from 1 January 1970, precision is day, month or year"));
}

Status check_date(const Json& value, const std::string& where) {
  if (value.is_string()) return text_for_date(value.as_string(), where, false);
  NC_TRY(check_members(value, {"day", "precision", "inferred"}, where));
  if (date_from_json(value)) return {};
  if (const auto& day = value["day"]; value.text("precision") == "month_day" && day.is_int())
    return bad(where, NC_MSG("There is no day {1} of a month {2}"),
               {std::to_string(day.as_int() % 100), std::to_string(day.as_int() / 100)},
               NC_MSG("A day of a year that is not known is its month times 100 and the day: 1121 is 21 November"));
  return bad(where, NC_MSG("The value is not a date"), {},
             NC_MSG("day counts from 1 January 1970; precision is day, month or year, and then the day is the first of it"));
}

Status check_range(const Json& value, const std::string& where) {
  if (value.is_string()) return text_for_date(value.as_string(), where, true);
  NC_TRY(check_members(value, {"from", "to"}, where));
  if (value.as_object().empty()) return bad(where, NC_MSG("The value is missing"));
  for (const auto& [key, edge] : value.as_object()) NC_TRY(check_date(edge, where + "." + key));
  const auto from = date_from_json(value["from"]), to = date_from_json(value["to"]);
  if (!from || !to) return {};
  const auto first = extent(*from), last = extent(*to);
  if (first && last && last->last < first->first)
    return bad(where, NC_MSG("The range ends before it begins"), {}, NC_MSG("Check both days"));
  return {};
}

Status check_count(const Json& value, const std::string& where) {
  if (!value.is_int()) return bad(where, NC_MSG("This must be a whole number"));
  if (value.as_int() < 0 || value.as_int() > limits::kJsonIntegerMax)
    return bad(where, NC_MSG("A number of persons or things cannot be negative"), {}, NC_MSG("Check the number"));
  return {};
}

Status check_bounds(const Field& field, Decimal number, const std::string& where) {
  const auto least = field.min ? parse_decimal(*field.min) : std::nullopt;
  if (least && compare(number, *least).value_or(0) < 0)
    return bad(where, NC_MSG("The number is less than {1}"), {*field.min}, NC_MSG("Check the number"));
  const auto most = field.max ? parse_decimal(*field.max) : std::nullopt;
  if (most && compare(number, *most).value_or(0) > 0)
    return bad(where, NC_MSG("The number is more than {1}"), {*field.max}, NC_MSG("Check the number"));
  return {};
}

Status check_integer(const Field& field, const Json& value, const std::string& where) {
  if (!value.is_int()) return bad(where, NC_MSG("This must be a whole number"));
  const auto number = value.as_int();
  if (number > limits::kJsonIntegerMax || number < -limits::kJsonIntegerMax)
    return bad(where, NC_MSG("A whole number is larger than 2^53"));
  return check_bounds(field, {number, 0}, where);
}

// One form for one number, so that equal values are equal bytes: no leading or trailing zeros, no
// "-0", no plus sign, no exponent.
Result<Decimal> check_decimal(const Json& value, int scale_max, const std::string& where) {
  if (!value.is_string()) return bad(where, NC_MSG("A decimal must be written as text"));
  const auto& text = value.as_string();
  const auto number = parse_decimal(text);
  if (!number) return bad(where, NC_MSG("“{1}” is not a decimal number"), {shorten(text, 64)});
  if (number->scale > scale_max) return bad(where, NC_MSG("The number has more than {1} decimals"), {std::to_string(scale_max)});
  const std::string_view digits = text.starts_with('-') ? std::string_view(text).substr(1) : std::string_view(text);
  const bool leading = digits.size() > 1 && digits[0] == '0' && digits[1] != '.';
  const bool trailing = number->scale > 0 && digits.ends_with('0');
  if (leading || trailing || (number->value == 0 && text != "0"))
    return bad(where, NC_MSG("“{1}” is not the shortest form of the number"), {shorten(text, 64)});
  return *number;
}

Status check_money(const Json& value, const std::string& where) {
  NC_TRY(check_members(value, {"amount", "currency"}, where));
  NC_TRY(check_decimal(value["amount"], 2, where + ".amount"));
  if (!value["currency"].is_string() || !is_currency(value["currency"].as_string()))
    return bad(where + ".currency", NC_MSG("This is not a currency of ISO 4217"));
  return {};
}

Status check_record_id(const Json& value, const std::string& where) {
  if (!value.is_string() || !RecordId::from_hex(value.as_string()))
    return bad(where, NC_MSG("This is not the id of a record: 32 digits 0 to 9, a to f"));
  return {};
}

Status check_ref_element(const Field& field, const Json& item, const std::string& where) {
  NC_TRY(check_members(item, {"ref", "role", "count"}, where));
  NC_TRY(check_record_id(item["ref"], where + ".ref"));
  if (item.has("role")) NC_TRY(check_option(field.role(item.text("role")), item["role"], where + ".role"));
  if (!item.has("count")) return {};
  if (!field.counts) return bad(where + ".count", NC_MSG("The elements of this field have no numbers of their own"));
  return check_count(item["count"], where + ".count");
}

Status check_file(const Json& value, const std::string& where);

// With one element as it is written.
std::unexpected<Error> no_list(const Field& field, const std::string& where) {
  Json example;
  switch (field.kind) {
    case FieldKind::kChoices: example = field.options.empty() ? Json("...") : Json(field.options.front().id); break;
    case FieldKind::kRefs: example.set("ref", "..."); break;
    case FieldKind::kLines:
      for (const auto& column : field.columns)
        if (column.required || &column == &field.columns.front()) example.set(column.id, "...");
      break;
    default: example.set("sha256", "...").set("name", "...").set("media", "...").set("bytes", 1); break;
  }
  return bad(where, NC_MSG("This must be a list"), {canonical(Json(JsonArray{std::move(example)}))}, NC_MSG("Write it as {1}"));
}

Status check_set(const Field& field, const Json& value) {
  if (!value.is_array()) return no_list(field, field.id);
  const auto& items = value.as_array();
  if (items.size() > kSetElementsMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("There are more than {1} elements"), {std::to_string(kSetElementsMax)}).at(field.id));
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto where = field.id + "[" + std::to_string(i + 1) + "]";
    if (field.kind == FieldKind::kChoices) {
      NC_TRY(check_option(items[i].is_string() ? field.option(items[i].as_string()) : nullptr, items[i], where));
    } else if (field.kind == FieldKind::kFiles) {
      NC_TRY(check_file(items[i], where));
    } else {
      NC_TRY(check_ref_element(field, items[i], where));
    }
    seen.push_back(canonical(items[i]));
  }
  std::sort(seen.begin(), seen.end());
  if (std::adjacent_find(seen.begin(), seen.end()) != seen.end()) return bad(field.id, NC_MSG("An element stands twice"));
  return {};
}

Status check_place(const Json& value, const std::string& where) {
  NC_TRY(check_members(value, {"text", "area"}, where));
  if (value.as_object().empty()) return bad(where, NC_MSG("The value is missing"));
  if (value.has("text")) NC_TRY(check_text(value["text"], kPlaceLengthMax, false, where + ".text"));
  if (value.has("area")) NC_TRY(check_text(value["area"], kAreaLengthMax, false, where + ".area"));
  return {};
}

Status check_persons(const Field& field, const Json& value, const std::string& where) {
  NC_TRY(check_members(value, {"own", "counterpart", "total", "basis", "counted", "qualifier"}, where));
  bool any = false;
  for (const auto name : kPersonNumbers) {
    if (!value.has(name)) continue;
    any = true;
    NC_TRY(check_count(value[name], where + "." + std::string(name)));
  }
  if (!any) return bad(where, NC_MSG("At least one number of persons is needed"));
  if (value.has("basis")) NC_TRY(check_word(value["basis"], kBasisWords, where + ".basis"));
  if (value.has("counted")) NC_TRY(check_option(field.role(value.text("counted")), value["counted"], where + ".counted"));
  if (value.has("qualifier")) NC_TRY(check_word(value["qualifier"], kQualifierWords, where + ".qualifier"));
  return {};
}

bool is_media_type(std::string_view text) {
  const auto slash = text.find('/');
  if (text.size() > 100 || slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '+' || c == '-' ||
           (c == '/' && text.find('/') == text.rfind('/'));
  });
}

Status check_file(const Json& value, const std::string& where) {
  NC_TRY(check_members(value, {"sha256", "chunks", "name", "media", "bytes"}, where));
  if (!Digest::from_hex(value.text("sha256"))) return bad(where + ".sha256", NC_MSG("This is not a SHA-256: 64 digits 0 to 9, a to f"));
  if (value.has("chunks") && !Digest::from_hex(value.text("chunks")))
    return bad(where + ".chunks", NC_MSG("This is not a SHA-256: 64 digits 0 to 9, a to f"));
  NC_TRY(check_text(value["name"], kFileNameLengthMax, false, where + ".name"));
  if (value.text("name").find_first_of("/\\") != std::string::npos) return bad(where + ".name", NC_MSG("A file name has no slashes"));
  if (!is_media_type(value.text("media"))) return bad(where + ".media", NC_MSG("This is not a media type, as application/pdf"));
  const auto& bytes = value["bytes"];
  if (!bytes.is_int() || bytes.as_int() < 0) return bad(where + ".bytes", NC_MSG("This must be a whole number"));
  if (static_cast<std::size_t>(bytes.as_int()) > limits::kBlobBytesMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("The file is larger than {1} bytes"), {std::to_string(limits::kBlobBytesMax)}).at(where));
  return {};
}

Status check_personal(const Json& value, const std::string& where) {
  NC_TRY(check_members(value, {"enc"}, where));
  const auto& enc = value["enc"];
  if (!enc.is_array() || enc.as_array().size() != 3) return bad(where, NC_MSG("Personal data must be encrypted"));
  for (const auto& part : enc.as_array()) {
    const bool plain =
        part.is_string() && !part.as_string().empty() && std::all_of(part.as_string().begin(), part.as_string().end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-' ||
                 c == '_' || c == '=';
        });
    if (!plain) return bad(where, NC_MSG("Personal data must be encrypted"));
  }
  return {};
}

Status check_at(const Field& field, const Json& value, const std::string& where);

Status check_row(const Field& field, const Json& row, const std::string& where) {
  if (!row.is_object() || row.as_object().empty()) return bad(where, NC_MSG("A row must have a value in a column"));
  for (const auto& [key, cell] : row.as_object()) {
    const auto* column = field.column(key);
    if (column == nullptr) return bad(where, NC_MSG("There is no column “{1}”"), {shorten(key, 64)});
    if (cell.is_null()) return bad(where + "." + key, NC_MSG("The value is missing"));
    NC_TRY(check_at(*column, cell, where + "." + key));
  }
  for (const auto& column : field.columns)
    if (column.required && !column.retired && !row.has(column.id)) return bad(where + "." + column.id, NC_MSG("This must be filled in"));
  return {};
}

Status check_lines(const Field& field, const Json& value, const std::string& where) {
  if (!value.is_array()) return no_list(field, where);
  const auto& rows = value.as_array();
  if (rows.size() > kLinesRowsMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("There are more than {1} rows"), {std::to_string(kLinesRowsMax)}).at(where));
  for (std::size_t i = 0; i < rows.size(); ++i) NC_TRY(check_row(field, rows[i], where + "[" + std::to_string(i + 1) + "]"));
  return {};
}

Status check_marker(const Json& value, const std::string& where) {
  if (!value.is_string()) return bad(where, NC_MSG("This must be text"));
  const auto marker = parse_marker(value.as_string());
  if (!marker) return fail(Error(marker.error()).at(where));
  return {};
}

Status check_at(const Field& field, const Json& value, const std::string& where) {
  switch (field.kind) {
    case FieldKind::kText: return check_text(value, field.length_max, false, where);
    case FieldKind::kLongText: return check_text(value, field.length_max, true, where);
    case FieldKind::kFlag: return value.is_bool() ? Status{} : bad(where, NC_MSG("This must be yes or no"));
    case FieldKind::kDate: return check_date(value, where);
    case FieldKind::kDateRange: return check_range(value, where);
    case FieldKind::kInteger: return check_integer(field, value, where);
    case FieldKind::kDecimal: {
      NC_ASSIGN(const Decimal number, check_decimal(value, field.scale, where));
      return check_bounds(field, number, where);
    }
    case FieldKind::kMoney: return check_money(value, where);
    case FieldKind::kChoice: return check_option(value.is_string() ? field.option(value.as_string()) : nullptr, value, where);
    case FieldKind::kChoices:
    case FieldKind::kFiles:
    case FieldKind::kRefs: return check_set(field, value);
    case FieldKind::kRef: return check_record_id(value, where);
    case FieldKind::kMarker: return check_marker(value, where);
    case FieldKind::kPlace: return check_place(value, where);
    case FieldKind::kPersons: return check_persons(field, value, where);
    case FieldKind::kQualifier: return check_word(value, kQualifierWords, where);
    case FieldKind::kFile: return check_file(value, where);
    case FieldKind::kPersonal: return check_personal(value, where);
    case FieldKind::kLines: return check_lines(field, value, where);
  }
  return {};
}

}  // namespace

Json json_from_date(const CivilDate& date) {
  static constexpr std::array<std::string_view, 4> kNames{"day", "month", "year", "month_day"};
  Json out = Json().set("day", date.day).set("precision", kNames[static_cast<std::size_t>(date.precision)]);
  if (date.inferred) out.set("inferred", true);
  return out;
}

std::optional<CivilDate> date_from_json(const Json& value) {
  const auto& day = value["day"];
  const auto& inferred = value["inferred"];
  if (!day.is_int() || (value.has("inferred") && inferred != Json(true))) return std::nullopt;
  CivilDate out;
  const auto precision = value.text("precision");
  if (precision == "day") out.precision = DatePrecision::kDay;
  else if (precision == "month") out.precision = DatePrecision::kMonth;
  else if (precision == "year") out.precision = DatePrecision::kYear;
  else if (precision == "month_day") out.precision = DatePrecision::kMonthDay;
  else return std::nullopt;
  const bool year_missing = out.precision == DatePrecision::kMonthDay;
  if (day.as_int() < (year_missing ? 0 : kDayMin) || day.as_int() > (year_missing ? 9999 : kDayMax)) return std::nullopt;
  out.day = static_cast<std::int32_t>(day.as_int());
  // The first of the month, 1 January, a day that exists: what the text form brings back unchanged.
  const auto again = parse_iso_date(iso_date(out));
  if (!again || *again != out) return std::nullopt;
  out.inferred = inferred.is_bool();
  return out;
}

Status check_value(const Field& field, const Json& value) {
  if (value.is_null()) return {};
  return check_at(field, value, field.id);
}

}  // namespace nc::catalog
