// For tests: a small catalogue, a tree of units and records put together from structs.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/rng.h"
#include "insight/stats/stats.h"
#include "ledger/orgtree/test_rows.h"

namespace nc::stats::test {

using orgtree::test::id_of;

inline std::int32_t day(int y, int m = 1, int d = 1) { return to_day(y, m, d); }

inline std::string field(const std::string& id, const std::string& kind, const std::string& rest = {}) {
  return "[[field]]\nid = \"" + id + "\"\nkind = \"" + kind + "\"\nlabel = { vi = \"" + id + "\", en = \"" + id + "\" }\n" + rest + "\n";
}

inline std::string option_list(const std::vector<std::string>& ids) {
  std::string out = "options = [";
  for (const auto& id : ids) out += "{ id = \"" + id + "\", vi = \"" + id + "\", en = \"" + id + "\" },";
  return out + "]";
}

inline std::string measure(const std::string& id, const std::string& nature, const std::string& value, const std::string& rest = {}) {
  return "[[measure]]\nid = \"" + id + "\"\nnature = \"" + nature + "\"\nvalue = \"" + value + "\"\nlabel = { vi = \"x\", en = \"x\" }\n" +
         rest + "\n";
}

inline void write_type(const std::filesystem::path& dir, const std::string& group, const std::string& id, const std::string& head,
                       const std::string& rest) {
  std::filesystem::create_directories(dir / group);
  const auto from = rest.find("id = \"") + 6;
  const auto title = rest.substr(from, rest.find('"', from) - from);  // the first field
  std::ofstream out(dir / group / (id + ".toml"));
  out << "id = \"" << id << "\"\nversion = 1\ngroup = \"" << group << "\"\nlabel = { vi = \"" << id << "\", en = \"" << id << "\" }\n"
      << "title = [\"" << title << "\"]\n"
      << head << "\n"
      << rest;
}

inline std::string activity_fields(bool standing) {
  const std::vector<std::string> levels{"ministry", "command", "province", "district", "post", "station", "village"};
  std::string out =
      standing ? field("from", "date", "required = true") + field("until", "date") : field("when", "date_range", "required = true");
  return out + field("status", "choice", "required = true\n" + option_list({"planned", "announced", "held", "postponed", "cancelled"})) +
         field("level", "choice", option_list(levels)) + field("detail", "choice", option_list({"a", "b"})) +
         field("lead", "ref", "required = true\nto = [\"body\"]") + field("own", "refs", "to = [\"body\"]") +
         field("counterpart", "refs", "to = [\"body\"]") + field("countries", "choices", option_list({"VN", "LA", "KH", "CN"})) +
         field("parent", "ref", "to = [\"game\"]") + field("same_event", "refs", "to = [\"game\"]") +
         field("includes", "refs", "to = [\"game\"]") + field("source", "refs", "to = [\"print\"]") + field("heads", "integer") +
         field("secret_heads", "integer", "handling = \"restricted\"") + field("km", "decimal", "scale = 3");
}

inline std::string activity_slots(bool standing) {
  return std::string("slots = { ") + (standing ? "from = \"from\", until = \"until\"" : "when = \"when\"") +
         ", status = \"status\", level = \"level\", detail = \"detail\", lead = \"lead\", own = \"own\", counterpart = \"counterpart\", "
         "countries = \"countries\", parent = \"parent\", same_event = \"same_event\", includes = \"includes\", source = \"source\" }";
}

inline void write_period_types(const std::filesystem::path& dir) {
  write_type(dir, "figures", "none",
             "feeds = \"nil-report\"\nslots = { unit = \"unit\", from = \"from\", until = \"until\", nil_kinds = \"nil\" }",
             field("unit", "ref", "to = [\"body\"]") + field("from", "date") + field("until", "date") +
                 field("nil", "lines", "columns = [ { id = \"kind\", kind = \"text\", label = { vi = \"x\", en = \"x\" } } ]"));
  const auto column = [](const std::string& id, const std::string& kind) {
    return "{ id = \"" + id + "\", kind = \"" + kind + "\", label = { vi = \"x\", en = \"x\" }" + (kind == "decimal" ? ", scale = 6" : "") +
           " },";
  };
  std::string columns;
  for (const char* id : {"what", "indicator", "detail", "level", "partner", "period", "measure", "qualifier"})
    columns += column(id, "text");
  const auto figures =
      field("figures", "lines",
            "columns = [" + columns + column("recorded", "decimal") + column("declared", "decimal") + column("records", "integer") + "]");
  const auto counted = field("counted", "long_text", "length_max = 40000");
  write_type(
      dir, "figures", "shut",
      "feeds = \"period-closing\"\nslots = { unit = \"unit\", line = \"line\", from = \"from\", until = \"until\", as_of = \"as_of\", "
      "figures = \"figures\", parameters = \"parameters\", counted = \"counted\", set_digest = \"set_digest\", parts = \"parts\" }",
      field("unit", "ref", "to = [\"body\"]") + field("line", "choice", option_list({"command", "guidance"})) + field("from", "date") +
          field("until", "date") + field("as_of", "date") + figures + field("parameters", "text", "length_max = 1000") + counted +
          field("set_digest", "text") +
          field("parts", "lines",
                "columns = [ { id = \"part\", kind = \"ref\", label = { vi = \"x\", en = \"x\" }, to = [\"shut_part\"] }, " +
                    column("digest", "text") + column("figures", "integer") + column("records", "integer") + "]"));
  write_type(
      dir, "figures", "shut_part",
      "feeds = \"period-closing-part\"\nslots = { unit = \"unit\", number = \"number\", figures = \"figures\", counted = \"counted\" }",
      field("unit", "ref", "to = [\"body\"]") + field("number", "integer") + figures + counted);
}

inline std::shared_ptr<const catalog::Catalog> small_catalog() {
  static const auto loaded = [] {
    const auto dir = std::filesystem::temp_directory_path() / ("nc-stats-" + system_rng().make<RecordId>().hex());
    const auto activity = [&](const std::string& group, const std::string& id, const std::string& head) {
      write_type(dir, group, id, "feeds = \"counted-activity\"\n" + head + "\n" + activity_slots(false),
                 activity_fields(false) + measure("participants", "flow", "heads") + measure("secret", "flow", "secret_heads") +
                     measure("km", "flow", "km", "scale = 3") + measure("done", "stock", "heads", "when = \"level == \\\"province\\\"\""));
    };
    activity("meetings", "game", "");
    activity("meetings", "chat", "");
    activity("marches", "march", "counts_when = \"not (detail == \\\"b\\\" and level == \\\"village\\\")\"");  // practice
    activity("meetings", "inner", "countable = false");
    activity("quiet", "sealed", "sensitive = true");
    write_type(dir, "meetings", "pair", "feeds = \"standing-thing\"\n" + activity_slots(true),
               activity_fields(true) + measure("pairs", "stock", "heads") + measure("signed", "flow", "heads"));
    const std::string level_options = option_list({"ministry", "command", "province", "district", "post", "station", "village"});
    write_type(dir, "places", "body", "feeds = \"org-unit\"\naudience = \"all\"\nslots = { name = \"name\", code = \"code\" }",
               field("name", "text", "required = true") + field("code", "text", "required = true"));
    write_type(dir, "figures", "print", "feeds = \"printed-source\"\naudience = \"all\"\nslots = { name = \"name\", code = \"code\" }",
               field("name", "text", "required = true") + field("code", "text"));
    write_type(dir, "figures", "mark",
               "feeds = \"figure-indicator\"\naudience = \"all\"\nslots = { code = \"code\", name = \"name\", kinds = \"kinds\", details = "
               "\"details\", "
               "levels = \"levels\", measure = \"measure\", nature = \"nature\" }",
               field("code", "text", "required = true") + field("name", "text", "required = true") + field("kinds", "text") +
                   field("details", "text") + field("levels", "choices", level_options) + field("measure", "text") +
                   field("nature", "choice", option_list({"flow", "stock"})));
    write_type(dir, "figures", "told",
               "feeds = \"figure-declared\"\nslots = { indicator = \"indicator\", unit = \"unit\", counterpart = \"counterpart\", "
               "countries = \"countries\", area = \"area\", "
               "levels = \"levels\", from = \"from\", until = \"until\", value = \"value\", denominator = \"denominator\", qualifier = "
               "\"qualifier\", "
               "magnitude = \"magnitude\", part_of = \"part_of\", verbatim = \"verbatim\", source = \"source\", code = \"code\" }",
               field("indicator", "ref", "required = true\nto = [\"mark\"]") + field("unit", "ref", "required = true\nto = [\"body\"]") +
                   field("counterpart", "refs", "to = [\"body\"]") + field("countries", "choices", option_list({"VN", "LA", "KH", "CN"})) +
                   field("area", "text") + field("levels", "choices", level_options) + field("from", "date") + field("until", "date") +
                   field("value", "decimal", "scale = 3") + field("denominator", "decimal", "scale = 3") + field("qualifier", "qualifier") +
                   field("magnitude", "text") + field("part_of", "ref", "to = [\"told\"]") + field("verbatim", "text") +
                   field("source", "refs", "to = [\"print\"]") + field("code", "text"));
    write_type(dir, "figures", "report",
               "feeds = \"period-report\"\nslots = { unit = \"unit\", from = \"from\", until = \"until\", nil_kinds = \"nil\", state = "
               "\"state\" }",
               field("unit", "ref", "to = [\"body\"]") + field("from", "date") + field("until", "date") +
                   field("nil", "choices", option_list({"game", "chat", "march"})) +
                   field("state", "choice", option_list({"draft", "closed"})));
    write_period_types(dir);
    std::ofstream(dir / "roles.toml")
        << "[[role]]\nid = \"reader\"\nlabel = { vi = \"x\", en = \"x\" }\ncapabilities = [\"know\", \"read\", \"count\"]\ngroups = []\n"
           "[[role]]\nid = \"trusted\"\nlabel = { vi = \"x\", en = \"x\" }\ncapabilities = [\"know\", \"read\", \"count\", "
           "\"count_sensitive\"]\ngroups = []\n";
    auto result = catalog::Catalog::load(dir);
    std::filesystem::remove_all(dir);
    if (!result) throw std::runtime_error(result.error().english());
    return *result;
  }();
  return loaded;
}

inline Json date(const std::string& iso) {
  const auto parsed = parse_iso_date(iso).value();
  static constexpr const char* kNames[] = {"day", "month", "year", "month_day"};
  Json out;
  out.set("day", static_cast<std::int64_t>(parsed.day)).set("precision", kNames[static_cast<std::size_t>(parsed.precision)]);
  return out;
}

inline Json refs(const std::vector<std::string>& names) {
  Json out{JsonArray{}};
  for (const auto& name : names) out.push(Json(JsonObject{{"ref", Json(id_of(name).hex())}}));
  return out;
}

inline Json list(const std::vector<std::string>& items) { return JsonArray(items.begin(), items.end()); }

// A record made of parts; the base part first.
struct Made {
  records::RecordView view;
  Made(const std::string& type, const std::string& name, std::vector<std::pair<journal::PartKey, Json>> parts) {
    view.id = id_of(name);
    view.type_id = type;
    view.values = Json(JsonObject{});
    for (auto& [key, values] : parts) {
      for (const auto& [field, value] : values.as_object()) view.values.set(field, value);
      view.parts.push_back({key, std::move(values), {}, {}, {}, false});
    }
  }
};

inline journal::PartKey own(const std::string& unit, int handling = 1) {
  return {static_cast<journal::HandlingLevel>(handling), journal::Audience::own(id_of(unit))};
}
inline journal::PartKey open_to_all() { return {0, journal::Audience::all()}; }

// Values of a held activity; `when` an ISO date or "" for none.
inline Json held(const std::string& lead, const std::string& when, const std::string& level = "post") {
  Json out;
  out.set("status", "held").set("lead", id_of(lead).hex()).set("level", level);
  if (!when.empty()) out.set("when", Json(JsonObject{{"from", date(when)}}));
  return out;
}

struct Records {
  records::World world;
  Columns columns;
  std::map<RecordId, records::RecordView> all;

  explicit Records(std::shared_ptr<const orgtree::OrgTree> tree) {
    world.catalog = small_catalog();
    world.tree = std::move(tree);
  }

  void put(Made made) { put(std::move(made.view)); }
  void put(records::RecordView view) {
    view.type = world.catalog->find(view.type_id);
    columns.apply(view, world);
    all[view.id] = std::move(view);
  }
  void put(const std::string& type, const std::string& name, const std::string& unit, Json values) {
    put(Made(type, name, {{own(unit), std::move(values)}}));
  }
  void void_it(const std::string& name) {
    auto view = all.at(id_of(name));
    view.voided = true;
    put(std::move(view));
  }
  void source(const std::string& name) {
    put(Made("print", name, {{open_to_all(), Json(JsonObject{{"name", Json(name)}, {"code", Json(name)}})}}));
  }
  void indicator(const std::string& code, const std::string& kinds, const std::string& measure, const std::string& nature = "flow",
                 const std::string& details = "") {
    Json values;
    values.set("code", code).set("name", "printed " + code).set("kinds", kinds).set("measure", measure).set("nature", nature);
    if (!details.empty()) values.set("details", details);
    put(Made("mark", code, {{open_to_all(), std::move(values)}}));
  }
  // An empty value means that the source gives none.
  void declared(const std::string& name, const std::string& indicator, const std::string& unit, const std::string& from,
                const std::string& until, const std::string& value, Json more = Json(JsonObject{})) {
    more.set("code", name).set("indicator", id_of(indicator).hex()).set("unit", id_of(unit).hex());
    if (!from.empty()) more.set("from", date(from));
    if (!until.empty()) more.set("until", date(until));
    if (!value.empty()) more.set("value", value);
    put("told", name, unit, std::move(more));
  }

  // Whom the tests ask as: `unit` empty is the console.
  [[nodiscard]] access::ReadScope reader(const std::string& unit = "", const std::string& role = "trusted", int clearance = 2) const {
    access::Subject who;
    if (unit.empty()) {
      who.console = true;
    } else {
      access::Grant grant;
      grant.role = role;
      grant.unit = id_of(unit);
      who.grants = {grant};
      who.unit = id_of(unit);
      who.today = day(2026);
      who.clearance = static_cast<access::Handling>(clearance);
    }
    return access::ReadScope::resolve(who, access::Action::kCount, *world.tree, *world.catalog);
  }
  [[nodiscard]] Answer ask(const Query& query) const { return columns.answer(query, reader(), world); }
};

// The figure of one kind (or of an indicator, by its code), measure and level; a failure when there is none.
inline Figure figure(const Answer& answer, const std::string& what, const std::string& measure = "count",
                     const std::vector<std::string>& levels = {}) {
  for (const auto& f : answer.figures) {
    const bool is = f.indicator ? f.indicator_code == what : what == "all" ? f.kinds.empty() : f.kinds == std::vector{what};
    if (is && f.measure == measure && (levels.empty() || f.levels == levels)) return f;
  }
  ADD_FAILURE() << "no figure " << what << " " << measure;
  return {};
}
inline bool has_figure(const Answer& answer, const std::string& what, const std::string& measure = "count") {
  for (const auto& f : answer.figures)
    if ((f.indicator ? f.indicator_code == what : f.kinds == std::vector{what}) && f.measure == measure) return true;
  return false;
}
inline std::int64_t number(const std::optional<Amount>& amount) {
  if (!amount) return -1;
  return amount->scale == 0 ? amount->value : amount->json().is_int() ? amount->json().as_int() : -2;
}

}  // namespace nc::stats::test
