// Units as of a day.
#include <algorithm>

#include "face/web/api/endpoint.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

using orgtree::Unit;

bool exists_on(const Unit& unit, std::int32_t day) { return (!unit.from || *unit.from <= day) && (!unit.until || *unit.until >= day); }

Json day_json(const std::optional<std::int32_t>& day) { return day ? Json(iso_date({*day, DatePrecision::kDay, false})) : Json(); }

Json unit_json(const orgtree::OrgTree& tree, const Unit& unit, orgtree::Line line, std::int32_t day) {
  const auto above = tree.parent(unit.id, line, day);
  Json out = Json().set("id", unit.id.hex()).set("code", unit.code).set("name", unit.name).set("name_en", unit.name_en);
  out.set("own", unit.own).set("country", unit.country).set("force", unit.force).set("level", unit.level).set("chain", unit.chain);
  out.set("area", unit.area).set("from", day_json(unit.from)).set("until", day_json(unit.until));
  return out.set("parent", above ? Json(above->hex()) : Json());
}

Result<std::set<UnitId>> wanted_units(const Call& call, orgtree::Line line, std::int32_t day) {
  const auto& tree = *call.world->tree;
  std::set<UnitId> out;
  if (call.request.query.has("under")) {
    NC_ASSIGN(const auto* top, unit_of(call, "under"));
    return tree.subtree(top->id, line, day);
  }
  for (const auto& unit : tree.units()) out.insert(unit.id);
  return out;
}

net::Response units(const Call& call) {
  if (!records::reads_units(call.who, *call.world))
    return problem(ProblemType::kDenied, Error(ErrorCode::kDenied, NC_MSG("Units are for who reads records")), call.ui);
  const auto& query = call.request.query;
  const auto line = orgtree::line_from_name(query.get("line")).value_or(orgtree::Line::kCommand);
  std::int32_t day = call.who.today;
  if (query.has("day")) {
    const auto days = days_of(query.get("day"));
    if (!days || days->first != days->last)
      return problem(ProblemType::kBadRequest,
                     Error(ErrorCode::kUsage, NC_MSG("One day is wanted")).at("day").then(NC_MSG("Write 2024-05-06")), call.ui);
    day = days->first;
  }
  const auto wanted = wanted_units(call, line, day);
  if (!wanted) return problem(ProblemType::kBadRequest, wanted.error(), call.ui);
  JsonArray items;
  for (const auto& unit : call.world->tree->units()) {
    const bool side = query.get("side").empty() || (query.get("side") == "own") == unit.own;
    if (side && exists_on(unit, day) && wanted->contains(unit.id)) items.push_back(unit_json(*call.world->tree, unit, line, day));
  }
  return answer(call, Json().set("day", day_json(day)).set("line", std::string(orgtree::line_name(line))).set("items", std::move(items)));
}

}  // namespace

void add_unit_endpoints(std::vector<Endpoint>& out) {
  out.push_back({"GET",
                 "/units",
                 "units",
                 NC_MSG("Units that existed on a day, each with the unit above it"),
                 Rate::kReads,
                 {{"day", Shape::kDay, NC_MSG("The day; today when nothing is said")},
                  {"line", Shape::kWord, NC_MSG("Which line stands over units"), false, {"command", "guidance"}},
                  {"under", Shape::kText, NC_MSG("Code or id of a unit; it and all below it on that day")},
                  {"side", Shape::kWord, NC_MSG("Only our own units, or only those of the other side"), false, {"own", "other"}}},
                 "",
                 "Units",
                 {200, 304},
                 {ProblemType::kDenied},
                 units});
}

}  // namespace nc::web
