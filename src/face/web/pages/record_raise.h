// Inside the room: raising the handling of a record, as its page and its steps show it.
#pragma once

#include "face/web/visit.h"
#include "foundation/net/router.h"

namespace nc::web {

// The way to the preview; nothing for whom it is not.
[[nodiscard]] Html raise_button(const Visit& visit, const records::RecordView& record);
// Of a record that the reader has only withdrawn parts of.
[[nodiscard]] Html withdrawn_notice(const Visit& visit, const records::RecordView& record);

void add_record_raise_page(net::Router& router, Site& site);

}  // namespace nc::web
