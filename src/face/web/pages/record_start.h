// Inside the room: what the form of a new record begins with.
#pragma once

#include "face/web/visit.h"

namespace nc::web {

struct Start {
  net::Fields typed;
  Html from;  // where it was taken from, with the way to an empty form; empty: from nowhere
};

// Defaults of the catalogue, the person's own unit in charge, and as docs/formats/catalogue.md says under Short
// form what the last record of this type has in common with the next, unless the address asks for an empty form. With `part_of` in the
// address: what a part of that declared total has in common with it. A report of a period, or that there was nothing in it, with
// `unit`, `from` and `until` in the address: of that; what there was nothing of begins as all kinds without a record then.
[[nodiscard]] Start start_of(const Visit& visit, const catalog::Type& type);

}  // namespace nc::web
