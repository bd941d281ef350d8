#include "channels/intake/import_map.h"

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "channels/intake/map_reader.h"
#include "ledger/catalog/values.h"

namespace nc::intake {
namespace {

Condition read_condition(MapReader at);

std::vector<Condition> read_conditions(MapReader at) {
  std::vector<Condition> out;
  for (auto& item : at.items()) out.push_back(read_condition(item));
  return out;
}

Condition read_condition(MapReader at) {
  Condition out;
  if (!at.present()) return out;
  out.keys = at.texts("key");
  out.column = at.text("column");
  out.in = at.texts("is");
  if (at.has("empty")) out.empty = at.flag("empty");
  out.phrases = at.phrases("says");
  if (auto named = at.member("names"); named.present()) {
    out.name_columns = named.texts("in");
    out.name_table = named.text("table");
    for (const auto& name : named.names())
      if (name != "in" && name != "table") out.name_values[name] = named.texts(name);
    named.finish();
  }
  if (auto target = at.member("target"); target.present()) {
    out.target_field = target.text("field");
    out.target_member = target.text("member");
    out.target_value = target.text("is");
    target.finish();
  }
  out.any = read_conditions(at.member("any"));
  out.none = read_conditions(at.member("none"));
  at.finish();
  return out;
}

Label read_label(MapReader at) {
  Label out;
  if (!at.present()) return out;
  out.vi = at.text("vi");
  out.en = at.text("en");
  at.finish();
  return out;
}

// "x", or a list of {"when": ..., "value": "x"}.
Choose<std::string> read_choose(MapReader at) {
  Choose<std::string> out;
  if (!at.present()) return out;
  if (at.json().is_string()) {
    out.emplace_back(Condition(), at.json().as_string());
    return out;
  }
  for (auto& item : at.items()) {
    auto when = read_condition(item.member("when"));
    out.emplace_back(std::move(when), item.text("value"));
    item.finish();
  }
  return out;
}

FieldRule read_field(MapReader at, const std::map<std::string, std::map<std::string, std::string>>& sets) {
  FieldRule out;
  out.field = at.text("field");
  out.slot = at.text("slot");
  if (out.field.empty() == out.slot.empty()) at.refuse("A rule names either a field or a slot");
  out.as = at.text("as");
  out.from = at.texts("from");
  out.when = read_condition(at.member("when"));
  out.value = at.any("value");
  if (const auto set = at.text("set"); !set.empty()) {
    if (!sets.contains(set)) at.refuse("There is no such set of values");
    else out.values = sets.at(set);
  }
  if (auto values = at.member("values"); values.present()) out.values = values.text_map();
  for (auto& pair : at.member("phrases").items()) out.phrases.emplace_back(pair.phrase("says"), pair.any("value"));
  out.table = at.text("table");
  out.role = at.text("role");
  out.lead_column = at.text("lead");
  out.own_only = at.flag("own_only");
  out.else_note = read_label(at.member("else_note"));
  out.choose = read_choose(at.member("choose"));
  out.sides = at.texts("sides");
  out.counted = read_choose(at.member("counted"));
  out.basis = read_choose(at.member("basis"));
  out.whole = read_choose(at.member("whole"));
  out.of = at.text("of");
  out.currency = at.text("currency");
  for (auto& item : at.member("line").items()) out.line.push_back(read_field(item, sets));
  out.columns = at.texts("columns");
  out.keep_in = at.text("keep_in");
  out.inferred = at.phrases("inferred");
  out.words_from = at.texts("words_from");
  out.in_words = at.phrases("in_words");
  out.unread = at.phrases("unread");
  at.finish();
  return out;
}

using Sets = std::map<std::string, std::map<std::string, std::string>>;

std::vector<FieldRule> read_fields(MapReader at, const Sets& sets) {
  std::vector<FieldRule> out;
  for (auto& item : at.items()) out.push_back(read_field(item, sets));
  return out;
}

KindRule read_kind(MapReader at, const Sets& sets) {
  KindRule out;
  out.name = at.text("name");
  out.type = at.text("type");
  out.when = read_condition(at.member("when"));
  out.fields = read_fields(at.member("fields"), sets);
  out.question = read_label(at.member("question"));
  out.note = read_label(at.member("note"));
  out.refuse = read_label(at.member("refuse"));
  if (out.type.empty() && out.refuse.empty()) at.refuse("A kind names its record type, or why its rows are refused");
  at.finish();
  return out;
}

RowRule read_row(MapReader at) {
  RowRule out;
  out.kind = at.text("kind");
  out.values = at.any("values");
  if (auto refs = at.member("refs"); refs.present()) {
    for (const auto& name : refs.names()) out.refs[name] = refs.texts(name);
    refs.finish();
  }
  out.question = read_label(at.member("question"));
  out.note = read_label(at.member("note"));
  out.refuse = read_label(at.member("refuse"));
  at.finish();
  return out;
}

RelationRule read_relation(MapReader at) {
  RelationRule out;
  out.table = at.text("table");
  out.first = at.text("first");
  out.second = at.text("second");
  out.column = at.text("column");
  out.note_column = at.text("note_column");
  out.note_field = at.text("note_field");
  auto cases = at.member("cases");
  for (const auto& name : cases.names()) {
    auto item = cases.member(name);
    RelationCase one;
    one.both_slot = item.text("both");
    one.part_slot = item.text("part");
    one.question = read_label(item.member("question"));
    item.finish();
    out.cases.emplace(name, std::move(one));
  }
  cases.finish();
  at.finish();
  return out;
}

TableRule read_table(MapReader at, const Sets& sets) {
  TableRule out;
  out.name = at.text("name");
  out.file = at.text("file");
  out.source = at.text("source");
  out.type = at.text("type");
  out.columns = at.texts("columns");
  out.key = at.texts("key");
  out.used = at.texts("used");
  out.fields = read_fields(at.member("fields"), sets);
  for (auto& item : at.member("kinds").items()) out.kinds.push_back(read_kind(item, sets));
  if (auto rows = at.member("rows"); rows.present()) {
    for (const auto& name : rows.names()) out.rows.emplace(name, read_row(rows.member(name)));
    rows.finish();
  }
  if (auto relation = at.member("relation"); relation.present()) out.relation = read_relation(relation);
  for (auto& item : at.member("inline").items()) {
    out.inline_rows.push_back({item.text("key"), item.any("values")});
    item.finish();
  }
  out.audience = at.text("audience");
  out.link_by_code = at.flag("link_by_code");
  out.superior = at.text("superior");
  out.leftover = at.text("leftover");
  at.finish();
  return out;
}

// The columns and tables that the rules name are those that the map declares.
Status check_names(const std::vector<TableRule>& tables, const std::string& file) {
  std::set<std::string> names;
  for (const auto& table : tables) names.insert(table.name);
  for (const auto& table : tables) {
    const auto refuse = [&](std::string what) {
      return fail(Error(ErrorCode::kInvalid, NC_MSG("The import map names “{1}”, which is not declared"), {std::move(what)})
                      .at(file + ":" + table.name));
    };
    const std::set<std::string> columns(table.columns.begin(), table.columns.end());
    auto rules = table.fields;
    for (const auto& kind : table.kinds) rules.insert(rules.end(), kind.fields.begin(), kind.fields.end());
    std::vector<std::string> wanted = table.key;
    wanted.insert(wanted.end(), table.used.begin(), table.used.end());
    if (!table.audience.empty()) wanted.push_back(table.audience);
    if (!table.superior.empty()) wanted.push_back(table.superior);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto rule = rules[i];
      rules.insert(rules.end(), rule.line.begin(), rule.line.end());
      wanted.insert(wanted.end(), rule.from.begin(), rule.from.end());
      wanted.insert(wanted.end(), rule.words_from.begin(), rule.words_from.end());
      for (const auto& side : rule.sides)
        if (!side.empty()) wanted.push_back(side);
      if (!rule.of.empty()) wanted.push_back(rule.of);
      if (!rule.table.empty() && !names.contains(rule.table)) return refuse(rule.table);
    }
    for (const auto& column : wanted)
      if (!columns.contains(column)) return refuse(column);
    for (const auto& [key, row] : table.rows)
      if (!row.kind.empty() &&
          std::none_of(table.kinds.begin(), table.kinds.end(), [&](const auto& kind) { return kind.name == row.kind; }))
        return refuse(row.kind);
    if (table.relation && !names.contains(table.relation->table)) return refuse(table.relation->table);
  }
  return {};
}

}  // namespace

Result<ImportMap> ImportMap::load(const std::filesystem::path& path) {
  NC_ASSIGN(const auto text, read_file(path, 4 * 1024 * 1024));
  return from_text(text, path.filename().string());
}

Result<ImportMap> ImportMap::from_text(std::string_view text, const std::string& file) {
  JsonLimits limits;
  limits.bytes_max = 4 * 1024 * 1024;
  auto json = parse_json(text, limits);
  if (!json) return fail(std::move(json).error().at(file));
  std::vector<std::string> problems;
  MapReader top(*json, file, problems);
  ImportMap map;
  map.file_ = file;
  if (top.text("format") != "nhipcau-import-map-1")
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("This is not an import map that this program knows")).at(file));
  (void)top.any("name");
  Sets sets;
  auto all_sets = top.member("sets");
  for (const auto& name : all_sets.names()) sets[name] = all_sets.member(name).text_map();
  all_sets.finish();
  for (auto& item : top.member("qualifiers").items()) {
    map.qualifier_words_.push_back({fold(item.text("word")), item.text("value")});
    item.finish();
  }
  for (auto& item : top.member("scales").items()) {
    map.scale_words_.push_back({fold(item.text("word")), static_cast<int>(item.number("zeros"))});
    item.finish();
  }
  for (auto& item : top.member("tables").items()) map.tables_.push_back(read_table(item, sets));
  top.finish();
  if (!problems.empty()) return fail(Error(ErrorCode::kInvalid, NC_MSG("The import map is broken: {1}"), {problems.front()}).at(file));
  NC_TRY(check_names(map.tables_, file));
  return map;
}

const TableRule* ImportMap::table(std::string_view name) const {
  const auto found = std::find_if(tables_.begin(), tables_.end(), [&](const auto& table) { return table.name == name; });
  return found == tables_.end() ? nullptr : &*found;
}

Status ImportMap::check(const catalog::Catalog& catalog) const {
  for (const auto& table : tables_) {
    const auto refuse = [&](std::string message, std::vector<std::string> args) {
      return fail(Error(ErrorCode::kInvalid, std::move(message), std::move(args)).at(file_ + ":" + table.name));
    };
    const auto check_rules = [&](const std::string& type_id, const std::vector<FieldRule>& rules) -> Status {
      const auto* type = catalog.find(type_id);
      if (!type) return refuse(NC_MSG("The import map names the record type “{1}”, which the catalogue does not have"), {type_id});
      for (const auto& rule : rules) {
        if (rule.field.empty()) continue;
        const auto* field = type->field(rule.field);
        if (!field)
          return refuse(NC_MSG("The import map names the field “{2}”, which the type “{1}” does not have"), {type_id, rule.field});
        if (!rule.value.is_null()) NC_TRY(catalog::check_value(*field, rule.value));
      }
      return {};
    };
    if (!table.type.empty()) NC_TRY(check_rules(table.type, table.fields));
    for (const auto& kind : table.kinds)
      if (!kind.type.empty()) NC_TRY(check_rules(kind.type, kind.fields));
  }
  return {};
}

}  // namespace nc::intake
