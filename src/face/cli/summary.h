// The demo's summary: questions that stand in a data file, answered by the figures themselves.
#pragma once

#include "face/cli/commands.h"

namespace nc::cli {

// share/demo/summary.json, see insight/stats/summary.h.
Status print_summary(const Context& context, const records::Ledger& ledger, const access::Subject& who, const stats::Columns& columns);

}  // namespace nc::cli
