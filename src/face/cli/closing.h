// Closings of a period, however they are signed at the command line.
#pragma once

#include "face/cli/commands.h"
#include "insight/stats/closing.h"

namespace nc::cli {

// Refuses the act when it would sign a closing that does not say what is counted now.
Status check_closing(const records::Ledger& ledger, const access::Subject& who, const RecordId& id, std::string_view act);

// A binding step is signed; at the command line nothing but the passphrase of the key is asked for, and only with --sign.
Status signed_if_binding(const Context& context, const catalog::Type* type, const std::string& act, bool sign);

std::string broken_text(const Context& context, const stats::BrokenPart& part);

}  // namespace nc::cli
