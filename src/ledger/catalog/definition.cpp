// The canonical definition of a type, and the rule of change: additive only.
#include <algorithm>

#include "ledger/catalog/catalog.h"

namespace nc::catalog {
namespace {

Json label_json(const Label& label) { return Json().set("vi", label.vi).set("en", label.en); }

void set_label(Json& out, std::string_view key, const Label& label) {
  if (!label.empty()) out.set(key, label_json(label));
}

void set_flag(Json& out, std::string_view key, bool value, bool usual) {
  if (value != usual) out.set(key, value);
}

void set_words(Json& out, std::string_view key, const std::vector<std::string>& words) {
  if (words.empty()) return;
  out.set(key, Json(JsonArray(words.begin(), words.end())));
}

void set_options(Json& out, std::string_view key, const std::vector<Option>& options) {
  if (options.empty()) return;
  JsonArray list;
  for (const auto& option : options) {
    Json item = Json().set("id", option.id).set("label", label_json(option.label));
    set_flag(item, "retired", option.retired, false);
    list.push_back(std::move(item));
  }
  out.set(key, std::move(list));
}

class FieldWriter {
 public:
  explicit FieldWriter(const std::vector<Type>& types) : types_(types) {}

  [[nodiscard]] Json write(const Field& field) const {
    Json out = Json().set("id", field.id).set("kind", field_kind_name(field.kind)).set("label", label_json(field.label));
    set_label(out, "help", field.help);
    set_label(out, "section", field.section);
    set_flag(out, "required", field.required, false);
    set_flag(out, "retired", field.retired, false);
    if (field.kind != FieldKind::kText) set_options(out, "options", field.options);  // those of a text are names (names.h)
    set_options(out, "roles", field.roles);
    set_words(out, "to", named_targets(field));
    set_words(out, "to_feeds", field.to_feeds);
    set_flag(out, "counts", field.counts, false);
    if (field.kind == FieldKind::kDecimal) out.set("scale", field.scale);
    if (field.kind == FieldKind::kText || field.kind == FieldKind::kLongText) out.set("length_max", field.length_max);
    if (field.min) out.set("min", *field.min);
    if (field.max) out.set("max", *field.max);
    if (field.handling) out.set("handling", handling_name(*field.handling));
    if (!field.default_value.is_null()) out.set("default", field.default_value);
    if (!field.columns.empty()) out.set("columns", write_all(field.columns));
    return out;
  }

  [[nodiscard]] Json write_all(const std::vector<Field>& fields) const {
    JsonArray out;
    for (const auto& field : fields) out.push_back(write(field));
    return out;
  }

 private:
  // Without the types that only `to_feeds` brought in: a new type must not change older definitions.
  [[nodiscard]] std::vector<std::string> named_targets(const Field& field) const {
    std::vector<std::string> out;
    for (const auto& id : field.to) {
      const auto type = std::find_if(types_.begin(), types_.end(), [&](const Type& t) { return t.id == id; });
      const bool fed = type != types_.end() && std::find(field.to_feeds.begin(), field.to_feeds.end(), type->feeds) != field.to_feeds.end();
      if (!fed) out.push_back(id);
    }
    return out;
  }

  const std::vector<Type>& types_;
};

Json rules_json(const std::vector<Rule>& rules) {
  JsonArray out;
  for (const auto& rule : rules) {
    Json item = Json().set("id", rule.id).set("check", rule.check.text()).set("message", label_json(rule.message));
    set_words(item, "fields", rule.fields);
    out.push_back(std::move(item));
  }
  return out;
}

Json measures_json(const std::vector<Measure>& measures) {
  JsonArray out;
  for (const auto& measure : measures) {
    Json item = Json().set("id", measure.id).set("nature", measure.nature == Nature::kStock ? "stock" : "flow");
    item.set("value", measure.value.text()).set("scale", measure.scale).set("label", label_json(measure.label));
    if (measure.when) item.set("when", measure.when->text());
    out.push_back(std::move(item));
  }
  return out;
}

Json states_json(const Type& type) {
  JsonArray out;
  for (const auto& state : type.states)
    out.push_back(Json().set("id", state.id).set("rank", state.rank).set("editable", state.editable).set("label", label_json(state.label)));
  return out;
}

Json transitions_json(const Type& type) {
  JsonArray out;
  for (const auto& t : type.transitions) {
    Json item = Json().set("id", t.id).set("to", t.to).set("capability", t.capability).set("label", label_json(t.label));
    set_words(item, "from", t.from);
    set_flag(item, "binding", t.binding, false);
    set_flag(item, "separate", t.separate, false);
    set_flag(item, "reason", t.reason, false);
    if (t.alone_hours != 0) item.set("alone_hours", t.alone_hours);
    if (!t.confirms.empty()) item.set("confirms", t.confirms);
    if (t.by != Transition::By::kAnyone) item.set("by", t.by == Transition::By::kSelf ? "self" : "another");
    out.push_back(std::move(item));
  }
  return out;
}

std::string_view audience_name(AudienceDefault audience) {
  return audience == AudienceDefault::kAll ? "all" : audience == AudienceDefault::kAuthority ? "authority" : "own";
}

const Json* by_id(const Json& list, const std::string& id) {
  if (!list.is_array()) return nullptr;
  for (const auto& item : list.as_array())
    if (item.text("id") == id) return &item;
  return nullptr;
}

std::unexpected<Error> refuse(const char* message, std::vector<std::string> args) {
  return fail(Error(ErrorCode::kConflict, message, std::move(args))
                  .then(NC_MSG("The catalogue only grows: mark what is no longer used with retired = true")));
}

Status check_kept(const Json& before, const Json& next, std::string_view key, const std::string& where) {
  if (!before[key].is_array()) return {};
  for (const auto& item : before[key].as_array())
    if (by_id(next[key], item.text("id")) == nullptr)
      return refuse(NC_MSG("“{1}” of {2} was there before and is gone"), {item.text("id"), where});
  return {};
}

Status check_fields(const Json& before, const Json& next) {
  if (!before.is_array()) return {};
  for (const auto& old : before.as_array()) {
    const auto id = old.text("id");
    const auto* now = by_id(next, id);
    if (now == nullptr) return refuse(NC_MSG("The field “{1}” was there before and is gone"), {id});
    if (now->text("kind") != old.text("kind"))
      return refuse(NC_MSG("The field “{1}” was {2} before and is now {3}"), {id, old.text("kind"), now->text("kind")});
    if (now->integer("scale") < old.integer("scale") || now->integer("length_max") < old.integer("length_max"))
      return refuse(NC_MSG("The field “{1}” holds less than before"), {id});
    NC_TRY(check_kept(old, *now, "options", id));
    NC_TRY(check_kept(old, *now, "roles", id));
    NC_TRY(check_fields(old["columns"], (*now)["columns"]));
  }
  return {};
}

}  // namespace

Json Catalog::definition(const Type& type) const {
  const FieldWriter fields(types_);
  Json out = Json().set("id", type.id).set("version", type.version).set("group", type.group).set("label", label_json(type.label));
  set_label(out, "help", type.help);
  if (!type.feeds.empty()) out.set("feeds", type.feeds);
  out.set("audience", audience_name(type.audience)).set("handling", handling_name(type.handling));
  set_flag(out, "urgent", type.urgent, false);
  set_flag(out, "sensitive", type.sensitive, false);
  set_flag(out, "creatable", type.creatable, true);
  set_flag(out, "countable", type.countable, true);
  std::vector<std::string> conditions;
  for (const auto& condition : type.counts_when) conditions.push_back(condition.text());
  set_words(out, "counts_when", conditions);
  set_words(out, "title", type.title);
  set_words(out, "list", type.list);
  set_words(out, "quick", type.quick);
  Json slots{JsonObject{}};
  for (const auto& [slot, field] : type.slots) slots.set(slot, field);
  out.set("slots", std::move(slots));
  out.set("systems", Json(JsonArray(type.systems.begin(), type.systems.end())));
  out.set("fields", fields.write_all(type.fields));
  out.set("rules", rules_json(type.rules));
  out.set("questions", rules_json(type.questions));
  out.set("measures", measures_json(type.measures));
  out.set("initial", type.initial_state);
  out.set("states", states_json(type));
  out.set("transitions", transitions_json(type));
  return out;
}

Status check_additive(const Json& before, const Json& next) {
  const auto id = before.text("id");
  if (next.text("id") != id) return refuse(NC_MSG("“{1}” is another type than “{2}”"), {next.text("id"), id});
  if (before == next) return {};
  if (next.integer("version") <= before.integer("version"))
    return fail(Error(ErrorCode::kConflict, NC_MSG("The type “{1}” changed and its version did not grow from {2}"),
                      {id, std::to_string(before.integer("version"))})
                    .then(NC_MSG("Write a greater version into the file")));
  NC_TRY(check_fields(before["fields"], next["fields"]));
  return check_kept(before, next, "states", id);
}

}  // namespace nc::catalog
