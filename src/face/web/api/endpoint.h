// Inside the room: the table of what programs may ask. One row says all of a route: routing, refusal of unknown
// parameters, rates and the OpenAPI document are made from it, so that what is described is what is done.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "face/web/api/problem.h"
#include "face/web/api/rates.h"
#include "foundation/net/router.h"
#include "ledger/access/access.h"
#include "ledger/records/ledger.h"

namespace nc::web {

class Site;

// One request of a program. Lives for the request, on one thread.
struct Call {
  Site& site;
  const net::Request& request;
  const net::Params& params;
  const i18n::Translator& ui;
  const access::Subject& who;  // with what the token leaves of it
  const std::shared_ptr<const records::World> world;

  [[nodiscard]] records::Ledger& ledger() const;
  [[nodiscard]] std::string lang() const { return std::string(i18n::lang_code(ui.lang())); }
  // Title of a record for this reader, a short form of the id when he may not know it.
  [[nodiscard]] std::string name(const RecordId& id, std::string_view lang) const;
  [[nodiscard]] std::optional<RecordId> id() const;  // of the path
};

enum class Shape : std::uint8_t {
  kText,
  kId,       // 32 hexadecimal digits
  kDay,      // 2024, 2024-05 or 2024-05-06
  kInteger,  // `least` to `most`
  kFlag,     // true, false
  kWord,     // one of `words`
};

struct Parameter {
  std::string_view name;
  Shape shape = Shape::kText;
  const char* what = "";  // message id
  bool repeated = false;
  std::vector<std::string_view> words = {};
  std::int64_t most = 0;
  std::int64_t least = 0;
};

struct Endpoint {
  std::string_view method, path;  // path as of the router, without the prefix
  std::string_view id;            // operationId
  const char* what;               // message id
  Rate rate = Rate::kReads;
  std::vector<Parameter> query = {};
  std::string_view body = {};              // schema of the body; empty: none is read
  std::string_view answer = {};            // schema of the answer
  std::vector<int> statuses = {};          // of answers that are no problem
  std::vector<ProblemType> problems = {};  // besides those that any request may get
  std::function<net::Response(const Call&)> handler;
};

// As `body` or `answer`: bytes of a file, no JSON.
inline constexpr std::string_view kFileBytes = "*";

inline constexpr std::string_view kApiPrefix = "/api/v1";

[[nodiscard]] const std::vector<Endpoint>& endpoints();
void add_record_endpoints(std::vector<Endpoint>& out);     // records.cpp
void add_search_endpoint(std::vector<Endpoint>& out);      // search.cpp
void add_change_endpoints(std::vector<Endpoint>& out);     // changes.cpp
void add_figure_endpoints(std::vector<Endpoint>& out);     // figures.cpp
void add_task_endpoints(std::vector<Endpoint>& out);       // tasks.cpp
void add_unit_endpoints(std::vector<Endpoint>& out);       // units.cpp
void add_file_endpoints(std::vector<Endpoint>& out);       // attachments.cpp
void add_catalogue_endpoints(std::vector<Endpoint>& out);  // catalogue.cpp

// --- what handlers are made of (call.cpp) ---
// What is wrong with the query: an unknown name with the nearest one, a name twice, a value of another shape.
Status check_query(const Endpoint& endpoint, const net::Fields& query);
// The body as an object with no other members than these; text is brought to NFC.
Result<Json> read_body(const Call& call, const std::vector<std::string>& members);
// 200 with ETag, or 304 when the request names it in If-None-Match.
[[nodiscard]] net::Response answer(const Call& call, const Json& body);
[[nodiscard]] std::string etag_of(std::string_view body);
// The unit that a parameter names by code or id; kUsage names the nearest codes.
[[nodiscard]] Result<const orgtree::Unit*> unit_of(const Call& call, std::string_view parameter);
// The days a text of Shape::kDay means.
[[nodiscard]] Result<DayRange> days_of(std::string_view text);
// A parameter that names an option of the catalogue, in whatever type: its id, empty when nothing is said; else the nearest options.
[[nodiscard]] Result<std::string> option_of(const Call& call, std::string_view parameter, std::string_view slot);
// “typed” is none of the valid words; the next step names the nearest.
[[nodiscard]] Error none_of(std::string_view typed, std::vector<std::string> valid, std::string where);

}  // namespace nc::web
