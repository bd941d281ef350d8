// Closings of a period, however they are signed at the command line.
#pragma once

#include "face/cli/commands.h"
#include "insight/stats/closing.h"

namespace nc::cli {

// Refuses the act when it would sign a closing that does not say what is counted now.
Status check_closing(const records::Ledger& ledger, const access::Subject& who, const RecordId& id, std::string_view act);

std::string broken_text(const Context& context, const stats::BrokenPart& part);

}  // namespace nc::cli
