// Figures: the same question as /figures and `nhipcau figures`, the same answer as JSON.
#include <charconv>

#include "base/text.h"
#include "channels/sync/node_states.h"
#include "face/web/api/endpoint.h"
#include "face/web/figures/asked.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

constexpr std::int64_t kRecordsMost = 1000;
constexpr std::size_t kRecordsDefault = 100;

// The page tells people how they write a day; programs write it otherwise.
std::string error_text(const Call& call, const std::string& name, const std::string& on_the_page) {
  const auto typed = call.request.query.get(name);
  if ((name != "from" && name != "to") || days_of(typed)) return on_the_page;
  return call.ui.error_text(Error(ErrorCode::kUsage, NC_MSG("“{1}” is no day, month or year"), {shorten(typed, 64)})
                                .then(NC_MSG("Write 2024-05-06, 2024-05 or 2024")));
}

net::Response figures(const Call& call) {
  auto asked = read_asked(call.request.query, *call.world, call.ui);
  if (!asked.right()) {
    JsonArray errors;
    for (const auto& [name, text] : asked.errors) errors.push_back(Json().set("where", name).set("text", error_text(call, name, text)));
    const auto& [name, text] = *asked.errors.begin();
    return problem(ProblemType::kBadRequest, Error(ErrorCode::kUsage, "{1}", {error_text(call, name, text)}).at(name), call.ui,
                   Json().set("errors", std::move(errors)));
  }
  asked.query.records_max = kRecordsDefault;
  if (const auto most = call.request.query.get("records"); !most.empty())
    std::from_chars(most.data(), most.data() + most.size(), asked.query.records_max);  // check_query has seen it
  const auto read = access::ReadScope::resolve(call.who, access::Action::kCount, *call.world->tree, *call.world->catalog);
  if (read.nothing()) return problem(ProblemType::kDenied, Error(ErrorCode::kDenied, NC_MSG("Nothing is counted for this token")), call.ui);
  if (const auto done = call.site.ledger().catch_up(); !done) return problem(done.error(), call.ui);
  const auto found = call.site.columns().answer(asked.query, read, *call.world);
  const auto lang = call.lang();
  auto json = stats::to_json(
      found, *call.world, [&](const RecordId& id) { return call.name(id, lang); },
      [&](const std::string& message) { return call.ui.tr(message); });
  if (const auto added = sync::add_nodes_below(json, call.site.ledger()); !added) return problem(added.error(), call.ui);
  return answer(call, json);
}

}  // namespace

void add_figure_endpoints(std::vector<Endpoint>& out) {
  out.push_back({"GET",
                 "/figures",
                 "figures",
                 NC_MSG("Figures: recorded, declared, differences, completeness, sources; or a table with rows and columns"),
                 Rate::kFigures,
                 {{"unit", Shape::kText, NC_MSG("Code or name of a unit; it and all below it")},
                  {"line", Shape::kWord, NC_MSG("Which line stands over units"), false, {"command", "guidance"}},
                  {"counterpart", Shape::kText, NC_MSG("The other side: unit code, area or country")},
                  {"kind", Shape::kText, NC_MSG("Record types, several allowed"), true},
                  {"detail", Shape::kText, NC_MSG("Sub-kind")},
                  {"level", Shape::kText, NC_MSG("Level of the activity")},
                  {"measure", Shape::kText, NC_MSG("What is counted: count, participants, value_vnd, km, pairs ...")},
                  {"from", Shape::kText, NC_MSG("First day, month or year")},
                  {"to", Shape::kText, NC_MSG("Last day, month or year")},
                  {"as", Shape::kText, NC_MSG("Units as recorded, or as of a day")},
                  {"rows", Shape::kText, NC_MSG("A table: what the rows are")},
                  {"columns", Shape::kText, NC_MSG("A table: what the columns are")},
                  {"records",
                   Shape::kInteger,
                   NC_MSG("How many ids of records are listed per figure; 100 when nothing is said"),
                   false,
                   {},
                   kRecordsMost}},
                 "",
                 "Figures",
                 {200, 304},
                 {ProblemType::kDenied},
                 figures});
}

}  // namespace nc::web
