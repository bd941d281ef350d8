// What a node may write, asked of the authority entries: the journal's rules as records/ answers them.
//
// One function for both sides: the journal asks it of what arrives and of what this node appends.
// docs/formats/journal.md section "What a node may write" is the rule; docs/LEDGER.md section 4 the reasons.
// Units, reorganisations, accounts and types are read from the entries in past(auth), by the definitions
// published there, never from the tree of today or from the catalogue's files.
// Threads: the answers are remembered behind a mutex; any thread may ask.
#pragma once

#include "ledger/journal/rules.h"

namespace nc::records {

journal::ReceiveRules admission_rules();

}  // namespace nc::records
