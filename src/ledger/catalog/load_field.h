// Reading fields of a catalogue file. Private to this room.
#pragma once

#include <vector>

#include "ledger/catalog/loader.h"
#include "ledger/catalog/toml_reader.h"

namespace nc::catalog {

// The [[field]] tables (or `columns`) under `key`; references go to `refs` with their places.
std::vector<Field> read_fields(TableReader& in, std::string_view key, bool columns, std::vector<PendingRef>& refs);

// A TOML value as a wire value; refuses floats and dates.
Json wire_from_toml(Problem& problem, const Toml& from);

}  // namespace nc::catalog
