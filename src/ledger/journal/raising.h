// The act that restates a record in a part of higher handling than those that its base names (docs/LEDGER.md section 3,
// "Raising"); acts::kPartClosed withdraws it from those.
#pragma once

#include <string_view>

namespace nc::journal::acts {

inline constexpr std::string_view kRaise = "raise";

}  // namespace nc::journal::acts
