#include "ledger/catalog/json_schema.h"

#include "base/civil.h"
#include "base/limits.h"
#include "ledger/catalog/value_words.h"

namespace nc::catalog {
namespace {

Json of_type(const char* type) { return Json().set("type", type); }

Json reference(std::string_view shared, const char* name) { return Json().set("$ref", std::string(shared) + name); }

Json text(std::size_t length_max) { return of_type("string").set("minLength", 1).set("maxLength", length_max); }

template <std::size_t N>
Json words(const std::array<std::string_view, N>& all) {
  JsonArray out;
  for (const auto word : all) out.emplace_back(std::string(word));
  return of_type("string").set("enum", std::move(out));
}

Json choice(const std::vector<Option>& options, std::string_view lang) {
  JsonArray ids;
  std::string said;
  for (const auto& option : options) {
    ids.emplace_back(option.id);
    said += (said.empty() ? "" : "; ") + option.id + " = " + option.label.in(lang);
  }
  Json out = of_type("string").set("enum", std::move(ids));
  return said.empty() ? out : out.set("description", said);
}

Json object(Json properties, std::initializer_list<const char*> required) {
  Json out = of_type("object").set("properties", std::move(properties)).set("additionalProperties", false);
  JsonArray names;
  for (const auto* name : required) names.emplace_back(name);
  return names.empty() ? out : out.set("required", std::move(names));
}

Json count() { return of_type("integer").set("minimum", 0).set("maximum", limits::kJsonIntegerMax); }

Json integer(const Field& field) {
  Json out = of_type("integer").set("minimum", -limits::kJsonIntegerMax).set("maximum", limits::kJsonIntegerMax);
  // Bounds of whole numbers are whole numbers; what is none is left to the ledger.
  const auto bound = [&](const char* name, const std::optional<std::string>& value) {
    if (value && !value->empty() && value->size() < 16 &&
        value->find_first_not_of("0123456789", value->front() == '-' ? 1 : 0) == std::string::npos)
      out.set(name, std::int64_t{std::stoll(*value)});
  };
  bound("minimum", field.min);
  bound("maximum", field.max);
  return out;
}

Json decimal(int scale) {
  return of_type("string").set("pattern", "^-?[0-9]+(\\.[0-9]{1," + std::to_string(std::max(scale, 1)) + "})?$").set("maxLength", 40);
}

Json refs(const Field& field, std::string_view lang, std::string_view shared) {
  Json properties = Json().set("ref", reference(shared, "Id"));
  if (!field.roles.empty()) properties.set("role", choice(field.roles, lang));
  if (field.counts) properties.set("count", count());
  return of_type("array").set("items", object(std::move(properties), {"ref"})).set("maxItems", kSetElementsMax).set("uniqueItems", true);
}

Json persons(const Field& field, std::string_view lang) {
  Json properties{JsonObject{}};
  for (const auto number : kPersonNumbers) properties.set(number, count());
  properties.set("basis", words(kBasisWords)).set("qualifier", words(kQualifierWords));
  if (!field.roles.empty()) properties.set("counted", choice(field.roles, lang));
  return object(std::move(properties), {}).set("minProperties", 1);
}

Json file() {
  return object(Json()
                    .set("sha256", of_type("string").set("pattern", "^[0-9a-f]{64}$"))
                    .set("chunks", of_type("string").set("pattern", "^[0-9a-f]{64}$"))
                    .set("name", text(kFileNameLengthMax))
                    .set("media", of_type("string").set("pattern", "^[a-z0-9.+-]+/[a-z0-9.+-]+$"))
                    .set("bytes", of_type("integer").set("minimum", 0).set("maximum", limits::kBlobBytesMax)),
                {"sha256", "name", "media", "bytes"});
}

Json lines(const Field& field, std::string_view lang, std::string_view shared) {
  Json columns{JsonObject{}};
  for (const auto& column : field.columns) columns.set(column.id, value_schema(column, lang, shared).set("title", column.label.in(lang)));
  return of_type("array").set("items", object(std::move(columns), {}).set("minProperties", 1)).set("maxItems", kLinesRowsMax);
}

}  // namespace

Json value_schema(const Field& field, std::string_view lang, std::string_view shared) {
  switch (field.kind) {
    case FieldKind::kText:
    case FieldKind::kLongText: return text(field.length_max);
    case FieldKind::kFlag: return of_type("boolean");
    case FieldKind::kDate: return reference(shared, "Date");
    case FieldKind::kDateRange: return reference(shared, "DateRange");
    case FieldKind::kInteger: return integer(field);
    case FieldKind::kDecimal: return decimal(field.scale);
    case FieldKind::kMoney:
      return object(Json().set("amount", decimal(2)).set("currency", of_type("string").set("pattern", "^[A-Z]{3}$")),
                    {"amount", "currency"});
    case FieldKind::kChoice: return choice(field.options, lang);
    case FieldKind::kChoices:
      return of_type("array").set("items", choice(field.options, lang)).set("maxItems", kSetElementsMax).set("uniqueItems", true);
    case FieldKind::kRef: return reference(shared, "Id");
    case FieldKind::kRefs: return refs(field, lang, shared);
    case FieldKind::kMarker: return of_type("string").set("maxLength", 40);
    case FieldKind::kPlace:
      return object(Json().set("text", text(kPlaceLengthMax)).set("area", text(kAreaLengthMax)), {}).set("minProperties", 1);
    case FieldKind::kPersons: return persons(field, lang);
    case FieldKind::kQualifier: return words(kQualifierWords);
    case FieldKind::kFile: return file();
    case FieldKind::kFiles: return of_type("array").set("items", file()).set("maxItems", kSetElementsMax).set("uniqueItems", true);
    case FieldKind::kPersonal: return text(field.length_max).set("writeOnly", true);
    case FieldKind::kLines: return lines(field, lang, shared);
  }
  return Json(JsonObject{});
}

Json values_schema(const Type& type, SchemaFor use, std::string_view lang, std::string_view shared) {
  Json properties{JsonObject{}};
  JsonArray required;
  for (const auto& field : type.fields) {
    if (use == SchemaFor::kReading && field.kind == FieldKind::kPersonal) continue;
    Json schema = value_schema(field, lang, shared).set("title", field.label.in(lang));
    if (!field.help.empty())
      schema.set("description", field.help.in(lang) + (schema.has("description") ? " " + schema.text("description") : ""));
    if (field.retired) schema.set("deprecated", true);
    if (use == SchemaFor::kCreating && !field.default_value.is_null()) schema.set("default", field.default_value);
    properties.set(field.id, std::move(schema));
    if (use == SchemaFor::kCreating && field.required && !field.retired && field.default_value.is_null()) required.emplace_back(field.id);
  }
  Json out =
      of_type("object").set("title", type.label.in(lang)).set("properties", std::move(properties)).set("additionalProperties", false);
  if (!required.empty()) out.set("required", std::move(required));
  return out;
}

Json shared_schemas() {
  const Json precision = of_type("string").set("enum", JsonArray{"day", "month", "year", "month_day"});
  const Json day = of_type("integer").set("minimum", std::int64_t{kDayMin}).set("maximum", std::int64_t{kDayMax});
  Json out;
  out.set("Id", of_type("string").set("pattern", "^[0-9a-f]{32}$"));
  out.set("Date",
          object(Json().set("day", day).set("precision", precision).set("inferred", Json().set("const", true)), {"day", "precision"})
              .set("description", "day counts from 1970-01-01; precision month and year: the first day of it; month_day: month*100 + day"));
  out.set("DateRange",
          object(Json().set("from", reference("#/components/schemas/", "Date")).set("to", reference("#/components/schemas/", "Date")), {})
              .set("minProperties", 1));
  return out;
}

}  // namespace nc::catalog
