#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "base/nearest.h"
#include "base/text.h"
#include "face/web/api/endpoint.h"
#include "face/web/api/negotiate.h"
#include "face/web/site.h"
#include "foundation/crypto/hash.h"
#include "ledger/catalog/words.h"

namespace nc::web {
namespace {

bool has_shape(const Parameter& parameter, std::string_view value) {
  switch (parameter.shape) {
    case Shape::kText: return true;
    case Shape::kId: return RecordId::from_hex(value).has_value();
    case Shape::kDay: return days_of(value).has_value();
    case Shape::kFlag: return value == "true" || value == "false";
    case Shape::kWord: return std::ranges::find(parameter.words, value) != parameter.words.end();
    case Shape::kInteger: {
      std::int64_t number = -1;
      const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), number);
      return ec == std::errc() && end == value.data() + value.size() && number >= parameter.least && number <= parameter.most;
    }
  }
  return false;
}

Error wrong_shape(const Parameter& parameter, std::string_view value) {
  const auto typed = shorten(value, 64);
  switch (parameter.shape) {
    case Shape::kWord: return none_of(value, {parameter.words.begin(), parameter.words.end()}, std::string(parameter.name));
    case Shape::kId:
      return Error(ErrorCode::kUsage, NC_MSG("This is not the id of a record: 32 digits 0 to 9, a to f"))
          .at(std::string(parameter.name))
          .then(NC_MSG("Take it from a list, or from the address of the record"));
    case Shape::kDay:
      return Error(ErrorCode::kUsage, NC_MSG("“{1}” is no day, month or year"), {typed})
          .at(std::string(parameter.name))
          .then(NC_MSG("Write 2024-05-06, 2024-05 or 2024"));
    case Shape::kFlag:
      return Error(ErrorCode::kUsage, NC_MSG("“{1}” is neither true nor false"), {typed})
          .at(std::string(parameter.name))
          .then(NC_MSG("Write one of them, or leave it out"));
    case Shape::kInteger:
      return Error(ErrorCode::kUsage, NC_MSG("“{1}” is no whole number from {2} to {3}"),
                   {typed, std::to_string(parameter.least), std::to_string(parameter.most)})
          .at(std::string(parameter.name))
          .then(NC_MSG("Write one of them, or leave it out"));
    case Shape::kText: break;
  }
  return Error(ErrorCode::kUsage, NC_MSG("The value has the wrong form")).at(std::string(parameter.name));
}

// Parts of a text in the ledger's form are in it as well; an escape may stand for anything.
bool is_surely_nfc(std::string_view json) { return json.find("\\u") == std::string_view::npos && is_nfc(json); }

// Programs may send either form of a letter with marks; the ledger holds one.
void to_nfc(Json& value) {
  if (value.is_string() && !is_nfc(value.as_string())) value = Json(nc::to_nfc(value.as_string()));
  if (value.is_array())
    for (auto& element : value.as_array()) to_nfc(element);
  if (!value.is_object()) return;
  Json members{JsonObject{}};
  for (const auto& [name, member] : value.as_object()) {
    auto copy = member;
    to_nfc(copy);
    members.set(nc::to_nfc(name), std::move(copy));
  }
  value = std::move(members);
}

}  // namespace

records::Ledger& Call::ledger() const { return site.ledger(); }

std::string Call::name(const RecordId& id, std::string_view lang) const { return ledger().title(who, id, lang); }

std::optional<RecordId> Call::id() const { return RecordId::from_hex(params.get("id")); }

Error none_of(std::string_view typed, std::vector<std::string> valid, std::string where) {
  constexpr std::size_t kShown = 8;
  // No word is near an id; and nothing of the answer may depend on which id that is not for him it was.
  auto near = RecordId::from_hex(typed) ? std::move(valid) : nearest_first(typed, std::move(valid));
  if (near.size() > kShown) near.resize(kShown);
  return Error(ErrorCode::kUsage, NC_MSG("“{1}” is not possible here"), {shorten(typed, 64), nc::join(near, ", ")})
      .at(std::move(where))
      .then(NC_MSG("Possible are: {2}"));
}

Result<const orgtree::Unit*> unit_of(const Call& call, std::string_view parameter) {
  const auto text = call.request.query.get(parameter);
  const auto& tree = *call.world->tree;
  const auto id = UnitId::from_hex(text);
  const bool may = records::reads_units(call.who, *call.world);
  const auto* unit = !may ? nullptr : id ? tree.find(*id) : tree.by_code(text);
  if (unit) return unit;
  if (id) return fail(Error(ErrorCode::kUsage, NC_MSG("There is no unit with this id, or it is not for you")).at(std::string(parameter)));
  std::vector<std::string> codes;
  if (may)
    for (const auto& one : tree.units()) codes.push_back(one.code);
  return fail(none_of(text, std::move(codes), std::string(parameter)));
}

Result<std::string> option_of(const Call& call, std::string_view parameter, std::string_view slot) {
  const auto text = call.request.query.get(parameter);
  if (text.empty() || catalog::find_slot_option(*call.world->catalog, slot, text)) return std::string(text);
  std::vector<std::string> options;
  for (const auto* option : catalog::all_slot_options(*call.world->catalog, slot)) options.push_back(option->id);
  return fail(none_of(text, std::move(options), std::string(parameter)));
}

Status check_query(const Endpoint& endpoint, const net::Fields& query) {
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : query) {
    const auto at = std::ranges::find(endpoint.query, name, &Parameter::name);
    if (at == endpoint.query.end()) {
      std::vector<std::string> names;
      for (const auto& parameter : endpoint.query) names.emplace_back(parameter.name);
      if (names.empty())
        return fail(Error(ErrorCode::kUsage, NC_MSG("There is no parameter “{1}”; this address takes none"), {shorten(name, 64)})
                        .at(shorten(name, 64)));
      return fail(none_of(name, std::move(names), shorten(name, 64)));
    }
    if (!at->repeated && std::ranges::find(seen, name) != seen.end())
      return fail(Error(ErrorCode::kUsage, NC_MSG("The parameter stands twice")).at(name).then(NC_MSG("Leave one of them")));
    seen.push_back(name);
    if (!has_shape(*at, value)) return fail(wrong_shape(*at, value));
  }
  return {};
}

Result<Json> read_body(const Call& call, const std::vector<std::string>& members) {
  if (!is_json(call.request.header("Content-Type")))
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("The body is not application/json")).at("Content-Type"));
  auto body = parse_json(call.request.body, {limits::kFormBodyBytesMax, false});
  if (!body) {
    auto error = std::move(body).error();
    if (error.code == ErrorCode::kInvalid) error.code = ErrorCode::kUsage;
    return fail(std::move(error));
  }
  if (!body->is_object()) return fail(Error(ErrorCode::kUsage, NC_MSG("The body is not a JSON object")));
  for (const auto& [name, value] : body->as_object())
    if (std::ranges::find(members, name) == members.end()) return fail(none_of(name, members, shorten(name, 64)));
  if (!is_surely_nfc(call.request.body)) to_nfc(*body);
  return std::move(*body);
}

std::string etag_of(std::string_view body) { return "\"" + crypto::sha256(body).hex().substr(0, 32) + "\""; }

net::Response answer(const Call& call, const Json& body) { return Api::tagged(call.request, net::Response::json(canonical(body))); }

Result<DayRange> days_of(std::string_view text) {
  NC_ASSIGN(const auto date, parse_iso_date(text));
  const auto days = extent(date);
  if (!days) return fail(ErrorCode::kInvalid, NC_MSG("“{1}” has no year"), {std::string(text)});
  return *days;
}

const std::vector<Endpoint>& endpoints() {
  static const std::vector<Endpoint> all = [] {
    std::vector<Endpoint> out;
    add_record_endpoints(out);
    add_search_endpoint(out);
    add_change_endpoints(out);
    add_figure_endpoints(out);
    add_task_endpoints(out);
    add_unit_endpoints(out);
    add_file_endpoints(out);
    add_catalogue_endpoints(out);
    return out;
  }();
  return all;
}

}  // namespace nc::web
