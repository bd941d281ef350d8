// For tests: a province of three posts, periods and closings in it.
#pragma once

#include "insight/stats/closing.h"
#include "insight/stats/test_world.h"

namespace nc::stats::test {

using orgtree::Link;
using orgtree::OrgTree;
using orgtree::Unit;

inline std::shared_ptr<const OrgTree> period_tree() {
  const auto unit = [](const std::string& code, const std::string& level, std::optional<std::int32_t> records_from = {}) {
    Unit out;
    out.id = id_of(code);
    out.code = out.name = code;
    out.country = "VN";
    out.level = level;
    out.own = true;
    out.records_from = records_from;
    return out;
  };
  const auto link = [](const std::string& below, const std::string& above) {
    return Link{id_of(below), id_of(above), orgtree::Line::kCommand, {}, {}, {}};
  };
  return OrgTree::build({unit("command", "command"), unit("north", "province", day(2024)), unit("p1", "post"), unit("p2", "post"),
                         unit("p3", "post"), unit("s1", "station")},
                        {link("north", "command"), link("p1", "north"), link("p2", "north"), link("p3", "north"), link("s1", "p1")}, {});
}

struct Periods : testing::Test {
  Records r{period_tree()};

  static Query quarter(const std::string& unit, const std::vector<std::string>& kinds = {}) {
    Query query;
    query.unit = id_of(unit);
    query.kinds = kinds;
    query.from = day(2021);
    query.to = day(2021, 3, 31);
    return query;
  }
  static Json period(const std::string& unit) {
    Json out;
    out.set("unit", id_of(unit).hex()).set("from", date("2021-01")).set("until", date("2021-03"));
    return out;
  }
  void nil(const std::string& name, const std::string& unit, const std::string& kind) {
    r.put("none", name, unit, period(unit).set("nil", JsonArray{Json(JsonObject{{"kind", Json(kind)}})}));
  }
  Result<records::Closing> prepare(const std::string& unit) const {
    return new_closing(*r.world.catalog->find("shut"), quarter(unit), r.columns, r.reader(), r.world, day(2021, 4, 5));
  }
  // As it is written: each part has a record, which its row names.
  records::RecordView closing(const std::string& name, const std::string& unit, const std::string& state) {
    auto made_up = prepare(unit);
    EXPECT_TRUE(made_up) << (made_up ? "" : made_up.error().english());
    if (!made_up) return {};
    auto rows = made_up->head.values["parts"];
    for (std::size_t i = 0; i < made_up->parts.size(); ++i) {
      const auto part = name + " part " + std::to_string(i + 1);
      r.put(made_up->part_type, part, unit, made_up->parts[i]);
      rows.as_array()[i].set("part", id_of(part).hex());
    }
    if (!made_up->parts.empty()) made_up->head.values.set("parts", rows);
    const auto& type = *r.world.catalog->find("shut");
    Made made("shut", name, {{own(unit), made_up->head.values}});
    made.view.type = &type;
    made.view.state = state;
    r.put(made.view);
    return made.view;
  }
  // Who may read everything that there is, void or not.
  ReadRecord reads_all() const {
    return [this](const RecordId& id) {
      const auto at = r.all.find(id);
      return at == r.all.end() ? std::nullopt : std::optional(at->second);
    };
  }
  UnitStatus status(const std::string& unit, const std::vector<std::string>& kinds = {}) {
    for (const auto& one : r.columns.statuses(quarter("north", kinds), r.reader(), r.world))
      if (one.unit == id_of(unit)) return one;
    ADD_FAILURE() << unit << " owes nothing";
    return {};
  }
};

}  // namespace nc::stats::test
