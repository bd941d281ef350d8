// What there is to record: the types with their fields; and who the token acts for.
#include "face/web/api/endpoint.h"
#include "face/web/api/record_json.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

net::Response types(const Call& call) {
  JsonArray items;
  for (const auto& type : call.world->catalog->types())
    items.push_back(Json()
                        .set("id", type.id)
                        .set("version", type.version)
                        .set("group", type.group)
                        .set("label", label_json(type.label))
                        .set("feeds", type.feeds)
                        .set("creatable", type.creatable));
  return answer(call, Json().set("items", std::move(items)));
}

net::Response type(const Call& call) {
  const auto* found = call.world->catalog->find(call.params.get("type"));
  if (found) return answer(call, call.world->catalog->definition(*found));
  return problem(Error(ErrorCode::kNotFound, NC_MSG("There is no such record type")).then(NC_MSG("Look at the list of types")), call.ui);
}

Json grant_json(const Call& call, const access::Grant& grant) {
  const auto* unit = grant.unit ? call.world->tree->find(*grant.unit) : nullptr;
  Json out = Json().set("role", grant.role).set("line", std::string(orgtree::line_name(grant.line))).set("chain", grant.chain);
  return out.set("unit", unit ? Json(unit->code) : Json());
}

net::Response me(const Call& call) {
  JsonArray grants;
  for (const auto& grant : call.who.grants) grants.push_back(grant_json(call, grant));
  const auto* unit = call.world->tree->find(call.who.unit);
  Json body =
      Json().set("account", call.who.person.hex()).set("login", call.who.login).set("name", call.site.account_name(call.who.person));
  body.set("unit", unit ? Json(unit->code) : Json()).set("grants", std::move(grants)).set("reads_only", call.who.reads_only);
  body.set("handling", std::string(catalog::handling_name(call.who.clearance)));
  body.set("today", iso_date({call.who.today, DatePrecision::kDay, false}));
  return answer(call, body);
}

}  // namespace

void add_catalogue_endpoints(std::vector<Endpoint>& out) {
  out.push_back({"GET", "/catalogue", "types", NC_MSG("All record types"), Rate::kReads, {}, "", "Types", {200, 304}, {}, types});
  out.push_back({"GET",
                 "/catalogue/{type}",
                 "type",
                 NC_MSG("A record type with its fields, rules and steps"),
                 Rate::kReads,
                 {},
                 "",
                 "Type",
                 {200, 304},
                 {ProblemType::kNotFound},
                 type});
  out.push_back({"GET", "/me", "me", NC_MSG("For whom this token acts, and what it may"), Rate::kReads, {}, "", "Me", {200, 304}, {}, me});
}

}  // namespace nc::web
