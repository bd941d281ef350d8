// The interface for programs, to read and to try. Trying is a plain form: the site asks itself on behalf of the
// person, with what a token of his could do, and shows the answer as text.
#include "base/text.h"
#include "face/web/api/api.h"
#include "face/web/list.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/api";
constexpr std::size_t kShownBytesMax = 64 * 1024;

std::string name_of(const Endpoint& endpoint) {
  return std::string(endpoint.method) + " " + std::string(kApiPrefix) + std::string(endpoint.path);
}

Html endpoint_section(const Visit& visit, const Endpoint& endpoint) {
  Html parameters;
  for (const auto& parameter : endpoint.query) {
    std::string words;
    for (const auto word : parameter.words) words += (words.empty() ? "" : ", ") + std::string(word);
    parameters.add(el("tr", {}, el("td", {}, el("code", {}, parameter.name)),
                      el("td", {}, visit.tr(parameter.what), words.empty() ? Html() : join(": ", el("code", {}, words)))));
  }
  const auto table =
      parameters.empty()
          ? Html()
          : el("table", {{"class", "small"}},
               el("thead", {},
                  el("tr", {}, el("th", {{"scope", "col"}}, visit.tr("Parameter")), el("th", {{"scope", "col"}}, visit.tr("Meaning")))),
               el("tbody", {}, parameters));
  return el(
      "details", {}, el("summary", {}, el("code", {}, name_of(endpoint)), " · ", visit.tr(endpoint.what)),
      endpoint.body.empty() || endpoint.body == kFileBytes
          ? Html()
          : hint(visit.tr("The body is described under “{1}” in the description.", std::string(endpoint.body))),
      join(table, endpoint.method == "GET" && endpoint.path.find('{') == std::string_view::npos
                      ? button_link(visit.tr("Try it"),
                                    Url::to(kPath, {{"method", "GET"}, {"address", std::string(kApiPrefix) + std::string(endpoint.path)}}))
                      : Html()));
}

Html problems_section(const Visit& visit) {
  Html rows;
  for (const auto& row : problem_rows())
    rows.add(el("tr", {}, el("td", {{"id", row.name}}, el("code", {}, row.name)), el("td", {}, std::to_string(row.status)),
                el("td", {}, visit.tr(row.title)), el("td", {}, visit.tr(row.next))));
  const auto head = [&](std::string text) { return el("th", {{"scope", "col"}}, text); };
  return section(
      visit.tr("Problems"),
      el("div", {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", visit.tr("Problems")}},
         el("table", {{"class", "small"}},
            el("thead", {},
               el("tr", {}, head(visit.tr("Type")), head(visit.tr("Status")), head(visit.tr("Meaning")), head(visit.tr("Next step")))),
            el("tbody", {}, rows))));
}

Form try_form(const Visit& visit, const net::Fields& typed, const std::string& error) {
  Form form{Url::to("/api/try")};
  form.csrf_token = visit.session.csrf;
  form.error = error;
  Field method;
  method.name = "method";
  method.label = visit.tr("Method");
  method.input = Input::kChoice;
  method.width = Width::kNarrow;
  method.value = typed.has("method") ? typed.get("method") : "GET";
  method.options = {{"GET", "GET", ""}, {"POST", "POST", ""}, {"PATCH", "PATCH", ""}, {"DELETE", "DELETE", ""}};
  Field address;
  address.name = "address";
  address.label = visit.tr("Address");
  address.width = Width::kFull;
  address.value = typed.has("address") ? std::string(typed.get("address")) : std::string(kApiPrefix) + "/me";
  Field body;
  body.name = "body";
  body.label = visit.tr("Body (JSON)");
  body.input = Input::kLongText;
  body.width = Width::kFull;
  body.value = typed.get("body");
  Field match;
  match.name = "if_match";
  match.label = "If-Match";
  match.value = typed.get("if_match");
  form.fieldsets = {
      {visit.tr("Try it"),
       visit.tr("With your own rights, as a token of yours would have them. What you send with POST and PATCH is really saved."),
       {method, address, match, body}}};
  form.submits = {{visit.tr("Send"), "", ""}};
  return form;
}

Html answer_section(const Visit& visit, const net::Response& response) {
  std::string text = "HTTP " + std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\n";
  const auto parsed = parse_json(response.body, {16 * 1024 * 1024, false});
  auto body = parsed ? pretty(*parsed) : response.body;
  if (response.source) body = visit.tr("{1} bytes", response.source->size());
  text += "\n" + shorten(body, kShownBytesMax);
  return section(visit.tr("The answer"), el("div", {{"class", "statement"}}, el("pre", {{"tabindex", "0"}}, text)));
}

net::Response show(const Visit& visit, const net::Fields& typed, const Html& above = {}, const std::string& error = {}) {
  auto page = visit.frame(visit.tr("Interface for programs"), Place::kNone);
  Html routes;
  for (const auto& endpoint : endpoints()) routes.add(endpoint_section(visit, endpoint));
  page.main = join(
      above, render(try_form(visit, typed, error), visit.ui),
      section(visit.tr("What can be asked"), routes, button_link(visit.tr("Description (OpenAPI 3.1)"), Url::to("/api/v1/openapi.json"))),
      problems_section(visit),
      section(visit.tr("Tokens of programs"), hint(visit.tr("A program sends “Authorization: Bearer” and its token with each request.")),
              button_link(visit.tr("Tokens of programs"), Url::to("/account/tokens"))));
  return visit.show(page, error.empty() ? 200 : 422);
}

net::Response try_it(Visit& visit, const net::Params&, const net::Fields& form) {
  net::Request request;
  request.method = form.get("method");
  const auto target = net::set_target(request, trim(form.get("address")));
  if (!target || !Api::is_for_programs(request.path))
    return show(visit, form, {}, visit.tr("The address begins with {1}. Take one of the list below.", std::string(kApiPrefix)));
  request.headers.add("Content-Type", "application/json");
  if (!form.get("if_match").empty()) request.headers.add("If-Match", std::string(form.get("if_match")));
  request.body = form.get("body");
  request.peer = visit.request.peer;
  return show(visit, form, answer_section(visit, visit.site.api().on_behalf(request, visit.who, visit.ui)));
}

}  // namespace

void add_api_page(net::Router& router, Site& site) {
  site.add_page(router, kPath, [](Visit& visit, const net::Params&) { return show(visit, visit.request.query); });
  site.add_change(router, "/api/try", try_it);
}

}  // namespace nc::web
