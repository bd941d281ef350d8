// The wire values of a type as JSON Schema 2020-12, for descriptions of interfaces: docs/formats/api.md.
//
// A value that check_value finds right fits the schema of its field (the other way round not always: a day that
// does not exist, a number in a longer form). Pure functions.
#pragma once

#include <string_view>

#include "base/json.h"
#include "ledger/catalog/catalog.h"

namespace nc::catalog {

// `shared`: where the shared schemas stand, e.g. "#/components/schemas/".
[[nodiscard]] Json value_schema(const Field& field, std::string_view lang, std::string_view shared);

enum class SchemaFor {
  kReading,   // what a record holds: older records may lack what is required today; sealed fields are never sent
  kCreating,  // what a new record must hold
};
[[nodiscard]] Json values_schema(const Type& type, SchemaFor use, std::string_view lang, std::string_view shared);

// The schemas that value_schema refers to, by name: Date, DateRange, Id.
[[nodiscard]] Json shared_schemas();

}  // namespace nc::catalog
