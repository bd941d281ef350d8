// Fixed words of composite values. Private to this room.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace nc::catalog {

inline constexpr std::array<std::string_view, 5> kQualifierWords{"exact", "about", "over", "nearly", "magnitude"};
inline constexpr std::array<std::string_view, 5> kBasisWords{"each_side", "both_sides", "own_only", "counterpart_only", "unknown"};
inline constexpr std::array<std::string_view, 3> kPersonNumbers{"own", "counterpart", "total"};

inline constexpr std::size_t kLinesRowsMax = 1000;
inline constexpr std::size_t kSetElementsMax = 1000;
inline constexpr std::size_t kPlaceLengthMax = 300;
inline constexpr std::size_t kAreaLengthMax = 100;
inline constexpr std::size_t kFileNameLengthMax = 255;

}  // namespace nc::catalog
