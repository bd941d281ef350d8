// Inside the room: the description of the interface (OpenAPI 3.1), made from the table of endpoints and the
// catalogue. A new record type or endpoint stands in it without a line written for it.
#pragma once

#include "face/web/api/endpoint.h"
#include "face/web/api/rates.h"

namespace nc::web {

[[nodiscard]] Json openapi(const catalog::Catalog& catalog, const Rates& rates, const i18n::Translator& ui);

}  // namespace nc::web
