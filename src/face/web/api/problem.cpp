#include "face/web/api/problem.h"

#include "base/check.h"

namespace nc::web {

const std::vector<ProblemRow>& problem_rows() {
  static const std::vector<ProblemRow> rows{
      {ProblemType::kBadRequest, "bad-request", 400, NC_MSG("The request cannot be understood"),
       NC_MSG("Compare it with the description of the interface")},
      {ProblemType::kNoToken, "no-token", 401, NC_MSG("There is no token that is good"),
       NC_MSG("Send “Authorization: Bearer” with a token made under “My account”")},
      {ProblemType::kDenied, "denied", 403, NC_MSG("This token may not do that"), NC_MSG("Use another token, or log in yourself")},
      {ProblemType::kNotFound, "not-found", 404, NC_MSG("There is nothing here, or it is not for this token"), NC_MSG("Check the address")},
      {ProblemType::kMethod, "method", 405, NC_MSG("This address does not take that method"),
       NC_MSG("Use one of those that the line Allow names")},
      {ProblemType::kConflict, "conflict", 409, NC_MSG("It does not fit the present state"),
       NC_MSG("Read the present state, then decide and send again")},
      {ProblemType::kPreconditionFailed, "precondition-failed", 412, NC_MSG("It is not any more what you had before you"),
       NC_MSG("Read it again")},
      {ProblemType::kTooLarge, "too-large", 413, NC_MSG("That is too much at once"), NC_MSG("Send less")},
      {ProblemType::kMedia, "media", 415, NC_MSG("The body is not of a kind that is read here"), NC_MSG("Send it as application/json")},
      {ProblemType::kRange, "range", 416, NC_MSG("The file has no such part"),
       NC_MSG("Ask for a part within the size that Content-Range names")},
      {ProblemType::kInvalid, "invalid", 422, NC_MSG("Some values are not right; nothing is saved"),
       NC_MSG("Correct what “errors” names and send again")},
      {ProblemType::kQuestion, "question", 422, NC_MSG("Some values are odd; nothing is saved yet"),
       NC_MSG("Correct them, or confirm each question with a reason in “confirmed”")},
      {ProblemType::kPreconditionRequired, "precondition-required", 428, NC_MSG("The change does not say what it was made from"),
       NC_MSG("Send “seen” as the record gave it, or If-Match with its ETag")},
      {ProblemType::kTooMany, "too-many", 429, NC_MSG("Too many requests"), NC_MSG("Wait as many seconds as Retry-After says")},
      {ProblemType::kFailed, "failed", 500, NC_MSG("Something failed in the program"),
       NC_MSG("Tell the administrator the number in “detail”")},
      {ProblemType::kUnavailable, "unavailable", 503, NC_MSG("It cannot be done just now"), NC_MSG("Try again in a moment")},
  };
  return rows;
}

ProblemType problem_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return ProblemType::kNotFound;
    case ErrorCode::kDenied: return ProblemType::kDenied;
    case ErrorCode::kConflict: return ProblemType::kConflict;
    case ErrorCode::kLimit: return ProblemType::kTooLarge;
    case ErrorCode::kInvalid: return ProblemType::kInvalid;
    case ErrorCode::kUnsupported: return ProblemType::kMedia;
    case ErrorCode::kUsage: return ProblemType::kBadRequest;
    case ErrorCode::kBusy:
    case ErrorCode::kFull:
    case ErrorCode::kIo: return ProblemType::kUnavailable;
    case ErrorCode::kCorrupt: return ProblemType::kFailed;
  }
  return ProblemType::kFailed;
}

net::Response problem(ProblemType type, const Error& error, const i18n::Translator& ui, Json more) {
  const auto& row = problem_rows()[static_cast<std::size_t>(type)];
  NC_CHECK(row.type == type);
  Json body = more.is_object() ? std::move(more) : Json(JsonObject{});
  auto what = error;
  what.next.clear();
  Error next(error.code, error.next.empty() ? row.next : error.next, error.args);
  body.set("type", "/api#" + std::string(row.name)).set("title", ui.tr(row.title)).set("status", row.status);
  if (!error.message.empty()) body.set("detail", ui.error_text(what));
  if (!error.where.empty()) body.set("where", error.where);
  body.set("next", ui.error_text(next));
  auto response = net::Response::json(canonical(body), row.status);
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("Content-Language", std::string(i18n::lang_code(ui.lang())));
  if (row.status == 401) response.headers.set("WWW-Authenticate", "Bearer realm=\"nhipcau\"");
  return response;
}

net::Response problem(const Error& error, const i18n::Translator& ui, Json more) {
  return problem(problem_of(error.code), error, ui, std::move(more));
}

}  // namespace nc::web
