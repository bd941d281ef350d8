// An answer as JSON, the same for the command line and for programs (docs/formats/api.md, "Search").
#pragma once

#include "base/json.h"
#include "insight/search/search.h"

namespace nc::search {

Json answer_json(const Answer& answer);
std::string_view jump_kind_name(Jump::Kind kind);  // unit, marker, number, days
// The pieces as one text.
std::string plain_text(const std::vector<Piece>& pieces);

}  // namespace nc::search
