#include "ledger/catalog/load_field.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "ledger/catalog/expression_node.h"
#include "ledger/catalog/text_rules.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

constexpr std::size_t kTextLengthDefault = 300;
constexpr std::size_t kLongTextLengthDefault = 10'000;
constexpr std::size_t kLengthMost = limits::kBodyBytesMax;  // longer text would not fit into an entry
constexpr std::string_view kFeedPrefix = "feeds:";
// Words of the expression language cannot be read as fields there.
constexpr std::array<std::string_view, 5> kReserved{"and", "or", "not", "true", "false"};

bool takes_options(FieldKind kind) { return kind == FieldKind::kChoice || kind == FieldKind::kChoices; }
bool takes_refs(FieldKind kind) { return kind == FieldKind::kRef || kind == FieldKind::kRefs; }
bool takes_length(FieldKind kind) { return kind == FieldKind::kText || kind == FieldKind::kLongText; }
bool takes_bounds(FieldKind kind) { return kind == FieldKind::kInteger || kind == FieldKind::kDecimal; }

bool may_be_column(FieldKind kind) {
  return kind != FieldKind::kLines && kind != FieldKind::kPersonal && kind != FieldKind::kRefs && kind != FieldKind::kChoices &&
         kind != FieldKind::kFiles;
}

std::optional<FieldKind> kind_from_name(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(FieldKind::kLines); ++i)
    if (field_kind_name(static_cast<FieldKind>(i)) == name) return static_cast<FieldKind>(i);
  return std::nullopt;
}

FieldKind read_kind(TableReader& in) {
  const auto name = in.text("kind", true);
  const auto kind = kind_from_name(name);
  if (!kind && !in.problem().found()) in.problem().refuse(*in.find("kind"), NC_MSG("“{1}” is not a kind of field"), {name});
  return kind.value_or(FieldKind::kText);
}

std::vector<Option> read_options(TableReader& in, std::string_view key, bool required) {
  std::vector<Option> out;
  if (required && in.need(key) == nullptr) return out;
  for (const auto* table : in.tables(key)) {
    TableReader item(in.problem(), *table);
    Option option{item.option_id("id"), {item.text("vi", true), item.text("en", true)}, item.flag("retired", false)};
    item.finish();
    if (std::any_of(out.begin(), out.end(), [&](const Option& o) { return o.id == option.id; }))
      in.problem().refuse(*table, NC_MSG("The option “{1}” stands twice"), {option.id});
    out.push_back(std::move(option));
  }
  if (required && out.empty()) in.problem().refuse(*in.find(key), NC_MSG("“{1}” is empty"), {std::string(key)});
  return out;
}

void read_targets(TableReader& in, Field& field, std::vector<PendingRef>& refs) {
  if (in.need("to") == nullptr) return;
  const Toml& list = *in.find("to");
  const auto names = in.texts("to");  // none: any type
  for (std::size_t i = 0; i < names.size() && i < list.items.size(); ++i) {
    PendingRef ref;
    ref.where = in.problem().place(list.items[i].line, list.items[i].column);
    if (names[i].starts_with(kFeedPrefix)) ref.feed = names[i].substr(kFeedPrefix.size());
    else ref.type = names[i];
    (ref.feed.empty() ? field.to : field.to_feeds).push_back(ref.feed.empty() ? ref.type : ref.feed);
    refs.push_back(std::move(ref));
  }
}

// `min` and `max`: whole numbers for an integer, text for a decimal.
std::optional<std::string> read_bound(TableReader& in, std::string_view key, const Field& field) {
  const auto* found = in.find(key);
  if (found == nullptr) return std::nullopt;
  if (field.kind == FieldKind::kInteger) {
    const auto number = in.integer(key, -limits::kJsonIntegerMax, limits::kJsonIntegerMax);
    return number ? std::optional(std::to_string(*number)) : std::nullopt;
  }
  const auto text = in.text(key, true);
  const auto number = parse_decimal(text);
  if (!number || number->scale > field.scale)
    in.problem().refuse(*found, NC_MSG("“{1}” must be a decimal in quotes with at most {2} decimals"),
                        {std::string(key), std::to_string(field.scale)});
  return text;
}

void read_bounds(TableReader& in, Field& field) {
  if (field.kind == FieldKind::kDecimal) {
    in.need("scale");
    field.scale = static_cast<int>(in.integer("scale", 1, 6).value_or(1));
  }
  field.min = read_bound(in, "min", field);
  field.max = read_bound(in, "max", field);
  if (!field.min || !field.max || in.problem().found()) return;
  const auto least = parse_decimal(*field.min), most = parse_decimal(*field.max);
  if (least && most && compare(*least, *most).value_or(1) > 0) in.problem().refuse(*in.find("max"), NC_MSG("“max” is less than “min”"));
}

void read_kind_keys(TableReader& in, Field& field, std::vector<PendingRef>& refs) {
  if (takes_options(field.kind)) field.options = read_options(in, "options", true);
  if (takes_refs(field.kind)) read_targets(in, field, refs);
  if (takes_bounds(field.kind)) read_bounds(in, field);
  if (takes_length(field.kind)) {
    const auto fallback = field.kind == FieldKind::kText ? kTextLengthDefault : kLongTextLengthDefault;
    field.length_max = static_cast<std::size_t>(in.integer("length_max", 1, kLengthMost).value_or(static_cast<std::int64_t>(fallback)));
  }
  if (field.kind == FieldKind::kRefs) {
    field.roles = read_options(in, "roles", false);
    field.counts = in.flag("counts", false);
  }
  if (field.kind == FieldKind::kPersons) field.roles = read_options(in, "counted", true);
  if (field.kind == FieldKind::kLines && in.need("columns") != nullptr) {
    field.columns = read_fields(in, "columns", true, refs);
    if (field.columns.empty()) in.problem().refuse(*in.find("columns"), NC_MSG("“{1}” is empty"), {"columns"});
  }
}

void read_default(TableReader& in, Field& field) {
  const auto* found = in.find("default");
  if (found == nullptr || in.problem().found()) return;
  field.default_value = wire_from_toml(in.problem(), *found);
  if (in.problem().found()) return;
  if (const auto status = check_value(field, field.default_value); !status) {
    Error error = status.error();
    error.where = in.problem().place(found->line, found->column);
    in.problem().refuse(std::move(error));
  }
}

Field read_field(TableReader& in, bool column, std::vector<PendingRef>& refs) {
  Field field;
  field.id = in.id("id");
  field.kind = read_kind(in);
  if (in.problem().found()) return field;
  if (std::find(kReserved.begin(), kReserved.end(), field.id) != kReserved.end())
    in.problem().refuse(*in.find("id"), NC_MSG("“{1}” is a word of the expression language and no field id"), {field.id});
  if (column && !may_be_column(field.kind))
    in.problem().refuse(*in.find("kind"), NC_MSG("A column cannot be of the kind “{1}”"), {std::string(field_kind_name(field.kind))});
  field.label = in.label("label", true);
  field.help = in.label("help", false);
  field.required = in.flag("required", false);
  field.retired = in.flag("retired", false);
  read_kind_keys(in, field, refs);
  if (!column) {
    field.section = in.label("section", false);
    if (in.find("handling") != nullptr)
      field.handling = handling_from_name(in.word("handling", {"open", "internal", "restricted"}, "open"));
    read_default(in, field);
  }
  in.finish();
  return field;
}

}  // namespace

std::vector<Field> read_fields(TableReader& in, std::string_view key, bool columns, std::vector<PendingRef>& refs) {
  std::vector<Field> out;
  for (const auto* table : in.tables(key)) {
    TableReader reader(in.problem(), *table);
    Field field = read_field(reader, columns, refs);
    if (in.problem().found()) return out;
    if (std::any_of(out.begin(), out.end(), [&](const Field& f) { return f.id == field.id; }))
      in.problem().refuse(*reader.find("id"), NC_MSG("The field “{1}” stands twice"), {field.id});
    out.push_back(std::move(field));
    if (out.size() > limits::kFieldsMax)
      in.problem().refuse(*table, NC_MSG("There are more than {1} fields"), {std::to_string(limits::kFieldsMax)});
  }
  return out;
}

Json wire_from_toml(Problem& problem, const Toml& from) {
  switch (from.kind) {
    case Toml::Kind::kText: return from.text;
    case Toml::Kind::kFlag: return from.flag;
    case Toml::Kind::kInteger: return from.integer;
    case Toml::Kind::kArray: {
      JsonArray out;
      for (const auto& item : from.items) out.push_back(wire_from_toml(problem, item));
      return out;
    }
    case Toml::Kind::kTable: {
      JsonObject out;
      for (const auto& member : from.members) out.emplace(member.key, wire_from_toml(problem, member.value));
      return out;
    }
    case Toml::Kind::kOther: break;
  }
  problem.refuse(from, NC_MSG("A number with a fraction, a date or a time cannot stand here; write it as text"));
  return {};
}

}  // namespace nc::catalog
