// What the derived tables hold, column by column, so that a look at them names what is not as the journal says.
//
// The state digest (tables_digest) is what two nodes compare: natural keys and values only. This one is a node's
// own: it covers every column of every derived table, times too, and objects in the file that this program
// does not make (a planted trigger).
// Threads: those of the connection given.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "foundation/store/database.h"

namespace nc::records {

// "table.column" -> hash over its values in the order of natural keys; interned numbers are replaced by what they mean.
using DerivedColumns = std::map<std::string, Digest>;
Result<DerivedColumns> derived_columns(store::Database& db);
// Names of what differs, sorted.
std::vector<std::string> differing(const DerivedColumns& before, const DerivedColumns& after);
// "trigger NAME", "view NAME": the program makes none of either, so somebody else did.
Result<std::vector<std::string>> foreign_objects(store::Database& db);

}  // namespace nc::records
