// Names of files that came from outside, made safe for every system that will save them.
#pragma once

#include <string>
#include <string_view>

#include "ledger/catalog/catalog.h"

namespace nc::blobs {

inline constexpr std::size_t kNameBytesMax = 180;

// The rule (docs/formats/attachments.md, Names): the last part of a path; NFC; no control, format or direction
// characters, none of <>:"/\|?*; no dot or blank at either end; no name of a device; at most 180 bytes with its ending;
// never empty. Reads any bytes.
[[nodiscard]] std::string safe_file_name(std::string_view raw);
// The name with one of the kind's endings: that of another kind is replaced, any other is kept before it.
[[nodiscard]] std::string with_ending_of(const std::string& name, const catalog::MediaType& kind,
                                         const std::vector<catalog::MediaType>& kinds);
// "pdf" of "Báo cáo.PDF"; empty when there is none.
[[nodiscard]] std::string ending_of(std::string_view name);

}  // namespace nc::blobs
