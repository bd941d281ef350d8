#include "face/web/api/openapi.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "ledger/catalog/json_schema.h"

namespace nc::web {
namespace {

constexpr std::int64_t kNameLengthMax = 255;  // of a file
constexpr std::string_view kSchemas = "#/components/schemas/";

Json of_type(const char* type) { return Json().set("type", type); }
Json reference(std::string_view name) { return Json().set("$ref", std::string(kSchemas) + std::string(name)); }
Json array_of(Json items) { return of_type("array").set("items", std::move(items)); }
Json or_null(const char* type) { return Json().set("type", JsonArray{type, "null"}); }
Json one_of(std::initializer_list<const char*> words) {
  JsonArray all;
  for (const auto* word : words) all.emplace_back(word);
  return of_type("string").set("enum", std::move(all));
}

// All members are there always, and no others.
Json whole(Json properties, const std::set<std::string>& optional = {}) {
  JsonArray required;
  for (const auto& [name, schema] : properties.as_object())
    if (!optional.contains(name)) required.emplace_back(name);
  return of_type("object").set("properties", std::move(properties)).set("required", std::move(required)).set("additionalProperties", false);
}

Json instant() { return of_type("string").set("format", "date-time"); }
Json day_or_null() { return Json().set("type", JsonArray{"string", "null"}).set("format", "date"); }
Json label() { return whole(Json().set("vi", of_type("string")).set("en", of_type("string"))); }
Json hash() { return of_type("string").set("pattern", "^[0-9a-f]{64}$"); }
Json handling() { return one_of({"open", "internal", "restricted"}); }
Json anything() { return of_type("object").set("additionalProperties", true); }

std::string reading_name(const catalog::Type& type) { return "Values_" + type.id; }
std::string creating_name(const catalog::Type& type) { return "NewValues_" + type.id; }

// A record of each type by its values.
Json record_schema(const catalog::Catalog& catalog) {
  JsonArray kinds;
  for (const auto& type : catalog.types())
    kinds.push_back(
        Json().set("properties", Json().set("type", Json().set("const", type.id)).set("values", reference(reading_name(type)))));
  Json properties;
  properties.set("id", reference("Id")).set("type", of_type("string")).set("title", label()).set("state", of_type("string"));
  properties.set("void", of_type("boolean")).set("approved", of_type("boolean")).set("handling", handling());
  properties.set("withdrawn", of_type("boolean"));
  properties.set("created", instant()).set("changed", instant()).set("created_by", reference("Id"));
  properties.set("seen", array_of(hash())).set("values", of_type("object")).set("sealed", array_of(of_type("string")));
  properties.set("conflicts", array_of(of_type("string"))).set("proposals", of_type("boolean"));
  return whole(std::move(properties)).set("anyOf", std::move(kinds));
}

Json history_schema() {
  Json item;
  item.set("hash", hash())
      .set("at", instant())
      .set("received", instant())
      .set("author", reference("Id"))
      .set("author_name", of_type("string"));
  item.set("act", of_type("string")).set("state", of_type("string")).set("reason", of_type("string")).set("handling", handling());
  item.set("fields", array_of(of_type("string"))).set("before", anything()).set("after", anything());
  item.set("confirmed", of_type("object").set("additionalProperties", of_type("string"))).set("acting_for", reference("Id"));
  for (const auto* flag : {"imported", "sealed", "signed", "purged", "alone", "clock_doubtful"}) item.set(flag, of_type("boolean"));
  return whole(Json().set("items", array_of(whole(std::move(item), {"acting_for"}))));
}

Json problem_schema() {
  const Json finding = whole(Json()
                                 .set("id", of_type("string"))
                                 .set("fields", array_of(of_type("string")))
                                 .set("text", of_type("string"))
                                 .set("where", of_type("string"))
                                 .set("pointer", of_type("string"))
                                 .set("records", array_of(reference("Id"))),
                             {"id", "fields", "where", "pointer", "records"});
  const Json clash = whole(Json().set("field", of_type("string")).set("now", Json(JsonObject{})).set("yours", Json(JsonObject{})));
  JsonArray types;
  for (const auto& row : problem_rows()) types.emplace_back("/api#" + std::string(row.name));
  Json properties;
  properties.set("type", of_type("string").set("enum", std::move(types))).set("title", of_type("string")).set("status", of_type("integer"));
  properties.set("detail", of_type("string")).set("where", of_type("string")).set("next", of_type("string"));
  properties.set("pointer", of_type("string"));
  properties.set("errors", array_of(finding)).set("questions", array_of(finding)).set("conflicts", array_of(clash));
  properties.set("seen", array_of(hash())).set("limit", of_type("string")).set("retry_after", of_type("integer"));
  properties.set("bytes", of_type("integer"));
  return whole(std::move(properties),
               {"detail", "where", "pointer", "errors", "questions", "conflicts", "seen", "limit", "retry_after", "bytes"});
}

Json figures_schema() {
  Json properties;
  for (const auto* list : {"figures", "below", "outside"}) properties.set(list, array_of(anything()));
  properties.set("pivot", anything());
  Json below;
  for (const auto* count : {"nodes", "heard"}) below.set(count, of_type("integer"));
  below.set("complete_to", or_null("string"));
  properties.set("nodes_below", whole(std::move(below), {}));
  return whole(std::move(properties), {"pivot"});
}

Json units_schema() {
  Json unit = Json()
                  .set("id", reference("Id"))
                  .set("own", of_type("boolean"))
                  .set("from", day_or_null())
                  .set("until", day_or_null())
                  .set("parent", or_null("string"));
  for (const auto* text : {"code", "name", "name_en", "country", "force", "level", "chain", "area"}) unit.set(text, of_type("string"));
  return whole(Json()
                   .set("day", of_type("string").set("format", "date"))
                   .set("line", one_of({"command", "guidance"}))
                   .set("items", array_of(whole(std::move(unit)))));
}

Json found_schema() {
  const Json pieces = array_of(whole(Json().set("text", of_type("string")).set("marked", of_type("boolean"))));
  const Json snippet = whole(Json().set("field", of_type("string")).set("pieces", pieces));
  const Json hit = whole(Json()
                             .set("id", reference("Id"))
                             .set("type", of_type("string"))
                             .set("title", of_type("string"))
                             .set("title_pieces", pieces)
                             .set("snippets", array_of(snippet)));
  const Json jump = whole(Json()
                              .set("kind", one_of({"unit", "border-marker", "number", "days"}))
                              .set("text", of_type("string"))
                              .set("record", or_null("string"))
                              .set("from", day_or_null())
                              .set("until", day_or_null()));
  const auto counted = [](const char* what, Json kind) {
    return array_of(whole(Json().set(what, std::move(kind)).set("count", of_type("integer"))));
  };
  const Json group = whole(Json().set("type", or_null("string")).set("count", of_type("integer")).set("hits", array_of(hit)));
  return whole(Json()
                   .set("total", of_type("integer"))
                   .set("jumps", array_of(jump))
                   .set("groups", array_of(group))
                   .set("types", counted("type", of_type("string")))
                   .set("years", counted("year", of_type("integer")))
                   .set("units", counted("unit", reference("Id")))
                   .set("next", or_null("string"))
                   .set("phrases_cut", of_type("boolean")));
}

Json types_schema() {
  return whole(Json().set("items", array_of(whole(Json()
                                                      .set("id", of_type("string"))
                                                      .set("version", of_type("integer"))
                                                      .set("group", of_type("string"))
                                                      .set("label", label())
                                                      .set("feeds", of_type("string"))
                                                      .set("creatable", of_type("boolean"))))));
}

Json me_schema() {
  const Json grant = whole(
      Json().set("role", of_type("string")).set("line", of_type("string")).set("chain", of_type("string")).set("unit", or_null("string")));
  return whole(Json()
                   .set("account", reference("Id"))
                   .set("login", of_type("string"))
                   .set("name", of_type("string"))
                   .set("unit", or_null("string"))
                   .set("grants", array_of(grant))
                   .set("reads_only", of_type("boolean"))
                   .set("handling", handling())
                   .set("today", of_type("string").set("format", "date")));
}

Json tasks_schema() {
  Json task = Json().set("task", of_type("string")).set("what", label()).set("step", or_null("string")).set("due", day_or_null());
  task.set("late", of_type("boolean")).set("record", reference("Record"));
  return whole(Json().set("items", array_of(whole(std::move(task)))).set("next", or_null("string")));
}

// --- bodies ---

Json reasons() { return of_type("object").set("additionalProperties", of_type("string").set("minLength", 1)); }

Json new_record_schema(const catalog::Catalog& catalog) {
  JsonArray kinds;
  for (const auto& type : catalog.types())
    if (type.creatable)
      kinds.push_back(
          Json().set("properties", Json().set("type", Json().set("const", type.id)).set("values", reference(creating_name(type)))));
  return whole(
             Json().set("type", of_type("string")).set("values", of_type("object")).set("handling", handling()).set("confirmed", reasons()),
             {"handling", "confirmed"})
      .set("anyOf", std::move(kinds));
}

Json amendment_schema() {
  return whole(Json()
                   .set("values", anything())
                   .set("seen", array_of(hash()))
                   .set("resolve", array_of(of_type("string")))
                   .set("confirmed", reasons()),
               {"seen", "resolve", "confirmed"});
}

// --- attachments ---

Json file_schema() {
  return whole(Json()
                   .set("sha256", hash())
                   .set("chunks", hash())
                   .set("name", of_type("string"))
                   .set("media", of_type("string"))
                   .set("bytes", of_type("integer")),
               {"chunks"});
}

Json upload_schema() {
  Json properties = Json().set("id", reference("Id")).set("name", of_type("string")).set("bytes", of_type("integer"));
  for (const auto* flag : {"finished", "renamed", "metadata_removed"}) properties.set(flag, of_type("boolean"));
  return whole(properties.set("file", reference("File")), {"file"});
}

Json attachments_schema() {
  return whole(Json().set(
      "items", array_of(whole(Json().set("field", of_type("string")).set("handling", handling()).set("file", reference("File"))))));
}

Json new_upload_schema() {
  return whole(Json()
                   .set("name", of_type("string").set("maxLength", std::int64_t{kNameLengthMax}))
                   .set("bytes", of_type("integer").set("minimum", 0).set("maximum", std::int64_t{limits::kBlobBytesMax})),
               {"bytes"});
}

Json finish_schema() { return whole(Json().set("sha256", hash()), {"sha256"}); }

Json step_schema() {
  return whole(
      Json().set("act", of_type("string")).set("reason", of_type("string")).set("seen", array_of(hash())).set("confirmed", reasons()),
      {"reason", "seen", "confirmed"});
}

Json raising_schema() {
  return whole(Json().set("handling", one_of({"internal", "restricted"})).set("reason", of_type("string")).set("seen", array_of(hash())),
               {"seen"});
}

Json schemas(const catalog::Catalog& catalog, const std::string& lang) {
  Json out = catalog::shared_schemas();
  for (const auto& type : catalog.types()) {
    out.set(reading_name(type), catalog::values_schema(type, catalog::SchemaFor::kReading, lang, kSchemas));
    if (type.creatable) out.set(creating_name(type), catalog::values_schema(type, catalog::SchemaFor::kCreating, lang, kSchemas));
  }
  out.set("Record", record_schema(catalog));
  out.set("RecordPage", whole(Json()
                                  .set("items", array_of(reference("Record")))
                                  .set("total", of_type("integer"))
                                  .set("more", of_type("boolean"))
                                  .set("next", or_null("string"))));
  out.set("Found", found_schema());
  out.set("History", history_schema()).set("Figures", figures_schema()).set("Units", units_schema()).set("Types", types_schema());
  out.set("Tasks", tasks_schema());
  out.set("Type", anything()).set("Me", me_schema()).set("Problem", problem_schema());
  out.set("File", file_schema()).set("Upload", upload_schema()).set("Attachments", attachments_schema());
  out.set("NewUpload", new_upload_schema()).set("Finish", finish_schema());
  return out.set("NewRecord", new_record_schema(catalog))
      .set("Amendment", amendment_schema())
      .set("Step", step_schema())
      .set("Raising", raising_schema());
}

// --- paths ---

Json parameter_schema(const Parameter& parameter) {
  Json value = of_type("string");
  switch (parameter.shape) {
    case Shape::kText: break;
    case Shape::kId: value = reference("Id"); break;
    case Shape::kDay: value.set("pattern", "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"); break;
    case Shape::kInteger: value = of_type("integer").set("minimum", parameter.least).set("maximum", parameter.most); break;
    case Shape::kFlag: value = of_type("boolean"); break;
    case Shape::kWord: {
      JsonArray words;
      for (const auto word : parameter.words) words.emplace_back(std::string(word));
      value.set("enum", std::move(words));
    }
  }
  return parameter.repeated ? array_of(std::move(value)) : value;
}

Json parameter(std::string_view name, const char* in, bool required, Json schema, std::string what) {
  Json out = Json().set("name", std::string(name)).set("in", in).set("required", required).set("schema", std::move(schema));
  return what.empty() ? out : out.set("description", std::move(what));
}

JsonArray parameters(const Endpoint& endpoint, const i18n::Translator& ui) {
  JsonArray out;
  if (endpoint.path.find("{id}") != std::string_view::npos) out.push_back(parameter("id", "path", true, reference("Id"), ""));
  if (endpoint.path.find("{type}") != std::string_view::npos) out.push_back(parameter("type", "path", true, of_type("string"), ""));
  if (endpoint.path.find("{upload}") != std::string_view::npos) out.push_back(parameter("upload", "path", true, reference("Id"), ""));
  if (endpoint.path.find("{file}") != std::string_view::npos)
    out.push_back(parameter("file", "path", true, hash(), ui.tr(NC_MSG("The “sha256” of the file"))));
  for (const auto& one : endpoint.query) out.push_back(parameter(one.name, "query", false, parameter_schema(one), ui.tr(one.what)));
  const auto header = [&](const char* name, const char* what) {
    out.push_back(parameter(name, "header", false, of_type("string"), ui.tr(what)));
  };
  header("Accept-Language", NC_MSG("vi or en: the language of messages"));
  if (endpoint.method == "GET") header("If-None-Match", NC_MSG("The ETag that you have; 304 when nothing changed"));
  if (endpoint.answer == kFileBytes) header("Range", NC_MSG("bytes=FIRST-LAST: only this part of the file"));
  if (endpoint.path == "/records" && endpoint.method == "POST")
    header("Idempotency-Key", NC_MSG("1 to 100 signs of your own; the same key makes the record once"));
  if (endpoint.path.starts_with("/records/") && endpoint.method != "GET")
    header("If-Match", NC_MSG("The ETag of the record as you read it; instead of “seen”"));
  return out;
}

Json answer_of(int status, const Endpoint& endpoint, const i18n::Translator& ui) {
  const char* what = status == 200   ? NC_MSG("It is so")
                     : status == 201 ? NC_MSG("It is made; Location is its address")
                     : status == 206 ? NC_MSG("The part that Range asked for")
                                     : NC_MSG("Nothing changed since");
  Json out = Json().set("description", ui.tr(what));
  if (status == 304) return out;
  if (endpoint.answer == kFileBytes) return out.set("content", Json().set("*/*", Json().set("schema", Json(JsonObject{}))));
  return out.set("content", Json().set("application/json", Json().set("schema", reference(endpoint.answer))));
}

Json answers(const Endpoint& endpoint, const i18n::Translator& ui) {
  Json out;
  for (const int status : endpoint.statuses) out.set(std::to_string(status), answer_of(status, endpoint, ui));
  auto problems = endpoint.problems;
  for (const auto type :
       {ProblemType::kBadRequest, ProblemType::kNoToken, ProblemType::kTooMany, ProblemType::kFailed, ProblemType::kUnavailable})
    problems.push_back(type);
  for (const auto type : problems) {
    const auto& row = problem_rows()[static_cast<std::size_t>(type)];
    Json answer = Json()
                      .set("description", ui.tr(row.title))
                      .set("content", Json().set("application/problem+json", Json().set("schema", reference("Problem"))));
    if (type == ProblemType::kTooMany) answer.set("headers", Json().set("Retry-After", Json().set("schema", of_type("integer"))));
    out.set(std::to_string(row.status), std::move(answer));
  }
  return out;
}

Json operation(const Endpoint& endpoint, const Rates& rates, const i18n::Translator& ui) {
  Json out =
      Json().set("operationId", std::string(endpoint.id)).set("summary", ui.tr(endpoint.what)).set("parameters", parameters(endpoint, ui));
  out.set("description",
          ui.tr(NC_MSG("At most {1} a minute (limit “{2}”)."), rates.per_minute(endpoint.rate), std::string(rate_name(endpoint.rate))));
  if (endpoint.body == kFileBytes)
    out.set("requestBody", Json().set("required", true).set("content", Json().set("application/octet-stream", Json(JsonObject{}))));
  else if (!endpoint.body.empty())
    out.set("requestBody",
            Json().set("required", true).set("content", Json().set("application/json", Json().set("schema", reference(endpoint.body)))));
  return out.set("responses", answers(endpoint, ui));
}

std::string lower_case(std::string_view method) {
  std::string out(method);
  for (char& c : out) c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

Json openapi(const catalog::Catalog& catalog, const Rates& rates, const i18n::Translator& ui) {
  Json paths;
  for (const auto& endpoint : endpoints()) {
    Json path = paths[std::string(endpoint.path)];
    path.set(lower_case(endpoint.method), operation(endpoint, rates, ui));
    paths.set(std::string(endpoint.path), std::move(path));
  }
  const Json bearer = Json().set("type", "http").set("scheme", "bearer");
  return Json()
      .set("openapi", "3.1.0")
      .set("info", Json()
                       .set("title", "Nhịp Cầu")
                       .set("version", "1")
                       .set("description", ui.tr(NC_MSG("The interface for programs. A token stands for an account, or part of what it "
                                                        "may; it never does what is a person's, such as approving."))))
      .set("servers", JsonArray{Json().set("url", std::string(kApiPrefix))})
      .set("security", JsonArray{Json().set("token", JsonArray{})})
      .set("paths", std::move(paths))
      .set("components", Json()
                             .set("schemas", schemas(catalog, std::string(i18n::lang_code(ui.lang()))))
                             .set("securitySchemes", Json().set("token", bearer)));
}

}  // namespace nc::web
