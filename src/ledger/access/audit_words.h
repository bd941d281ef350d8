// Words for people: what the actions and outcomes of the audit trail are called. Message ids, translated by
// the face.
#pragma once

#include <string>
#include <string_view>

#include "ledger/access/audit.h"

namespace nc::access {

// The action itself when it is of a later version.
std::string action_words(std::string_view action);
std::string outcome_words(AuditOutcome outcome);

}  // namespace nc::access
