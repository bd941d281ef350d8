// Inside the room: values of a record as its page and its history show them.
#pragma once

#include "face/web/visit.h"

namespace nc::web {

// As Visit::value; of personal data that were erased it says that.
[[nodiscard]] Html value_of(const Visit& visit, const records::RecordView& record, const catalog::Field& field, const Json& value);

}  // namespace nc::web
