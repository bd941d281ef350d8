// Values of fields: checked against their kind, read from what people type, shown to people.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "ledger/catalog/catalog.h"

namespace nc::catalog {

// The wire form of a date, and back; nothing when the value is no date.
Json json_from_date(const CivilDate& date);
std::optional<CivilDate> date_from_json(const Json& value);
// Length of well-formed UTF-8 in characters, the unit of length_max.
std::size_t characters(std::string_view utf8);

// Whether `value` (wire form; a set field as an array of elements) is right for the field by itself;
// null means no value and is right. Retired options are right: old records keep them.
// The error's `where` is the field id, with the member or the element counted from 1 ("rows[3].parent").
Status check_value(const Field& field, const Json& value);

// What a person typed into the inputs of one field, or a cell says, as a wire value. Nothing typed
// gives null. The keys are the names of form_parts; repeated inputs are one list. Which kind has which
// parts, and how numbers are read: docs/formats/catalogue.md, "Typed values". The error's `where` is
// as for check_value.
using TypedParts = std::map<std::string, std::vector<std::string>, std::less<>>;
Result<Json> value_from_typed(const Field& field, const TypedParts& parts);

// The inputs a form needs for a field: suffix ("" for simple kinds, "from", "to", "own", "amount"...);
// for lines "<column>" or "<column>.<part>", one list each, a row being the same place in all of them.
std::vector<std::string> form_parts(const Field& field);
// What stands in those inputs for a value: the inverse of value_from_typed.
TypedParts typed_from_value(const Field& field, const Json& value);

// For people. `name_of` gives the title of a referenced record (or a stand-in).
using NameOf = std::function<std::string(const RecordId&)>;
std::string show_value(const Field& field, const Json& value, std::string_view lang, const NameOf& name_of);

struct Finding {
  bool question = false;  // may be confirmed with a reason
  std::string rule;       // rule or question id; built in: "required", "value", "unknown" (field of
                          // no version we know), "retired" (field or option; a question)
  std::vector<std::string> fields;
  Label message;  // of the catalogue; empty for built-in ones
  Error error;    // of built-in ones
};

// Everything that is wrong or odd about the whole record: unknown and retired fields, values of the
// wrong kind, required fields, rules, questions. Empty means fine.
std::vector<Finding> check_record(const Type& type, const Json& values);
// The same of values each of which check_value has passed before.
std::vector<Finding> check_well_formed(const Type& type, const Json& values);

// A parsed marker notation; see the format page.
struct MarkerNotation {
  int main = 0;
  int main_twin = 0;
  int sub = -1;
  int sub_twin = 0;
  int metres = -1;
};
Result<MarkerNotation> parse_marker(std::string_view text);

}  // namespace nc::catalog
