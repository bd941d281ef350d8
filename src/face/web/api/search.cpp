// Searching: what the box of the pages finds, for programs.
#include <charconv>

#include "face/web/api/record_json.h"
#include "face/web/site.h"
#include "face/web/unit_lookup.h"
#include "insight/search/output.h"

namespace nc::web {
namespace {

constexpr std::int64_t kFoundMost = 100, kYearMost = 9999;

std::int64_t number_of(std::string_view text) {  // check_query has seen that it is one
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

Result<search::Asked> read_question(const Call& call) {
  const auto& query = call.request.query;
  search::Asked asked;
  asked.typed = query.get("q");
  asked.lang = call.lang();
  for (const auto type : query.all("type")) {
    if (!call.world->catalog->find(type)) {
      std::vector<std::string> types;
      for (const auto& one : call.world->catalog->types()) types.push_back(one.id);
      return fail(none_of(type, std::move(types), "type"));
    }
    asked.types.emplace_back(type);
  }
  if (query.has("unit")) {
    NC_ASSIGN(const auto* unit, unit_of(call, "unit"));
    asked.unit = unit->id;
  }
  if (query.has("year")) asked.year = static_cast<int>(number_of(query.get("year")));
  if (query.has("limit")) asked.limit = static_cast<std::size_t>(number_of(query.get("limit")));
  asked.cursor = query.get("after");
  if (!asked.cursor.empty() && asked.types.empty())
    return fail(Error(ErrorCode::kUsage, NC_MSG("Only what is of one type or more stands in one order that can be gone on with"))
                    .at("after")
                    .then(NC_MSG("Name a “type”")));
  return asked;
}

net::Response found(const Call& call) {
  const auto asked = read_question(call);
  if (!asked) return problem(ProblemType::kBadRequest, asked.error(), call.ui);
  const auto result = call.site.search().ask(call.who, *asked);
  if (!result) {
    const auto& error = result.error();
    if (error.where == "cursor") return problem(ProblemType::kBadRequest, Error(error).at("after"), call.ui);
    return error.where == "q" ? problem(ProblemType::kBadRequest, error, call.ui) : problem(error, call.ui);
  }
  auto response = answer(call, search::answer_json(*result));
  if (!result->next_cursor.empty()) {
    auto next = call.request;
    next.query.set("after", result->next_cursor);
    response.headers.set("Link", "<" + next.target() + ">; rel=\"next\"");
  }
  return response;
}

}  // namespace

void add_search_endpoint(std::vector<Endpoint>& out) {
  out.push_back({"GET",
                 "/search",
                 "search",
                 NC_MSG("Records in which all words stand, by type or, with a type, in one order; and where the words stand"),
                 Rate::kReads,
                 {{"q", Shape::kText, NC_MSG("Words; marks may be left out; what stands in quotes stands there as it is")},
                  {"type", Shape::kText, NC_MSG("Id of a record type; may be repeated"), true},
                  {"year", Shape::kInteger, NC_MSG("Year of the first day"), false, {}, kYearMost, 1},
                  {"unit", Shape::kText, NC_MSG("Code or id of a unit that is named, with all that ever stood below it")},
                  {"after", Shape::kText, NC_MSG("The “next” of the page before, as it is")},
                  {"limit", Shape::kInteger, NC_MSG("How many at most: of each type, or with a type of all"), false, {}, kFoundMost, 1}},
                 "",
                 "Found",
                 {200, 304},
                 {},
                 found});
}

}  // namespace nc::web
