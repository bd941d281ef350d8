// /units/{id}: one unit of ours or theirs: what it is, where it stands, what it was, what it did.
#pragma once

#include "face/web/visit.h"

namespace nc::web {

// `id`: the unit's record id or its code.
[[nodiscard]] net::Response unit_page(const Visit& visit, std::string_view id);

// Dated changes of the unit, both ways, with the reorganisation records and their sources.
[[nodiscard]] Html unit_history(const Visit& visit, const orgtree::Unit& unit);

}  // namespace nc::web
