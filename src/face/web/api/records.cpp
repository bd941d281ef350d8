// Reading records: lists, one record, its history, words.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "face/web/api/record_json.h"
#include "face/web/site.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

using records::ListQuery;

constexpr std::int64_t kListMost = 500;

Status read_types(const Call& call, ListQuery& list) {
  const auto& catalog = *call.world->catalog;
  for (const auto type : call.request.query.all("type")) {
    if (!catalog.find(type)) {
      std::vector<std::string> types;
      for (const auto& one : catalog.types()) types.push_back(one.id);
      return fail(none_of(type, std::move(types), "type"));
    }
    list.types.emplace_back(type);
  }
  for (const auto feeds : call.request.query.all("feeds")) {
    std::vector<std::string> known;
    for (const auto& one : catalog.types())
      if (!one.feeds.empty() && std::ranges::find(known, one.feeds) == known.end()) known.push_back(one.feeds);
    if (std::ranges::find(known, feeds) == known.end()) return fail(none_of(feeds, std::move(known), "feeds"));
    list.feeds.emplace_back(feeds);
  }
  return {};
}

Status read_unit(const Call& call, std::string_view name, std::set<UnitId>& into) {
  if (!call.request.query.has(name)) return {};
  NC_ASSIGN(const auto* unit, unit_of(call, name));
  into = with_units_below(*call.world->tree, unit->id);
  return {};
}

Status read_days(const Call& call, ListQuery& list) {
  const auto& query = call.request.query;
  if (query.has("from")) {
    NC_ASSIGN(const auto days, days_of(query.get("from")));
    list.from = days.first;
  }
  if (query.has("until")) {
    NC_ASSIGN(const auto days, days_of(query.get("until")));
    list.until = days.last;
  }
  if (list.from && list.until && *list.from > *list.until)
    return fail(Error(ErrorCode::kUsage, NC_MSG("The period ends before it begins"))
                    .at("until")
                    .then(NC_MSG("Give a later day, or leave it empty")));
  return {};
}

Status read_state(const Call& call, ListQuery& list) {
  list.state = call.request.query.get("state");
  if (list.state.empty()) return {};
  std::vector<std::string> known;
  for (const auto& type : call.world->catalog->types())
    for (const auto& state : type.states)
      if (std::ranges::find(known, state.id) == known.end()) known.push_back(state.id);
  if (std::ranges::find(known, list.state) != known.end()) return {};
  return fail(none_of(list.state, std::move(known), "state"));
}

Result<ListQuery> read_list(const Call& call) {
  const auto& query = call.request.query;
  const auto text = [&](std::string_view name) { return std::string(query.get(name)); };
  ListQuery list;
  NC_TRY(read_types(call, list));
  NC_TRY(read_days(call, list));
  NC_TRY(read_unit(call, "own", list.own));
  NC_TRY(read_unit(call, "counterpart", list.counterpart));
  NC_ASSIGN(list.country, option_of(call, "country", "countries"));
  NC_ASSIGN(list.detail, option_of(call, "detail", "detail"));
  NC_ASSIGN(list.level, option_of(call, "level", "level"));
  NC_ASSIGN(list.status, option_of(call, "status", "status"));
  NC_TRY(read_state(call, list));
  list.text = text("q");
  if (query.has("linked_to")) list.linked_to = RecordId::from_hex(query.get("linked_to"));
  list.with_voided = query.get("void") == "true";
  if (query.get("sort") == "oldest") list.sort = ListQuery::Sort::kOldest;
  list.cursor = text("after");
  const auto limit = text("limit");
  if (!limit.empty()) std::from_chars(limit.data(), limit.data() + limit.size(), list.limit);  // check_query has seen it
  return list;
}

net::Response bad(const Call& call, const Error& error) { return problem(ProblemType::kBadRequest, error, call.ui); }

// A cursor that is broken is the only thing in a list's query that the ledger itself refuses.
net::Response list_records(const Call& call) {
  auto query = read_list(call);
  if (!query) return bad(call, query.error());
  const auto page = call.ledger().list(call.who, *query);
  if (!page) return page.error().where == "cursor" ? bad(call, Error(page.error()).at("after")) : problem(page.error(), call.ui);
  JsonArray items;
  for (const auto& record : page->items)
    if (record.type) items.push_back(record_json(call, record));
  Json body = Json().set("items", std::move(items)).set("total", page->total).set("more", page->more);
  body.set("next", page->next_cursor.empty() ? Json() : Json(page->next_cursor));
  auto response = answer(call, body);
  if (!page->next_cursor.empty()) {
    auto next = call.request;
    next.query.set("after", page->next_cursor);
    response.headers.set("Link", "<" + next.target() + ">; rel=\"next\"");
  }
  return response;
}

net::Response get_record(const Call& call) {
  const auto record = record_of(call);
  return record ? answer(call, record_json(call, *record)) : problem(record.error(), call.ui);
}

net::Response get_history(const Call& call) {
  const auto record = record_of(call);
  if (!record) return problem(record.error(), call.ui);
  const auto items = call.ledger().history(call.who, record->id);
  return items ? answer(call, history_json(call, *record, *items)) : problem(items.error(), call.ui);
}

Parameter limit_parameter() {
  return {"limit", Shape::kInteger, NC_MSG("How many at most; 50 when nothing is said"), false, {}, kListMost, 1};
}
Parameter after_parameter() { return {"after", Shape::kText, NC_MSG("The “next” of the page before, as it is")}; }
Parameter words_parameter() { return {"q", Shape::kText, NC_MSG("Words in title or place; marks may be left out")}; }
Parameter type_parameter() { return {"type", Shape::kText, NC_MSG("Id of a record type; may be repeated"), true}; }

std::vector<Parameter> list_parameters() {
  return {type_parameter(),
          {"feeds", Shape::kText, NC_MSG("All types that the program understands as this, for example counted-activity; may be repeated"),
           true},
          {"from", Shape::kDay, NC_MSG("First day; a record lies in the period when its days overlap it")},
          {"until", Shape::kDay, NC_MSG("Last day")},
          {"own", Shape::kText, NC_MSG("Code or id of a unit: in charge or taking part, with all that ever stood below it")},
          {"counterpart", Shape::kText, NC_MSG("Code or id of a unit of the other side, with all below it")},
          {"country", Shape::kText, NC_MSG("Country of the other side")},
          {"detail", Shape::kText, NC_MSG("Sub-kind")},
          {"level", Shape::kText, NC_MSG("Level of the activity")},
          {"status", Shape::kText, NC_MSG("Status of the activity: planned, held and so on")},
          {"state", Shape::kText, NC_MSG("State of the workflow")},
          words_parameter(),
          {"linked_to", Shape::kId, NC_MSG("Records that refer to this one")},
          {"void", Shape::kFlag, NC_MSG("Whether void records are listed too")},
          {"sort", Shape::kWord, NC_MSG("newest when nothing is said"), false, {"newest", "oldest"}},
          after_parameter(),
          limit_parameter()};
}

}  // namespace

void add_record_endpoints(std::vector<Endpoint>& out) {
  out.push_back({"GET",
                 "/records",
                 "listRecords",
                 NC_MSG("Records, page by page"),
                 Rate::kReads,
                 list_parameters(),
                 "",
                 "RecordPage",
                 {200, 304},
                 {},
                 list_records});
  out.push_back({"GET",
                 "/records/{id}",
                 "getRecord",
                 NC_MSG("One record"),
                 Rate::kReads,
                 {},
                 "",
                 "Record",
                 {200, 304},
                 {ProblemType::kNotFound},
                 get_record});
  out.push_back({"GET",
                 "/records/{id}/history",
                 "getHistory",
                 NC_MSG("Who changed what, newest first"),
                 Rate::kReads,
                 {},
                 "",
                 "History",
                 {200, 304},
                 {ProblemType::kNotFound},
                 get_history});
}

}  // namespace nc::web
