// Inside the room: what went wrong, for a program and for the person behind it (RFC 9457, application/problem+json).
//
// `type` is stable and is what programs compare; title, detail and next are in the language of Accept-Language.
// docs/formats/api.md lists the types; never renamed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "foundation/i18n/translator.h"
#include "foundation/net/message.h"

namespace nc::web {

enum class ProblemType : std::uint8_t {
  kBadRequest,            // 400: not JSON, an unknown parameter or member, a parameter of another form
  kNoToken,               // 401
  kDenied,                // 403
  kNotFound,              // 404: or not for this reader
  kMethod,                // 405
  kConflict,              // 409
  kPreconditionFailed,    // 412: If-Match
  kTooLarge,              // 413
  kMedia,                 // 415
  kRange,                 // 416: a part that lies outside of the file
  kInvalid,               // 422: values that break a rule
  kQuestion,              // 422: odd but possible; to be confirmed with a reason
  kPreconditionRequired,  // 428: a change that does not say what was seen
  kTooMany,               // 429
  kFailed,                // 500
  kUnavailable,           // 503
};

struct ProblemRow {
  ProblemType type;
  std::string_view name;  // "/api#<name>"
  int status;
  const char* title;  // message id
  const char* next;   // message id, when the error itself has no next step
};
[[nodiscard]] const std::vector<ProblemRow>& problem_rows();  // in order of ProblemType

[[nodiscard]] ProblemType problem_of(ErrorCode code);

// `more`: further members (errors, questions, conflicts, limit, retry_after).
[[nodiscard]] net::Response problem(ProblemType type, const Error& error, const i18n::Translator& ui, Json more = {});
[[nodiscard]] net::Response problem(const Error& error, const i18n::Translator& ui, Json more = {});

}  // namespace nc::web
