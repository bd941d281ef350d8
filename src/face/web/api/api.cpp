#include "face/web/api/api.h"

#include "face/web/api/negotiate.h"
#include "face/web/api/openapi.h"
#include "face/web/api/refusal.h"
#include "face/web/site.h"

namespace nc::web {

bool Api::is_for_programs(std::string_view path) { return path == "/api/v1" || path.starts_with("/api/v1/"); }

const i18n::Translator& Api::words_for(const net::Request& request) const {
  return site_.words(preferred_language(request.header("Accept-Language")));
}

void Api::add_routes(net::Router& router) {
  for (const auto& endpoint : endpoints()) {
    router.add(endpoint.method, std::string(kApiPrefix) + std::string(endpoint.path),
               [this, &endpoint](const net::Request& request, const net::Params& params) {
                 const auto who = subject_of(request, endpoint.rate);
                 return who ? run(endpoint, request, params, *who, words_for(request)) : who.error();
               });
  }
  router.add("GET", std::string(kApiPrefix) + "/openapi.json",
             [this](const net::Request& request, const net::Params&) { return describe(request); });
}

std::expected<Api::Known, net::Response> Api::token_of(const net::Request& request, std::string_view secret, access::TokenUse use,
                                                       Rate rate) {
  const auto& ui = words_for(request);
  const auto now = site_.ledger().now_ms();
  if (const auto wait = rates_.wait(Rate::kFailures, request.peer, now); wait > 0)
    return std::unexpected(too_many(request, Rate::kFailures, wait));
  auto token = site_.credentials().find_token(secret, use);
  const auto person = token ? token->person : PersonId{};
  const bool good = token && site_.account_goes_on(person);
  auto account = good    ? site_.ledger().subject_of(person, access::Strength::kToken)
                 : token ? Result<access::Subject>(fail(ErrorCode::kDenied, ""))
                         : fail(Error(token.error()));
  if (!account) {
    static_cast<void>(rates_.take(Rate::kFailures, request.peer, now));
    // Closed at another node, or by an amendment: what was given to it does not come back with it.
    if (good) static_cast<void>(site_.credentials().end_access(person));
    site_.ledger().audit().count_refusal(person, access::audited::kToken, token ? std::string() : request.peer);
    return std::unexpected(problem(ProblemType::kNoToken, token ? Error(ErrorCode::kDenied, "") : token.error(), ui));
  }
  if (const auto wait = rates_.take(rate, token->id.hex(), now); wait > 0) return std::unexpected(too_many(request, rate, wait));
  return Known{std::move(*token), std::move(*account)};
}

std::expected<access::Subject, net::Response> Api::subject_of(const net::Request& request, Rate rate) {
  const auto secret = bearer_token(request.header("Authorization"));
  if (secret.empty()) return std::unexpected(problem(ProblemType::kNoToken, Error(ErrorCode::kDenied, ""), words_for(request)));
  auto known = token_of(request, secret, access::TokenUse::kApi, rate);
  if (!known) return std::unexpected(std::move(known.error()));
  return access::subject_with(std::move(known->account), known->token.terms);
}

net::Response Api::tagged(const net::Request& request, net::Response response) {
  const auto etag = etag_of(response.body);
  if (names_etag(request.header("If-None-Match"), etag)) {
    response.status = 304;
    response.body.clear();
    response.headers.remove("Content-Type");
  }
  response.headers.set("ETag", etag);
  return response;
}

net::Response Api::run(const Endpoint& endpoint, const net::Request& request, const net::Params& params, const access::Subject& who,
                       const i18n::Translator& ui) {
  const Call call{site_, request, params, ui, who, site_.ledger().world()};
  if (const auto right = check_query(endpoint, request.query); !right) return problem(ProblemType::kBadRequest, right.error(), ui);
  auto response = endpoint.handler(call);
  const bool changes = endpoint.rate == Rate::kChanges;
  if (response.status == 403 || response.status == 404)
    site_.ledger().audit().count_refusal(who.person, changes ? access::audited::kChange : access::audited::kPage);
  response.headers.set("Vary", "Authorization, Accept-Language");
  return response;
}

net::Response Api::on_behalf(const net::Request& request, const access::Subject& who, const i18n::Translator& ui) {
  access::TokenTerms terms;
  terms.reads_only = false;
  const auto subject = access::subject_with(who, terms);
  net::Router router;
  for (const auto& endpoint : endpoints())
    router.add(endpoint.method, std::string(kApiPrefix) + std::string(endpoint.path),
               [&](const net::Request& asked, const net::Params& params) { return run(endpoint, asked, params, subject, ui); });
  router.set_fallback([this](const net::Request& asked, int status) { return refuse(asked, status); });
  return router.route(request);
}

net::Response Api::refuse(const net::Request& request, int status) const {
  const auto type = status == 405 ? ProblemType::kMethod : status == 413 ? ProblemType::kTooLarge : ProblemType::kNotFound;
  return type == ProblemType::kTooLarge ? too_large(words_for(request))
                                        : problem(type, Error(ErrorCode::kNotFound, ""), words_for(request));
}

net::Response Api::refuse_query(const net::Request& request) const {
  return problem(ProblemType::kBadRequest, *request.query_error, words_for(request));
}

net::Response Api::too_many(const net::Request& request, Rate rate, std::int64_t seconds) const {
  const Error error(ErrorCode::kBusy, NC_MSG("The limit “{1}” is {2} requests a minute"),
                    {std::string(rate_name(rate)), std::to_string(rates_.per_minute(rate))});
  auto response = problem(ProblemType::kTooMany, error, words_for(request),
                          Json().set("limit", std::string(rate_name(rate))).set("retry_after", seconds));
  response.headers.set("Retry-After", std::to_string(seconds));
  return response;
}

std::shared_ptr<const std::string> Api::description(const i18n::Translator& ui) {
  const auto world = site_.ledger().world();
  const std::lock_guard lock(mutex_);
  auto& described = described_[ui.lang() == i18n::Lang::en ? 1 : 0];
  if (described.of != world->catalog) {
    described.of = world->catalog;
    described.text = std::make_shared<const std::string>(canonical(openapi(*world->catalog, rates_, ui)));
  }
  return described.text;
}

// To whoever has a token, or is signed in and reads it in the browser.
net::Response Api::describe(const net::Request& request) {
  const auto session = site_.session_of(request);
  const bool signed_in = session && !session->locked && !session->code_due && !session->must_change;
  if (!signed_in)
    if (auto who = subject_of(request, Rate::kReads); !who) return std::move(who.error());
  if (!request.query.empty())
    return problem(ProblemType::kBadRequest,
                   Error(ErrorCode::kUsage, NC_MSG("There is no parameter “{1}”; this address takes none"), {request.query.begin()->first}),
                   words_for(request));
  const auto text = description(words_for(request));
  auto response = tagged(request, net::Response::json(*text));
  response.headers.set("Vary", "Authorization, Accept-Language, Cookie");
  return response;
}

}  // namespace nc::web
