// Limits that outside input can reach. Each is refused by its name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nc::limits {

inline constexpr std::size_t kBodyBytesMax = 64 * 1024;         // canonical body of one entry
inline constexpr std::size_t kHeaderBytesMax = 16 * 1024;       // canonical header of one entry
inline constexpr std::size_t kBaseHashesMax = 64;               // heads named in one base
inline constexpr std::size_t kFieldsMax = 256;                  // fields of one type, and of one entry
inline constexpr std::size_t kBlobBytesMax = 64 * 1024 * 1024;  // one attachment
inline constexpr std::size_t kAudienceUnitsMax = 8;             // units of a with: audience
inline constexpr std::size_t kJsonDepthMax = 32;
inline constexpr std::int64_t kJsonIntegerMax = (std::int64_t{1} << 53) - 1;  // RFC 8785 / I-JSON
inline constexpr std::size_t kCatalogFileBytesMax = 256 * 1024;
inline constexpr std::size_t kRuleStepsMax = 10'000;  // step budget of one rule evaluation
inline constexpr std::size_t kCsvCellBytesMax = 64 * 1024;
inline constexpr std::size_t kCsvFileBytesMax = 256 * 1024 * 1024;
inline constexpr std::size_t kCsvColumnsMax = 256;
inline constexpr std::size_t kFormBodyBytesMax = 1024 * 1024;  // one submitted form
inline constexpr std::size_t kPasswordBytesMax = 1024;

}  // namespace nc::limits
