// Inside the room: the kept answer as it lies in a closing's entry and, where that does not hold it, in parts.
// docs/formats/closing.md is the format.
#pragma once

#include "insight/stats/closing.h"

namespace nc::stats {

inline constexpr std::size_t kFigureTextMax = 300;  // characters of one text of a figure

// What a closing is to keep.
struct ToKeep {
  std::vector<ClosedFigure> figures;
  std::vector<Columns::Bearing> counted;  // in order of id
};
// Puts it into the values of the closing, and what does not fit into parts.
nc::Status put_kept(const ToKeep& kept, const UnitId& unit, const catalog::Type& type, const catalog::Catalog& catalog,
                    records::Closing& closing);

// Of all records, whether they stand in the closing or in its parts.
Digest set_digest_of(const std::vector<Columns::Bearing>& counted);
// The rows as a closing writes them, however they came to be stored.
Json rewritten(const Json& rows);
Digest part_digest(const Json& figures, const std::string& counted);
// The rows of a closing's parts without the records that hold them: equal for equal content.
Json parts_named(const Json& rows);

}  // namespace nc::stats
