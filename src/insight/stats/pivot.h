// A table over two dimensions. Private to this room.
#pragma once

#include "insight/stats/scan.h"

namespace nc::stats {

Pivot make_pivot(View& view, const Bounds& bounds, const Query& query);

// The keys under which the row stands in a dimension; joint activities have several, "" is none.
std::vector<std::string> keys_of(const View& view, RowNo row, Dimension dimension, const Bounds& bounds, const Spec& spec);

}  // namespace nc::stats
