// Ids that people read and type by name, though they are stored as they are.
//
// A text that holds ids of counted kinds (the slot nil_kinds) has their names as its `options`, put there when the catalogue is loaded
// and no part of the published definition. What is no id of them is text as any other.
#pragma once

#include "ledger/catalog/catalog.h"

namespace nc::catalog {

// A table of one column that holds such ids: a list to be ticked.
[[nodiscard]] bool is_list_of_names(const Field& field);

// Wire values in which names may stand for those ids, in either language, marks forgiven, and a bare text for its row: with the ids
// alone. What is no name stays as it is.
[[nodiscard]] Json with_ids_for_names(const Type& type, Json values);

}  // namespace nc::catalog
