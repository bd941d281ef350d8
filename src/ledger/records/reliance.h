// Who relies on a unit of the other side that somebody declares void.
#pragma once

#include <string_view>

#include "foundation/store/database.h"
#include "ledger/catalog/values.h"
#include "ledger/records/view.h"

namespace nc::records {

inline constexpr std::string_view kUnitNamed = "unit_named";  // the question, as Confirmed has it

// How many records in force name it in a part that `who` may know of. Hidden ones change nothing in the number.
// All rows are there: what waited was derived before.
Result<std::size_t> records_naming(store::Database& db, const access::Subject& who, const World& world, const UnitId& unit);

catalog::Finding unit_named_question(std::size_t records);

}  // namespace nc::records
