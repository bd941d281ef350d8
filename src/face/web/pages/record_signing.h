// Inside the room: what stands in the way of a signature.
#pragma once

#include <optional>
#include <string_view>

#include "face/web/pages/record_parts.h"

namespace nc::web {

// Why he may not sign the act now; nothing where he may not know so much.
[[nodiscard]] std::optional<Error> why_not_signed(const Visit& visit, const records::RecordView& record, const RecordHistory& history,
                                                  std::string_view act);

}  // namespace nc::web
