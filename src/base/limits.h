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
inline constexpr std::size_t kBlobChunkBytes = 64 * 1024;       // of the manifest of an attachment
inline constexpr std::size_t kUploadsPerPersonMax = 64;         // files that were sent and that no record names yet
inline constexpr std::int64_t kUploadBytesPerPersonMax = 512 * 1024 * 1024;
inline constexpr std::int64_t kUploadAgeMsMax = 24 * 60 * 60 * 1000;  // then they are thrown away
inline constexpr std::int64_t kDiskReserveBytes = 128 * 1024 * 1024;  // attachments leave so much to the journal
inline constexpr std::int64_t kPicturePixelsMax = 200'000'000;
inline constexpr std::size_t kArchiveEntriesMax = 10'000;             // of an office file, which is a ZIP
inline constexpr std::int64_t kArchiveBytesMax = 1024 * 1024 * 1024;  // of what it would unpack to
inline constexpr std::size_t kAudienceUnitsMax = 8;                   // units of a with: audience
inline constexpr std::size_t kJsonDepthMax = 32;
inline constexpr std::int64_t kJsonIntegerMax = (std::int64_t{1} << 53) - 1;  // RFC 8785 / I-JSON
inline constexpr std::size_t kCatalogFileBytesMax = 256 * 1024;
inline constexpr std::size_t kRuleStepsMax = 10'000;  // step budget of one rule evaluation
inline constexpr std::size_t kCsvCellBytesMax = 64 * 1024;
inline constexpr std::size_t kCsvFileBytesMax = 256 * 1024 * 1024;
inline constexpr std::size_t kCsvColumnsMax = 256;
inline constexpr std::size_t kFormBodyBytesMax = 1024 * 1024;          // one submitted form
inline constexpr std::size_t kUploadBodyBytesMax = 256 * 1024 * 1024;  // one submitted form with files
inline constexpr std::size_t kPasswordBytesMax = 1024;

}  // namespace nc::limits
