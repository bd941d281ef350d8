#include "face/web/api/refusal.h"

#include "base/limits.h"
#include "face/web/api/api.h"
#include "face/web/api/negotiate.h"
#include "face/web/api/problem.h"

namespace nc::web {

net::Response too_large(const i18n::Translator& ui) {
  return problem(ProblemType::kTooLarge,
                 Error(ErrorCode::kLimit, NC_MSG("The body has more than {1} bytes"), {std::to_string(limits::kFormBodyBytesMax)})
                     .then(NC_MSG("Send one record a request; files go in pieces to /attachments")),
                 ui);
}

net::Response refusal(const Site& site, const net::Request& head, int status) {
  if (status != 413 || !Api::is_for_programs(head.path)) return site.refusal(status);
  return too_large(site.words(preferred_language(head.header("Accept-Language"))));
}

}  // namespace nc::web
